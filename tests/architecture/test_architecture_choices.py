"""A choice of a session is made by `choose` and undone by `reopen`: nobody assigns one."""

from __future__ import annotations

import ast
import dataclasses
from pathlib import Path

import pytest

import ecs_dr
from ecs_dr.workflow.memory.chosen import Chosen

PACKAGE = Path(ecs_dr.__file__).parent
HOME = PACKAGE / "workflow" / "memory" / "chosen.py"
PRIVATE = frozenset(one.name for one in dataclasses.fields(Chosen) if one.name.startswith("_"))


def reached_into(source: str) -> list[str]:
    """Where a private field of the choices is named: `session._target`, `setattr(session, "_target", x)`."""
    found = [
        node
        for node in ast.walk(ast.parse(source))
        if (
            isinstance(node, ast.Attribute)
            and node.attr in PRIVATE
            and ast.unparse(node.value) in {"session", "run.session"}
        )
        or (isinstance(node, ast.Constant) and node.value in PRIVATE)
    ]
    return [f"{node.lineno}: {ast.unparse(node)}" for node in found]


@pytest.mark.parametrize("name", sorted(PRIVATE))
def test_a_choice_cannot_be_assigned(name: str) -> None:
    public = getattr(Chosen, name.removeprefix("_"))
    assert isinstance(public, property)
    assert public.fset is None


def test_no_step_reaches_behind_a_choice() -> None:
    modules = [path for path in PACKAGE.rglob("*.py") if path != HOME and "simulator" not in path.parts]
    found = {path.name: reached_into(path.read_text(encoding="utf-8")) for path in modules}
    assert {name: places for name, places in found.items() if places} == {}


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("session._vswitch = None", 1),
        ("run.session._target = target", 1),
        ("object.__setattr__(session, '_disks', None)", 1),
        ("session.choose(target)", 0),
    ],
)
def test_what_it_looks_for_is_found(source: str, count: int) -> None:
    assert len(reached_into(source)) == count
