"""On a slow cloud a step reads over several calls: what an earlier call has read is told as of then."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, timedelta

import pytest

from ecs_dr.cloud.transport import ApiRequest, Json, Transport
from ecs_dr.domain.steps import Answer
from ecs_dr.workflow.memory.sightings import Sightings
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.clock import START, SteppedClock
from tests.support.desk import REGION, SOURCE, Desk
from tests.workflow.bench import Fault, break_line, refusal, up_to
from tests.workflow.test_changing_world import restarted


class SlowLine:
    """Every answer is as old as it took to arrive."""

    def __init__(self, inner: Transport, clock: SteppedClock, seconds: float) -> None:
        self._inner, self._clock, self.seconds = inner, clock, seconds

    async def call(self, request: ApiRequest) -> Mapping[str, Json]:
        answer = await self._inner.call(request)
        await self._clock.sleep(self.seconds)
        return answer


async def _running() -> Desk:
    desk = Desk(options=RecoveryOptions(simulated=True, zone=UTC))
    await up_to(desk, "create_instance")
    desk.clock.advance(120)
    return desk


def _replica(desk: Desk) -> str:
    return next(one.instance_id for one in desk.world.instances.values() if one.launched_at is not None)


async def _verified(desk: Desk) -> Answer:
    answer = await desk.call("verify_instance")
    while answer.status == "in_progress":
        answer = await desk.call("verify_instance")
    return answer


async def test_a_match_of_reads_from_an_earlier_call_says_since_when_nothing_was_looked_at() -> None:
    desk = await _running()
    async with desk.open():
        desk.transport.inner = SlowLine(desk.transport.inner, desk.clock, 50)
        begun = desk.clock.now()
        first = await desk.call("verify_instance")
        assert first.status == "in_progress"
        desk.clock.advance(2)
        desk.world.instances[_replica(desk)].instance_name = "renamed"
        done = await _verified(desk)
        assert f"was read at {begun:%Y-%m-%d %H:%M:%S} UTC, in an earlier call" in done.message
        again = await _verified(desk)
        while "in an earlier call" in again.message and again.data["verdict"] == "match":
            again = await _verified(desk)
    assert again.data["verdict"] == "differs", "a later verification reads the new name"


async def test_untouched_is_never_said_of_a_source_that_was_read_in_an_earlier_call() -> None:
    desk = await _running()
    async with desk.open():
        # Read beside the source: its waits outlast the call, in which the source was read already.
        break_line(desk, Fault("DescribeVSwitches", refusal("Throttling.User"), times=2))
        answer = await desk.call("verify_instance")
        assert answer.status == "in_progress"
        while answer.status == "in_progress":
            desk.clock.advance(2)
            desk.world.instances[SOURCE].instance_name += "-again"
            answer = await desk.call("verify_instance")
    assert "is untouched" not in answer.message


async def test_a_source_that_was_read_over_a_while_is_compared_with_that_while_and_with_no_moment_of_it() -> None:
    """The status was read first and the disks last: it was another in between, and was told as of the last answer."""
    desk = Desk(options=RecoveryOptions(simulated=True, zone=UTC))
    desk.transport.inner = line = SlowLine(desk.transport.inner, desk.clock, 20)
    asked = await desk.collect()
    first = desk.clock.now()
    answer = await desk.answer(asked, "confirm")
    last, line.seconds = desk.clock.now(), 0
    assert (last - first).total_seconds() >= 40
    while answer.next is not None:
        desk.clock.advance(60)
        answer = await desk.settle(await desk.go_on(answer))
    assert f"it was as read at {first:%H:%M:%S}–{last:%H:%M:%S}." in answer.message
    line.seconds = 20
    answer = await desk.call("verify_instance")
    assert re.search(r"is untouched: at [-\d]+ [:\d]+–[:\d]+ UTC it was", answer.message)


async def test_what_was_found_in_an_earlier_call_of_resume_is_taken_up_as_of_then() -> None:
    desk = await _running()
    replica = _replica(desk)
    async with restarted(desk).open():
        asked = await desk.call("resume_session", instance_id=SOURCE, region_id=REGION)
        desk.transport.inner = SlowLine(desk.transport.inner, desk.clock, 20)
        found_by = desk.clock.now() + timedelta(seconds=60)
        answer = await desk.answer(asked, "confirm")
        assert answer.status == "in_progress"
        desk.world.instances[replica].instance_name = "renamed"
        while answer.status == "in_progress":
            answer = await desk.call("resume_session", instance_id=SOURCE, region_id=REGION)
        session = desk.recovery.sessions.get(desk.session_id)
        assert session.replica is not None
        assert session.replica.taken_up_at is not None
        assert session.replica.taken_up_at < found_by
        assert (await _verified(desk)).data["verdict"] == "differs"


@pytest.mark.parametrize("times", [1, 2, 5])
def test_one_read_counts_once_however_often_it_is_told(times: int) -> None:
    sightings = Sightings()
    sighting = sightings.note("i-1", START, "Running")
    for _ in range(times):
        sightings.note("i-1", START + timedelta(seconds=20), None)
    assert sighting.missing_reads == 1
    assert sighting.gone_at is None


def test_an_older_read_does_not_undo_what_a_later_one_has_shown() -> None:
    sightings = Sightings()
    sightings.note("i-1", START + timedelta(seconds=20), None)
    assert sightings.note("i-1", START, "Running").is_missing
    sightings.note("i-2", START + timedelta(seconds=20), "Running")
    assert not sightings.note("i-2", START, None).is_missing


async def test_that_nothing_was_found_is_told_as_of_the_lists_that_an_earlier_call_has_read() -> None:
    """Another server on the session made an image between the two calls."""
    desk = Desk(options=RecoveryOptions(simulated=True, zone=UTC))
    await desk.settle(await desk.collect())
    async with desk.open():
        break_line(desk, Fault("DescribeVSwitches", refusal("Throttling.User"), times=3))
        read_at = desk.clock.now()
        answer = await desk.call("resume_session", instance_id=SOURCE, region_id=REGION)
        assert answer.status == "in_progress"
        while answer.status == "in_progress":
            desk.clock.advance(2)
            answer = await desk.call("resume_session", instance_id=SOURCE, region_id=REGION)
        assert f"were read at {read_at:%Y-%m-%d %H:%M:%S} UTC, in an earlier call" in answer.message
        assert "created nothing" not in answer.message, "another server on it may have made something"
        again = await desk.call("resume_session", instance_id=SOURCE, region_id=REGION)
        assert "in an earlier call" not in again.message
