"""The words above a form's fields: some hosts show Markdown there, most show it raw. This reads well in both."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BAR = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"[\s|:-]+")
_STRONG = re.compile(r"\*\*(.+?)\*\*")


def without_tables(markdown: str) -> str:
    """The text with each row of a table as an item of a list that names its columns, and without bold marks."""
    return "\n".join(_STRONG.sub(r"\1", line) for line in _lines(markdown.split("\n")))


def _lines(lines: list[str]) -> Iterator[str]:
    columns: list[str] | None = None
    is_below_head = False
    for line in lines:
        if not line.startswith("|"):
            columns = None
            yield line
        elif columns is None:
            columns, is_below_head = _cells(line), True
        else:
            if not (is_below_head and _RULE.fullmatch(line)):
                yield _item(columns, _cells(line))
            is_below_head = False


def _cells(row: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in _BAR.split(row)[1:-1]]


def _item(columns: list[str], cells: list[str]) -> str:
    """The first cell names the row; what stands under it in two columns needs no name."""
    name, *values = cells or [""]
    if not any(columns):  # a table without a head: each row is a label and what belongs to it
        return f"- {name}: {' '.join(values)}"
    if len(columns) > 2:
        values = [f"{column}: {value}" for column, value in zip(columns[1:], values, strict=False)]
    return f"- {': '.join([name, '; '.join(values)] if values else [name])}"
