"""The ledger as a document: references/fidelity.md, and what `ecs-dr fidelity` prints."""

from __future__ import annotations

from collections.abc import Iterator

from ecs_dr.domain.attributes.model import AnyAttribute
from ecs_dr.domain.attributes.table import LEDGER, count
from ecs_dr.domain.texts import Texts

COLUMNS = ("attribute", "handling", "read", "sets", "note")


def count_line(texts: Texts) -> str:
    """How many of the fifty attributes are carried, asked about or left."""
    counted = count()
    return texts(
        "ledger.count",
        total=counted.total,
        carried=counted.carried,
        asked=counted.asked,
        cannot=counted.cannot,
    )


def rows(texts: Texts) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The name of each row's group, and its cells: numbers, then the columns."""
    for row in LEDGER:
        numbers = ", ".join(map(str, row.numbers))
        label, handling = texts(f"ledger.{row.key}.label"), texts(f"ledger.handling.{row.handling}")
        yield (
            texts(f"ledger.group.{row.group}"),
            (numbers, label, handling, row.read or "-", row.sets or "-", _note(row, texts)),
        )


def _note(row: AnyAttribute, texts: Texts) -> str:
    key = f"ledger.{row.key}.{'manual' if row.handling == 'cannot' else 'consequence'}"
    return texts(key) if texts.has(key) else ""


def markdown(texts: Texts) -> str:
    """The whole document."""
    lines = [texts("ledger.document"), "", count_line(texts)]
    head = ["#", *(texts(f"ledger.table.{column}") for column in COLUMNS)]
    group = ""
    for name, cells in rows(texts):
        if name != group:
            group = name
            lines += ["", f"## {name}", "", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def plain(texts: Texts) -> str:
    """The same for a terminal: a line a row, the count last."""
    lines: list[str] = []
    group = ""
    for name, (numbers, label, handling, read, sets, note) in rows(texts):
        if name != group:
            group = name
            lines.append(f"\n{name}")
        how = texts("ledger.line.note" if note else "ledger.line", handling=handling, read=read, sets=sets, note=note)
        lines.append(f"  {numbers:>6}  {texts('fact.named', name=label, value=how)}")
    return "\n".join([*lines, "", count_line(texts)]).lstrip("\n")
