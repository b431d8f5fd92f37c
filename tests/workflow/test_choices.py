"""Every question is known by its key: what it decides, and whose it is. None is forgotten in the one table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ecs_dr.workflow
from ecs_dr.workflow.choices import QUESTIONS, RESTS_ON, Choice, about, displaced_by, home_of, resting_on

DECIDE_NOTHING = ("image_wait", "recall.", "application.", "permission.")
"""Keys of questions that choose nothing that something else rests on."""
_KEYS = re.compile(r"^(?:[A-Z]+_)?KEY\b.* = (.+)$", re.MULTILINE)


def keys_in_use() -> set[str]:
    """The keys that the workflow names, each by its constant."""
    folder = Path(ecs_dr.workflow.__path__[0])
    lines = (found for path in folder.rglob("*.py") for found in _KEYS.findall(path.read_text(encoding="utf-8")))
    return {key for line in lines for key in re.findall(r'"([a-z_.]+)"', line)}


def test_every_key_in_use_is_known() -> None:
    used = keys_in_use()
    assert {"image.name", "image_wait", "launch.refused"} <= used
    assert {key for key in used if not key.startswith(DECIDE_NOTHING)} - {*QUESTIONS, "disks"} == set()


def test_every_known_key_is_in_use() -> None:
    assert {key for key in QUESTIONS if not key.startswith("disks.")} - keys_in_use() == set()


def test_what_stands_after_the_two_words_says_only_of_which() -> None:
    assert about("disks.data.cloud_auto.None") is about("disks.system.cloud_essd.PL0") is Choice.DISKS
    assert home_of("disks.data.cloud_auto.None") == "check_disks"
    assert about("disks") is about("disksystem") is about("image") is about("image_wait") is None


@pytest.mark.parametrize("choice", Choice, ids=lambda choice: choice.value)
def test_what_rests_on_a_choice_is_displaced_with_it(choice: Choice) -> None:
    by_choice = {asked.choice: key for key, asked in QUESTIONS.items()}
    displaced = {other for other, key in by_choice.items() if displaced_by(by_choice[choice], key)}
    assert displaced == resting_on(choice)
    assert {other for other, below in RESTS_ON.items() if choice in below} <= resting_on(choice)


def test_two_ways_of_one_choice_are_rivals_and_two_questions_of_one_way_are_not() -> None:
    assert displaced_by("plan.accept", "target.zone")
    assert displaced_by("target.type", "plan.accept")
    assert not displaced_by("target.type", "target.zone")
    assert not displaced_by("image_wait", "image.name")
