"""A host may show the text alone or the structure alone: each carries every id, price, decision and verdict."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from ecs_dr.domain.model import JsonObject, JsonValue
from tests.support.host import Heard
from tests.support.ways import ANSWER_LEGACY, ANSWER_MODERN, ELICITATION, INPUT_REQUEST, Way, in_memory

ID = re.compile(r"\b(?:i|m|vsw|vpc|sg|rg|sp)-[0-9a-z]{6,}\b")
MONEY = re.compile(r"\d+\.\d+(?= CNY)|(?<=¥)\d+\.\d+")
ADDRESS = re.compile(r"\b\d+\.\d+\.\d+\.\d+(?:/\d+)?\b")


def facts(text: str) -> set[str]:
    """What a person decides on, whichever half it stands in."""
    return {found for pattern in (ID, MONEY, ADDRESS) for found in pattern.findall(text)}


def words(value: JsonValue) -> Iterator[str]:
    """Every text of the structure."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from words(one)
    elif isinstance(value, dict):
        yield from words(list(value.values()))


def structure(heard: Heard) -> str:
    content: JsonObject = json.loads(heard.model_dump_json(exclude={"text", "is_error"}))
    return "\n".join(words(content))


# While the image is waited for, its id is not news: `image.done` named it.
OLD = {"image_wait"}


@pytest.mark.parametrize(
    ("world", "way"),
    [
        ("healthy", INPUT_REQUEST),
        ("healthy", ANSWER_LEGACY),
        ("no-vswitch", ANSWER_MODERN),
        ("sold-out", ELICITATION),
        ("disk-unsupported", ANSWER_LEGACY),
        ("prepaid", ANSWER_MODERN),
    ],
    ids=str,
)
async def test_neither_half_says_less_than_a_person_decides_on(world: str, way: Way) -> None:
    async with in_memory(way, world) as stage:
        last = await stage.host.recover()
        for heard in stage.host.heard:
            there = structure(heard)
            told = facts(there) if heard.step not in OLD else set()
            assert not facts(heard.text) - facts(there), heard.step
            assert not told - facts(heard.text), heard.step
        assert last.data["verdict"] == "match"
        assert "verdict: match" in last.text
        asked = [one for one in stage.host.heard if one.step == "instance" and one.question is not None]
        sent = next(one.data["launch"] for one in stage.host.heard if one.step == "instance" and one.status == "done")
        assert all(one.data["launch"] == sent for one in asked[-1:]), "the raw parameters stand beside the question"
        decided, todo = last.data["decided"], last.data["todo"]
        assert isinstance(decided, list)
        assert isinstance(todo, list)
        for text in (last.text, last.message):
            read = sum("replica" in row for row in todo if isinstance(row, dict))
            by_hand = re.findall(r"^\| (?:By hand|须处理) (\d+) \|", text, re.MULTILINE)
            assert by_hand == [str(number) for number in range(1, read + 1)]
            assert {str(len(decided)), str(len(todo) - read)} <= set(re.findall(r"(?<= )\d+(?= )", text))


@pytest.mark.parametrize("way", [ANSWER_MODERN, ANSWER_LEGACY], ids=str)
async def test_get_session_says_what_is_open_whole_and_of_what_is_decided_the_last_word(way: Way) -> None:
    async with in_memory(way) as stage:
        await stage.host.collect()
        asked = await stage.host.call("create_image")
        refused = await stage.host.answer(asked, "custom", "1 bad")
        decided = await stage.host.agree(refused, "custom", "web-dr")
        open_now = await stage.host.call("choose_target")
        assert open_now.question is not None
        shown = await stage.host.call("get_session")
        for half in (shown.text, structure(shown)):
            assert half.count("web-dr") in {1, 2, 3}
            assert half.count(open_now.question.question_id) >= 1
            assert open_now.question.text in half
            assert half.count(open_now.question.text) == 1
            assert all(option.value in half for option in open_now.question.options)
            assert decided.string("image_id") in half
        assert asked.question is not None
        assert asked.question.text not in shown.text
        assert "1 bad" not in shown.message
        assert len(shown.text.encode()) < 2_400
