"""How long a recovery takes, how soon a ready image is seen, and how many requests it costs: both sides in one run."""

from __future__ import annotations

import asyncio
from statistics import mean

from benchmarks.rig import LATENCY_SECONDS, Cloud, Ours
from benchmarks.skill_client import SkillClient
from benchmarks.table import show

IMAGE_MINUTES = (3, 8, 20, 60)
PERSON_SECONDS = (0, 20)
CALLS_IN_A_ROW = 7
"""The source, its image, one look at it, the launch, the replica, its disks, and the source once more."""
QUESTIONS_BEFORE_THE_IMAGE = 2
"""Which instance, and the image's name: nothing can begin before these. All others fit into the wait."""
QUESTIONS_OF_THE_PLAN = 1
"""Asked before the image as well, by whoever wants to know first: it takes the place of those that follow."""
OFFSETS_SECONDS = (0, 15, 30, 45)
"""Added to each duration, and averaged over: whole minutes alone would meet every 60-second poll by chance."""
LAG_SECONDS = (*range(61, 1800, 67), *range(1830, 7200, 331), *range(7230, 14_400, 907))
"""One to thirty minutes closely, then up to four hours."""


def limit(cloud: Cloud, image_seconds: float, person_seconds: float, *, with_plan: bool = False) -> float:
    """What no client can beat: the image, the launch, the person's answers before the image, requests in a row."""
    behaviour = cloud.world.behaviour
    launch = behaviour.instance_pending_seconds + behaviour.instance_start_seconds
    answers = QUESTIONS_BEFORE_THE_IMAGE + (QUESTIONS_OF_THE_PLAN if with_plan else 0)
    return image_seconds + launch + CALLS_IN_A_ROW * LATENCY_SECONDS + answers * person_seconds


def goal(least: float) -> float:
    """Seconds that a recovery may take whose limit is `least`."""
    return least * 1.03 + 15


async def measure(image_seconds: float, person_seconds: float) -> tuple[float, float, float, float, float]:
    """Ours with a plan and its limit, ours at once and its limit, the skill's order; in seconds."""
    at_once, planned, other = Cloud(image_seconds), Cloud(image_seconds), Cloud(image_seconds)
    async with planned.clock.running():
        with_plan = await Ours(planned, person_seconds, with_plan=True).recover()
    async with at_once.clock.running():
        without = await Ours(at_once, person_seconds).recover()
    async with other.clock.running():
        theirs = await SkillClient(other, person_seconds).recover()
    planned_limit = limit(planned, image_seconds, person_seconds, with_plan=True)
    return with_plan, planned_limit, without, limit(at_once, image_seconds, person_seconds), theirs


def wall_time() -> None:
    """The table of whole recoveries."""
    rows: list[tuple[object, ...]] = []
    for minutes in IMAGE_MINUTES:
        for person in PERSON_SECONDS:
            runs = [asyncio.run(measure(minutes * 60 + offset, person)) for offset in OFFSETS_SECONDS]
            planned, planned_limit, at_once, least, theirs = (mean(column) for column in zip(*runs, strict=True))
            met = planned <= goal(planned_limit) and at_once <= goal(least)
            over = [_over(planned, planned_limit), _over(at_once, least), _over(theirs, least)]
            rows.append((minutes, person, least, planned, at_once, theirs, *over, "yes" if met else "NO"))
    show(
        "Wall time of a recovery, in simulated seconds",
        (
            "image (min)",
            "person (s)",
            "limit",
            "ours, planned",
            "ours, at once",
            "skill's order",
            "planned over its limit",
            "at once over limit",
            "skill's over limit",
            "in goal",
        ),
        rows,
        f"Each request takes {LATENCY_SECONDS} s on both sides. Limit: image, launch, two answers, {CALLS_IN_A_ROW} "
        "requests in a row; with a plan three answers. Each figure is the mean of images that take 0, 15, 30 and 45 s "
        "longer. Goal, for both of ours: within 3 % + 15 s of the limit.",
    )


def _over(taken: float, least: float) -> str:
    return f"+{(taken - least):.1f} s ({(taken / least - 1) * 100:.1f} %)"


def detection_lag() -> None:
    """How long a ready image goes unseen."""

    async def lags(seconds: float) -> tuple[float, float]:
        ours, theirs = Cloud(seconds), Cloud(seconds)
        async with ours.clock.running():
            await Ours(ours).recover()
        async with theirs.clock.running():
            await SkillClient(theirs).recover()
        return ours.detection_lag(), theirs.detection_lag()

    measured = [asyncio.run(lags(seconds)) for seconds in LAG_SECONDS]
    rows = []
    for name, values in zip(("ours", "skill's order"), zip(*measured, strict=True), strict=True):
        rows.append((name, mean(values), max(values)))
    show(
        "From a ready image to the request that sees it, in seconds",
        ("side", "mean", "worst"),
        rows,
        f"{len(LAG_SECONDS)} images of {LAG_SECONDS[0]} to {LAG_SECONDS[-1]} s. "
        "Goal: at most 5 s on average, 12 s at worst.",
    )


def requests() -> None:
    """Requests of one recovery, by action."""

    async def count(minutes: float) -> tuple[Cloud, Cloud, Cloud]:
        ours, planned, theirs = Cloud(minutes * 60), Cloud(minutes * 60), Cloud(minutes * 60)
        async with ours.clock.running():
            await Ours(ours).recover()
        async with planned.clock.running():
            await Ours(planned, with_plan=True).recover()
        async with theirs.clock.running():
            await SkillClient(theirs).recover()
        return ours, planned, theirs

    clouds = asyncio.run(count(8))
    actions = sorted(set().union(*(cloud.line.calls for cloud in clouds)))
    rows: list[tuple[object, ...]] = [(action, *(cloud.line.calls[action] for cloud in clouds)) for action in actions]
    rows.append(("all", *(cloud.line.calls.total() for cloud in clouds)))
    show("Requests of one recovery (image of 8 minutes)", ("action", "ours", "ours, planned", "skill's order"), rows)
