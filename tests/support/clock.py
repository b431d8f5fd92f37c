"""A clock that nobody waits for: time moves only when everyone who runs is asleep."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


class SteppedClock:
    """Cloud and host share one time. A sleep ends by jumping there, once nothing with an earlier end is asleep."""

    def __init__(self, start: datetime = START) -> None:
        self._start = start
        self._elapsed = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Event]] = []
        self._numbers = itertools.count()

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
        """Be woken when time has come that far. Of all who sleep, the one that is due first moves the time."""
        loop, turn = asyncio.get_running_loop(), asyncio.Event()
        mine = (self._elapsed + max(seconds, 0.0), next(self._numbers), turn)
        heapq.heappush(self._sleepers, mine)
        try:
            while self._elapsed < mine[0]:
                if self._sleepers[0] is not mine:
                    await turn.wait()
                    turn.clear()
                    continue
                await asyncio.sleep(0)
                # Nothing but this task is ready: whoever is not asleep has finished or waits for somebody who sleeps.
                if not loop._ready and self._sleepers[0] is mine:  # type: ignore[attr-defined] # no public way to ask
                    self._elapsed = max(self._elapsed, mine[0])
        finally:
            self._sleepers.remove(mine)
            heapq.heapify(self._sleepers)
            if self._sleepers:
                self._sleepers[0][2].set()
        await asyncio.sleep(0)
