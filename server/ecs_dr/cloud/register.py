"""Many at once, for the standby register: pages of the greatest size, never one request for each instance."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ecs_dr.cloud.calls import Caller
from ecs_dr.cloud.ecs_readers import disk_order, read_disk, read_image, read_instance
from ecs_dr.cloud.paging import by_number, by_token
from ecs_dr.cloud.snapshots import read_snapshot
from ecs_dr.domain.disks.model import Disk
from ecs_dr.domain.images.model import Image
from ecs_dr.domain.lineage import SOURCE
from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.snapshots.model import Snapshot
from ecs_dr.domain.source import Instance
from ecs_dr.workflow.ports import Scope

IDS_PER_REQUEST = 100
"""DescribeInstances: InstanceIds."""


class RegisterOperations:
    """Lists of a whole region."""

    def __init__(self, caller: Caller) -> None:
        self._ecs_register = caller

    async def instances_of(self, scope: Scope, instance_ids: tuple[str, ...] = ()) -> tuple[Instance, ...]:
        """These instances, or without ids every one of the region (DescribeInstances)."""
        wanted: list[JsonObject] = [
            {"InstanceIds": json.dumps(list(instance_ids[start : start + IDS_PER_REQUEST]))}
            for start in range(0, len(instance_ids), IDS_PER_REQUEST)
        ] or [{}]
        return await self._instances(scope, wanted)

    async def replicas(self, scope: Scope) -> tuple[Instance, ...]:
        """Every instance that carries the lineage tag of a recovery, whatever its source (DescribeInstances)."""
        return await self._instances(scope, [{"Tag": [{"Key": SOURCE}]}])

    async def disks_of_region(self, scope: Scope) -> Mapping[str, tuple[Disk, ...]]:
        """By instance id: the disks that are attached to it, the system disk first (DescribeDisks)."""
        rows = await by_token(self._ecs_register, scope, "DescribeDisks", {}, ("Disks", "Disk"))
        owners = {row.text("DiskId"): row.text("InstanceId") for row in rows}
        found: dict[str, list[Disk]] = {}
        for disk in {row.text("DiskId"): read_disk(row) for row in rows}.values():
            if owners[disk.disk_id]:
                found.setdefault(owners[disk.disk_id], []).append(disk)
        return {owner: tuple(sorted(disks, key=disk_order)) for owner, disks in found.items()}

    async def own_images(self, scope: Scope) -> tuple[Image, ...]:
        """The account's own images, in whatever status (DescribeImages)."""
        filters = {"ImageOwnerAlias": "self", "Status": "ALL"}
        rows = await by_number(self._ecs_register, scope, "DescribeImages", filters, ("Images", "Image"))
        return tuple(read_image(row) for row in rows)

    async def snapshots_of_region(self, scope: Scope) -> tuple[Snapshot, ...]:
        """Every snapshot of the region (DescribeSnapshots)."""
        rows = await by_token(self._ecs_register, scope, "DescribeSnapshots", {}, ("Snapshots", "Snapshot"))
        return tuple(read_snapshot(row) for row in rows if row.has("SnapshotId"))

    async def _instances(self, scope: Scope, filters: list[JsonObject]) -> tuple[Instance, ...]:
        found: dict[str, Instance] = {}
        for one in filters:
            rows = await by_token(self._ecs_register, scope, "DescribeInstances", one, ("Instances", "Instance"))
            found.update({row.text("InstanceId"): read_instance(row) for row in rows})
        return tuple(found.values())
