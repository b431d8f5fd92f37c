"""Markdown as the server writes it, drawn for a terminal of any width."""

from __future__ import annotations

import re
from typing import ClassVar

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import Markdown, MarkdownElement, Paragraph, TableElement
from rich.measure import Measurement
from rich.table import Table

from ecs_dr.terminal.flow import Flowing, broken, column_widths

_BLOCKS = {"table": re.compile(r"\s*\|"), "list": re.compile(r"\s*(?:[-*]|\d+\.)\s")}
"""How a line begins that is no plain text: Markdown would let the next plain line run into it."""
_LINK = re.compile(r"https?://[^\s)>\]）。，、]+")


class _Paragraph(Paragraph):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield broken(self.text, options.max_width)


class _Table(TableElement):
    """No cell is cut short, and a word in one only where the terminal is too narrow for all of them."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        head = self.header.row if self.header is not None else None
        rows = self.body.rows if self.body is not None else []
        cells = [[Flowing(cell.content) for cell in row.cells] for row in (head, *rows) if row is not None]
        measured = [
            [Measurement.get(console, options, cell) for cell in column] for column in zip(*cells, strict=False)
        ]
        longest = [(max(one.minimum for one in column), max(one.maximum for one in column)) for column in measured]
        headed = head is None or any(cell.content.plain.strip() for cell in head.cells)
        table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold", show_header=headed)
        for cell, width in zip(cells[0], column_widths(longest, options.max_width - 2 * len(longest)), strict=False):
            table.add_column(cell, width=width)
        for row in cells[1:]:
            table.add_row(*row)
        yield table


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
