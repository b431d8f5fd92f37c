"""Markdown as the server writes it, drawn for a terminal of any width."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import Markdown, MarkdownElement, Paragraph, TableElement
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ecs_dr.terminal.flow import Flowing, broken, column_widths

_BLOCKS = {"table": re.compile(r"\s*\|"), "list": re.compile(r"\s*(?:[-*]|\d+\.)\s")}
"""How a line begins that is no plain text: Markdown would let the next plain line run into it."""
_LABELLED = 2
"""Columns of a table that is a list of labels."""
_MOST_LINES = 3
"""A cell that needs more is in a column too narrow to read: the table is told as a list instead."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LINK = re.compile(r"https?://[^\s)>\]）。，、]+")


class _Paragraph(Paragraph):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield broken(self.text, options.max_width)


def _records(rows: list[list[Text]], width: int) -> Iterator[Padding | Text]:
    """A table without room for its longest names: each row below its first cell, every other cell behind its head."""
    head, *body = rows
    between = "；" if any(_HAN.search(cell.plain) for cell in head) else "; "
    for first, *others in body:
        yield Padding(broken(Text(first.plain, style="bold"), width - 1), (0, 0, 0, 1))
        told = between.join(f"{name.plain} {cell.plain}" for name, cell in zip(head[1:], others, strict=False))
        yield Padding(broken(Text(told), width - 3), (0, 0, 0, 3))


def _squeezed(cells: list[list[Text]], widths: list[int]) -> bool:
    """Whether a cell would stand as a column of scraps."""
    return any(
        broken(cell, width).plain.count("\n") >= _MOST_LINES
        for row in cells
        for cell, width in zip(row, widths, strict=False)
    )


class _Table(TableElement):
    """No cell is cut short, and a word in one only where the terminal is too narrow for all of them."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        head = self.header.row if self.header is not None else None
        rows = self.body.rows if self.body is not None else []
        texts = [[cell.content for cell in row.cells] for row in (head, *rows) if row is not None]
        cells = [[Flowing(text) for text in row] for row in texts]
        measured = [
            [Measurement.get(console, options, cell) for cell in column] for column in zip(*cells, strict=False)
        ]
        longest = [(max(one.minimum for one in column), max(one.maximum for one in column)) for column in measured]
        available = options.max_width - 2 * len(longest)
        headed = head is None or any(cell.content.plain.strip() for cell in head.cells)
        widths = column_widths(longest, available)
        no_room = sum(piece for piece, _ in longest) > available or _squeezed(texts, widths)
        if headed and head is not None and len(longest) > _LABELLED and no_room:
            yield from _records(texts, options.max_width)
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


class Page(Markdown):
    """Text that keeps its line ends, sets off tables and lists, and shows links as they are."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "paragraph_open": _Paragraph,
        "table_open": _Table,
    }

    def __init__(self, text: str) -> None:
        super().__init__(_with_line_breaks(text))


def _with_line_breaks(text: str) -> str:
    lines: list[str] = []
    kind = ""
    for line in text.split("\n"):
        last, kind = kind, next((name for name, start in _BLOCKS.items() if start.match(line)), "")
        if kind != last and lines and lines[-1].strip():
            lines.append("")
        lines.append(line if kind == "table" else f"{line}  ")
    return _LINK.sub(lambda link: f"<{link.group(0)}>", "\n".join(lines))
