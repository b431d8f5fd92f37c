"""TOML from strangers: read within bounds, and refused in one line."""

from __future__ import annotations

import math
import stat
import tomllib
from pathlib import Path
from typing import TypeAlias

Table: TypeAlias = dict[str, object]

MOST_BYTES = 1024 * 1024
"""The largest built-in world has 20 KB."""
MOST_NESTED = 16
LARGEST_NUMBER = 10**12
"""More than any size, price, limit or number of seconds in a world."""


class TomlError(ValueError):
    """The text is no TOML that can be used, told in one line."""


def read_text(path: Path) -> str:
    """The text of a file.

    Raises:
        TomlError: It cannot be read, or is none to be read.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # before it is opened: a pipe would wait for its other end
            raise TomlError("it is no regular file")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise TomlError(f"cannot be read ({error.strerror})") from None
    if len(content) > MOST_BYTES:
        raise TomlError(f"larger than {MOST_BYTES // 1024} KiB")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise TomlError("it is not UTF-8 text") from None


def parse(text: str) -> Table:
    """The table of a text.

    Raises:
        TomlError: It is not TOML, is nested too deeply, or holds a number that nothing can be.
    """
    if len(text) > MOST_BYTES:
        raise TomlError(f"larger than {MOST_BYTES // 1024} KiB")
    try:
        table: Table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TomlError(f"not valid TOML: {error}") from None
    except (RecursionError, ValueError):  # ValueError: a number of more digits than Python converts
        raise TomlError("nested too deeply, or a number is too long") from None
    _check(table, "")
    return table


def _check(value: object, where: str, depth: int = 0) -> None:
    if depth > MOST_NESTED:
        raise TomlError(f"{where}: nested too deeply")
    if isinstance(value, dict):
        for name, inner in value.items():
            _check(inner, f"{where}.{name}" if where else str(name), depth + 1)
    elif isinstance(value, list):
        for number, inner in enumerate(value, start=1):
            _check(inner, f"{where}[{number}]", depth + 1)
    elif isinstance(value, int | float) and not (math.isfinite(value) and abs(value) <= LARGEST_NUMBER):
        raise TomlError(f"{where}: a number between -10^12 and 10^12 is needed")
