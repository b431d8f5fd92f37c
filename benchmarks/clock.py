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
        self._start = self._now = start
        self._elapsed = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    def now(self) -> datetime:
        """The cloud's time."""
        return self._now

    def host_seconds(self) -> float:
        """The host's time: the same."""
        return self._elapsed

    def in_host_seconds(self, seconds: float) -> float:
        """How long a span of the cloud's time is for the host."""
        return seconds

    async def sleep(self, seconds: float) -> None:
        """Be woken when time has come that far."""
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + max(seconds, 0.0), next(self._numbers), woken))
        await woken

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Let time pass for as long as this context is open."""
        selector = asyncio.get_running_loop()._selector  # type: ignore[attr-defined]  # noqa: SLF001 - no public way
        look = selector.select

        def select(timeout: float | None = None) -> object:
            """Where the loop would wait for events, whoever is not asleep has finished or waits for a sleeper."""
            if timeout == 0 or not self._sleepers:
                return look(timeout)
            self._wake_next()
            return look(0)

        selector.select = select
        try:
            yield
        finally:
            selector.select = look

    def move_to(self, seconds: float) -> None:
        """It is so many seconds after the start."""
        self._elapsed, self._now = seconds, self._start + timedelta(seconds=seconds)

    def _wake_next(self) -> None:
        seconds, _, woken = heapq.heappop(self._sleepers)
        self.move_to(seconds)
        if not woken.done():
            woken.set_result(None)
