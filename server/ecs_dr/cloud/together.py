"""Requests that belong together and need nothing of each other: sent side by side, answered in their order."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import anyio

T = TypeVar("T")

MOST_AT_ONCE = 6
"""Pages or chunks of one list in flight."""


async def together(calls: Sequence[Callable[[], Awaitable[T]]]) -> list[T]:
    """What each call answers.

    Raises:
        Exception: The first failure in the order of the calls, when all have ended.
    """
    if len(calls) == 1:
        return [await calls[0]()]
    found: dict[int, T] = {}
    failed: dict[int, Exception] = {}
    waiting = enumerate(calls)

    async def carry_out() -> None:
        for position, call in waiting:
            try:
                found[position] = await call()
            except Exception as error:  # noqa: BLE001 - raised below: a task group would wrap it
                failed[position] = error

    async with anyio.create_task_group() as tasks:
        for _ in range(min(len(calls), MOST_AT_ONCE)):
            tasks.start_soon(carry_out)
    if failed:
        raise failed[min(failed)]
    return [found[position] for position in range(len(calls))]
