"""What a session did when: for the report."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ecs_dr.domain.steps import StepName

MAX_CALLS = 2000
"""Calls that are kept; a session with more is waiting in a loop, and its first and last moments are known anyway."""


@dataclass(frozen=True, slots=True)
class CallSpan:
    """One tool call, while it was carried out; a person who thinks is not inside one."""

    step: StepName
    began_at: datetime
    ended_at: datetime


@dataclass(slots=True)
class Chronicle:
    """The calls of a session, up to its verification: what comes after that changes no report."""

    calls: list[CallSpan] = field(default_factory=list)
    last_at: datetime | None = None
    requests_at_end: int | None = None
    """How many requests had been sent when the recovery was complete; None while it is not."""

    def note(self, step: StepName, began_at: datetime, ended_at: datetime) -> None:
        """A call of that step ended, well or not: for the report's timeline."""
        if self.requests_at_end is not None:
            return
        self.last_at = ended_at
        if len(self.calls) < MAX_CALLS:
            self.calls.append(CallSpan(step, began_at, ended_at))

    def close(self, requests: int) -> None:
        """The recovery is complete: after so many requests."""
        self.requests_at_end = requests

    def reopen(self) -> None:
        """The replica is compared once more: what follows belongs to a later report."""
        self.requests_at_end = None
