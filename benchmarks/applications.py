"""Applications: questions, requests, time and memory by size; three of a hundred beside each other; template sizes."""

# An assertion here checks that the measured run went as it should.
# ruff: noqa: S101

from __future__ import annotations

import asyncio
import gc
import time
from dataclasses import dataclass

from benchmarks.crowd import crowded, held_bytes
from benchmarks.figures import Kept
from benchmarks.rig import REGION, Cloud
from benchmarks.table import show
from ecs_dr.domain.steps import Answer
from ecs_dr.workflow.recovery import Recovery

SIZES = ((1,), (4, 4, 4), (20, 40, 40))
BESIDE = 3
"""So many applications of the last size in one process."""


@dataclass
class Figures:
    """What one run showed."""

    questions: int
    requests: int
    minutes: float
    wall_seconds: float
    held_bytes: int


def waves_of(ids: list[str], sizes: tuple[int, ...]) -> str:
    """The ids by waves."""
    rest = iter(ids)
    return "|".join(",".join(next(rest) for _ in range(size)) for size in sizes)


async def drive(recovery: Recovery, waves: str) -> int:
    """One application, every question answered as recommended; how many there were."""
    asked = 0
    begun: dict[str, str | None] = {"region_id": REGION, "waves": waves}
    answer: Answer = await recovery.call("plan_application", begun)
    while answer.status != "done" or answer.next is not None:
        assert answer.session_id is not None
        if answer.question is not None:
            asked += 1
            first = answer.question.question.options[0].value
            answer = await recovery.answer(answer.session_id, answer.question.question_id, first)
            continue
        assert answer.next is not None, answer.message
        again = answer.next.tool == "plan_application"
        answer = await recovery.call(answer.next.tool, begun if again else {"application_id": answer.session_id})
    assert recovery.sessions.get(answer.session_id or "").application is not None
    return asked


async def run(sizes: tuple[int, ...], beside: int = 1) -> tuple[Figures, Cloud]:
    """So many applications of these waves at the same moment."""
    count = sum(sizes)
    cloud, ids = crowded(count * beside)
    recovery = cloud.recovery()
    gc.collect()
    began = time.perf_counter()
    async with cloud.clock.running(), recovery.running(), asyncio.TaskGroup() as tasks:
        parts = [waves_of(ids[start : start + count], sizes) for start in range(0, count * beside, count)]
        driven = [tasks.create_task(drive(recovery, waves)) for waves in parts]
    launched = [one for one in cloud.world.instances.values() if one.launched_at is not None]
    assert len(launched) == count * beside
    figures = Figures(
        questions=max(task.result() for task in driven),
        requests=len(cloud.simulator.journal),
        minutes=cloud.clock.host_seconds() / 60,
        wall_seconds=time.perf_counter() - began,
        held_bytes=held_bytes(recovery, without=cloud.parts),
    )
    return figures, cloud


async def template(sizes: tuple[int, ...]) -> tuple[int, int]:
    """How many templates are exported, and the bytes of the largest."""
    cloud, ids = crowded(sum(sizes))
    recovery = cloud.recovery()
    async with cloud.clock.running(), recovery.running():
        _, made = await recovery.applications.export(REGION, waves_of(ids, sizes), "")
    return len(made.files), max(len(file.text.encode()) for file in made.files)


def applications(*, quick: bool) -> Kept:
    """Print both tables."""
    rows, tried = [], SIZES[:2] if quick else SIZES
    for sizes, beside in (*((sizes, 1) for sizes in tried), *(() if quick else ((SIZES[-1], BESIDE),))):
        figures, _ = asyncio.run(run(sizes, beside))
        label = f"{sum(sizes) * beside}" + (f" ({beside} x {sum(sizes)})" if beside > 1 else "")
        megabytes = figures.held_bytes / 1e6
        row = (len(sizes), figures.questions, figures.requests, figures.minutes, figures.wall_seconds, megabytes)
        rows.append((label, *row))
    head = ("instances", "waves", "questions each", "requests", "simulated min", "wall s", "MB held")
    show("Applications in waves", head, rows, "An image takes 8 minutes; nobody hesitates; 0.3 s a request.")
    sizes_of = [(sum(sizes), *asyncio.run(template(sizes))) for sizes in tried]
    show(
        "Exported OOS templates",
        ("instances", "templates", "bytes of the largest"),
        sizes_of,
        "OOS takes less than 65,536.",
    )
    return {}
