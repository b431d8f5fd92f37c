"""Reads that outlast one tool call: what was read is kept, and what is under way is waited for, not sent again.

A host cuts a call off after a while, and the cloud may be slow. A call therefore ends when its budget is spent, in the
middle of its reads as well; the next call of the same tool finds there what this one has read, and so comes further.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

import anyio
from anyio.abc import TaskGroup

from ecs_dr.domain.model import JsonValue, canonical
from ecs_dr.errors import CallBudgetSpent, StillReading
from ecs_dr.workflow.reads.told import note_answer

T = TypeVar("T")

LONGEST_KEPT_SECONDS = 600.0
"""Reads belong together as long as they tell of about the same time."""

_unbounded: ContextVar[bool] = ContextVar("unbounded_reads", default=False)
"""Whether what is read here is read to its end; of this task and those that it starts, not of one beside it."""


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    """An answer, and of which time it tells."""

    answer: T
    sent_at: datetime
    answered_at: datetime


@dataclass(slots=True)
class _Flight(Generic[T]):
    """One request under way; whoever needs it waits for its end."""

    done: anyio.Event = field(default_factory=anyio.Event)
    found: list[_Kept[T]] = field(default_factory=list)
    failure: Exception | None = None

    async def carry_out(self, send: Callable[[], Awaitable[_Kept[T]]]) -> None:
        try:
            self.found.append(await send())
        except Exception as error:  # noqa: BLE001 - it is raised where the answer is waited for
            self.failure = error
        finally:
            self.done.set()

    def outcome(self) -> _Kept[T]:
        if self.failure is not None:
            raise self.failure
        return self.found[0]


@dataclass(slots=True)
class KeptReads:
    """What the calls of one tool have read that did not come to their end."""

    answers: dict[str, list[_Kept[object]]] = field(default_factory=dict)
    """The answers to each request, in their order: a step may look at the same thing twice."""
    flights: dict[str, _Flight[object]] = field(default_factory=dict)

    begun: float | None = None
    """When the first of those calls ended, in the host's seconds; None: there is none."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing for the next call."""
        return self.begun is None and not self.answers and not self.flights

    def forget(self) -> None:
        """A call came to its end, or changed something: what follows reads anew."""
        self.answers.clear()
        self.flights.clear()
        self.begun = None

    def note_cut(self, now: float) -> None:
        """A call ends before its reads do."""
        self.begun = now if self.begun is None else self.begun

    def forget_what_is_old(self, now: float) -> None:
        """A call begins: what others left behind long ago is no part of it."""
        if self.begun is not None and now - self.begun > LONGEST_KEPT_SECONDS:
            self.forget()


class CallReads:
    """The reads of one call.

    Args:
        kept: What earlier calls left.
        time_left: The call's budget, in the host's seconds.
        tasks: Where a request goes on when the call has ended; None: every request is waited for to its end.
        now: The cloud's time.
    """

    def __init__(
        self,
        kept: KeptReads,
        time_left: Callable[[], float],
        tasks: TaskGroup | None,
        now: Callable[[], datetime],
    ) -> None:
        self._kept = kept
        self._now = now
        self._time_left = time_left
        self._tasks = tasks
        self._asked: Counter[str] = Counter()

    @property
    def count(self) -> int:
        """How many answers are here."""
        return sum(map(len, self._kept.answers.values()))

    def forget(self) -> None:
        """See `KeptReads.forget`."""
        self._kept.forget()

    def begin_anew(self) -> None:
        """Time has passed on purpose: what was read before is not how things are now."""
        self._kept.answers.clear()
        self._asked.clear()

    @contextmanager
    def of_one_call(self, now: Callable[[], float]) -> Iterator[None]:
        """The work of a call: what it has read is kept when it is cut off, and forgotten when it comes to its end."""
        try:
            yield
        except (CallBudgetSpent, anyio.get_cancelled_exc_class()):
            self._kept.note_cut(now())
            raise
        except Exception:
            self._kept.forget()
            raise
        self._kept.forget()

    @contextmanager
    def to_their_end(self) -> Iterator[None]:
        """For reads that settle what a creating request has done: they are neither cut off nor answered from before."""
        token = _unbounded.set(True)
        try:
            yield
        finally:
            _unbounded.reset(token)

    async def answer(self, action: str, params: Mapping[str, JsonValue], send: Callable[[], Awaitable[T]]) -> T:
        """The answer to a reading request: kept from an earlier call, or from the cloud.

        Of which time it tells goes into every `reading` that is open.

        Raises:
            StillReading: The budget is spent.
        """
        found = await self._find(action, params, send)
        note_answer(found.sent_at, found.answered_at)
        return found.answer

    async def _find(self, action: str, params: Mapping[str, JsonValue], send: Callable[[], Awaitable[T]]) -> _Kept[T]:
        async def timed() -> _Kept[T]:
            sent_at = self._now()
            answer = await send()
            return _Kept(answer, sent_at, self._now())

        if _unbounded.get():
            return await timed()
        key = f"{action} {canonical(dict(params))}"
        kept = self._kept.answers.setdefault(key, [])
        position, has_begun = self._asked[key], bool(self._asked)
        self._asked[key] += 1
        if position < len(kept):
            found: _Kept[T] = kept[position]  # type: ignore[assignment] # kept under the request that it answers
            return found
        if has_begun and self._time_left() <= 0 and key not in self._kept.flights:
            raise StillReading(action)
        answer = await self._fly(action, key, timed)
        kept.append(answer)  # type: ignore[arg-type] # as above
        return answer

    async def _fly(self, action: str, key: str, send: Callable[[], Awaitable[_Kept[T]]]) -> _Kept[T]:
        if self._tasks is None:
            return await send()
        flights = self._kept.flights
        flight: _Flight[T] | None = flights.get(key)  # type: ignore[assignment] # as above
        if flight is None:
            flight = _Flight()
            flights[key] = flight  # type: ignore[assignment] # as above
            self._tasks.start_soon(flight.carry_out, send)
        with anyio.move_on_after(max(self._time_left(), 0)):
            await flight.done.wait()
        if not flight.done.is_set():
            raise StillReading(action)
        flights.pop(key, None)
        return flight.outcome()
