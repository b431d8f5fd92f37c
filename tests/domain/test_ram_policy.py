"""The policy of one recovery: enough for it, and nothing else.

After a change of the allow-list: `./scripts/renew`, and read the diff.
"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from ecs_dr.cloud.allowlist import ALLOWED_ACTIONS
from ecs_dr.domain.model import JsonObject, JsonValue
from ecs_dr.domain.permissions.document import document
from ecs_dr.domain.permissions.policy import (
    DENIED,
    MAX_CHARACTERS,
    PolicyAction,
    PolicyScope,
    as_text,
    is_account,
    is_role,
    recovery_policy,
)
from tests.support.renewal import hold

PAGE = Path(__file__).resolve().parents[2] / "references" / "ram-policies.md"
ACTIONS = tuple(
    PolicyAction(name=one.name, mutating=one.mutating, optional=one.optional, apart=one.apart)
    for one in ALLOWED_ACTIONS
)
SCOPE = PolicyScope(region_id="cn-beijing", instance_id="i-2zesource0001", account_id="1000000000000001")
DESTRUCTIVE = (
    "ecs:DeleteInstance",
    "ecs:DeleteInstances",
    "ecs:DeleteDisk",
    "ecs:DeleteImage",
    "ecs:DeleteSnapshot",
    "ecs:StopInstance",
    "ecs:StopInstances",
    "ecs:StartInstance",
    "ecs:RebootInstance",
    "ecs:ModifyInstanceAttribute",
    "ecs:ModifyInstanceChargeType",
    "ecs:ModifyInstanceAutoReleaseTime",
    "ecs:DetachDisk",
    "ecs:AttachDisk",
    "ecs:ReInitDisk",
    "ecs:ResetDisk",
    "ecs:ReplaceSystemDisk",
    "ecs:ReleasePublicIpAddress",
    "ecs:RunCommand",
    "vpc:DeleteVSwitch",
    "vpc:DeleteVpc",
    "vpc:ModifyVSwitchAttribute",
    "vpc:ReleaseEipAddress",
    "vpc:UnassociateEipAddress",
)


def statements(policy: JsonObject, effect: str) -> list[JsonObject]:
    found = policy["Statement"]
    assert isinstance(found, list)
    return [one for one in found if isinstance(one, dict) and one["Effect"] == effect]


def texts(value: JsonValue) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def granted(policy: JsonObject) -> dict[str, list[str]]:
    """By action: its resources."""
    return {action: texts(one["Resource"]) for one in statements(policy, "Allow") for action in texts(one["Action"])}


def test_it_allows_exactly_the_allow_list() -> None:
    allowed = [
        action for one in statements(recovery_policy(ACTIONS, SCOPE), "Allow") for action in texts(one["Action"])
    ]
    assert sorted(allowed) == sorted(action.name for action in ACTIONS)


@pytest.mark.parametrize("action", DESTRUCTIVE)
def test_it_denies_what_destroys_or_changes(action: str) -> None:
    assert any(fnmatchcase(action, pattern) for pattern in DENIED)


def test_it_denies_nothing_that_the_recovery_needs() -> None:
    denied = [one.name for one in ACTIONS if any(fnmatchcase(one.name, pattern) for pattern in DENIED)]
    assert denied == []


def test_an_image_can_be_made_of_the_source_alone() -> None:
    instances = [one for one in granted(recovery_policy(ACTIONS, SCOPE))["ecs:CreateImage"] if ":instance/" in one]
    assert instances == ["acs:ecs:cn-beijing:1000000000000001:instance/i-2zesource0001"]


def test_resources_are_of_one_region_and_account() -> None:
    named = [arn for arns in granted(recovery_policy(ACTIONS, SCOPE)).values() for arn in arns if arn != "*"]
    assert named
    assert all(arn.split(":")[2:4] == ["cn-beijing", "1000000000000001"] for arn in named)


def test_only_actions_that_know_no_resources_are_allowed_on_everything() -> None:
    everything = {action for action, arns in granted(recovery_policy(ACTIONS, SCOPE)).items() if arns == ["*"]}
    assert everything == {
        "ecs:DescribeAvailableResource",
        "ecs:DescribePrice",
        "ecs:DescribeInstanceTypes",
    }


def test_nothing_is_allowed_without_https() -> None:
    allowed = statements(recovery_policy(ACTIONS, SCOPE), "Allow")
    assert all(one["Condition"] == {"Bool": {"acs:SecureTransport": "true"}} for one in allowed)


def test_a_role_can_be_passed_only_when_it_is_named_and_to_ecs_alone() -> None:
    assert "ram:PassRole" not in granted(recovery_policy(ACTIONS, SCOPE))
    policy = recovery_policy(ACTIONS, SCOPE.model_copy(update={"ram_role_name": "WebRole"}))
    assert granted(policy)["ram:PassRole"] == ["acs:ram::1000000000000001:role/webrole"]
    passing = next(one for one in statements(policy, "Allow") if one["Action"] == "ram:PassRole")
    assert passing["Condition"] == {"StringEquals": {"acs:Service": "ecs.aliyuncs.com"}}


def test_it_fits_into_what_ram_takes() -> None:
    longest = SCOPE.model_copy(update={"region_id": "cn-shanghai-finance-1", "ram_role_name": "r" * 64})
    text = as_text(recovery_policy(ACTIONS, longest))
    assert json.loads(text)["Version"] == "1"
    assert len(text) <= MAX_CHARACTERS


@pytest.mark.parametrize(("text", "fine"), [("*", True), ("1000000000000001", True), ("12", False), ("a b", False)])
def test_an_account_is_a_number_or_any(text: str, fine: bool) -> None:  # noqa: FBT001 - a table of cases
    assert is_account(text) is fine


@pytest.mark.parametrize(("text", "fine"), [("", True), ("web-role", True), ("a/b", False), ('x"', False)])
def test_a_role_has_a_plain_name(text: str, fine: bool) -> None:  # noqa: FBT001 - a table of cases
    assert is_role(text) is fine


@pytest.mark.generated
def test_the_reference_page_is_what_the_allow_list_says() -> None:
    hold(PAGE, document(ACTIONS))
