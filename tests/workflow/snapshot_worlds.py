"""Worlds whose source has snapshots, for the road that leads over them."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from ecs_dr.simulator.model_compute import Snapshot, SnapshotGroup
from ecs_dr.simulator.world import World, load_world
from tests.support.desk import SOURCE

DISKS: tuple[tuple[str, Literal["system", "data"], int], ...] = (
    ("d-2zesystem0001", "system", 40),
    ("d-2zedata00001", "data", 100),
    ("d-2zedata00002", "data", 200),
)


def take(world: World, run: str, hours_ago: float, *, group: bool = False, step_seconds: float = 2) -> list[str]:
    """A snapshot of each disk of the source, so long ago; returns their ids, the system disk's first."""
    made = world.start_time - timedelta(hours=hours_ago)
    group_id = f"ssg-2ze{run}" if group else ""
    if group:
        world.snapshot_groups[group_id] = SnapshotGroup(SOURCE, group_id, creation_time=made)
    ids = []
    for number, (disk_id, kind, size) in enumerate(DISKS):
        snapshot_id = f"s-2ze{run}{number}"
        world.snapshots[snapshot_id] = Snapshot(
            disk_id,
            kind,
            size,
            snapshot_id,
            instance_id=SOURCE,
            snapshot_group_id=group_id,
            creation_time=made + timedelta(seconds=number * step_seconds),
            snapshot_type="user" if group else "auto",
            snapshot_name="" if group else f"auto2.0_{made:%Y%m%d}_sp-2zedaily0001",
        )
        ids.append(snapshot_id)
    return ids


def nightly(*hours_ago: float) -> World:
    """The healthy world with one run of a snapshot policy at each of these hours ago."""
    world = load_world("healthy")
    for number, hours in enumerate(hours_ago):
        take(world, f"run{number}x", hours)
    return world


def without_source(world: World) -> World:
    """The source is released, and its disks with it."""
    for disk in world.disks.by_instance.rows(SOURCE):
        del world.disks[disk.disk_id]
    del world.instances[SOURCE]
    return world
