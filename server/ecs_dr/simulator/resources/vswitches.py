"""VSwitches: DescribeVSwitches, DescribeVSwitchAttributes and CreateVSwitch (VPC 2016-04-28)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.actions import Call, action
from ecs_dr.simulator.cidr import check_cidr_block
from ecs_dr.simulator.clock import timestamp
from ecs_dr.simulator.errors import Fault, missing_parameter
from ecs_dr.simulator.model_network import Vpc, VSwitch
from ecs_dr.simulator.paging import by_number
from ecs_dr.simulator.params import boolean, matches_tags, required, tags, text
from ecs_dr.simulator.resources.vpc import MAXIMUM_PAGE
from ecs_dr.simulator.vswitches import free_addresses, vswitch_status, vswitch_visible

_FILTERS: Mapping[str, str] = {
    "VSwitchId": "vswitch_id",
    "VpcId": "vpc_id",
    "ZoneId": "zone_id",
    "VSwitchName": "vswitch_name",
    "RouteTableId": "route_table_id",
    "ResourceGroupId": "resource_group_id",
}


@action("vpc", "DescribeVSwitches", needs_region=False, dry_run=True)
def describe_vswitches(call: Call) -> dict[str, Json]:
    """List VSwitches; a filter that matches nothing gives an empty list. RegionId or VpcId is needed."""
    if not call.region and not text(call.params, "VpcId"):
        raise missing_parameter("RegionId or VpcId")
    wanted = {attribute: text(call.params, name) for name, attribute in _FILTERS.items()}
    found = [
        vswitch
        for vswitch in call.world.vswitches.values()
        if call.region in {"", call.world.region_of(vswitch.zone_id)}
        and vswitch_visible(call.world, vswitch, call.now)
        and all(value in {"", getattr(vswitch, attribute)} for attribute, value in wanted.items())
        and ("IsDefault" not in call.params or vswitch.is_default == boolean(call.params, "IsDefault"))
        and matches_tags(call.params, vswitch.tags)
    ]
    page = by_number(found, call.params, maximum=MAXIMUM_PAGE)
    return {"VSwitches": {"VSwitch": [_row(call, vswitch) for vswitch in page.items]}, **page.fields}


@action("vpc", "DescribeVSwitchAttributes", needs_region=False, dry_run=True)
def describe_vswitch_attributes(call: Call) -> dict[str, Json]:
    """Describe one VSwitch, its fields at the top level; this is what is polled after CreateVSwitch."""
    vswitch = call.world.vswitches.get(required(call.params, "VSwitchId"))
    hidden = vswitch is not None and not vswitch_visible(call.world, vswitch, call.now)
    if vswitch is None or hidden or call.region not in {"", call.world.region_of(vswitch.zone_id)}:
        raise Fault("InvalidVswitchID.NotFound", "Specified virtual switch does not exist.", 404)
    return {**_row(call, vswitch), "CloudResources": {"CloudResourceSetType": []}}


@action("vpc", "CreateVSwitch", needs_region=False, mutating=True, dry_run=True)
def create_vswitch(call: Call) -> dict[str, Json]:
    """Create a VSwitch, `Pending` at first. It gets the VPC's system route table and no network ACL."""
    _refuse_unsimulated(call.params)
    zone_id = required(call.params, "ZoneId")
    vpc_id = required(call.params, "VpcId")
    wanted = required(call.params, "CidrBlock")
    _check_texts(call.params)
    labels = tags(call.params)
    vpc = _vpc_for_creation(call, vpc_id, zone_id)
    _check_nothing_in_the_making(call, vpc)
    block = check_cidr_block(
        wanted,
        [vpc.cidr_block, *vpc.secondary_cidr_blocks],
        [vswitch.cidr_block for vswitch in _vswitches_of(call, vpc)],
        [entry.destination_cidr_block for entry in vpc.route_entries if entry.entry_type == "Custom"],
    )
    if len(_vswitches_of(call, vpc)) >= call.world.account.quotas.vswitches_per_vpc:
        raise Fault("QuotaExceeded.VSwitch", "Vswitch quota in this vpc is exceeded.")
    if boolean(call.params, "DryRun"):
        return {}
    vswitch = VSwitch(
        vswitch_id=call.world.new_id("vsw", vpc.region_id),
        vswitch_name=text(call.params, "VSwitchName"),
        description=text(call.params, "Description"),
        vpc_id=vpc.vpc_id,
        zone_id=zone_id,
        cidr_block=str(block),
        pending_until=call.now + timedelta(seconds=call.world.behaviour.vswitch_pending_seconds),
        route_table_id=vpc.route_table_id,
        resource_group_id=vpc.resource_group_id,
        creation_time=call.now,
        tags=labels,
    )
    call.world.vswitches[vswitch.vswitch_id] = vswitch
    return {"VSwitchId": vswitch.vswitch_id}


