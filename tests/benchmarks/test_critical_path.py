"""What the benchmarks promise, held in a few simulated runs."""

from __future__ import annotations

import asyncio

import pytest

from benchmarks.recovery_time import GOAL_AT_ONCE, GOAL_PLANNED, limit
from benchmarks.rig import Cloud, Ours
from benchmarks.skill_client import SkillClient


def recovered(cloud: Cloud, person_seconds: float = 0, *, with_plan: bool = False) -> float:
    async def run() -> float:
        async with cloud.clock.running():
            return await Ours(cloud, person_seconds, with_plan=with_plan).recover()

    return asyncio.run(run())


@pytest.mark.parametrize("with_plan", [True, False], ids=["planned", "at once"])
@pytest.mark.parametrize("person_seconds", [0, 20])
@pytest.mark.parametrize("image_seconds", [187, 500, 1230])
def test_a_recovery_takes_little_longer_than_it_must(
    image_seconds: int, person_seconds: int, *, with_plan: bool
) -> None:
    cloud = Cloud(image_seconds)
    over = recovered(cloud, person_seconds, with_plan=with_plan)
    over -= limit(cloud, image_seconds, person_seconds, with_plan=with_plan)
    assert 0 < over <= (GOAL_PLANNED if with_plan else GOAL_AT_ONCE)[person_seconds]


def test_nothing_is_waited_for_that_needs_no_answer() -> None:
    """Rounds of requests: what goes out together counts once."""
    cloud = Cloud(300)
    recovered(cloud)
    sent = sorted(cloud.line.sent)
    made = next(began for began, _, action in sent if action == "ecs:CreateImage")
    launched = next(began for began, _, action in sent if action == "ecs:RunInstances")
    ready = max(began for began, _, action in sent if action == "ecs:DescribeImages" and began < launched)
    before_image = {began for began, _, _ in sent if began < made}
    before_launch = {began for began, _, _ in sent if ready < began < launched}
    running = max(began for began, _, action in sent if action == "ecs:DescribeDisks")
    assert len(before_image) == 4, "the source; what is about it; the name; name and source once more"
    assert len(before_launch) == 1, "the dry run, and the look beside it"
    assert {began for began, _, _ in sent if began > running} == set(), "a verdict needs no more"


@pytest.mark.parametrize("image_seconds", [90, 187, 500, 1100])
def test_a_ready_image_is_seen_within_seconds(image_seconds: int) -> None:
    cloud = Cloud(image_seconds)
    recovered(cloud)
    assert cloud.detection_lag() <= 10


def test_decisions_taken_while_the_image_is_made_cost_no_time() -> None:
    patient, quick = Cloud(500), Cloud(500)
    questions_before_the_image = 2
    assert recovered(patient, 20) - recovered(quick, 0) <= questions_before_the_image * 20 + 5


def test_a_plan_costs_one_answer_and_a_few_seconds() -> None:
    assert recovered(Cloud(500), with_plan=True) - recovered(Cloud(500)) <= 5


def test_both_sides_of_the_comparison_end_with_one_replica() -> None:
    ours, theirs = Cloud(187), Cloud(187)

    async def other() -> None:
        async with theirs.clock.running():
            await SkillClient(theirs).recover()

    recovered(ours)
    asyncio.run(other())
    for cloud in (ours, theirs):
        assert cloud.line.calls["ecs:CreateImage"] == 1
        assert cloud.line.calls["ecs:RunInstances"] == 1
