"""Security groups (ECS API): read for a source that cannot be read itself, to tell whether its groups still exist."""

from __future__ import annotations

import json

from ecs_dr.cloud.calls import Caller
from ecs_dr.cloud.groups import RowsOfGroup, at_least, nothing_is_enough, read_in_groups
from ecs_dr.cloud.paging import by_token, in_batches
from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.network.model import SecurityGroup
from ecs_dr.workflow.ports import Scope


class SecurityGroupOperations:
    """Which groups there are."""

    def __init__(self, caller: Caller) -> None:
        self._ecs_groups = caller

    async def security_groups(self, scope: Scope, group_ids: tuple[str, ...] = ()) -> tuple[SecurityGroup, ...]:
        """Those of these groups that exist, or without ids all of the region (DescribeSecurityGroups)."""
        found: dict[str, SecurityGroup] = {}
        for wanted in [*in_batches(group_ids)] or [()]:
            for row in await self._security_group_rows(scope, wanted):
                group = SecurityGroup(
                    group_id=row.text("SecurityGroupId"),
                    name=row.text("SecurityGroupName"),
                    vpc_id=row.text("VpcId"),
                    managed=row.flag("ServiceManaged") or False,
                )
                found[group.group_id] = group
        return tuple(found.values())

    async def _security_group_rows(self, scope: Scope, wanted: tuple[str, ...]) -> RowsOfGroup:
        filters: JsonObject = {"SecurityGroupIds": json.dumps([*wanted])} if wanted else {}

        async def ask(group: JsonObject) -> RowsOfGroup:
            path = ("SecurityGroups", "SecurityGroup")
            return await by_token(self._ecs_groups, scope, "DescribeSecurityGroups", {**filters, **group}, path)

        return await read_in_groups(scope, ask, at_least(len(wanted)) if wanted else nothing_is_enough)
