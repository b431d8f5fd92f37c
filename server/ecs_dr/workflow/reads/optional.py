"""A read that a step can do without."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from ecs_dr.errors import CloudRefused

T = TypeVar("T")


async def if_permitted(read: Callable[[], Awaitable[T]]) -> T | None:
    """What a read answers; None where this identity may not read it, or the cloud cannot tell it now.

    Raises:
        CloudRefused: For any other reason: nothing that the step could do without.
    """
    try:
        return await read()
    except CloudRefused as refusal:
        if not refusal.may_be_skipped:
            raise
        return None
