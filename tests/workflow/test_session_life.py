"""Sessions are bounded in number and life, and whoever comes back is told what became of theirs."""

from __future__ import annotations

import pytest

from ecs_dr.domain.diagnosis import DiagnosisContext, explain
from ecs_dr.domain.texts import Texts
from ecs_dr.errors import UnknownSession
from ecs_dr.workflow.run import RecoveryOptions
from ecs_dr.workflow.session_store import LONGEST_IDLE_SECONDS, MAX_REMEMBERED, SessionStore
from tests.support.clock import SteppedClock
from tests.support.desk import REGION, SOURCE, Desk
from tests.support.ids import CountedIds


def store(limit: int = 3) -> tuple[SessionStore, SteppedClock]:
    clock = SteppedClock()
    return SessionStore(clock, CountedIds(), limit), clock


def told(store: SessionStore, session_id: str) -> str:
    with pytest.raises(UnknownSession) as refused:
        store.get(session_id)
    assert refused.value.next_tool == "resume_session"
    problem = explain(refused.value, Texts("en"), DiagnosisContext())
    assert any("resume_session" in action for action in problem.actions)
    return f"{problem.message} {problem.cause}"


def test_the_session_that_was_idle_longest_makes_room() -> None:
    sessions, clock = store(limit=2)
    first, second = sessions.create(SOURCE, REGION), sessions.create(SOURCE, REGION)
    clock.advance(10)
    sessions.get(first.session_id)
    sessions.create(SOURCE, REGION)
    assert "make room" in told(sessions, second.session_id)
    assert sessions.get(first.session_id) is first
    assert second.ended


async def test_a_session_in_the_middle_of_a_call_keeps_its_place() -> None:
    sessions, clock = store(limit=2)
    first = sessions.create(SOURCE, REGION)
    clock.advance(10)
    second = sessions.create(SOURCE, REGION)
    async with first.lock("image"):
        sessions.create(SOURCE, REGION)
    assert sessions.get(first.session_id) is first
    assert second.ended


def test_a_session_that_nobody_used_for_a_day_is_ended_and_named_so() -> None:
    sessions, clock = store()
    session = sessions.create(SOURCE, REGION)
    clock.advance(LONGEST_IDLE_SECONDS - 1)
    assert sessions.get(session.session_id) is session
    clock.advance(LONGEST_IDLE_SECONDS + 1)
    assert "24 hours" in told(sessions, session.session_id)


def test_an_id_that_was_never_seen_is_told_since_when_the_server_runs() -> None:
    sessions, clock = store()
    clock.advance(3600)
    assert "2026-11-22 03:00 UTC" in told(sessions, "f" * 32)


def test_what_is_remembered_of_ended_sessions_is_bounded_too() -> None:
    sessions, _ = store(limit=1)
    first = sessions.create(SOURCE, REGION)
    for _ in range(MAX_REMEMBERED + 1):
        sessions.create(SOURCE, REGION)
    assert "has not seen that id" in told(sessions, first.session_id)
    assert len(sessions.all()) == 1


async def test_the_image_of_an_ended_session_is_not_polled_any_more() -> None:
    desk = Desk()
    async with desk.open():
        await desk.settle(await desk.collect())
        await desk.settle(await desk.call("create_image"))
        session = desk.recovery.sessions.get(desk.session_id)
        session.ended = True
        await desk.clock.sleep(90)
        polls = len(desk.simulator.calls("DescribeImages"))
        await desk.clock.sleep(600)
        assert len(desk.simulator.calls("DescribeImages")) == polls


async def test_where_people_share_a_server_sessions_are_not_listed() -> None:
    desk = Desk(options=RecoveryOptions(simulated=True, lists_sessions=False))
    async with desk.open():
        await desk.settle(await desk.collect())
        listed = await desk.recovery.call("get_session", {})
        assert desk.session_id not in repr(listed)
        assert SOURCE not in repr(listed)
        own = await desk.call("get_session")
        assert own.session_id == desk.session_id
