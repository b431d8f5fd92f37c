"""Text that breaks where a reader expects it: at spaces, and between Chinese characters, which have none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

_NEVER_FIRST = frozenset("，。、；：？！）》」』”％%…,.;:?!)")
_NEVER_LAST = frozenset("（《「『“(")
_JOINTS = frozenset("./-_")
_NARROWEST = 6
_SHORT = 16
"""A column whose longest line is no longer gets that before any other: a label is read whole or not at all."""
_WIDE = 2
"""Columns of a Chinese character."""


class Flowing:
    """Styled text, laid out by these rules in whatever width there is."""

    def __init__(self, text: Text) -> None:
        self._text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The text with its lines broken."""
        yield broken(self._text, options.max_width)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """At least the longest piece that should stay whole, at most the longest line."""
        pieces = [piece.rstrip(" ") for line in self._text.plain.split("\n") for piece in _pieces(line)]
        widest = max((cell_len(line) for line in self._text.plain.split("\n")), default=0)
        longest = max((cell_len(piece) for piece in pieces), default=0)
        return Measurement(longest, widest).with_maximum(options.max_width)


def column_widths(columns: Sequence[tuple[int, int]], available: int) -> list[int]:
    """How wide the columns of a table are, of which each has a longest piece and a longest line, in columns of text.

    No piece is cut while there is room for all of them, and short columns are read whole, the shortest first; what is
    left goes to the lines that lack most. Where a piece has to be cut, it is none of a short column.
    """
    widths = [piece for piece, _ in columns]
    if columns and columns[0][1] <= _SHORT:
        widths[0] = columns[0][1]  # a row's own name is read whole, whatever it costs the others
    if sum(widths) > available:
        widths = [line if line <= _SHORT else piece for piece, line in columns]
    while sum(widths) > available and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    for line, at in sorted((line, at) for at, (_, line) in enumerate(columns) if line <= _SHORT):
        widths[at] += max(0, min(line - widths[at], available - sum(widths)))
    while sum(widths) < available:
        lacking = [line - width for width, (_, line) in zip(widths, columns, strict=True)]
        if max(lacking) <= 0:
            break
        widths[lacking.index(max(lacking))] += 1
    return widths


def broken(text: Text, width: int) -> Text:
    """The text in lines of at most `width` columns; a piece that is longer is cut."""
    lines = Text("\n").join(_lines(text, width))
    lines.end = text.end
    return lines


def _lines(text: Text, width: int) -> Iterator[Text]:
    for line in text.split("\n", allow_blank=True):
        for part in line.divide(_breaks(line.plain, max(width, 1))):
            part.rstrip()
            yield part


def _breaks(line: str, width: int) -> Iterator[int]:
    """Where the line goes on below."""
    used = at = 0
    for piece in _pieces(line):
        if used and used + cell_len(piece.rstrip(" ")) > width:
            yield at
            used = 0
        rest = piece
        while cell_len(rest.rstrip(" ")) > width:
            head = _cut(rest, width)
            at += len(head)
            rest = rest[len(head) :]
            yield at
        used += cell_len(rest)
        at += len(rest)


def _cut(piece: str, width: int) -> str:
    """The beginning of a piece that is too long: up to a joint of it, if there is one in the further half."""
    head = set_cell_size(piece, width).rstrip(" ") or piece[:1]
    joint = max((at for at, char in enumerate(head, start=1) if char in _JOINTS), default=0)
    if cell_len(head[:joint]) * 2 >= width:
        head = head[:joint]
    while len(head) > 1 and piece[len(head) : len(head) + 1] in _NEVER_FIRST:
        head = head[:-1]
    return head


def _pieces(line: str) -> Iterator[str]:
    """What stays together on a line, with the spaces behind it."""
    start = 0
    for at in range(1, len(line)):
        if _may_break(line[at - 1], line[at]):
            yield line[start:at]
            start = at
    if line[start:]:
        yield line[start:]


def _may_break(before: str, after: str) -> bool:
    if before == " " or after == " ":
        return before == " " and after != " "
    if after in _NEVER_FIRST or before in _NEVER_LAST:
        return False
    return cell_len(before) == _WIDE or cell_len(after) == _WIDE
