"""A table without a head is a list of labels, in a form and in a terminal alike."""

from __future__ import annotations

import io

from rich.console import Console

from ecs_dr.domain.telling import labelled, markdown, tell, without_markup
from ecs_dr.terminal.page import Page

TABLE = tell(labelled([("Name", "web (was old)"), ("Place", "zone k")]))


def test_a_form_says_label_and_value() -> None:
    assert without_markup(TABLE) == "- Name: web (was old)\n- Place: zone k"


def test_a_terminal_draws_no_empty_head() -> None:
    console = Console(file=io.StringIO(), width=60)
    console.print(Page(markdown(TABLE)))
    assert isinstance(console.file, io.StringIO)
    lines = [line.rstrip() for line in console.file.getvalue().splitlines() if line.strip()]
    assert [line.split() for line in lines] == [["Name", "web", "(was", "old)"], ["Place", "zone", "k"]]
