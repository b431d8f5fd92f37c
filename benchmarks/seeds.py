"""Schedules by seed: played in parts on several processes, their figures added up."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, fields
from typing import Self, TypeVar


@dataclass
class Figures:
    """What schedules amounted to; each field is a number, a Counter or a list, and parts are added field by field."""

    schedules: int = 0
    finished: int = 0
    crashes: int = 0
    requests: int = 0
    made: Counter[str] = field(default_factory=Counter)
    decided: Counter[str] = field(default_factory=Counter)
    broken: list[tuple[int, str]] = field(default_factory=list)

    def add(self, other: Self) -> None:
        """Take in the figures of a part."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


F = TypeVar("F", bound=Figures)


def play_in_turn(play: Callable[[int, F], Awaitable[object]], figures: F, first: int, last: int) -> F:
    """The schedules of the seeds from `first` up to `last`, one after the other."""
    logging.disable(logging.CRITICAL)

    async def play_all() -> None:
        for seed in range(first, last):
            await play(seed, figures)

    asyncio.run(play_all())
    return figures


def play_in_parts(play_range: Callable[[int, int], F], figures: F, seeds: range, *, processes: int, chunk: int) -> None:
    """Add up what `play_range` finds in each part of the seeds."""
    firsts = list(range(seeds.start, seeds.stop, chunk))
    with ProcessPoolExecutor(processes) as pool:
        for part in pool.map(play_range, firsts, [min(first + chunk, seeds.stop) for first in firsts]):
            figures.add(part)
