"""The written schedules of a source that is gone: no false word, and nothing beyond the decisions."""

from __future__ import annotations

import pytest

from tests.faults.scripts import Script, play_script
from tests.faults.scripts_recall import RECALL


@pytest.mark.parametrize(("script", "world"), RECALL, ids=lambda one: getattr(one, "__name__", str(one)))
async def test_no_false_word_while_snapshots_come_and_go(script: Script, world: str) -> None:
    moves = await play_script(script, world)
    assert moves.oracle is not None
    assert moves.oracle.judged > 3
