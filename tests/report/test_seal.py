"""The seal: whatever is changed names itself."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.report.model import SealedReport
from ecs_dr.domain.report.seal import SealFinding, first_break, seal
from tests.report.sample import sample


def document() -> JsonObject:
    whole: JsonObject = seal(sample()).model_dump(mode="json")
    return whole


def content(whole: JsonObject) -> JsonObject:
    report = whole["report"]
    assert isinstance(report, dict)
    return report


def items(whole: JsonObject, name: str) -> list[object]:
    found = content(whole)[name]
    assert isinstance(found, list)
    return found  # type: ignore[return-value]  # a test puts anything into it


def test_an_untouched_report_is_whole() -> None:
    assert first_break(document()) is None


def test_the_same_report_always_has_the_same_seal() -> None:
    assert seal(sample()).seal == seal(sample()).seal


@pytest.mark.parametrize("name", ["verdict", "source", "measures", "made_at", "simulated", "timeline"])
def test_a_changed_field_is_named(name: str) -> None:
    whole = document()
    content(whole)[name] = "something else"
    assert first_break(whole) == SealFinding(damage="changed", part=name)


@given(st.data())
@settings(max_examples=60)
def test_a_changed_item_of_any_list_is_named(data: st.DataObject) -> None:
    whole = document()
    lists = sorted(name for name, value in content(whole).items() if isinstance(value, list) and value)
    name = data.draw(st.sampled_from(lists))
    place = data.draw(st.integers(0, len(items(whole, name)) - 1))
    items(whole, name)[place] = {"made": "up"}
    assert first_break(whole) == SealFinding(damage="changed", part=f"{name}[{place}]")


def test_a_last_item_that_was_taken_out_is_named() -> None:
    whole = document()
    last = len(items(whole, "requests")) - 1
    del items(whole, "requests")[last]
    assert first_break(whole) == SealFinding(damage="missing", part=f"requests[{last}]")


def test_an_item_that_was_put_in_at_the_end_is_named() -> None:
    whole = document()
    items(whole, "decisions").append({"choice": "confirm"})
    place = len(items(whole, "decisions")) - 1
    assert first_break(whole) == SealFinding(damage="added", part=f"decisions[{place}]")


def test_a_chain_that_was_mended_in_one_place_breaks_at_the_next() -> None:
    whole = document()
    content(whole)["verdict"] = "differs"
    chain = whole["seal"]
    assert isinstance(chain, dict)
    forged = seal(sample().model_copy(update={"verdict": "differs"})).model_dump(mode="json")["seal"]
    entries = chain["entries"]
    assert isinstance(entries, list)
    place = next(n for n, entry in enumerate(forged["entries"]) if entry["part"] == "verdict")
    entries[place] = forged["entries"][place]
    broken = first_break(whole)
    assert broken is not None
    assert broken == SealFinding(damage="changed", part=forged["entries"][place + 1]["part"]) or place + 1 == len(
        entries
    )


def test_a_report_that_was_sealed_anew_has_another_head() -> None:
    noted = seal(sample()).seal.head
    forged: SealedReport = seal(sample().model_copy(update={"headline": "All is well."}))
    whole: JsonObject = forged.model_dump(mode="json")
    assert first_break(whole) is None
    assert first_break(whole, noted) == SealFinding(damage="other_head")


def test_the_head_may_be_noted_in_capitals_or_with_spaces() -> None:
    assert first_break(document(), f" {seal(sample()).seal.head.upper()}\n") is None


def test_the_order_of_fields_in_the_file_does_not_matter() -> None:
    whole = document()
    whole["report"] = dict(reversed(list(content(whole).items())))
    assert first_break(whole) is None


@pytest.mark.parametrize("found", [None, [], {}, "text", {"report": {}}, {"report": {}, "seal": {"entries": []}}])
def test_what_has_no_seal_is_said_to_have_none(found: object) -> None:
    assert first_break(copy.deepcopy(found)) == SealFinding(damage="no_seal")  # type: ignore[arg-type]
