"""A table for a terminal of any width: with columns while they can be read, else as a list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ecs_dr.terminal.flow import Flowing, broken, column_widths

_LABELLED = 2
"""Columns of a table that is a list of labels."""
_MOST_LINES = 3
"""A cell that needs more is in a column too narrow to read: the table is told as a list instead."""
_HAN = re.compile(r"[\u4e00-\u9fff]")


class Rows:
    """No cell is cut short, and a word in one only where the terminal is too narrow for all of them."""

    def __init__(self, head: Sequence[Text], rows: Sequence[Sequence[Text]]) -> None:
        self._texts = [head, *rows]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The table, or the list."""
        cells = [[Flowing(text) for text in row] for row in self._texts]
        measured = [
            [Measurement.get(console, options, cell) for cell in column] for column in zip(*cells, strict=False)
        ]
        longest = [(max(one.minimum for one in column), max(one.maximum for one in column)) for column in measured]
        available = options.max_width - 2 * len(longest)
        headed = any(cell.plain.strip() for cell in self._texts[0])
        widths = column_widths(longest, available)
        no_room = sum(piece for piece, _ in longest) > available or _squeezed(self._texts, widths)
        if headed and len(longest) > _LABELLED and no_room:
            yield from _records(self._texts, options.max_width)
            return
        table = Table(
            box=SIMPLE_HEAD,
            pad_edge=False,
            padding=(0, 1, 0, 0),
            header_style="bold",
            show_header=headed,
            show_edge=False,
        )
        for cell, width in zip(cells[0], widths, strict=False):
            table.add_column(cell, width=width)
        for row in cells[1:]:
            table.add_row(*row)
        yield Padding(table, (0, 0, 0, 1))


def _records(rows: Sequence[Sequence[Text]], width: int) -> Iterator[Padding | Text]:
    """A table without room for its longest names: each row below its first cell, every other cell behind its head."""
    head, *body = rows
    between = "；" if any(_HAN.search(cell.plain) for cell in head) else "; "
    for first, *others in body:
        # A number alone names nothing.
        named = f"{head[0].plain} {first.plain}" if first.plain.isdigit() else first.plain
        yield Padding(broken(first if first.style else Text(named, style="bold"), width - 1), (0, 0, 0, 1))
        told = between.join(f"{name.plain} {cell.plain}" for name, cell in zip(head[1:], others, strict=False))
        yield Padding(broken(Text(told), width - 3), (0, 0, 0, 3))


def _squeezed(cells: Sequence[Sequence[Text]], widths: list[int]) -> bool:
    """Whether a cell would stand as a column of scraps."""
    return any(
        broken(cell, width).plain.count("\n") >= _MOST_LINES
        for row in cells
        for cell, width in zip(row, widths, strict=False)
    )
