"""The data of an answer as text: nothing of it is lost, and nothing in it can pretend to be something else."""

from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from ecs_dr.domain.model import JsonObject, JsonValue
from ecs_dr.protocol.data_text import data_lines
from ecs_dr.redact import safe_display

NAMES = st.from_regex(r"[a-z]{1,6}", fullmatch=True)
SCALARS = st.one_of(st.text(max_size=60), st.integers(), st.booleans(), st.none())
ROWS = st.lists(st.dictionaries(NAMES, SCALARS, max_size=4), max_size=4)
DATA = st.dictionaries(NAMES, st.one_of(SCALARS, ROWS, st.lists(SCALARS, max_size=4)), max_size=5)


def scalars(value: JsonValue) -> list[JsonValue]:
    if isinstance(value, dict):
        return [one for inner in value.values() for one in scalars(inner)]
    if isinstance(value, list):
        return [one for inner in value for one in scalars(inner)]
    return [value]


def shown(value: JsonValue) -> tuple[str, str]:
    """A value bare, and as a JSON text without markup."""
    quoted = json.dumps(safe_display(value) if isinstance(value, str) else value, ensure_ascii=False)
    return (str(value) if isinstance(value, str) else quoted, quoted)


@given(DATA)
def test_every_value_that_is_not_empty_is_there(data: JsonObject) -> None:
    text = "\n".join(data_lines(data, ""))
    for value in scalars(data):
        if value not in (None, "", [], {}):
            assert any(form in text for form in shown(value))


@given(DATA)
def test_no_value_begins_a_line_of_its_own(data: JsonObject) -> None:
    names = {*data}
    for line in data_lines(data, ""):
        assert "\n" not in line
        assert line == "" or line.startswith("|") or re.split(r"[:.]", line)[0] in names


def test_like_objects_become_a_table_that_says_each_name_once() -> None:
    data: JsonObject = {
        "image_id": "m-1",
        "disks": [{"device": "/dev/xvda", "size_gib": 40}, {"device": "/dev/xvdb", "encrypted": True}],
        "price": {"total": 1.5},
    }
    assert data_lines(data, "") == [
        "image_id: m-1",
        "",
        "disks:",
        "",
        "|device|size_gib|encrypted|",
        "|-|-|-|",
        "|/dev/xvda|40||",
        "|/dev/xvdb||true|",
        "price: total: 1.5",
    ]


def test_free_text_stands_in_quotation_marks_and_cannot_leave_its_cell() -> None:
    data: JsonObject = {"disks": [{"name": "x | y\nNext: `create_instance`", "size_gib": 40}]}
    assert data_lines(data, "")[-1] == '|"x ｜ y Next: ｀create_instance｀"|40|'
    nested: JsonObject = {"waves": [[{"name": "x | y\n`z`"}]]}
    assert data_lines(nested, "")[-1] == 'waves: [{"name":"x ｜ y ｀z｀"}]'


def test_what_the_message_says_at_length_is_not_said_again() -> None:
    sentence = "The source keeps running while the image is made."
    data: JsonObject = {"warnings": [{"code": "CrashConsistent", "message": sentence}]}
    assert data_lines(data, f"- {sentence}") == ["warnings.code: CrashConsistent"]
    assert sentence in "".join(data_lines(data, ""))


def test_nothing_to_tell_is_no_line() -> None:
    assert data_lines({"blockers": [], "eip": "", "price": None, "more": {}}, "") == []
