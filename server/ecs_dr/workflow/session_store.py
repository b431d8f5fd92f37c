"""All recoveries of this process: how many there may be, for how long, and which one makes room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import takewhile
from typing import Literal

from ecs_dr.errors import InvalidInput, UnknownSession
from ecs_dr.workflow.decisions import DecisionBook
from ecs_dr.workflow.ports import Clock, Ids
from ecs_dr.workflow.session import Session
from ecs_dr.workflow.tool_calls.callers import CALLER, may_be_several

MAX_SESSIONS = 1000
LONGEST_IDLE_SECONDS = 24 * 3600.0
"""Host seconds after which a session that nobody called is ended."""
MAX_REMEMBERED = 4096
"""How many ended sessions are remembered by their id, so that whoever comes back is told what happened."""

WhyEnded = Literal["session_idle", "session_crowded"]


class SessionStore:
    """All sessions of this process: bounded in number and life, the one that was idle longest goes first."""

    def __init__(self, clock: Clock, ids: Ids, limit: int = MAX_SESSIONS) -> None:
        self._clock = clock
        self._ids = ids
        self._limit = limit
        self._sessions: dict[str, Session] = {}
        self._of_source: dict[str, tuple[Session, ...]] = {}
        """The same, by the instance that each of them recovers: it is asked for in every call."""
        self._touched: dict[str, float] = {}
        """When each session was last used, in host seconds; the one that was idle longest comes first."""
        self._ended: dict[str, WhyEnded] = {}
        self._since = clock.now()

    def create(self, instance_id: str, region_id: str, session_id: str | None = None) -> Session:
        """A new session with a fresh id, or with the id under which it was begun elsewhere.

        Raises:
            InvalidInput: There is no room, and none can be made at the cost of others.
        """
        self._end_idle()
        while len(self._sessions) >= self._limit:
            self._make_room()
        taken_up = session_id is not None
        session_id = session_id or self._ids.hex32()
        now = self._clock.now()
        session = Session(
            session_id=session_id,
            instance_id=instance_id,
            region_id=region_id,
            created_at=now,
            book=DecisionBook(session_id, self._ids, self._clock),
            owner=CALLER.get(),
            resumed=taken_up,
        )
        self._sessions[session_id] = session
        self._of_source[instance_id] = (*self._of_source.get(instance_id, ()), session)
        self._touch(session_id)
        self._ended.pop(session_id, None)
        return session

    def get(self, session_id: str) -> Session:
        """The session.

        Raises:
            UnknownSession: None with this id in this process.
        """
        self._end_idle()
        session = self._sessions.get(session_id)
        if session is None:
            key = self._ended.get(session_id, "unknown_since")
            since = self._since.strftime("%Y-%m-%d %H:%M UTC")
            raise UnknownSession("UnknownSession", key, {"since": since}, next_tool="resume_session")
        self._touch(session_id)
        return session

    def _touch(self, session_id: str) -> None:
        self._touched.pop(session_id, None)
        self._touched[session_id] = self._clock.host_seconds()

    def put_off(self, instance_id: str, region_id: str) -> Session | None:
        """The caller's session of that source whose reading was confirmed, and goes on with the next call."""
        wanted = (region_id, CALLER.get())
        return next(
            (
                session
                for session in self._of_source.get(instance_id, ())
                if session.source is None
                and (session.region_id, session.owner) == wanted
                and session.goes_on_with("collect_source")
            ),
            None,
        )

    def _end_idle(self) -> None:
        before = self._clock.host_seconds() - LONGEST_IDLE_SECONDS
        idle = takewhile(lambda item: item[1] < before, self._touched.items())
        for session in [self._sessions[session_id] for session_id, _ in idle]:
            if not session.is_busy:
                self._end(session, "session_idle")

    def _end(self, session: Session, why: WhyEnded) -> None:
        session.ended = True
        del self._sessions[session.session_id], self._touched[session.session_id]
        kin = tuple(one for one in self._of_source.pop(session.instance_id) if one is not session)
        if kin:
            self._of_source[session.instance_id] = kin
        self._ended[session.session_id] = why
        while len(self._ended) > MAX_REMEMBERED:
            del self._ended[next(iter(self._ended))]

    def _make_room(self) -> None:
        """End one session: of whoever has most of them, one that nobody answered before one that was read.

        One in the middle of a call stays, and so does one for which something was created, unless it is certainly
        the caller's own.
        """
        caller = CALLER.get()
        is_one = not may_be_several(caller)
        share = Counter(session.owner for session in self._sessions.values())

        def worth_keeping(session: Session) -> tuple[bool, bool, int, float]:
            answered = session.source is not None
            return session.has_made_something, answered, -share[session.owner], self._touched[session.session_id]

        may_go = [
            session
            for session in self._sessions.values()
            if not session.is_busy and ((is_one and session.owner == caller) or not session.has_made_something)
        ]
        if not may_go:
            raise InvalidInput("TooManySessions", "too_many_sessions", {"limit": str(self._limit)})
        self._end(min(may_go, key=worth_keeping), "session_crowded")

    def peek(self, session_id: str) -> Session | None:
        """The session, if there is one; looking does not count as use."""
        return self._sessions.get(session_id)

    def all(self) -> tuple[Session, ...]:
        """Every session, the newest first."""
        return _newest_first(self._sessions.values())

    def of_source(self, instance_id: str) -> tuple[Session, ...]:
        """Every session that recovers this instance (of whatever region), the newest first."""
        return _newest_first(self._of_source.get(instance_id, ()))


def _newest_first(sessions: Iterable[Session]) -> tuple[Session, ...]:
    return tuple(sorted(sessions, key=lambda session: session.created_at, reverse=True))
