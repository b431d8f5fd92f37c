"""The standby register by the size of a region: requests, time and work."""

# An assertion here checks that the measured run went as it should.
# ruff: noqa: S101

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta

from benchmarks.crowd import crowded
from benchmarks.figures import Kept
from benchmarks.rig import LATENCY_SECONDS, REGION, SOURCE, Cloud
from benchmarks.table import show
from ecs_dr.cloud.transport import Json
from ecs_dr.domain.texts import Texts
from ecs_dr.simulator.model_compute import SnapshotGroup
from ecs_dr.workflow.standbys.progress import RegisterProgress
from ecs_dr.workflow.standbys.wanted import register_query
from tests.support.snapshots import snapshot_of

SIZES = (10, 100, 1000)
NIGHTS = 7
TYPES = 12
"""Instance types of the region: stock is read once for each."""


@dataclass(frozen=True)
class Figures:
    """What one reading showed.

    Attributes:
        by_action: Requests.
        seconds: By the cloud's clock, at the rig's latency and under the shared limiter.
        processor_seconds: Of this process, without the simulated cloud's own work.
        reports: How often somebody who waits was told how far it is.
    """

    by_action: Counter[str]
    seconds: float
    processor_seconds: float
    snapshots: int
    reports: int


def region_of(size: int, nights: int = NIGHTS, types: int = TYPES) -> Cloud:
    """So many instances of three disks, each disk with a snapshot of every night, the last night's as a group."""
    cloud, sources = crowded(size)
    world = cloud.world
    for instance_id in [one for one in (SOURCE, *world.instances) if one not in sources]:
        world.instances.pop(instance_id, None)
    names = sorted(world.instance_types)[:types]
    for number, source in enumerate(sources):
        world.instances[source].instance_type = names[number % len(names)]
        disks = world.disks.by_instance.rows(source)
        for night in range(nights):
            taken = world.start_time - timedelta(hours=8 + 24 * night)
            group = f"ssg-{source[2:]}" if night == 0 else ""
            if group:
                world.snapshot_groups[group] = SnapshotGroup(source, group, region_id=REGION, creation_time=taken)
            for disk in disks:
                key = f"s-{disk.disk_id[2:]}{night}"
                world.snapshots[key] = replace(snapshot_of(disk, key, taken, group), snapshot_type="auto")
    return cloud


async def read(size: int) -> Figures:
    """One register of a whole region."""
    cloud = region_of(size)
    recovery = cloud.recovery()
    reports = 0

    async def told(_done: float, _total: float | None, _message: str) -> None:
        nonlocal reports
        reports += 1

    in_the_cloud = _timed(cloud)
    began = time.process_time()
    async with cloud.clock.running(), recovery.running():
        asked = register_query({"region_id": REGION})
        rows, _ = await recovery.register.rows(asked, RegisterProgress(REGION, Texts("en"), told))
    assert len(rows) == size
    assert all(row.newest is not None and row.newest.consistent for row in rows)
    return Figures(
        by_action=Counter(entry.action for entry in cloud.simulator.journal),
        seconds=cloud.clock.host_seconds(),
        processor_seconds=time.process_time() - began - sum(in_the_cloud),
        snapshots=len(cloud.world.snapshots),
        reports=reports,
    )


def _timed(cloud: Cloud) -> list[float]:
    """From now on: the processor's seconds that each request took inside the simulated cloud."""
    seconds: list[float] = []
    handle = cloud.simulator.handle

    def timed(*given: object, **named: object) -> dict[str, Json]:
        began = time.process_time()
        try:
            return handle(*given, **named)  # type: ignore[arg-type]
        finally:
            seconds.append(time.process_time() - began)

    cloud.simulator.handle = timed  # type: ignore[method-assign]
    return seconds


def standbys(*, quick: bool) -> Kept:
    """The table."""
    rows: list[tuple[object, ...]] = []
    for size in SIZES[:2] if quick else SIZES:
        one = asyncio.run(read(size))
        lists = ("DescribeInstances", "DescribeDisks", "DescribeSnapshots", "DescribeAvailableResource")
        counts = [one.by_action[name] for name in lists]
        total = one.by_action.total()
        figures = (one.seconds, one.processor_seconds, one.reports)
        rows.append((size, one.snapshots, total, *counts, total - sum(counts), *figures))
    head = ("instances", "snapshots", "requests", "Instances", "Disks", "Snapshots", "AvailableResource", "other")
    show(
        f"The standby register of a region ({TYPES} instance types, {NIGHTS} nights of snapshots)",
        (*head, "cloud seconds", "CPU s", "progress told"),
        rows,
        f"{LATENCY_SECONDS} s a request, under the limiter of 300 a minute for each action; CPU is ours, without "
        "the simulated cloud's own work. Snapshots come 100 to a page, each after the one before: they take the time.",
    )
    return {}
