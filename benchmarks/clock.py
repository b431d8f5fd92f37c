"""Simulated time: it jumps to the next sleeper as soon as nobody has anything left to do."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta


class VirtualClock:
    """Cloud and host share one time; a `running()` context moves it."""

    def __init__(self, start: datetime) -> None:
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
        """How long a span of the cloud's time is for the host."""
        return seconds

    async def sleep(self, seconds: float) -> None:
        """Be woken when time has come that far."""
        event = asyncio.Event()
        heapq.heappush(self._sleepers, (self._elapsed + max(seconds, 0.0), next(self._numbers), event))
        await event.wait()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Let time pass for as long as this context is open."""
        mover = asyncio.create_task(self._move())
        try:
            yield
        finally:
            mover.cancel()

    async def _move(self) -> None:
        loop = asyncio.get_running_loop()
        while not loop.is_closed():
            await asyncio.sleep(0)
            # Nothing but this task is ready: whoever is not asleep has finished or waits for a sleeper.
            if not loop._ready and self._sleepers:  # type: ignore[attr-defined]  # noqa: SLF001 - no public way to ask
                self._elapsed, _, event = heapq.heappop(self._sleepers)
                event.set()
