"""Many recoveries at once in one process: throughput, work and memory a session, requests a minute."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType, ModuleType

from benchmarks.figures import Kept
from benchmarks.rig import SOURCE, Cloud, Ours
from benchmarks.table import show
from ecs_dr.garbage import collect_seldom

SIZES = (1, 10, 100, 300, 1000)
IMAGE_SECONDS = 480
WAITING_SECONDS = 600
WAITING_SIZES = (20, 60)
_NOT_HELD = (type, ModuleType, FunctionType, BuiltinFunctionType, CodeType, FrameType, asyncio.AbstractEventLoop)
"""What belongs to the program, or to the event loop, and leads to everything else in the process."""


@dataclass(frozen=True)
class Figures:
    """What one run showed.

    Attributes:
        wall_seconds: From the first request to the last answer, the simulated cloud's own work included.
        processor_seconds: What this process took of a processor for it; other programs do not lengthen it as much.
        cloud_minutes: The same by the cloud's clock.
        busiest: Requests in the busiest minute of the cloud's clock.
        held_bytes: What the recovery service holds when all have finished.
    """

    wall_seconds: float
    processor_seconds: float
    cloud_minutes: float
    requests: int
    busiest: int
    held_bytes: int


def crowded(size: int) -> tuple[Cloud, list[str]]:
    """A cloud with so many copies of the source, each of which can be imaged at the same time."""
    cloud = Cloud(IMAGE_SECONDS)
    cloud.line.weighs = False
    world = cloud.world
    quotas = world.account.quotas
    quotas.images, quotas.instances = size + 10, 3 * size + 10
    original = world.instances[SOURCE]
    disks = world.disks.by_instance.rows(SOURCE)
    sources = [f"i-2zecrowd{number:04d}" for number in range(size)]
    for number, source in enumerate(sources):
        # Without a public address: the simulated cloud has few of them.
        world.instances[source] = replace(original, instance_id=source, instance_name=source, public_ip_address="")
        for disk in disks:
            disk_id = f"{disk.disk_id}{number:04d}"
            world.disks[disk_id] = replace(disk, disk_id=disk_id, instance_id=source)
    return cloud, sources


async def run(size: int) -> Figures:
    """So many recoveries, all begun at the same moment."""
    cloud, sources = crowded(size)
    recovery = cloud.recovery()
    gc.collect()
    began, began_processor = time.perf_counter(), time.process_time()
    async with cloud.clock.running(), recovery.running(), asyncio.TaskGroup() as tasks:
        for source in sources:
            tasks.create_task(Ours(cloud, source=source).follow(recovery))
    wall_seconds, processor_seconds = time.perf_counter() - began, time.process_time() - began_processor
    journal = cloud.simulator.journal
    minutes = Counter(int((entry.time - cloud.world.start_time).total_seconds() // 60) for entry in journal)
    return Figures(
        wall_seconds=wall_seconds,
        processor_seconds=processor_seconds,
        cloud_minutes=cloud.clock.host_seconds() / 60,
        requests=len(journal),
        busiest=max(minutes.values()),
        held_bytes=held_bytes(recovery, without=cloud.parts),
    )


def held_bytes(root: object, without: Iterable[object]) -> int:
    """The bytes of all objects that can be reached from one, each counted once.

    Tracing the allocations instead would make a run several times as slow.
    """
    seen = {id(each) for each in without}
    waiting, total = [root], 0
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, _NOT_HELD):
            continue
        seen.add(id(one))
        total += sys.getsizeof(one)
        waiting += gc.get_referents(one)
    return total


async def waiting(size: int, seconds: float) -> int:
    """The bytes held when so many, all decided, have waited so long for images that are not ready yet."""
    cloud, sources = crowded(size)
    cloud.world.behaviour.image_seconds = 100 * seconds
    recovery = cloud.recovery()
    async with cloud.clock.running(), recovery.running():
        async with asyncio.TaskGroup() as tasks:
            for source in sources:
                tasks.create_task(Ours(cloud, source=source).decide_all(recovery))
        await cloud.clock.sleep(seconds)
        return held_bytes(recovery, without=cloud.parts)


def kib_of_waiting(seconds: float = WAITING_SECONDS, sizes: tuple[int, int] = WAITING_SIZES) -> float:
    """Of one that waits: the difference between many and few, so that what the service holds for all drops out."""
    few, many = sizes
    return (asyncio.run(waiting(many, seconds)) - asyncio.run(waiting(few, seconds))) / (many - few) / 1024


def crowd(*, quick: bool, sizes: tuple[int, ...] = ()) -> Kept:
    """The table."""
    asyncio.run(run(1))  # what a process does once, models above all, is no work of its first recovery
    collect_seldom()  # as the server does when it has started
    rows: list[tuple[object, ...]] = []
    found: dict[int, Figures] = {}
    for size in sizes or (SIZES[:3] if quick else SIZES):
        one = found[size] = asyncio.run(run(size))
        rows.append(
            (
                size,
                one.wall_seconds,
                size / one.wall_seconds,
                1000 * one.wall_seconds / size,
                1000 * one.processor_seconds / size,
                one.held_bytes / size / 1024,
                one.requests / size,
                one.cloud_minutes,
                one.requests / one.cloud_minutes,
                one.busiest,
            )
        )
    show(
        f"Recoveries at the same time in one process (image of {IMAGE_SECONDS // 60} minutes)",
        (
            "recoveries",
            "wall (s)",
            "a second",
            "wall ms each",
            "CPU ms each",
            "KiB each",
            "requests each",
            "cloud minutes",
            "requests a minute",
            "busiest minute",
        ),
        rows,
        "Wall and CPU time hold the simulated cloud's own work. Minutes are the cloud's: all begin at once, and the "
        "shared limiter spreads their requests out. KiB: what the recovery service holds when all have finished, by "
        "the number of sessions; the service's own share shows in the first rows. Goal: 30 ms, 120 KiB.",
    )
    kib = kib_of_waiting()
    show(
        "One that waits for its image, everything decided",
        ("minutes waited", "KiB"),
        [(WAITING_SECONDS // 60, kib)],
        "Goal: 50 KiB. Each further look at the image leaves a quarter of a KiB in the journal.",
    )
    largest = max(found)
    each_ms = 1000 * found[largest].processor_seconds / largest
    ended_kib = found[largest].held_bytes / largest / 1024
    return {"crowd_size": largest, "crowd_ms": each_ms, "ended_kib": ended_kib, "waiting_kib": kib}
