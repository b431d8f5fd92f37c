"""What is meant for an assistant does not reach a person who has no tools."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from ecs_dr.domain.steps import ToolName
from ecs_dr.domain.texts import Language, Texts, catalogue, for_people

TOOLS = get_args(ToolName)
NAMED = re.compile("|".join(TOOLS))
NOT_SHOWN = ("next.", "result.", "prompt.", "report.", "doctor.", "error.unknown_argument", "error.missing_argument")
NOT_SHOWN_EITHER = ("error.argument_", "error.credential_argument", "terminal.")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_text_that_a_terminal_may_show_names_a_tool(language: Language) -> None:
    shown = {
        key: text for key, text in for_people(language).items() if not key.startswith(NOT_SHOWN + NOT_SHOWN_EITHER)
    }
    assert [key for key, text in shown.items() if text != catalogue(language)[key]] != []
    assert [key for key, text in shown.items() if NAMED.search(text)] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_line_of_advice_still_says_something_without_the_tools(language: Language) -> None:
    advice = {key: text for key, text in for_people(language).items() if key.endswith(".actions")}
    lines = {key: text.split("\n") for key, text in advice.items() if not key.startswith(NOT_SHOWN)}
    assert [key for key, said in lines.items() if any(len(line) < 4 for line in said)] == []


def test_a_tool_goes_with_its_brackets_and_a_value_that_looks_so_stays() -> None:
    key, name = "page.launch.key_pair", "web (create_image)"
    assert name in Texts("en", for_people=True)(key, name=name)
    texts = Texts("en"), Texts("en", for_people=True)
    assert [say("standby.remedy.not_launchable") for say in texts] == [
        "The plan proposes other types and disk categories (plan_recovery).",
        "The plan proposes other types and disk categories.",
    ]
