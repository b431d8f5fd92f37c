"""Reads of ECS (2014-05-26) that older clients begin with: networks, addresses, families, rules of a group, tasks.

The rows have the fields of the SDK's response models (`alibabacloud_ecs20140526`), which for VPCs and VSwitches are
fewer than those of the VPC product's own actions.
"""

from __future__ import annotations

from collections.abc import Mapping

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.actions import Call, action
from ecs_dr.simulator.clock import timestamp
from ecs_dr.simulator.errors import Fault
from ecs_dr.simulator.lifecycle import instance_visible
from ecs_dr.simulator.model_compute import Eip, Instance
from ecs_dr.simulator.paging import by_number, by_token
from ecs_dr.simulator.params import required, text
from ecs_dr.simulator.resources import vpc, vswitches

_VPC_FIELDS = (
    "CidrBlock",
    "CreationTime",
    "Description",
    "IsDefault",
    "RegionId",
    "Status",
    "UserCidrs",
    "VRouterId",
    "VSwitchIds",
    "VpcId",
    "VpcName",
)
_VSWITCH_FIELDS = (
    "AvailableIpAddressCount",
    "CidrBlock",
    "CreationTime",
    "Description",
    "IsDefault",
    "ResourceGroupId",
    "Status",
    "VSwitchId",
    "VSwitchName",
    "VpcId",
    "ZoneId",
)
_PORTS = ("22/22", "3389/3389", "80/80", "443/443")
"""What the rules of a group of a world open, one after the other: a world counts them and does not spell them out."""


@action("ecs", "DescribeVpcs")
def describe_vpcs(call: Call) -> dict[str, Json]:
    """List the VPCs of a region, with fewer fields than `DescribeVpcs` of the VPC product."""
    return _with_fewer_fields(vpc.describe_vpcs(call), "Vpcs", "Vpc", _VPC_FIELDS)


@action("ecs", "DescribeVSwitches", needs_region=False)
def describe_vswitches(call: Call) -> dict[str, Json]:
    """List VSwitches, with fewer fields than `DescribeVSwitches` of the VPC product."""
    return _with_fewer_fields(vswitches.describe_vswitches(call), "VSwitches", "VSwitch", _VSWITCH_FIELDS)


@action("ecs", "DescribeSecurityGroupAttribute")
def describe_security_group_attribute(call: Call) -> dict[str, Json]:
    """One security group with its rules, by direction; pages of 10 to 1,000, 500 unless asked for."""
    group = call.world.security_groups.get(required(call.params, "SecurityGroupId"))
    if group is None or group.region_id != call.region:
        raise Fault("InvalidSecurityGroupId.NotFound", "The specified SecurityGroupId does not exist.", 404)
    rules = [
        _ingress(f"sgr-{group.security_group_id.removeprefix('sg-')}{number:02}", _PORTS[number % len(_PORTS)])
        for number in range(group.rule_count)
        if text(call.params, "Direction", "all") in {"all", "ingress"}
    ]
    page = by_token(rules, call.params, maximum=1000, minimum=10, default=500)
    return {
        "Description": group.description,
        "InnerAccessPolicy": "Accept" if group.security_group_type == "normal" else "Drop",
        "NextToken": page.fields["NextToken"],
        "Permissions": {"Permission": list(page.items)},
        "RegionId": group.region_id,
        "SecurityGroupId": group.security_group_id,
        "SecurityGroupName": group.security_group_name,
        "VpcId": group.vpc_id,
    }


@action("ecs", "DescribeInstanceTypeFamilies")
def describe_instance_type_families(call: Call) -> dict[str, Json]:
    """The families of the instance types that there are, each with its generation."""
    wanted = text(call.params, "Generation")
    families = {kind.family: kind.generation for kind in call.world.instance_types.values()}
    rows: list[Json] = [
        {"InstanceTypeFamilyId": family, "Generation": generation}
        for family, generation in sorted(families.items())
        if wanted in {"", generation}
    ]
    return {"InstanceTypeFamilies": {"InstanceTypeFamily": rows}}


@action("ecs", "DescribeEipAddresses")
def describe_eip_addresses(call: Call) -> dict[str, Json]:
    """The elastic IP addresses, all of them bound to instances: a world has no others."""
    found = [
        _address(instance, instance.eip)
        for instance in call.world.instances.values()
        if instance.eip is not None
        and instance.region_id == call.region
        and instance_visible(call.world, instance, call.now)
        and text(call.params, "AllocationId") in {"", instance.eip.allocation_id}
        and text(call.params, "EipAddress") in {"", instance.eip.ip_address}
        and text(call.params, "AssociatedInstanceId") in {"", instance.instance_id}
        and text(call.params, "Status") in {"", "InUse"}
    ]
    page = by_number(found, call.params, maximum=100)
    return {"EipAddresses": {"EipAddress": list(page.items)}, **page.fields}


@action("ecs", "DescribeTasks")
def describe_tasks(call: Call) -> dict[str, Json]:
    """No tasks: imports, exports, moves and disk changes make them, and this simulator knows none of those."""
    page = by_number(list[Json](), call.params, maximum=100)
    return {"RegionId": call.region, "TaskSet": {"Task": []}, **page.fields}


def _with_fewer_fields(answer: Mapping[str, Json], outer: str, inner: str, fields: tuple[str, ...]) -> dict[str, Json]:
    container = answer[outer]
    rows = container[inner] if isinstance(container, Mapping) else ()
    kept: list[Json] = [
        {name: row[name] for name in fields}
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, Mapping)
    ]
    return {**answer, outer: {inner: kept}}


def _ingress(rule_id: str, ports: str) -> Json:
    return {
        "Description": "",
        "Direction": "ingress",
        "IpProtocol": "TCP",
        "NicType": "intranet",
        "Policy": "Accept",
        "PortRange": ports,
        "Priority": "1",
        "SecurityGroupRuleId": rule_id,
        "SourceCidrIp": "0.0.0.0/0",
    }


def _address(instance: Instance, eip: Eip) -> Json:
    return {
        "AllocationId": eip.allocation_id,
        "AllocationTime": timestamp(instance.creation_time),
        "Bandwidth": str(eip.bandwidth),
        "ChargeType": "PostPaid",
        "EipBandwidth": str(eip.bandwidth),
        "ExpiredTime": "",
        "InstanceId": instance.instance_id,
        "InstanceType": "EcsInstance",
        "InternetChargeType": eip.internet_charge_type,
        "IpAddress": eip.ip_address,
        "OperationLocks": {"LockReason": []},
        "RegionId": instance.region_id,
        "Status": "InUse",
    }
