"""The simulated cloud's own time.

Nothing in the simulator runs in the background: what an image or an instance looks like is a function of its
start and of `now()`, worked out when somebody asks.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class SimulatorClock(Protocol):
    """Tells the cloud's time."""

    def now(self) -> datetime:
        """The cloud's time, aware, in UTC."""
        ...


class RealClock:
    """The time of this machine."""

    def now(self) -> datetime:
        """The time of this machine, in UTC."""
        return datetime.now(UTC)


class AcceleratedClock:
    """A clock that runs `speed` times as fast as a wall clock.

    Args:
        speed: Cloud seconds per real second; must be positive.
        start: The cloud's time at the moment of construction; without it, the time of this machine.
    """

    def __init__(self, speed: float, start: datetime | None = None) -> None:
        if speed <= 0:
            raise ValueError(f"a clock's speed must be positive, not {speed:g}")
        self.speed = speed
        self._start = _aware(start) if start is not None else datetime.now(UTC)
        self._origin = time.monotonic()

    def now(self) -> datetime:
        """The start plus the real time that has passed, multiplied by the speed."""
        return self._start + timedelta(seconds=(time.monotonic() - self._origin) * self.speed)


class ManualClock:
    """A clock that stands still until it is moved: for tests, and for stepping through a recovery."""

    def __init__(self, start: datetime) -> None:
        self._now = _aware(start)

    def now(self) -> datetime:
        """The time that was last set."""
        return self._now

    def advance(self, seconds: float) -> datetime:
        """Move forward by `seconds` (never backward) and return the new time."""
        if seconds < 0:
            raise ValueError("the cloud's clock does not run backward")
        self._now += timedelta(seconds=seconds)
        return self._now

    def set(self, moment: datetime) -> None:
        """Move to `moment`, which must not lie before the present one."""
        if _aware(moment) < self._now:
            raise ValueError("the cloud's clock does not run backward")
        self._now = _aware(moment)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("the cloud's time needs a time zone; use UTC")
    return moment.astimezone(UTC)


def timestamp(moment: datetime | None, *, seconds: bool = True) -> str:
    """A moment as the API writes it (`2026-11-22T08:00:00Z`), the empty string for none.

    Instances are dated to the minute (`2026-11-22T08:00Z`), images and disks to the second.
    """
    if moment is None:
        return ""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ" if seconds else "%Y-%m-%dT%H:%MZ")
