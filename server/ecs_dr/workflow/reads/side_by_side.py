"""Reads that run at the same time: those that are needed, and those that may be left out with a note."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import anyio

from ecs_dr.errors import CloudError, EcsDrError

T = TypeVar("T")

MOST_AT_ONCE = 8
"""Requests in flight: the API's budget is shared with everything else of the account."""


@dataclass
class Read(Generic[T]):
    """What a read found, once all have finished."""

    found: list[T] = field(default_factory=list)
    """Empty when it was left out."""

    @property
    def value(self) -> T:
        """Of a read that cannot be left out."""
        return self.found[0]

    @property
    def or_none(self) -> T | None:
        """Of one that can, where nothing else stands for "not read"."""
        return self.found[0] if self.found else None

    def value_or(self, default: T) -> T:
        """Of one that can: the default stands for "not read"."""
        return self.found[0] if self.found else default


class SideBySide:
    """Collects reads, then carries them out together."""

    def __init__(self) -> None:
        self.left_out: dict[str, CloudError] = {}
        """By the action: why an optional read has no answer."""
        self._waiting: list[Callable[[], Awaitable[None]]] = []
        self._failures: list[EcsDrError] = []

    def read(self, call: Callable[[], Awaitable[T]], optional: str = "") -> Read[T]:
        """Add one.

        Args:
            call: Sends it.
            optional: The action, if the read may be left out; empty: a failure of it is a failure of all.
        """
        read: Read[T] = Read()

        async def carry_out() -> None:
            try:
                read.found.append(await call())
            except CloudError as error:
                if optional and error.may_be_skipped:
                    self.left_out[optional] = error
                else:
                    self._failures.append(error)
            except EcsDrError as error:
                self._failures.append(error)

        self._waiting.append(carry_out)
        return read

    async def finish(self) -> None:
        """Carry out everything that was added.

        Raises:
            EcsDrError: The first failure of a read that is needed, or one that no read can do without.
        """
        count, self._waiting, waiting = len(self._waiting), [], iter(self._waiting)

        async def carry_out() -> None:
            for read in waiting:
                await read()

        if count == 1:
            await carry_out()
        else:
            async with anyio.create_task_group() as tasks:
                for _ in range(min(count, MOST_AT_ONCE)):
                    tasks.start_soon(carry_out)
        if self._failures:
            raise self._failures[0]
