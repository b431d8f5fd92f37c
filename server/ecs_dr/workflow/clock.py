"""Clocks: the real one, and one that runs faster for a simulation."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import anyio

from ecs_dr.traces import wait


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The wall-clock time (UTC)."""
        return datetime.now(UTC)

    def host_seconds(self) -> float:
        """The machine's monotonic seconds."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait so many seconds of the cloud's time; ends early only by cancellation."""
        with wait():
            await anyio.sleep(seconds)

    def in_host_seconds(self, seconds: float) -> float:
        """The same: the cloud's time is the machine's."""
        return seconds


class ScaledClock:
    """A cloud time that runs `speed` times as fast as the host's: what a simulated cloud and its client share."""

    def __init__(self, speed: float, start: datetime | None = None) -> None:
        if speed <= 0:
            raise ValueError("speed must be above 0")
        self._speed = speed
        self._start = start or datetime.now(UTC)
        self._origin = time.monotonic()

    def now(self) -> datetime:
        """The cloud's time (UTC)."""
        return self._start + timedelta(seconds=(time.monotonic() - self._origin) * self._speed)

    def host_seconds(self) -> float:
        """The machine's monotonic seconds, not scaled: whoever waits for a tool call waits in these."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait for that many seconds of the cloud's time."""
        with wait():
            await anyio.sleep(seconds / self._speed)

    def in_host_seconds(self, seconds: float) -> float:
        """So many seconds of the cloud, in the host's: divided by the factor by which the clock runs faster."""
        return seconds / self._speed
