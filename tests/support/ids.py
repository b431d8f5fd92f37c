"""Ids that count, so that a failing test names what it means."""

from __future__ import annotations

import itertools


class CountedIds:
    """`0…01`, `0…02`, …"""

    def __init__(self, first: int = 1) -> None:
        self._numbers = itertools.count(first)

    def hex32(self) -> str:
        """The next one."""
        return f"{next(self._numbers):032x}"
