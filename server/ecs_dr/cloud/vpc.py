"""The operations of the VPC API (2016-04-28; the ECS API's own VSwitch actions are deprecated)."""

from __future__ import annotations

from ecs_dr.cloud.calls import Caller, may_read
from ecs_dr.cloud.fields import Fields
from ecs_dr.cloud.groups import RowsOfGroup, read_in_groups
from ecs_dr.cloud.paging import by_number
from ecs_dr.domain.model import JsonObject, Tag, as_parameters
from ecs_dr.domain.network.model import Vpc, VSwitch, VSwitchRequest
from ecs_dr.errors import ErrorKind, OutcomeUnknown
from ecs_dr.workflow.ports import Attempt, Scope


class VpcOperations:
    """VPCs and VSwitches."""

    def __init__(self, caller: Caller) -> None:
        self._vpc = caller

    async def describe_vpc(self, scope: Scope, vpc_id: str) -> Vpc | None:
        """One VPC, with its secondary blocks (DescribeVpcs)."""

        async def ask(group: JsonObject) -> RowsOfGroup:
            return await by_number(self._vpc, scope, "DescribeVpcs", {"VpcId": vpc_id, **group}, ("Vpcs", "Vpc"))

        rows = await read_in_groups(scope, ask)
        return next((_read_vpc(row) for row in rows if row.text("VpcId") == vpc_id), None)

    async def describe_vswitches(
        self, scope: Scope, vpc_id: str, *, zone_id: str | None = None, vswitch_id: str | None = None
    ) -> tuple[VSwitch, ...]:
        """The VSwitches of a VPC, all pages (DescribeVSwitches)."""
        params: JsonObject = {"VpcId": vpc_id}
        if zone_id is not None:
            params["ZoneId"] = zone_id
        if vswitch_id is not None:
            params["VSwitchId"] = vswitch_id

        async def ask(group: JsonObject) -> RowsOfGroup:
            filters = {**params, **group}
            return await by_number(self._vpc, scope, "DescribeVSwitches", filters, ("VSwitches", "VSwitch"))

        rows = await read_in_groups(scope, ask)
        vswitches = {row.text("VSwitchId"): _read_vswitch(row) for row in rows}
        return tuple(
            vswitch
            for vswitch in vswitches.values()
            if vswitch.vpc_id == vpc_id
            and zone_id in {None, vswitch.zone_id}
            and vswitch_id in {None, vswitch.vswitch_id}
        )

    async def vswitches_tagged(self, scope: Scope, tags: tuple[Tag, ...]) -> tuple[VSwitch, ...]:
        """The region's VSwitches that carry all these tags; none for no tags (DescribeVSwitches)."""
        if not tags:
            return ()
        rows = await by_number(
            self._vpc, scope, "DescribeVSwitches", {"Tag": as_parameters(tags)}, ("VSwitches", "VSwitch")
        )
        found = {row.text("VSwitchId"): _read_vswitch(row) for row in rows}
        return tuple(vswitch for vswitch in found.values() if set(tags) <= set(vswitch.tags))

    async def may_describe_vswitches(self, scope: Scope, vpc_id: str) -> bool:
        """Whether the permission exists, told by the dry run of DescribeVSwitches."""
        return await may_read(self._vpc, scope, "DescribeVSwitches", {"VpcId": vpc_id})

    async def create_vswitch(self, scope: Scope, request: VSwitchRequest, attempt: Attempt) -> str:
        """Create a VSwitch; its id comes back while it is still Pending (CreateVSwitch).

        Raises:
            ConsentViolation: The attempt covers other parameters; nothing was sent.
            CloudRefused: Refused; nothing was created by this request.
            OutcomeUnknown: It may exist: look for the VPC, zone and block asked for.
        """
        answer = await self._vpc.mutate(scope, "CreateVSwitch", request.parameters(), attempt)
        vswitch_id = answer.text("VSwitchId")
        if not vswitch_id:
            raise OutcomeUnknown(
                "vpc:CreateVSwitch",
                ErrorKind.UNKNOWN,
                "NoVSwitchId",
                "The answer names no VSwitch.",
                request_id=answer.text("RequestId") or None,
            )
        return vswitch_id


def _read_vpc(row: Fields) -> Vpc:
    return Vpc(
        vpc_id=row.text("VpcId"),
        cidr_block=row.text("CidrBlock"),
        secondary_cidr_blocks=row.texts("SecondaryCidrBlocks", "SecondaryCidrBlock"),
        status=row.text("Status", "Available"),
    )


def _read_vswitch(row: Fields) -> VSwitch:
    table = row.child("RouteTable")
    return VSwitch(
        vswitch_id=row.text("VSwitchId"),
        name=row.text("VSwitchName"),
        vpc_id=row.text("VpcId"),
        zone_id=row.text("ZoneId"),
        cidr_block=row.text("CidrBlock"),
        status=row.text("Status"),
        available_ip_count=row.integer("AvailableIpAddressCount"),
        route_table_id=table.text("RouteTableId"),
        ipv6_cidr_block=row.text("Ipv6CidrBlock"),
        # The VPC API answers Key and Value, where the ECS API has TagKey and TagValue.
        tags=tuple(Tag(key=tag.text("Key"), value=tag.text("Value")) for tag in row.items("Tags", "Tag")),
    )
