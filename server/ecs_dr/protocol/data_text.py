"""The data of an answer as Markdown: the same values as the JSON, in about half of its bytes.

A list of like objects becomes a table, so that each name is said once; empty values are left out, and so are long
texts that the message says already.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from ecs_dr.domain.model import JsonObject, JsonValue
from ecs_dr.redact import safe_display

_BARE = re.compile(r"[\w./:@+-]+")
LONG = 12
"""Characters; shorter texts (states, sizes) are shown even where the message has them too."""
LONGEST_TEXT = 4000
"""Characters of one value."""
LONG_CELL = 40
"""The same in a table, where a gap would say that there is no such value: only sentences are left out."""


def data_lines(data: JsonObject, message: str) -> list[str]:
    """Every value of the data that is neither empty nor a long text of the message.

    Args:
        data: Of an answer.
        message: The answer's own, above these lines.
    """
    plain: list[str] = []
    blocks: list[str] = []
    for name, value in _without_known(data, message, LONG).items():
        if isinstance(value, dict):
            facts, tables = _told(_leaves(value, ""), f"{name}.")
            blocks += [f"{name}: {'; '.join(facts)}"] if facts else []
        else:
            facts, tables = _told([(name, value)], "")
            plain += facts
        blocks += tables
    return [*(["; ".join(plain)] if plain else []), *blocks]


def _told(leaves: Iterable[tuple[str, JsonValue]], prefix: str) -> tuple[list[str], list[str]]:
    """One value of the data: facts that share a line, and the tables within it, which need their full names."""
    facts: list[str] = []
    tables: list[str] = []
    for name, leaf in leaves:
        rows = _rows(leaf)
        columns = list(dict.fromkeys(column for row in rows for column in row))
        if len(columns) > 1:
            tables += ["", f"{prefix}{name}:", "", *_table(rows, columns)]
        elif columns:
            (column,) = columns
            facts.append(f"{prefix}{name}.{column}: {', '.join(_cell(row[column]) for row in rows if row)}")
        else:
            facts.append(f"{name}: {_cell(leaf)}")
    return facts, tables


def _without_known(value: JsonObject, message: str, long: int) -> JsonObject:
    kept: JsonObject = {}
    for name, item in value.items():
        if isinstance(item, dict):
            item = _without_known(item, message, long)  # noqa: PLW2901 - the same value, made smaller
        elif isinstance(item, list):
            item = [_without_known(one, message, LONG_CELL) if isinstance(one, dict) else one for one in item]  # noqa: PLW2901 - as above
        elif isinstance(item, str) and len(item) > long and item in message:
            continue
        if item is not None and item not in ("", [], {}):
            kept[name] = item
    return kept


def _leaves(data: JsonObject, prefix: str) -> Iterator[tuple[str, JsonValue]]:
    """Values with their dotted names: `price.total`."""
    for name, value in data.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _rows(value: JsonValue) -> list[dict[str, JsonValue]]:
    """The rows of a table, where the value is a list of objects."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return []
    return [dict(_leaves(item, "")) for item in value if isinstance(item, dict)]


def _table(rows: Sequence[dict[str, JsonValue]], columns: Sequence[str]) -> list[str]:
    return [
        _line(columns),
        _line(["-"] * len(columns)),
        *(_line([_cell(row[name]).replace("|", "\\|") if name in row else "" for name in columns]) for row in rows),
    ]


def _line(cells: Sequence[str]) -> str:
    return f"|{'|'.join(cells)}|"


def _cell(value: JsonValue) -> str:
    """Ids and words bare; what somebody may have written freely stands in quotation marks, on one line."""
    if isinstance(value, str) and _BARE.fullmatch(value):
        return value
    if isinstance(value, list) and not any(isinstance(item, dict) for item in value):
        return ", ".join(_cell(item) for item in value)
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def _plain(value: JsonValue) -> JsonValue:
    """The same with every text in it as one line without markup, however deep it lies."""
    if isinstance(value, dict):
        return {safe_display(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return safe_display(value, LONGEST_TEXT) if isinstance(value, str) else value
