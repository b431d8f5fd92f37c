"""Markdown as the server writes it, drawn for a terminal of any width."""

from __future__ import annotations

import re
from typing import ClassVar

from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import Markdown, MarkdownElement, Paragraph, TableElement

from ecs_dr.terminal.flow import broken
from ecs_dr.terminal.rows import Rows

_BLOCKS = {"table": re.compile(r"\s*\|"), "list": re.compile(r"\s*(?:[-*]|\d+\.)\s")}
"""How a line begins that is no plain text: Markdown would let the next plain line run into it."""
_LINK = re.compile(r"https?://[^\s)>\]）。，；：、]*[^\s)>\]）。，；：、.,;:]")
"""Without what ends the sentence that it stands in."""


class _Paragraph(Paragraph):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield broken(self.text, options.max_width)


class _PageTable(TableElement):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        head = self.header.row if self.header is not None else None
        rows = self.body.rows if self.body is not None else []
        if head is not None:
            yield Rows([cell.content for cell in head.cells], [[cell.content for cell in row.cells] for row in rows])


class Page(Markdown):
    """Text that keeps its line ends, sets off tables and lists, and shows links as they are."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "paragraph_open": _Paragraph,
        "table_open": _PageTable,
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
