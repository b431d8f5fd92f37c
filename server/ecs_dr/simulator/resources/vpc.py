"""VPCs: DescribeVpcs and DescribeRouteTableList (VPC 2016-04-28)."""

from __future__ import annotations

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.actions import Call, action
from ecs_dr.simulator.clock import timestamp
from ecs_dr.simulator.errors import Fault
from ecs_dr.simulator.model_network import Vpc
from ecs_dr.simulator.paging import by_number
from ecs_dr.simulator.params import boolean, matches_tags, text

MAXIMUM_PAGE = 50
_MOST_VSWITCHES_SHOWN = 300
_MOST_VPC_IDS = 20


@action("vpc", "DescribeVpcs", dry_run=True)
def describe_vpcs(call: Call) -> dict[str, Json]:
    """List the VPCs of a region; `VpcId` takes up to 20 ids with commas between, unknown ones are left out."""
    wanted = [vpc_id for vpc_id in text(call.params, "VpcId").split(",") if vpc_id]
    if len(wanted) > _MOST_VPC_IDS:
        raise Fault("InvalidVpcId.Malformed", f"At most {_MOST_VPC_IDS} VpcIds can be given.")
    name = text(call.params, "VpcName")
    group = text(call.params, "ResourceGroupId")
    found = [
        vpc
        for vpc in call.world.vpcs.values()
        if vpc.region_id == call.region
        and (not wanted or vpc.vpc_id in wanted)
        and name in {"", vpc.vpc_name}
        and group in {"", vpc.resource_group_id}
        and ("IsDefault" not in call.params or vpc.is_default == boolean(call.params, "IsDefault"))
        and matches_tags(call.params, vpc.tags)
    ]
    page = by_number(found, call.params, maximum=MAXIMUM_PAGE)
    return {"Vpcs": {"Vpc": [_vpc_row(call, vpc) for vpc in page.items]}, **page.fields}


@action("vpc", "DescribeRouteTableList")
def describe_route_table_list(call: Call) -> dict[str, Json]:
    """List the route tables in use, by the VPCs and VSwitches that use them."""
    vpc_id = text(call.params, "VpcId")
    tables: list[Json] = [
        _route_table_row(call, vpc, table_id, kind)
        for vpc in call.world.vpcs.values()
        if vpc.region_id == call.region and vpc_id in {"", vpc.vpc_id}
        for table_id, kind in _route_tables(call, vpc)
    ]
    page = by_number(tables, call.params, maximum=MAXIMUM_PAGE)
    return {"RouterTableList": {"RouterTableListType": list(page.items)}, **page.fields}


@action("vpc", "DescribeRouteEntryList")
def describe_route_entry_list(call: Call) -> dict[str, Json]:
    """List the custom entries of a route table; `RouteTableId` is mandatory."""
    table_id = text(call.params, "RouteTableId")
    if not table_id:
        raise Fault("MissingParameter", "The parameter RouteTableId is mandatory.")
    owners = [vpc for vpc in call.world.vpcs.values() if table_id in dict(_route_tables(call, vpc))]
    if not owners:
        raise Fault("InvalidRouteTableId.NotFound", "Specified route table does not exist.", 404)
    entries: list[Json] = [
        {
            "DestinationCidrBlock": entry.destination_cidr_block,
            "Description": entry.description,
            "NextHops": {"NextHop": [{"NextHopType": entry.next_hop_type, "NextHopId": entry.next_hop_id}]},
            "RouteEntryName": "",
            "RouteTableId": table_id,
            "Status": "Available",
            "Type": entry.entry_type,
        }
        for entry in owners[0].route_entries
        if (entry.route_table_id or owners[0].route_table_id) == table_id
    ]
    return {"RouteEntrys": {"RouteEntry": entries}, "NextToken": ""}


def _vpc_row(call: Call, vpc: Vpc) -> dict[str, Json]:
    newest_first = sorted(
        (vswitch for vswitch in call.world.vswitches.values() if vswitch.vpc_id == vpc.vpc_id),
        key=lambda vswitch: timestamp(vswitch.creation_time),
        reverse=True,
    )
    vswitch_ids: list[Json] = [vswitch.vswitch_id for vswitch in newest_first[:_MOST_VSWITCHES_SHOWN]]
    table_ids: list[Json] = [table_id for table_id, _ in _route_tables(call, vpc)]
    return {
        "CenStatus": vpc.cen_status,
        "CidrBlock": vpc.cidr_block,
        "CreationTime": timestamp(vpc.creation_time),
        "Description": vpc.description,
        "DhcpOptionsSetId": "",
        "EnabledIpv6": bool(vpc.ipv6_cidr_block),
        "Ipv6CidrBlock": vpc.ipv6_cidr_block,
        "IsDefault": vpc.is_default,
        "NatGatewayIds": {"NatGatewayIds": []},
        "OwnerId": int(call.world.account.owner_id),
        "RegionId": vpc.region_id,
        "ResourceGroupId": vpc.resource_group_id,
        "RouterTableIds": {"RouterTableIds": table_ids},
        "SecondaryCidrBlocks": {"SecondaryCidrBlock": [*vpc.secondary_cidr_blocks]},
        "Status": vpc.status,
        "Tags": {"Tag": [{"Key": key, "Value": value} for key, value in vpc.tags.items()]},
        "UserCidrs": {"UserCidr": [*vpc.user_cidrs]},
        "VRouterId": vpc.router_id,
        "VSwitchIds": {"VSwitchId": vswitch_ids},
        "VpcId": vpc.vpc_id,
        "VpcName": vpc.vpc_name,
    }


def _route_tables(call: Call, vpc: Vpc) -> list[tuple[str, str]]:
    """Return the id and the type of each route table of a VPC, the system one first."""
    custom = {
        vswitch.route_table_id: vswitch.route_table_type
        for vswitch in call.world.vswitches.values()
        if vswitch.vpc_id == vpc.vpc_id and vswitch.route_table_id != vpc.route_table_id
    }
    return [(vpc.route_table_id, "System"), *custom.items()]


def _route_table_row(call: Call, vpc: Vpc, table_id: str, kind: str) -> dict[str, Json]:
    users: list[Json] = [
        vswitch.vswitch_id
        for vswitch in call.world.vswitches.values()
        if vswitch.vpc_id == vpc.vpc_id and vswitch.route_table_id == table_id
    ]
    return {
        "CreationTime": timestamp(vpc.creation_time),
        "Description": "",
        "OwnerId": int(call.world.account.owner_id),
        "ResourceGroupId": vpc.resource_group_id,
        "RouteTableId": table_id,
        "RouteTableName": "",
        "RouteTableType": kind,
        "RouterId": vpc.router_id,
        "RouterType": "VRouter",
        "Status": "Available",
        "VSwitchIds": {"VSwitchId": users},
        "VpcId": vpc.vpc_id,
    }
