"""What is meant for an assistant does not reach a person who has no tools."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from ecs_dr.domain.steps import ToolName
from ecs_dr.domain.texts import Language, catalogue
from ecs_dr.terminal.wording import for_person

TOOLS = get_args(ToolName)
NAMED = re.compile("|".join(TOOLS))
NOT_SHOWN = ("next.", "result.", "prompt.", "report.", "doctor.", "error.unknown_argument", "error.missing_argument")
NOT_SHOWN_EITHER = ("error.argument_", "error.credential_argument", "terminal.")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_text_that_a_terminal_may_show_names_a_tool(language: Language) -> None:
    shown = {key: text for key, text in catalogue(language).items() if not key.startswith(NOT_SHOWN + NOT_SHOWN_EITHER)}
    assert [key for key, text in shown.items() if NAMED.search(text)] != []
    assert [key for key, text in shown.items() if NAMED.search(for_person(text))] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_line_of_advice_still_says_something_without_the_tools(language: Language) -> None:
    advice = {key: text for key, text in catalogue(language).items() if key.endswith(".actions")}
    lines = {key: for_person(text).split("\n") for key, text in advice.items() if not key.startswith(NOT_SHOWN)}
    assert [key for key, said in lines.items() if any(len(line) < 4 for line in said)] == []


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("Choose another zone (choose_target); the image stays.", "Choose another zone; the image stays."),
        ("Choose again (choose_target, prepare_vswitch), or start anew.", "Choose again, or start anew."),
        ("See where it stands (`get_session`).", "See where it stands."),
        ("请先选择可用区（choose_target）。", "请先选择可用区。"),
        ("One.\nplan_recovery shows zones.\nTwo.", "One.\nTwo."),
        ("One.\nReport: ecs-dr://report/0 (seal 1)", "One."),
        ("| InstanceName | web (create_image) |", "| InstanceName | web (create_image) |"),
        ("The instance prod (db) in create_image_room.", "The instance prod (db) in create_image_room."),
    ],
)
def test_a_tool_goes_with_its_brackets_or_with_its_line(said: str, heard: str) -> None:
    assert for_person(said) == heard
