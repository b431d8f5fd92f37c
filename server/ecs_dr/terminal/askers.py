"""Ways to have a person choose: a menu, numbers where there is no terminal, or nobody (`--yes`)."""

from __future__ import annotations

import os
import select
import sys
from typing import Protocol

import anyio
import questionary
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ecs_dr.domain.questions import CUSTOM, RETRY
from ecs_dr.domain.texts import Texts
from ecs_dr.terminal.flow import Flowing, broken
from ecs_dr.terminal.forms import Form, FormOption, Reply

LOOK_AGAIN_SECONDS = 0.05
"""How often stdin is looked at; a read that blocks could not be interrupted by Ctrl-C."""

MAX_RETRIES = 3
"""How often `--yes` tries again in one run: nobody is there to grant a permission meanwhile."""

_POINTER, _INDENT = 3, 5
"""Columns in front of a menu's label, and of a description below it."""

# No grey: a description says what follows, and some themes print grey on its own colour.
_STYLE = questionary.Style(
    [
        ("qmark", "fg:ansicyan bold"),
        ("pointer", "fg:ansicyan bold"),
        ("highlighted", "bold"),
        ("answer", "fg:ansicyan bold"),
    ]
)


class Asker(Protocol):
    """Puts a decision, or the wish for a value, to whoever decides."""

    async def choose(self, form: Form) -> Reply | None:
        """The reply; None when the question was left without one.

        Raises:
            KeyboardInterrupt: Ctrl-C at the prompt.
        """
        ...

    async def type_in(self, label: str) -> str | None:
        """A typed value, stripped; None when there is none.

        Raises:
            KeyboardInterrupt: Ctrl-C at the prompt.
        """
        ...


class MenuAsker:
    """Arrow keys in a terminal."""

    def __init__(self, console: Console, texts: Texts) -> None:
        self._console = console
        self._texts = texts

    async def choose(self, form: Form) -> Reply | None:
        """Pick with the arrow keys."""
        menu = questionary.select(
            self._texts("terminal.choose"),  # with what the keys do: the library would set a space between the two
            choices=[
                questionary.Choice(title=styled(choice, self._console), value=choice.value) for choice in form.choices
            ],
            instruction=" ",
            style=_STYLE,
            qmark="?",
        )
        # The library would leave label and description behind the prompt, in one line that ends at the screen's edge.
        menu.application.erase_when_done = True
        picked = await menu.unsafe_ask_async()
        if not isinstance(picked, str):
            return None
        chosen = next(choice for choice in form.choices if choice.value == picked)
        self._console.print(hanging(Text("→", style="bold cyan"), chosen))
        return await _completed(self, form, picked)

    async def type_in(self, label: str) -> str | None:
        """Type a line."""
        typed = await questionary.text(self._texts("terminal.type_in", label=label), style=_STYLE).unsafe_ask_async()
        return (typed.strip() or None) if isinstance(typed, str) else None


class NumberAsker:
    """Numbers, one a line: for input that is no terminal."""

    def __init__(self, console: Console, texts: Texts) -> None:
        self._console = console
        self._texts = texts
        self._lines = StdinLines()

    async def choose(self, form: Form) -> Reply | None:
        """Pick by number; anything else is asked again, the end of the input is no answer."""
        for number, choice in enumerate(form.choices, start=1):
            self._console.print(hanging(Text(f"{number})"), choice))
        while True:
            self._console.print(self._texts("terminal.choose_number", count=len(form.choices)), end=" ")
            line = await self._lines.next()
            if line is None:
                self._console.print()
                return None
            self._console.print()  # what was typed may not have been echoed
            if line.isascii() and line.isdigit() and 1 <= int(line) <= len(form.choices):
                return await _completed(self, form, form.choices[int(line) - 1].value)

    async def type_in(self, label: str) -> str | None:
        """Read a line."""
        self._console.print(self._texts("terminal.type_in", label=label), end=" ", markup=False)
        line = await self._lines.next()
        self._console.print()  # what was typed may not have been echoed
        return line or None


class RecommendedAsker:
    """Nobody is asked: the recommended option, which comes first. For simulated clouds alone."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._retries_left = MAX_RETRIES

    async def choose(self, form: Form) -> Reply | None:
        """The first option, said aloud; None when it was to try again and that has not helped."""
        chosen = form.choices[0]
        if chosen.value == RETRY:
            if self._retries_left == 0:
                return None
            self._retries_left -= 1
        self._console.print(hanging(Text("→", style="bold cyan"), chosen))
        return Reply(chosen.value)

    async def type_in(self, label: str) -> str | None:  # noqa: ARG002 - nobody is asked
        """None: nobody is there to type, and the recommended options need no text."""
        return None


class StdinLines:
    """Lines of stdin, read so that waiting for one can be cancelled."""

    def __init__(self) -> None:
        self._buffer = b""
        self._ended = False

    async def next(self) -> str | None:
        """The next line, stripped; None at the end of the input."""
        while b"\n" not in self._buffer and not self._ended:
            while not select.select([sys.stdin], [], [], 0)[0]:  # noqa: ASYNC110 - a file has no event to wait for
                await anyio.sleep(LOOK_AGAIN_SECONDS)
            chunk = os.read(sys.stdin.fileno(), 4096)
            self._ended = not chunk
            self._buffer += chunk
        if not self._buffer:
            return None
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.decode(errors="replace").strip()


async def _completed(asker: Asker, form: Form, picked: str) -> Reply:
    """With the typed value, when that is what was picked; the server refuses an empty one and asks again."""
    if picked == CUSTOM and form.text_label:
        return Reply(picked, await asker.type_in(form.text_label))
    return Reply(picked)


def hanging(mark: Text, choice: FormOption) -> Padding:
    """A choice behind its mark; what does not fit on the line goes on below the label."""
    line = Table.grid(padding=(0, 1))
    described = (f" — {choice.description}", "") if choice.description else ""
    line.add_row(mark, Flowing(Text.assemble((choice.label, "bold"), described)))
    return Padding(line, (0, 0, 0, 2))


def styled(choice: FormOption, console: Console) -> list[tuple[str, str]]:
    """A menu line: the label, then the description beside it, or below it where the line would be cut off."""
    parts = [("class:text", choice.label)]
    if not choice.description:
        return parts
    one_line = f"  {choice.description}"
    if _POINTER + cell_len(choice.label) + cell_len(one_line) < console.width:
        return [*parts, ("class:dim", one_line)]
    below = broken(Text(choice.description), console.width - _INDENT - 1).plain.split("\n")
    return [*parts, *(("class:dim", f"\n{' ' * _INDENT}{line}") for line in below)]
