"""Reads take turns within one budget per region and action; people go before polls; nobody is forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

import anyio
import anyio.lowlevel

from ecs_dr.cloud.limiter import BURST, LimitedTransport
from ecs_dr.cloud.transport import API_VERSIONS, ApiRequest, Json
from tests.support.clock import SteppedClock

PER_MINUTE = 60


class Recording:
    """Notes who was let through, and when."""

    def __init__(self, clock: SteppedClock) -> None:
        self.clock = clock
        self.sent: list[tuple[float, ApiRequest]] = []

    async def call(self, request: ApiRequest) -> Mapping[str, Json]:
        self.sent.append((self.clock.host_seconds(), request))
        return {}


def request(
    session: str, action: str = "DescribeImages", region: str = "cn-beijing", *, poll: bool = True
) -> ApiRequest:
    version = API_VERSIONS["ecs"]
    return ApiRequest("ecs", version, action, region, {"RegionId": region}, session, background=poll)


def line() -> tuple[LimitedTransport, Recording, SteppedClock]:
    clock = SteppedClock()
    inner = Recording(clock)
    return LimitedTransport(inner, clock, PER_MINUTE), inner, clock


async def polls(limited: LimitedTransport, clock: SteppedClock, session: str, until: float) -> None:
    while clock.host_seconds() < until:
        await limited.call(request(session))
        await clock.sleep(10)


async def test_many_sessions_poll_within_the_budget_and_in_equal_shares() -> None:
    limited, inner, clock = line()
    async with anyio.create_task_group() as tasks:
        for number in range(40):
            tasks.start_soon(polls, limited, clock, f"{number:032x}", 600.0)
    times = [moment for moment, _ in inner.sent]
    for start in range(0, 600, 60):
        assert sum(start <= moment < start + 60 for moment in times) <= PER_MINUTE + BURST
    later = [entry for moment, entry in inner.sent if moment > 120]
    shares = Counter(entry.session_id for entry in later)
    assert len(shares) == 40
    assert max(shares.values()) - min(shares.values()) <= 1


async def test_what_a_person_waits_for_goes_before_the_polls() -> None:
    limited, inner, clock = line()
    async with anyio.create_task_group() as tasks:
        for number in range(BURST + 30):
            tasks.start_soon(limited.call, request(f"{number:032x}"))
        await clock.sleep(1.5)
        began = clock.now()
        await limited.call(request("f" * 32, poll=False))
        assert clock.now() - began <= timedelta(seconds=60 / PER_MINUTE + 1)
    assert len(inner.sent) == BURST + 31


async def test_regions_and_actions_have_budgets_of_their_own() -> None:
    limited, _, clock = line()
    for _ in range(BURST):
        await limited.call(request("a" * 32))
    for other in (request("a" * 32, "DescribeInstances"), request("a" * 32, region="cn-hangzhou")):
        await limited.call(other)
    assert clock.host_seconds() == 0


async def test_creating_requests_are_never_held_back() -> None:
    limited, inner, clock = line()
    for _ in range(BURST * 2):
        await limited.call(request("a" * 32, "CreateImage"))
    assert clock.host_seconds() == 0
    assert len(inner.sent) == BURST * 2


async def test_a_caller_that_is_cancelled_leaves_the_line() -> None:
    limited, inner, clock = line()
    for _ in range(BURST):
        await limited.call(request("a" * 32))
    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(limited.call, request("b" * 32))
            await anyio.lowlevel.checkpoint()
            scope.cancel()
    await limited.call(request("c" * 32))
    assert [entry.session_id for _, entry in inner.sent][-1] == "c" * 32
    assert clock.host_seconds() <= 60 / PER_MINUTE
