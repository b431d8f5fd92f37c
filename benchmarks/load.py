"""A thousand sessions that wait for their images, in one process: requests a minute, equal shares.

    python -m benchmarks.load [SESSIONS]

Once with the shared limiter, once without: what one account's polling amounts to, and how evenly it is shared out.
What such a session holds in memory is shown by the part `crowd`.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise

from benchmarks.clock import VirtualClock
from benchmarks.table import show
from ecs_dr.cloud.adapter import AlibabaCloud
from ecs_dr.cloud.allowlist import AllowListTransport
from ecs_dr.cloud.calls import Caller
from ecs_dr.cloud.limiter import BURST, READS_PER_MINUTE
from ecs_dr.cloud.retry import Retrier, RetryPolicy
from ecs_dr.cloud.transport import ApiRequest, Json
from ecs_dr.workflow.ids import RandomIds
from ecs_dr.workflow.memory.chosen import ImageState
from ecs_dr.workflow.recovery import Recovery
from ecs_dr.workflow.run import RecoveryOptions

START = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
WAITING_SECONDS = 3600.0
REGION = "cn-beijing"


@dataclass
class SlowImages:
    """A cloud in which every image is at 10 % for ever: nothing but polls happens."""

    clock: VirtualClock
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    minutes: Counter[tuple[str, int]] = field(default_factory=Counter)

    async def call(self, request: ApiRequest) -> Mapping[str, Json]:
        """Answer a poll, and note whose it was: the session id goes into the request's User-Agent."""
        now = self.clock.host_seconds()
        self.times[request.session_id or "nobody"].append(now)
        self.minutes[request.action, int(now // 60)] += 1
        image: Json = {
            "ImageId": request.params["ImageId"],
            "ImageName": "waiting",
            "Status": "Creating",
            "Progress": "10%",
        }
        return {"TotalCount": 1, "PageNumber": 1, "PageSize": 100, "Images": {"Image": [image]}}


@dataclass
class Figures:
    """What one run showed."""

    seconds: float
    busiest: int
    steady: float
    fewest: int
    most: int
    median_gap: float


async def wait_for_images(sessions: int, *, limited: bool) -> Figures:
    """All sessions wait for an hour of the cloud's time."""
    clock = VirtualClock(START)
    cloud = SlowImages(clock)
    adapter = AlibabaCloud(cloud, clock, RetryPolicy())
    if not limited:
        adapter._ecs = Caller("ecs", Retrier(AllowListTransport(cloud), clock, RetryPolicy()))  # noqa: SLF001 - the comparison
    recovery = Recovery(adapter, clock, RandomIds(), RecoveryOptions())
    async with clock.running(), recovery.running():
        for number in range(sessions):
            session = recovery.sessions.create(f"i-2zewaiting{number:06d}", REGION)
            session.note_image(ImageState(f"m-2zewaiting{number:06d}", "waiting", clock.now()))
            recovery._watcher.watch(session)  # noqa: SLF001 - as create_image does
        began = time.perf_counter()
        await clock.sleep(WAITING_SECONDS)
        seconds = time.perf_counter() - began
    return _figures(cloud, sessions, seconds)


def _figures(cloud: SlowImages, sessions: int, seconds: float) -> Figures:
    counts = [len(times) for times in cloud.times.values()]
    gaps = [later - earlier for times in cloud.times.values() for earlier, later in pairwise(times)]
    by_minute = [cloud.minutes["DescribeImages", minute] for minute in range(int(WAITING_SECONDS // 60))]
    return Figures(
        seconds=seconds,
        busiest=max(by_minute),
        steady=statistics.mean(by_minute[10:]),
        fewest=min(counts) if len(counts) == sessions else 0,
        most=max(counts),
        median_gap=statistics.median(gaps),
    )


def main() -> None:
    """Both runs, side by side."""
    sessions = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    runs = {name: asyncio.run(wait_for_images(sessions, limited=name == "limiter")) for name in ("limiter", "none")}
    show(
        f"{sessions:,} sessions wait for their images for an hour (DescribeImages, one account, one region)",
        ("", "busiest minute", "requests a minute", "polls a session", "median gap (s)", "wall (s)"),
        [
            (name, one.busiest, one.steady, f"{one.fewest}-{one.most}", one.median_gap, one.seconds)
            for name, one in runs.items()
        ],
        f"Budget: {READS_PER_MINUTE} a minute and action, {BURST} at once after a pause. No other action is called.",
    )


if __name__ == "__main__":
    main()
