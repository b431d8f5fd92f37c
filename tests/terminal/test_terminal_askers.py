"""Menus, numbers, nobody: how a choice is made."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console

from ecs_dr.domain.texts import Texts
from ecs_dr.terminal.askers import MenuAsker, NumberAsker, RecommendedAsker, StdinLines, styled
from ecs_dr.terminal.forms import Form, FormOption, Reply

FORM = Form("Which?", (FormOption("first", "First (Recommended)", "the best"), FormOption("second", "Second")))
NAMED = Form("Name?", (FormOption("confirm", "Keep"), FormOption("custom", "Another name")), "Image name")
DOWN, ENTER, CTRL_C = "\x1b[B", "\r", "\x03"
EN = Texts("en")


def paper() -> Console:
    return Console(file=io.StringIO(), width=80)


def written(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.fixture
def keys() -> Iterator[PipeInput]:
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        yield pipe


async def test_enter_takes_the_recommended_option(keys: PipeInput) -> None:
    keys.send_text(ENTER)
    assert await MenuAsker(paper(), EN).choose(FORM) == Reply("first")


async def test_an_arrow_key_goes_to_the_next_option(keys: PipeInput) -> None:
    keys.send_text(DOWN + ENTER)
    assert await MenuAsker(paper(), EN).choose(FORM) == Reply("second")


async def test_what_was_chosen_is_said_with_its_consequence_in_lines_of_the_page(keys: PipeInput) -> None:
    keys.send_text(ENTER)
    console = Console(file=io.StringIO(), width=30)
    await MenuAsker(console, EN).choose(FORM)
    assert [line.rstrip() for line in written(console).splitlines()] == ["  → First (Recommended) — the", "    best"]


async def test_a_name_of_ones_own_is_typed_after_the_choice(keys: PipeInput) -> None:
    keys.send_text(DOWN + ENTER + " my-image " + ENTER)
    assert await MenuAsker(paper(), EN).choose(NAMED) == Reply("custom", "my-image")


async def test_ctrl_c_in_a_menu_is_no_choice(keys: PipeInput) -> None:
    keys.send_text(CTRL_C)
    with pytest.raises(KeyboardInterrupt):
        await MenuAsker(paper(), EN).choose(FORM)


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The writing end of a pipe that stdin reads from."""
    reading, writing = os.pipe()
    with os.fdopen(reading) as stream:
        monkeypatch.setattr("sys.stdin", stream)
        yield writing


def feed(writing: int, text: str) -> None:
    """Write everything and end the input."""
    os.write(writing, text.encode())
    os.close(writing)


async def test_a_number_picks_an_option(stdin: int) -> None:
    feed(stdin, "2\n")
    console = paper()
    assert await NumberAsker(console, EN).choose(FORM) == Reply("second")
    assert "1) First (Recommended) — the best" in written(console)


@pytest.mark.parametrize("nonsense", ["0", "3", "yes", "", "²", "-1"])
async def test_what_is_no_number_of_an_option_is_asked_again(stdin: int, nonsense: str) -> None:
    feed(stdin, f"{nonsense}\n1\n")
    assert await NumberAsker(paper(), EN).choose(FORM) == Reply("first")


async def test_the_end_of_the_input_is_no_choice(stdin: int) -> None:
    feed(stdin, "")
    assert await NumberAsker(paper(), EN).choose(FORM) is None


async def test_a_value_is_typed_on_the_line_after_the_number(stdin: int) -> None:
    feed(stdin, "2\nmy-image\n")
    assert await NumberAsker(paper(), EN).choose(NAMED) == Reply("custom", "my-image")


async def test_a_last_line_without_an_end_counts(stdin: int) -> None:
    feed(stdin, "one\ntwo")
    lines = StdinLines()
    assert [await lines.next(), await lines.next(), await lines.next()] == ["one", "two", None]


async def test_yes_takes_the_first_option_and_says_so() -> None:
    console = paper()
    assert await RecommendedAsker(console).choose(FORM) == Reply("first")
    assert "First (Recommended) — the best" in written(console)


async def test_yes_gives_up_on_trying_again_when_that_does_not_help() -> None:
    asker = RecommendedAsker(paper())
    retry = Form("Permission granted?", (FormOption("retry", "Granted"), FormOption("abort", "Abort")))
    assert [await asker.choose(retry) for _ in range(4)] == [Reply("retry")] * 3 + [None]
    assert await asker.choose(FORM) == Reply("first")


def test_a_long_description_goes_below_its_label_instead_of_being_cut_off() -> None:
    words = "a description that does not fit beside its label in a terminal of eighty columns, and so is wrapped"
    label, *below = styled(FormOption("v", "Label", words), paper())
    assert label == ("class:text", "Label")
    assert all(text.startswith("\n     ") and len(text) <= 80 for _, text in below)
    assert " ".join("".join(text for _, text in below).split()) == words


def test_a_short_description_stays_beside_its_label() -> None:
    assert styled(FormOption("v", "Label", "short"), paper()) == [("class:text", "Label"), ("class:dim", "  short")]
