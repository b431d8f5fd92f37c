"""What is entered when a runbook is executed: nothing of the plan itself, which is frozen."""

from __future__ import annotations

from ecs_dr.domain.model import JsonObject, JsonValue
from ecs_dr.domain.runbook.language import both


def region_parameter(region_id: str) -> JsonObject:
    """The region: one, since everything that the plan names is there."""
    return {
        "regionId": {
            "Label": both("export.parameter.region"),
            "Description": both("export.parameter.region_why", region=region_id),
            "Type": "String",
            "AssociationProperty": "RegionId",
            "AllowedValues": [region_id],
            "Default": region_id,
        }
    }


def approval_parameters() -> JsonObject:
    """Who approves, and where that is asked."""
    return {
        "approvers": {
            "Label": both("export.parameter.approvers"),
            "Description": both("export.parameter.approvers_why"),
            "Type": "List",
            "AssociationProperty": "ALIYUN::RAM::User",
        },
        "minRequiredApprovals": {
            "Label": both("export.parameter.approvals"),
            "Type": "Number",
            "Default": 1,
            "MinValue": 1,
        },
        "webHookUrl": {
            "Label": both("export.parameter.webhook"),
            "Description": both("export.parameter.webhook_why"),
            "Type": "String",
        },
    }


def control_parameters() -> JsonObject:
    """How many at once, and as whom."""
    return {
        "rateControl": {
            "Label": both("export.parameter.rate"),
            "Type": "Json",
            "AssociationProperty": "RateControl",
            "Default": {"Mode": "Concurrency", "MaxErrors": 0, "Concurrency": 10},
        },
        "OOSAssumeRole": {
            "Label": both("export.parameter.role"),
            "Description": both("export.parameter.role_why"),
            "Type": "String",
            "Default": "",
        },
    }


def interface() -> JsonObject:
    """How the console groups the parameters."""
    groups: list[JsonValue] = [
        {"Parameters": ["regionId"], "Label": {"default": both("export.group.place")}},
        {
            "Parameters": ["approvers", "minRequiredApprovals", "webHookUrl"],
            "Label": {"default": both("export.group.approval")},
        },
        {"Parameters": ["rateControl", "OOSAssumeRole"], "Label": {"default": both("export.group.control")}},
    ]
    return {"ALIYUN::OOS::Interface": {"ParameterGroups": groups}}
