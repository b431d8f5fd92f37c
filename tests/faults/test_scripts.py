"""The written schedules: none of their answers says what is not so, and nothing is made beyond the decisions."""

from __future__ import annotations

import pytest

from tests.faults.scripts import SCRIPTS, Script, play_script


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
async def test_no_false_word_in_a_situation_that_chance_seldom_meets(script: Script) -> None:
    moves = await play_script(script, SCRIPTS[script])
    assert moves.oracle is not None
    assert moves.oracle.judged > 5
