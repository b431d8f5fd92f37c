"""Whole recoveries over worlds and readings, and what must hold of each."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from ecs_dr.domain.steps import Answer
from ecs_dr.errors import EcsDrError
from ecs_dr.simulator.variants import variants
from ecs_dr.simulator.world import load_world
from ecs_dr.simulator.world_files import builtin_worlds
from tests.support.desk import MUTATING, Desk
from tests.support.pairwise import Row, pairwise

WORLD = "world"
PATIENCE_SECONDS = 120.0
"""Of the host: a recovery takes less than one, and the machine may be busy with others."""
NEVER = frozenset({"local-disk", "image-fails", "denied"})
"""Worlds in which no replica can be made, whichever way the cloud behaves."""
BY_SNAPSHOTS = frozenset({"snapshots-mixed", "source-gone", "zone-outage"})
"""Worlds of another road: no image can be made of the source; this one may end anywhere but wrongly."""
OF_THE_IMAGE = "launch.disks"
"""The question about disks that the image has and the reading of the source did not show."""


def combinations() -> list[Row]:
    """Worlds and readings, pairwise."""
    factors = {name: list(fact.readings or {}) for name, fact in variants().items()}
    return pairwise({WORLD: sorted(builtin_worlds()), **factors})


class Choices(dict[str, str]):
    """What the person chooses by the question's key; a permission that is missing is given up on."""

    def get(self, key: str, default: str) -> str:  # type: ignore[override]
        return "abort" if key.startswith("permission") else super().get(key, default)


@dataclass
class Ending:
    """How one recovery ended, and what is wrong with that."""

    row: Row
    verdict: str = ""
    wrong: list[str] = field(default_factory=list)


async def recovered(row: Row) -> Ending:
    """Recover along the recommended answers; a drill where the end of one is in question."""
    readings = {name: reading for name, reading in row.items() if name != WORLD}
    world = load_world(row[WORLD], readings)
    desk = Desk(world)
    desk.plans = True
    ending = Ending(row)
    before = _source(desk)
    try:
        async with desk.open():
            end = await asyncio.wait_for(_recover(desk, readings), PATIENCE_SECONDS)
        ending.verdict = str(end.data.get("verdict", end.status))
    except EcsDrError as error:
        ending.verdict = type(error).__name__
    except (AssertionError, TimeoutError, ArithmeticError, LookupError, TypeError, ValueError, ExceptionGroup) as error:
        ending.wrong.append(f"{type(error).__name__}: {error}")
    ending.wrong += _judged(ending, desk)
    if _source(desk) != before:
        ending.wrong.append("the source was touched")
    return ending


async def _recover(desk: Desk, readings: Mapping[str, str]) -> Answer:
    drills = readings["release_time"] != variants()["release_time"].default
    choices = Choices({"launch.options": "drill" if drills else "standard"})
    answer = await desk.settle(await desk.collect(), choices)
    for _ in range(30):
        given_up = answer.question is not None or answer.status not in {"done", "in_progress"}
        if given_up or answer.next is None:
            return answer
        answer = await desk.settle(await desk.go_on(answer), choices)
    raise AssertionError("the steps do not end")


def _judged(ending: Ending, desk: Desk) -> list[str]:
    row = ending.row
    wrong = []
    if row[WORLD] not in NEVER | BY_SNAPSHOTS and ending.verdict != "match":
        wrong.append(f"no match but {ending.verdict or 'nothing'}")
    if row["group_scope"] == "everything" and OF_THE_IMAGE in desk.asked:
        wrong.append("disks of the image were asked about that can be read of the source")
    if row[WORLD] in NEVER and ending.verdict == "match":
        wrong.append("a match of what cannot have been recovered")
    if any(count > 1 for count in desk.mutations.values()):
        wrong.append(f"made more than was decided: {desk.mutations}")
    wrong += _refused_after_spending(desk) if row[WORLD] not in NEVER | BY_SNAPSHOTS else []
    return wrong


def _refused_after_spending(desk: Desk) -> list[str]:
    """Creating requests that a reading refused although an image was paid for already."""
    journal = desk.simulator.journal
    made = (n for n, entry in enumerate(journal) if entry.action == "CreateImage" and entry.outcome == "OK")
    spent = next(made, None)
    if spent is None:
        return []
    expected = {"OK", "DryRunOperation", "OperationDenied.NoStock"}
    later = (entry for entry in journal[spent + 1 :] if entry.action in MUTATING)
    return [f"{one.action} was refused after the image: {one.outcome}" for one in later if one.outcome not in expected]


def _source(desk: Desk) -> tuple[object, ...]:
    instance = desk.world.instances.get(desk.world.source_instance_id)
    disks = desk.world.disks.by_instance.rows(desk.world.source_instance_id)
    return repr(instance), [repr(disk) for disk in disks]
