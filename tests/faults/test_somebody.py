"""Somebody else changes the cloud between two calls, in random schedules: no answer says what is not so."""

from __future__ import annotations

import pytest

from benchmarks.somebody import Tally, play

PART = 10
QUICK = range(1, 21, PART)
"""A part of what `python -m benchmarks somebody` plays by the thousand."""


@pytest.mark.parametrize("first", QUICK)
async def test_no_false_word_and_nothing_beyond_the_decisions(first: int) -> None:
    tally = Tally()
    for seed in range(first, first + PART):
        await play(seed, tally)
    assert tally.broken == []
    assert sum(tally.deeds.values()) > PART
    assert tally.judged > 10 * PART
