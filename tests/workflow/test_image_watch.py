"""Polling: in the background between calls, never further apart than the setting, and never silently broken."""

from __future__ import annotations

import itertools

import pytest

from ecs_dr.domain.questions import RETRY
from ecs_dr.domain.steps import Answer
from ecs_dr.errors import CloudRefused, ErrorKind, NoCredentials
from ecs_dr.simulator.world import load_world
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.desk import Desk
from tests.workflow.bench import Fault, break_line, key_of, no_requests, refusal, up_to


def polls(desk: Desk) -> list[float]:
    """The cloud's times, in seconds, at which an image was asked for by its id.

    An empty answer is asked again at once in the source's resource group: that is the same look.
    """
    start = desk.simulator.journal[0].time
    asked = [entry for entry in desk.simulator.calls("DescribeImages") if entry.params.get("ImageId")]
    asked = [entry for entry in asked if "ResourceGroupId" not in entry.params]
    return [(entry.time - start).total_seconds() for entry in asked]


async def wait(desk: Desk) -> Answer:
    answer = await desk.call("wait_for_image")
    while answer.status == "in_progress":
        answer = await desk.call("wait_for_image")
    return answer


@pytest.mark.parametrize("poll_seconds", [1.0, 7.5, 60.0])
@pytest.mark.parametrize("background", [True, False])
async def test_polls_are_never_further_apart_than_the_setting(poll_seconds: float, background: bool) -> None:  # noqa: FBT001 - parametrized
    desk = Desk("healthy", RecoveryOptions(poll_seconds=poll_seconds))
    if background:
        async with desk.open():
            await up_to(desk, "create_image")
            await wait(desk)
    else:
        await up_to(desk, "create_image")
        await wait(desk)
    gaps = [later - earlier for earlier, later in itertools.pairwise(polls(desk))]
    assert gaps
    assert max(gaps) <= poll_seconds + 1.5


async def test_polls_come_closer_together_when_the_image_is_nearly_done() -> None:
    async with Desk("slow-image", RecoveryOptions(ask_after_seconds=100_000)).open() as desk:
        await up_to(desk, "create_image")
        await wait(desk)
        gaps = [later - earlier for earlier, later in itertools.pairwise(polls(desk))]
        assert max(gaps) == pytest.approx(60, abs=0.1)
        assert gaps[-1] < 10
        assert len(gaps) < 60


async def test_polling_goes_on_between_calls_and_the_next_call_need_not_poll() -> None:
    async with Desk().open() as desk:
        await up_to(desk, "create_image")
        await desk.clock.sleep(400)
        seen = len(polls(desk))
        assert seen > 4
        with no_requests(desk):
            assert (await desk.call("wait_for_image")).status == "done"


async def test_polling_ends_with_the_image() -> None:
    async with Desk().open() as desk:
        await up_to(desk, "create_image")
        await wait(desk)
        with no_requests(desk):
            await desk.clock.sleep(3_600)


async def test_two_waiting_calls_share_one_poller() -> None:
    async with Desk("healthy", RecoveryOptions(poll_seconds=10)).open() as desk:
        await up_to(desk, "create_image")
        await desk.call("wait_for_image")
        await desk.call("wait_for_image")
        moments = polls(desk)
        assert len(moments) == len(set(moments))
        assert len(moments) <= 90 / 5 + 2


async def test_progress_is_reported_on_every_change_and_never_runs_backward() -> None:
    told: list[tuple[float, float | None]] = []

    async def report(done: float, total: float | None, _message: str) -> None:
        told.append((done, total))

    async with Desk().open() as desk:
        await up_to(desk, "create_image")
        answer = await desk.recovery.call("wait_for_image", {"session_id": desk.session_id}, report)
        while answer.status == "in_progress":
            answer = await desk.recovery.call("wait_for_image", {"session_id": desk.session_id}, report)
    figures = [done for done, _ in told]
    assert {total for _, total in told} == {100}
    assert figures == sorted(figures)
    assert len(set(figures)) > 3


async def test_a_poll_that_fails_for_a_moment_does_not_end_the_wait() -> None:
    async with Desk().open() as desk:
        await up_to(desk, "create_image")
        break_line(desk, Fault("DescribeImages", refusal("ServiceUnavailable", http_status=503), times=9))
        assert (await wait(desk)).status == "done"


async def test_a_permission_withdrawn_during_the_wait_is_told_and_the_wait_goes_on_when_it_is_back() -> None:
    async with Desk().open() as desk:
        await up_to(desk, "create_image")
        desk.world.identities["operator"].denied.append("ecs:DescribeImages")
        paused = await wait(desk)
        assert key_of(paused) == "permission.image_wait"
        assert paused.problem is not None
        assert paused.problem.missing_permission == "ecs:DescribeImages"
        desk.world.identities["operator"].denied.clear()
        answer = await desk.answer(paused, RETRY)
        if answer.status == "in_progress":
            answer = await wait(desk)
        assert answer.status == "done"


async def test_credentials_that_expire_during_the_wait_are_told_to_the_next_call() -> None:
    async with Desk().open() as desk:
        await up_to(desk, "create_image")
        break_line(desk, Fault("DescribeImages", refusal("InvalidSecurityToken.Expired", http_status=403), times=999))
        with pytest.raises(CloudRefused) as refused:
            await wait(desk)
        assert refused.value.kind is ErrorKind.CREDENTIALS
        assert refused.value.step == "image_wait"


async def test_credentials_that_are_gone_during_the_wait_do_not_end_the_server() -> None:
    async with Desk().open() as desk:
        await up_to(desk, "create_image")

        def no_provider_answers(_request: object) -> None:
            raise NoCredentials("NoCredentials", "no_credentials")

        desk.transport.before.append(no_provider_answers)
        with pytest.raises(NoCredentials):
            await wait(desk)
        desk.transport.before.clear()
        assert (await wait(desk)).status == "done"


async def test_an_image_is_found_although_it_is_not_listed_at_first() -> None:
    world = load_world("healthy")
    world.behaviour.visibility_delay_seconds = 30
    async with Desk(world).open() as desk:
        await up_to(desk, "create_image")
        assert (await wait(desk)).status == "done"
