"""A clock that nobody waits for: time moves only when everyone who runs is asleep."""

from __future__ import annotations

import heapq
import itertools
from datetime import UTC, datetime, timedelta

import anyio
import anyio.lowlevel

START = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
SETTLE_ROUNDS = 24
"""How often other tasks get their turn before time jumps: enough for calls side by side in one process."""


class SteppedClock:
    """Cloud and host share one time. A sleep ends by jumping there, once nothing with an earlier end is asleep."""

    def __init__(self, start: datetime = START) -> None:
        self._start = start
        self._elapsed = 0.0
        self._sleepers: list[tuple[float, int]] = []
        self._numbers = itertools.count()
        self._changes = 0

    def now(self) -> datetime:
        """The cloud's time."""
        return self._start + timedelta(seconds=self._elapsed)

    def host_seconds(self) -> float:
        """The host's time: the same."""
        return self._elapsed

    def in_host_seconds(self, seconds: float) -> float:
        """The same."""
        return seconds

    def advance(self, seconds: float) -> None:
        """Let time pass by hand."""
        self._elapsed += seconds

    async def sleep(self, seconds: float) -> None:
        """Be woken when time has come that far."""
        mine = (self._elapsed + max(seconds, 0.0), next(self._numbers))
        heapq.heappush(self._sleepers, mine)
        self._changes += 1
        try:
            while self._elapsed < mine[0]:
                seen = self._changes
                for _ in range(SETTLE_ROUNDS):
                    await anyio.lowlevel.checkpoint()
                # Whoever has just woken up gets its rounds too, before time moves past where it will sleep next.
                if seen == self._changes and self._sleepers[0] == mine and self._elapsed < mine[0]:
                    self._elapsed = mine[0]
        finally:
            self._sleepers.remove(mine)
            heapq.heapify(self._sleepers)
            self._changes += 1
        await anyio.lowlevel.checkpoint()
