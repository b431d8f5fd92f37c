"""The written schedules of a source that is gone: no false word, and nothing beyond the decisions."""

from __future__ import annotations

import pytest

from benchmarks.somebody import Tally, play_recall
from tests.faults.scripts import Script, play_script
from tests.faults.scripts_recall import RECALL

SAMPLE = range(1, 5)
"""Of what `python -m benchmarks somebody --recall` plays by the thousand."""


@pytest.mark.parametrize(("script", "world"), RECALL, ids=lambda one: getattr(one, "__name__", str(one)))
async def test_no_false_word_while_snapshots_come_and_go(script: Script, world: str) -> None:
    moves = await play_script(script, world)
    assert moves.oracle is not None
    assert moves.oracle.judged > 3


async def test_no_false_word_in_drawn_schedules_of_a_source_that_is_gone() -> None:
    tally = Tally()
    for seed in SAMPLE:
        await play_recall(seed, tally)
    assert tally.broken == []
    assert {"snapshot deleted", "snapshots taken"} <= set(tally.deeds)
    assert tally.judged > 20 * len(SAMPLE)
