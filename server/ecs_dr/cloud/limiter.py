"""One account's reading requests, kept within a budget per region and action.

The cloud throttles per account, region and action (API throttling); a throttled action may stay refused until the
next minute, for everyone. A thousand sessions that wait for their images would trip that by their polls alone. Here
they take turns instead: who comes later waits longer, so that each one's gap between two polls is stretched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

import anyio

from ecs_dr.cloud.allowlist import check
from ecs_dr.cloud.transport import ApiRequest, Json, Transport
from ecs_dr.workflow.ports import Clock

READS_PER_MINUTE = 300
"""Of one action in one region. The API's own limits differ by action and account and are not all published; this is
well below the lowest that is."""

BURST = 60
"""So many may go out at once after a pause: a person's call never waits for a budget that nobody has used."""


class LimitedTransport:
    """Implements `Transport`: in front of another one, lets reads through in turn.

    Requests that a person waits for go before polls in the background; within each of the two, first come, first
    served. A session has one poll under way at most, so that turns go round among the sessions. Creating requests
    are not held back: a person decides on each of them.

    Args:
        inner: What carries the requests.
        clock: The cloud's time.
        reads_per_minute: The budget of each action in each region.
    """

    def __init__(self, inner: Transport, clock: Clock, reads_per_minute: float = READS_PER_MINUTE) -> None:
        self._inner = inner
        self._lines: defaultdict[tuple[str, str, str], _Line] = defaultdict(lambda: _Line(clock, 60 / reads_per_minute))

    async def call(self, request: ApiRequest) -> Mapping[str, Json]:
        """Send a request when its turn has come.

        Raises:
            ApiError: The API refused.
            NoAnswer: No usable answer arrived.
        """
        if not check(request.product, request.action).mutating:
            line = self._lines[request.region_id, request.product, request.action]
            await line.turn(background=request.background)
        return await self._inner.call(request)


class _Line:
    """Whoever waits to send one action to one region."""

    def __init__(self, clock: Clock, gap_seconds: float) -> None:
        self._clock = clock
        self._gap = timedelta(seconds=gap_seconds)
        self._burst = BURST * self._gap
        self._paid_until: datetime = clock.now() - self._burst
        """When the budget of all that was let through would be used up, had it gone out at an even pace."""
        self._people: dict[anyio.Event, None] = {}
        self._polls: dict[anyio.Event, None] = {}
        """Who waits, in order. The first looks at the clock; the others sleep until they are the first."""

    async def turn(self, *, background: bool) -> None:
        """Return when it is this caller's turn; one that is cancelled leaves the line."""
        line = self._polls if background else self._people
        if not line and self._seconds_to_wait(len(self._people)) <= 0:
            self._pay()
            return
        is_first = anyio.Event()
        line[is_first] = None
        try:
            if len(line) > 1:
                await is_first.wait()
            while (seconds := self._seconds_to_wait(len(self._people) if background else 0)) > 0:
                await self._clock.sleep(seconds)
            self._pay()
        finally:
            del line[is_first]
            if line:
                next(iter(line)).set()

    def _pay(self) -> None:
        self._paid_until = max(self._paid_until, self._clock.now() - self._burst) + self._gap

    def _seconds_to_wait(self, ahead: int) -> float:
        now = self._clock.now()
        return (max(self._paid_until, now - self._burst) + ahead * self._gap - now).total_seconds()
