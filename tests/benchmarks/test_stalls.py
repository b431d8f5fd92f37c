"""A loop that stands still is noticed, and for how long."""

from __future__ import annotations

import asyncio
import io
import time

from benchmarks.stalls import watch

BLOCKED_SECONDS = 0.02


async def test_a_callback_that_blocks_the_loop_is_written_down() -> None:
    told = io.StringIO()
    watching = asyncio.create_task(watch(told))
    await asyncio.sleep(0.005)
    time.sleep(BLOCKED_SECONDS)  # noqa: ASYNC251 - that is what is looked for
    await asyncio.sleep(0.005)
    watching.cancel()
    stalls = [(float(ms), kind) for _, ms, kind in map(str.split, told.getvalue().splitlines())]
    assert max(stalls) >= (1000 * BLOCKED_SECONDS - 2, "work")
