"""Many recoveries at once in one process: throughput, memory a session, requests a minute."""

from __future__ import annotations

import asyncio
import gc
import time
import tracemalloc
from collections import Counter
from dataclasses import replace

from benchmarks.rig import SOURCE, Cloud, Ours
from benchmarks.table import show

SIZES = (1, 10, 100)
IMAGE_SECONDS = 480
TRACED_UP_TO = 10
"""Recoveries: tracing memory makes a run several times as slow."""


def crowded(size: int) -> tuple[Cloud, list[str]]:
    """A cloud with so many copies of the source, each of which can be imaged at the same time."""
    cloud = Cloud(IMAGE_SECONDS)
    cloud.line.weighs = False
    world = cloud.world
    quotas = world.account.quotas
    quotas.images, quotas.instances = size + 10, 3 * size + 10
    original = world.instances[SOURCE]
    disks = [disk for disk in world.disks.values() if disk.instance_id == SOURCE]
    sources = [f"i-2zecrowd{number:04d}" for number in range(size)]
    for source in sources:
        # Without a public address: the simulated cloud has few of them.
        world.instances[source] = replace(original, instance_id=source, instance_name=source, public_ip_address="")
        for disk in disks:
            disk_id = f"{disk.disk_id}{source[-4:]}"
            world.disks[disk_id] = replace(disk, disk_id=disk_id, instance_id=source)
    return cloud, sources


async def run(size: int) -> tuple[float, int, float | None, int]:
    """Wall seconds, requests in all, KiB a finished session, and the most requests in one simulated minute."""
    cloud, sources = crowded(size)
    recovery = cloud.recovery()
    is_traced = size <= TRACED_UP_TO
    gc.collect()
    if is_traced:
        tracemalloc.start(1)
    before, _ = tracemalloc.get_traced_memory()
    journal = cloud.simulator.journal
    began = time.perf_counter()
    async with cloud.clock.running(), recovery.running(), asyncio.TaskGroup() as tasks:
        for source in sources:
            tasks.create_task(Ours(cloud, source=source).follow(recovery))
    seconds = time.perf_counter() - began
    minutes = Counter(int((entry.time - cloud.world.start_time).total_seconds() // 60) for entry in journal)
    requests = len(journal)
    # What belongs to the simulated cloud is not the product's: it goes before the memory is read.
    journal.clear()
    for store in (cloud.world.instances, cloud.world.disks, cloud.world.images, cloud.world.snapshots):
        store.clear()
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    kib = (after - before) / size / 1024 if is_traced else None
    return seconds, requests, kib, max(minutes.values())


def crowd(sizes: tuple[int, ...] = SIZES) -> None:
    """The table."""
    rows: list[tuple[object, ...]] = []
    for size in sizes:
        seconds, requests, kib, busiest = asyncio.run(run(size))
        rows.append((size, seconds, size / seconds, requests / size, kib if kib is not None else "-", busiest))
    show(
        "Recoveries at the same time in one process (image of 8 minutes)",
        ("recoveries", "wall (s)", "a second", "requests each", "KiB a session", "busiest minute"),
        rows,
        "Wall time holds the simulated cloud's own work, which grows faster than the number of recoveries, and up to "
        "10 of them the memory tracer's. Name sizes to run others: crowd 300 1000. The busiest minute is the first: "
        "all begin at once; a real account's budget would spread them out.",
    )
