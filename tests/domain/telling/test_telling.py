"""What is told as parts, drawn for a model and for a form; and that no value of the cloud gets through as markup."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_dr.domain.telling import (
    GAP,
    LONGEST_VALUE,
    Table,
    Telling,
    Words,
    item,
    labelled,
    markdown,
    said,
    spaced,
    strong,
    tell,
    without_markup,
)
from ecs_dr.domain.texts import Language, Texts

WIDE = Table((("cn-k", "plenty", "1 CNY/h"), ("cn-l", "low", "-")), (Words("Zone"), Words("Stock"), Words("Price")))
DRAWINGS = pytest.mark.parametrize("draw", [markdown, without_markup])
MARKUP = frozenset("<>[]`|*\\")
HOSTILE = st.text(alphabet=st.sampled_from("ab <>[]`|*\\\n\r\t\u202e\u200b\x1b&;:/#-"), min_size=1, max_size=30)
HOSTILE_NAME = "x|y *b* [l](http://e) `c` <i> \n| a | b |\n\u202e"


def test_each_row_of_a_wide_table_names_its_columns_in_a_form() -> None:
    told = tell(Words("Choose."), WIDE, Words("Go?"))
    assert without_markup(told) == (
        "Choose.\n\n- cn-k: Stock: plenty; Price: 1 CNY/h\n- cn-l: Stock: low; Price: -\n\nGo?"
    )


def test_a_table_stands_apart_in_markdown() -> None:
    told = tell(Words("Choose."), WIDE, Words("Go?"))
    assert markdown(told) == (
        "Choose.\n\n| Zone | Stock | Price |\n|---|---|---|\n| cn-k | plenty | 1 CNY/h |\n| cn-l | low | - |\n\nGo?"
    )


def test_a_gap_beside_a_table_is_no_second_one() -> None:
    assert markdown(tell(Words("a"), GAP, WIDE, GAP, Words("b"))) == markdown(tell(Words("a"), WIDE, Words("b")))


def test_two_tables_keep_their_own_columns() -> None:
    facts = labelled([("Name", "web"), ("Place", ""), ("Zone", "k")])
    assert without_markup(tell(facts, WIDE)) == (
        "- Name: web\n- Zone: k\n\n- cn-k: Stock: plenty; Price: 1 CNY/h\n- cn-l: Stock: low; Price: -"
    )


def test_a_table_with_nothing_in_it_is_not_drawn() -> None:
    assert markdown(tell(Words("a"), Table((), (Words("Zone"),)), labelled([]), Words("b"))) == "a\nb"


def test_bold_marks_go_in_a_form_and_their_words_stay() -> None:
    told = tell(strong("Price"), item("1 CNY"))
    assert markdown(told) == "**Price**\n- 1 CNY"
    assert without_markup(told) == "Price\n- 1 CNY"


def test_the_headline_is_the_first_line_that_says_something() -> None:
    assert tell(GAP, WIDE, Words("Which zone?\nStock below.")).headline == "Which zone?"
    assert tell(WIDE).headline == ""
    assert not Telling()


@DRAWINGS
@given(value=HOSTILE)
def test_a_value_in_a_cell_adds_no_markup_and_no_line(draw: Callable[[Telling], Words], value: str) -> None:
    drawn, plain = draw(tell(Table(((value, value),)))), draw(tell(Table((("x", "x"),))))
    assert len(drawn.split("\n")) == len(plain.split("\n"))
    assert {one: drawn.count(one) for one in MARKUP} == {one: plain.count(one) for one in MARKUP}


@given(value=HOSTILE)
def test_a_value_in_a_sentence_adds_no_markup_and_no_line(value: str) -> None:
    told = Texts("en")("page.launch.key_pair", name=value)
    assert not MARKUP & set(told)
    assert "\n" not in told


@pytest.mark.parametrize("put_together", [item, strong, spaced, said, Words("; ").join(["a"]).__add__])
def test_whatever_puts_words_together_neutralises_what_is_none(put_together: Callable[[str], Words]) -> None:
    told = put_together(HOSTILE_NAME)
    assert isinstance(told, Words)
    assert not (MARKUP - {"*"}) & set(told)
    assert "*b*" not in told
    assert "\n" not in told


def test_words_enter_other_words_as_they_are() -> None:
    link = Words("https://example.com/[x]")
    assert Texts("en")("world.link", link=link) in Words(", ").join([Texts("en")("world.link", link=link)])
    assert link in Texts("en")("world.link", link=link)


def test_text_whose_origin_nobody_marked_counts_as_a_value() -> None:
    name = "x|y"
    words = Words("a")
    assert said(f"{words} {name}") == "a x｜y"


def test_a_list_of_ids_is_told_whole_and_a_flood_is_cut() -> None:
    ids = ", ".join(f"s-2ze{number:017}" for number in range(17))
    assert Texts("en")("error.snapshot_gone.message", snapshots=ids).count("s-2ze") == 17
    assert len(said("x" * 5000)) == LONGEST_VALUE


def test_a_name_in_chinese_characters_changes_no_punctuation() -> None:
    table = Table((("\u751f\u4ea7-web", "Running", "k"),), (Words("Name"), Words("Status"), Words("Zone")))
    assert without_markup(tell(table)) == "- \u751f\u4ea7-web: Status: Running; Zone: k"
    assert without_markup(tell(table), "：", "；") == "- \u751f\u4ea7-web：Status：Running；Zone：k"


@pytest.mark.parametrize(
    ("language", "lead"), [("en", "Recover instance {} in region r into another zone?"), ("zh", "{}")]
)
def test_the_first_sentence_ends_where_the_catalogue_ends_it_and_not_within_a_value(
    language: Language, lead: str
) -> None:
    name = "web. prod? 好。x"
    asked = Texts(language)("question.source.confirm", instance=name, region="r")
    assert asked.lead != asked
    assert asked.startswith(asked.lead)
    assert name in asked.lead
    assert tell(asked).headline.lead == asked.lead
    assert language == "zh" or asked.lead == lead.format(name)
