"""World files: TOML, short because one may extend another.

A file says `extends = "healthy"` (a built-in world, or a path beside it) and then only what differs. Tables
are merged, everything else is replaced, and `remove = ["vswitches.vsw-1"]` takes something away.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from ecs_dr.simulator.errors import WorldError
from ecs_dr.simulator.toml_files import Table, TomlError, parse, read_text

_DEPTH = 8


@cache
def builtin_worlds() -> Mapping[str, str]:
    """The text of each built-in world, by name."""
    folder = files("ecs_dr.simulator") / "worlds"
    return {
        entry.name.removesuffix(".toml"): entry.read_text(encoding="utf-8")
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    }


@cache
def builtin_table(name: str) -> Table:
    """The merged table of a built-in world, read once a process: whoever takes it changes nothing in it."""
    return read_world_text(builtin_worlds()[name], name)


def read_world_file(path: Path, depth: int = 0) -> Table:
    """The merged table of a file.

    Raises:
        WorldError: It cannot be read, is not TOML, or extends something that does not exist.
    """
    try:
        content = read_text(path)
    except TomlError as error:
        raise WorldError(f"{path}: {error}") from None
    return read_world_text(content, str(path), path.parent, depth)


def read_world_text(content: str, origin: str = "world text", folder: Path | None = None, depth: int = 0) -> Table:
    """The merged table of a world's text; `folder` is where a path in `extends` starts.

    Raises:
        WorldError: As `read_world_file`.
    """
    try:
        table = parse(content)
    except TomlError as error:
        raise WorldError(f"{origin}: {error}") from None
    parent = table.pop("extends", None)
    removed = table.pop("remove", [])
    if not isinstance(removed, list):
        raise WorldError(f"{origin}: remove: it must be a list of dotted names")
    base = _parent(parent, origin, folder, depth) if parent is not None else {}
    for name in removed:
        base = _without(base, str(name), origin)
    if "description" in table:
        base = {key: value for key, value in base.items() if key != "description_zh"}  # it translates another sentence
    return merge(base, table)


def _parent(name: object, origin: str, folder: Path | None, depth: int) -> Table:
    if not isinstance(name, str):
        raise WorldError(f"{origin}: extends: it must be the name of a world or a path")
    if depth >= _DEPTH:
        raise WorldError(f"{origin}: extends: more than {_DEPTH} worlds deep; does it extend itself?")
    builtin = builtin_worlds()
    if name in builtin:
        return builtin_table(name)
    path = (folder or Path()) / name
    if path.is_file():
        return read_world_file(path, depth + 1)
    raise WorldError(f"{origin}: extends: {name!r} is neither a built-in world ({', '.join(builtin)}) nor a file")


def merge(base: Table, over: Mapping[str, object]) -> Table:
    """`base` with the values of `over`: tables are merged, everything else is replaced."""
    merged = dict(base)
    for key, value in over.items():
        current = merged.get(key)
        if isinstance(current, dict) and isinstance(value, dict):
            merged[key] = merge(current, value)
        else:
            merged[key] = value
    return merged


def _without(table: Table, name: str, origin: str) -> Table:
    """The table less `name`; parts are separated by dots, and the last may itself hold dots (`stock.z.ecs.g7`)."""
    if name in table:
        return {key: value for key, value in table.items() if key != name}
    head, _, rest = name.partition(".")
    inner = table.get(head)
    if not rest or not isinstance(inner, dict):
        raise WorldError(f"{origin}: remove: there is no {name!r}")
    return {**table, head: _without(inner, rest, origin)}
