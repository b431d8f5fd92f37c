"""Schedules by seed: played in parts on several processes, their figures added up."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, fields
from typing import Self, TypeVar

TOLD_EVERY = 250
"""After so many schedules a line says how far it is."""


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
    """The schedules of the seeds from `first` up to `last`, one after the other; what is found is printed at once."""
    logging.disable(logging.CRITICAL)

    async def play_all() -> None:
        for seed in range(first, last):
            known = len(figures.broken)
            await play(seed, figures)
            for found, what in figures.broken[known:]:
                print(f"seed {found}: {what}", flush=True)

    asyncio.run(play_all())
    return figures


def play_in_parts(play_range: Callable[[int, int], F], figures: F, seeds: range, *, processes: int, chunk: int) -> None:
    """Add up what `play_range` finds in each part of the seeds; a line now and then says how far it is."""
    firsts = list(range(seeds.start, seeds.stop, chunk))
    begun = time.monotonic()
    with ProcessPoolExecutor(processes) as pool:
        for part in pool.map(play_range, firsts, [min(first + chunk, seeds.stop) for first in firsts]):
            before = figures.schedules // TOLD_EVERY
            figures.add(part)
            if figures.schedules // TOLD_EVERY > before:
                seconds = time.monotonic() - begun
                found = len(figures.broken)
                print(f"... {figures.schedules:,} of {len(seeds):,} in {seconds:,.0f} s, {found} reports", flush=True)
