"""Snapshots and groups of them (ECS API): read for the recovery of a source that no image can be made of now."""

from __future__ import annotations

import json
from collections.abc import Callable

from ecs_dr.cloud.calls import Caller
from ecs_dr.cloud.ecs_readers import read_tags
from ecs_dr.cloud.fields import Fields
from ecs_dr.cloud.groups import RowsOfGroup, at_least, enough, nothing_is_enough, read_in_groups
from ecs_dr.cloud.paging import by_token, in_batches
from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.snapshots.model import Snapshot, SnapshotGroup
from ecs_dr.domain.times import parse_time
from ecs_dr.workflow.ports import Scope

_ROWS = ("Snapshots", "Snapshot")
_GROUPS = ("SnapshotGroups", "SnapshotGroup")
_MANUAL = "user"


class SnapshotOperations:
    """What exists of a source's disks besides the disks themselves.

    Nobody knows how many there should be: where the scope names groups, each list is read in them as well.
    """

    def __init__(self, caller: Caller) -> None:
        self._ecs_snapshots = caller

    async def snapshots_of_instance(
        self, scope: Scope, instance_id: str, *, everywhere: bool = True
    ) -> tuple[Snapshot, ...]:
        """Those that the cloud finds by the instance (DescribeSnapshots).

        Nothing is documented about a disk that was detached, or an instance that is gone: ask by the disks as well.
        """
        return await self._list(scope, {"InstanceId": instance_id}, enough(everywhere=everywhere))

    async def snapshots_of_disk(self, scope: Scope, disk_id: str) -> tuple[Snapshot, ...]:
        """Those of one disk, also after it was released (DescribeSnapshots)."""
        return await self._list(scope, {"DiskId": disk_id})

    async def snapshots(self, scope: Scope, snapshot_ids: tuple[str, ...]) -> tuple[Snapshot, ...]:
        """Those of these ids that exist (DescribeSnapshots)."""
        found: list[Snapshot] = []
        for some in in_batches(snapshot_ids):
            found += await self._list(scope, {"SnapshotIds": json.dumps(some)}, at_least(len(some)))
        return tuple(found)

    async def snapshot_groups(
        self, scope: Scope, instance_id: str, *, everywhere: bool = True
    ) -> tuple[SnapshotGroup, ...]:
        """The groups of an instance, whose answer alone links snapshots to one (DescribeSnapshotGroups)."""
        return await self._groups(scope, {"InstanceId": instance_id}, enough(everywhere=everywhere))

    async def snapshots_of_region(self, scope: Scope, *, everywhere: bool = False) -> tuple[Snapshot, ...]:
        """Every snapshot of the region (DescribeSnapshots)."""
        return await self._list(scope, {}, enough(everywhere=everywhere))

    async def snapshot_groups_of_region(self, scope: Scope, *, everywhere: bool = False) -> tuple[SnapshotGroup, ...]:
        """Every group of snapshots of the region (DescribeSnapshotGroups)."""
        return await self._groups(scope, {}, enough(everywhere=everywhere))

    async def _groups(
        self, scope: Scope, filters: JsonObject, is_enough: Callable[[RowsOfGroup], bool] = nothing_is_enough
    ) -> tuple[SnapshotGroup, ...]:
        async def ask(group: JsonObject) -> RowsOfGroup:
            asked = {**filters, **group}
            return await by_token(self._ecs_snapshots, scope, "DescribeSnapshotGroups", asked, _GROUPS)

        rows = await read_in_groups(scope, ask, is_enough)
        return tuple({row.text("SnapshotGroupId"): read_snapshot_group(row) for row in rows}.values())

    async def _list(
        self, scope: Scope, filters: JsonObject, is_enough: Callable[[RowsOfGroup], bool] = nothing_is_enough
    ) -> tuple[Snapshot, ...]:
        async def ask(group: JsonObject) -> RowsOfGroup:
            return await by_token(self._ecs_snapshots, scope, "DescribeSnapshots", {**filters, **group}, _ROWS)

        rows = await read_in_groups(scope, ask, is_enough)
        found = {row.text("SnapshotId"): read_snapshot(row) for row in rows if row.has("SnapshotId")}
        return tuple(found.values())


def read_snapshot(row: Fields) -> Snapshot:
    """One snapshot. `SourceDiskSize` comes as text or as a number; an automatic one is `auto` or `timer`."""
    kind = row.text("SnapshotType")
    return Snapshot(
        snapshot_id=row.text("SnapshotId"),
        name=row.text("SnapshotName"),
        status=row.text("Status"),
        progress=row.optional_integer("Progress"),
        created_at=parse_time(row.text("CreationTime")),
        disk_id=row.text("SourceDiskId"),
        disk_type="system" if row.text("SourceDiskType").lower() == "system" else "data",
        size_gib=row.optional_integer("SourceDiskSize") or None,
        automatic=bool(kind) and kind != _MANUAL,
        category=row.text("Category"),
        encrypted=row.flag("Encrypted") or False,
        retention_days=row.optional_integer("RetentionDays") or None,
        resource_group_id=row.text("ResourceGroupId"),
        tags=read_tags(row),
    )


def read_snapshot_group(row: Fields) -> SnapshotGroup:
    """One group; of its members the ids alone, as the answer has neither their status nor their size or time."""
    return SnapshotGroup(
        group_id=row.text("SnapshotGroupId"),
        instance_id=row.text("InstanceId"),
        status=row.text("Status"),
        created_at=parse_time(row.text("CreationTime")),
        snapshot_ids=tuple(member.text("SnapshotId") for member in row.items(*_ROWS) if member.has("SnapshotId")),
    )
