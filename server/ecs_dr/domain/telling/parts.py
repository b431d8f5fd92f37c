"""What is told, as parts: lines of words and tables. How they are drawn is settled once, at the door.

A line is `Words`, so that a type checker finds the sentence that was put together without them. A cell may be a value
that others wrote; every drawing neutralises it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from ecs_dr.domain.telling.words import NO_WORDS, Words, said


@dataclass(frozen=True)
class Table:
    """Rows of cells. Without a head, each row is a label and what belongs to it."""

    rows: tuple[tuple[str, ...], ...]
    head: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gap:
    """An empty line."""


GAP = Gap()
Part: TypeAlias = Words | Table | Gap


@dataclass(frozen=True)
class Telling:
    """Parts in their order."""

    parts: tuple[Part, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is told."""
        return bool(self.parts)

    @property
    def lines(self) -> tuple[Words, ...]:
        """Its lines, without tables and gaps."""
        return tuple(part for part in self.parts if isinstance(part, Words))

    @property
    def headline(self) -> Words:
        """Its first line, which says what it is about."""
        return next(iter(self.lines), NO_WORDS)


def tell(*parts: Part | Telling) -> Telling:
    """One telling of several; words of several lines are as many parts, and where nothing is said there is no line."""
    return Telling(tuple(_flat(parts)))


def labelled(rows: Iterable[tuple[str, str]]) -> Table:
    """A table of facts: what it is, and what it is like; a row with nothing to say is left out."""
    return Table(tuple(row for row in rows if row[1]))


def item(line: str) -> Words:
    """A line of a list."""
    return Words("- ") + line


def strong(line: str) -> Words:
    """A line that stands out."""
    return Words(f"**{said(line)}**")


def markdown(telling: Telling) -> Words:
    """For a model, a chat or a terminal that draws Markdown."""
    return _drawn(telling, _rows_of_bars)


def without_markup(telling: Telling, colon: str = ": ", semicolon: str = "; ") -> Words:
    """For a form, which some hosts show as Markdown and most as it stands: rows as items of a list, nothing bold."""
    return Words(_drawn(telling, partial(_rows_as_items, colon, semicolon)).replace("**", ""))


def _flat(parts: Iterable[Part | Telling]) -> Iterator[Part]:
    for part in parts:
        if isinstance(part, Telling):
            yield from part.parts
        elif isinstance(part, Words):
            yield from _lines(part)
        elif isinstance(part, Gap) or part.rows:
            yield part


def _lines(words: Words) -> Iterator[Part]:
    lead = words.lead
    for number, line in enumerate(words.rstrip().split("\n") if words else ()):
        has_lead = number == 0 and len(lead) < len(line)
        yield (Words.led(lead, line[len(lead) :]) if has_lead else Words(line)) if line else GAP


def _drawn(telling: Telling, draw: Callable[[Table], Iterable[str]]) -> Words:
    """Line by line; a table stands apart, or Markdown takes the lines around it for rows of it."""
    lines: list[str] = []
    apart = False
    for part in telling.parts:
        if lines and lines[-1] and (apart or not isinstance(part, Words)):
            lines.append("")
        if not isinstance(part, Gap):
            lines += draw(part) if isinstance(part, Table) else [part]
        apart = isinstance(part, Table)
    return Words("\n".join(lines))


def _rows_of_bars(table: Table) -> Iterator[str]:
    yield _bars(table.head) if table.head else "|" + " |" * len(table.rows[0])
    yield "|" + "---|" * len(table.rows[0])
    yield from map(_bars, table.rows)


def _bars(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(said(cell).replace('|', '/') for cell in cells)} |"


def _rows_as_items(colon: str, semicolon: str, table: Table) -> Iterator[str]:
    for name, *values in table.rows:
        shown = [said(value) for value in values]
        if len(table.head) > 2:  # what stands under the row's name in one column alone needs no name of its own
            shown = [Words(f"{head}{colon}{value}") for head, value in zip(table.head[1:], shown, strict=True)]
        yield "- " + colon.join((said(name), *([semicolon.join(shown)] if shown else [])))
