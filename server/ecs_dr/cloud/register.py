"""Many at once, for the standby register: pages of the greatest size, never one request for each instance."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ecs_dr.cloud.calls import Caller
from ecs_dr.cloud.ecs_readers import disk_order, read_disk, read_instance
from ecs_dr.cloud.fields import Fields
from ecs_dr.cloud.groups import RowsOfGroup, enough, nothing_is_enough, read_in_groups
from ecs_dr.cloud.paging import by_token, in_batches
from ecs_dr.domain.disks.model import Disk
from ecs_dr.domain.lineage import SOURCE
from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.source import Instance
from ecs_dr.workflow.ports import Scope


class RegisterOperations:
    """Lists of a whole region."""

    def __init__(self, caller: Caller) -> None:
        self._ecs_register = caller

    async def instances_of(self, scope: Scope, instance_ids: tuple[str, ...] = ()) -> tuple[Instance, ...]:
        """These instances, or without ids every one of the region (DescribeInstances)."""
        wanted: list[JsonObject] = [{"InstanceIds": json.dumps(some)} for some in in_batches(instance_ids)] or [{}]
        found: dict[str, Instance] = {}
        for one in wanted:
            found.update({row.text("InstanceId"): read_instance(row) for row in await self._rows(scope, one)})
        return tuple(found.values())

    async def replicas(self, scope: Scope, *, everywhere: bool = False) -> tuple[Instance, ...]:
        """Every instance that carries the lineage tag of a recovery, whatever its source (DescribeInstances)."""
        tagged: JsonObject = {"Tag": [{"Key": SOURCE}]}

        async def ask(group: JsonObject) -> RowsOfGroup:
            return await self._rows(scope, {**tagged, **group})

        # Of a region without replicas the list is empty: that alone is no sign that one is hidden.
        rows = await read_in_groups(scope, ask, nothing_is_enough) if everywhere else await ask({})
        return tuple({row.text("InstanceId"): read_instance(row) for row in rows}.values())

    async def disks_of_region(self, scope: Scope, *, everywhere: bool = False) -> Mapping[str, tuple[Disk, ...]]:
        """By instance id: the disks that are attached to it, the system disk first (DescribeDisks)."""

        async def ask(group: JsonObject) -> RowsOfGroup:
            return await by_token(self._ecs_register, scope, "DescribeDisks", group, ("Disks", "Disk"))

        rows = await read_in_groups(scope, ask, enough(everywhere=everywhere))
        owners = {row.text("DiskId"): row.text("InstanceId") for row in rows}
        found: dict[str, list[Disk]] = {}
        for disk in {row.text("DiskId"): read_disk(row) for row in rows}.values():
            if owners[disk.disk_id]:
                found.setdefault(owners[disk.disk_id], []).append(disk)
        return {owner: tuple(sorted(disks, key=disk_order)) for owner, disks in found.items()}

    async def _rows(self, scope: Scope, filters: JsonObject) -> tuple[Fields, ...]:
        return await by_token(self._ecs_register, scope, "DescribeInstances", filters, ("Instances", "Instance"))
