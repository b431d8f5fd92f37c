"""What stands above a form: readable where Markdown is shown, and where it is not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ecs_dr.protocol.form_text import without_tables

CELL = st.text(alphabet=st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp")), max_size=12).map(
    lambda cell: cell.replace("\\", "").replace("*", "").strip()
)
ESCAPED_BAR = "\\|"


def test_each_row_of_a_wide_table_names_its_columns() -> None:
    table = "Choose.\n\n| Zone | Stock | Price |\n|---|---|---|\n| cn-k | plenty | 1 CNY/h |\n| cn-l | low | - |\n\nGo?"
    assert (
        without_tables(table) == "Choose.\n\n- cn-k: Stock: plenty; Price: 1 CNY/h\n- cn-l: Stock: low; Price: -\n\nGo?"
    )


def test_a_table_of_names_and_values_becomes_lines_of_names_and_values() -> None:
    assert without_tables("| Parameter | Value |\n|---|---|\n| ZoneId | cn-k |\n| Name | a\\|b |") == (
        "- ZoneId: cn-k\n- Name: a|b"
    )


def test_bold_marks_go_and_their_words_stay() -> None:
    assert without_tables("**Price:** 1 CNY\n- **Note:** x") == "Price: 1 CNY\n- Note: x"


def test_a_row_of_dashes_is_a_row() -> None:
    assert without_tables("| A | B | C |\n|---|---|---|\n| - | - | - |") == "- -: B: -; C: -"


def test_two_tables_keep_their_own_columns() -> None:
    tables = "| A | B | C |\n|-|-|-|\n| 1 | 2 | 3 |\n\n| D | E | F |\n|-|-|-|\n| 4 | 5 | 6 |"
    assert without_tables(tables) == "- 1: B: 2; C: 3\n\n- 4: E: 5; F: 6"


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=4))
def test_no_value_of_a_table_is_lost(rows: list[tuple[str, str, str]]) -> None:
    named = [tuple(f"x{cell}" for cell in cells) for cells in rows]
    lines = [f"| {' | '.join(cell.replace('|', ESCAPED_BAR) for cell in cells)} |" for cells in named]
    told = without_tables("\n".join(["| N | One | Two |", "|---|---|---|", *lines]))
    assert all(cell in told for cells in named for cell in cells)


@given(st.text())
def test_a_text_without_tables_and_bold_stays_as_it_is(text: str) -> None:
    if "|" not in text and "**" not in text:
        assert without_tables(text) == text


@given(st.text(alphabet="|-\\* \nab"))
def test_no_text_is_too_odd(text: str) -> None:
    assert without_tables(text).count("a") <= text.count("a")
