"""Snapshots of the disks of a simulated world."""

from __future__ import annotations

from datetime import datetime

from ecs_dr.simulator.model_compute import Disk, Snapshot
from tests.support.desk import REGION


def snapshot_of(disk: Disk, snapshot_id: str, taken: datetime, group_id: str = "") -> Snapshot:
    """A finished snapshot of a disk, alone or taken with a group; it is in no world yet."""
    return Snapshot(
        source_disk_id=disk.disk_id,
        source_disk_type=disk.type,
        source_disk_size=disk.size,
        snapshot_id=snapshot_id,
        instance_id=disk.instance_id,
        snapshot_group_id=group_id,
        creation_time=taken,
        region_id=REGION,
    )