def _refuse_unsimulated(params: Mapping[str, str]) -> None:
    for name in ("CidrMask", "Ipv6CidrBlock", "Ipv6CidrMask", "VpcIpv6CidrBlock"):
        if params.get(name):
            raise Fault("NotSimulated", f"This simulator does not know CreateVSwitch's {name}. Nothing was done.", 501)


def _check_texts(params: Mapping[str, str]) -> None:
    for name, longest, code in (
        ("VSwitchName", 128, "InvalidVSwitchName.Malformed"),
        ("Description", 256, "InvalidVSwitchDiscription.Malformed"),
    ):
        value = text(params, name)
        if len(value) > longest or value.startswith(("http://", "https://")):
            raise Fault(code, f"Specified {name} is not valid.")


def _vpc_for_creation(call: Call, vpc_id: str, zone_id: str) -> Vpc:
    vpc = call.world.vpcs.get(vpc_id)
    if vpc is None or call.region not in {"", vpc.region_id}:
        raise Fault("InvalidVpcId.NotFound", "Specified VPC does not exist.", 404)
    zone = call.world.zones.get(zone_id)
    if zone is None or zone.region_id != vpc.region_id:
        raise Fault("InvalidZoneId.NotFound", "Specified zone does not exist.", 404)
    if zone.zone_type != "AvailabilityZone":
        raise Fault("ResourceNotAvailable", "Resource you requested is not available in this region or zone.")
    if vpc.status != "Available":
        raise Fault("IncorrectVpcStatus", "Current VPC status does not support this operation.")
    return vpc


def _vswitches_of(call: Call, vpc: Vpc) -> list[VSwitch]:
    return [vswitch for vswitch in call.world.vswitches.values() if vswitch.vpc_id == vpc.vpc_id]


def _check_nothing_in_the_making(call: Call, vpc: Vpc) -> None:
    if any(vswitch_status(vswitch, call.now) == "Pending" for vswitch in _vswitches_of(call, vpc)):
        raise Fault("IncorrectVSwitchStatus", "VSwitch Creation simultaneously is not supported.")


def _row(call: Call, vswitch: VSwitch) -> dict[str, Json]:
    return {
        "AvailableIpAddressCount": free_addresses(call.world, vswitch),
        "CidrBlock": vswitch.cidr_block,
        "CreationTime": timestamp(vswitch.creation_time),
        "Description": vswitch.description,
        "EnabledIpv6": bool(vswitch.ipv6_cidr_block),
        "Ipv6CidrBlock": vswitch.ipv6_cidr_block,
        "IsDefault": vswitch.is_default,
        "NetworkAclId": vswitch.network_acl_id,
        "OwnerId": int(call.world.account.owner_id),
        "ResourceGroupId": vswitch.resource_group_id,
        "RouteTable": {"RouteTableId": vswitch.route_table_id, "RouteTableType": vswitch.route_table_type},
        "ShareType": vswitch.share_type,
        "Status": vswitch_status(vswitch, call.now),
        "Tags": {"Tag": [{"Key": key, "Value": value} for key, value in vswitch.tags.items()]},
        "VSwitchId": vswitch.vswitch_id,
        "VSwitchName": vswitch.vswitch_name,
        "VpcId": vswitch.vpc_id,
        "ZoneId": vswitch.zone_id,
    }
