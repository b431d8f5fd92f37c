"""Of which time a step tells when it tells what it has read: what an earlier call has read is never told as of now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime


@dataclass
class Reading:
    """Some requests that belong together; more of them may still come.

    Attributes:
        at: Not later than any of them was sent: what they show may have changed from then on.
        until: Not earlier than any of them was answered; None: none was.
    """

    at: datetime
    until: datetime | None = None

    def note(self, sent_at: datetime, answered_at: datetime) -> None:
        """One of them was answered, perhaps in an earlier call."""
        self.at = min(self.at, sent_at)
        self.until = answered_at if self.until is None else max(self.until, answered_at)


_open: ContextVar[tuple[Reading, ...]] = ContextVar("open_readings", default=())
"""Inherited by the tasks that a block starts, so that reads side by side count into it."""


@contextmanager
def reading(now: Callable[[], datetime]) -> Iterator[Reading]:
    """Everything that is read inside belongs to it."""
    begun = Reading(now())
    token = _open.set((*_open.get(), begun))
    try:
        yield begun
    finally:
        _open.reset(token)


@contextmanager
def apart() -> Iterator[None]:
    """What is read inside belongs to none of the readings around it: it goes out beside them, and tells of itself."""
    token = _open.set(())
    try:
        yield
    finally:
        _open.reset(token)


def note_answer(sent_at: datetime, answered_at: datetime) -> None:
    """A request was answered then: it belongs to every reading that is open here."""
    for one in _open.get():
        one.note(sent_at, answered_at)
