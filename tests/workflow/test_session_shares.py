"""Several callers share one server: nobody's recovery goes because of somebody else's calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from ecs_dr.domain.source import Source
from ecs_dr.errors import InvalidInput, UnknownSession
from ecs_dr.workflow.memory.chosen import ImageState
from ecs_dr.workflow.session import Session
from ecs_dr.workflow.session_store import SessionStore
from ecs_dr.workflow.tool_calls.callers import CALLER, caller_at
from tests.domain.ledger_facts import SOURCE as LEDGER_SOURCE
from tests.support.clock import SteppedClock
from tests.support.desk import REGION, SOURCE
from tests.support.ids import CountedIds


@contextmanager
def called_by(name: str) -> Iterator[None]:
    token = CALLER.set(name)
    try:
        yield
    finally:
        CALLER.reset(token)


class Shared:
    def __init__(self, limit: int) -> None:
        self.clock = SteppedClock()
        self.sessions = SessionStore(self.clock, CountedIds(), limit)

    def begin(self, caller: str, source: Source | None = None, image_id: str | None = None) -> Session:
        self.clock.advance(1)
        with called_by(caller):
            session = self.sessions.create(SOURCE, REGION)
        session.note_source(source, self.clock.now(), self.clock.now())
        if image_id is not None:
            session.note_image(ImageState(image_id, "dr", self.clock.now()))
        return session

    def is_there(self, session: Session) -> bool:
        try:
            return self.sessions.get(session.session_id) is session
        except UnknownSession:
            return False


def test_a_recovery_that_has_made_something_is_never_pushed_out_by_others() -> None:
    shared = Shared(limit=5)
    made = shared.begin("one", LEDGER_SOURCE, "m-1")
    for _ in range(20):
        shared.begin("two")
    assert shared.is_there(made)


def test_who_has_most_gives_first() -> None:
    shared = Shared(limit=5)
    one = shared.begin("one", LEDGER_SOURCE)
    two = [shared.begin("two", LEDGER_SOURCE) for _ in range(4)]
    three = shared.begin("three")
    assert shared.is_there(one)
    assert [shared.is_there(session) for session in two] == [False, True, True, True]
    assert shared.is_there(three)


def test_what_nobody_answered_goes_before_what_was_read() -> None:
    shared = Shared(limit=3)
    read = shared.begin("one", LEDGER_SOURCE)
    unanswered = shared.begin("two")
    shared.begin("one", LEDGER_SOURCE)
    shared.begin("three")
    assert shared.is_there(read)
    assert not shared.is_there(unanswered)


def test_where_no_room_can_be_made_the_newcomer_is_told() -> None:
    shared = Shared(limit=2)
    made = [shared.begin("one", LEDGER_SOURCE, f"m-{number}") for number in range(2)]
    with pytest.raises(InvalidInput, match="TooManySessions"):
        shared.begin("two")
    assert all(map(shared.is_there, made))
    # One's own may go: whoever begins it knows of them.
    shared.begin("one")
    assert [shared.is_there(session) for session in made] == [False, True]


def test_clients_that_share_an_address_do_not_push_out_what_the_others_made() -> None:
    """The newer protocol has no sessions of its own: all who call through one proxy have one name."""
    shared = Shared(limit=3)
    everybody = caller_at("192.0.2.1")
    made = shared.begin(everybody, LEDGER_SOURCE, "m-1")
    read = shared.begin(everybody, LEDGER_SOURCE)
    for _ in range(20):
        shared.begin(everybody)
    assert shared.is_there(made)
    assert shared.is_there(read)
    for number in range(2):
        shared.begin(everybody, LEDGER_SOURCE, f"m-of-somebody-else-{number}")
    with pytest.raises(InvalidInput, match="TooManySessions"):
        shared.begin(everybody)
    assert shared.is_there(made)


def test_a_put_off_reading_goes_on_for_its_own_caller_alone() -> None:
    shared = Shared(limit=3)
    session = shared.begin("one")
    session.retry_at["collect_source"] = shared.clock.now() + timedelta(seconds=60)
    with called_by("two"):
        assert shared.sessions.put_off(SOURCE, REGION) is None
    with called_by("one"):
        assert shared.sessions.put_off(SOURCE, REGION) is session
