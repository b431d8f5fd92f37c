"""Every code that the simulated cloud refuses with has a row in the table, found in its source."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import ecs_dr.simulator
from ecs_dr.domain.refusals import Blame, row_of

SIMULATOR = Path(ecs_dr.simulator.__file__).parent
OF_ITS_OWN = {"NotSimulated"}
"""Said by the simulator as such; no cloud says it."""


BARE = "OperationDenied"


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) for part in node.values)
    return ""


@cache
def _raised() -> list[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for path in SIMULATOR.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_fault = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Fault"
            if is_fault and isinstance(node, ast.Call) and node.args and (code := _text(node.args[0])):
                found.add((code, _text(node.args[1]) if len(node.args) > 1 else ""))
    # The bare OperationDenied is told by its text alone; where that is put together, it cannot be read here.
    return sorted((code, said) for code, said in found if code not in OF_ITS_OWN and (code, said) != (BARE, ""))


def test_they_are_found() -> None:
    assert len(_raised()) > 60


def test_each_has_a_row() -> None:
    assert [(code, said) for code, said in _raised() if row_of(code, said).blame is Blame.UNKNOWN] == []
