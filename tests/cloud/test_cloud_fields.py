"""The API's JSON is odd in known ways; each is read the same."""

from __future__ import annotations

import pytest

from ecs_dr.cloud.fields import Fields
from ecs_dr.cloud.transport import Json


@pytest.mark.parametrize("value", [None, "", [], {}])
def test_absent_null_and_empty_say_nothing(value: Json) -> None:
    row = Fields({"Field": value})
    assert row.text("Field") == ""
    assert row.number("Field") is None
    assert row.flag("Field") is None
    assert row.items("Field") == ()
    assert row.texts("Field") == ()
    assert row.child("Field").text("Deeper") == ""


@pytest.mark.parametrize(("value", "expected"), [(60, 60), ("60", 60), (60.0, 60), ("45%", 45), (" 7 ", 7)])
def test_numbers_may_be_spelled_as_text(value: Json, expected: int) -> None:
    assert Fields({"Size": value}).optional_integer("Size") == expected


@pytest.mark.parametrize("value", ["abc", "NaN", "inf", True, [], "%", 10**400])
def test_what_is_not_a_number_is_no_number(value: Json) -> None:
    row = Fields({"Size": value})
    assert row.optional_integer("Size") is None
    assert row.integer("Size", 40) == 40


@pytest.mark.parametrize(
    ("value", "expected"), [(True, True), ("True", True), ("false", False), (False, False), ("yes", None), (1, None)]
)
def test_booleans_may_be_spelled_as_text(value: Json, expected: bool | None) -> None:  # noqa: FBT001 - test data
    assert Fields({"Encrypted": value}).flag("Encrypted") is expected


def test_texts_of_nested_lists_come_out_flat() -> None:
    assert Fields({"Sets": {"Id": [["i-1"], "i-2", [["i-3"]]]}}).texts("Sets", "Id") == ("i-1", "i-2", "i-3")


def test_a_single_value_where_a_list_was_announced_is_a_list_of_one() -> None:
    assert Fields({"Ids": {"Id": "i-1"}}).texts("Ids", "Id") == ("i-1",)
    assert len(Fields({"Rows": {"Row": {"A": 1}}}).items("Rows", "Row")) == 1


def test_numbers_and_booleans_can_be_read_as_text() -> None:
    row = Fields({"Numa": 2, "Flag": True})
    assert (row.text("Numa"), row.text("Flag")) == ("2", "True")


def test_the_default_stands_in_for_an_empty_text() -> None:
    assert Fields({"OSType": ""}).text("OSType", "linux") == "linux"
