"""Whoever raises an error of ours gives every value that its texts name: an error must not fail while it is told."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

import ecs_dr
from ecs_dr import errors
from ecs_dr.domain.texts import Language, catalogue
from ecs_dr.errors import UserError

PACKAGE = Path(ecs_dr.__file__).parent
PARTS = ("message", "cause", "actions")
FAMILY = frozenset(
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, UserError)
)


@dataclass(frozen=True)
class Site:
    """A place where an error is made."""

    where: str
    key: str
    given: frozenset[str] | None
    """The names of its values; None where they cannot be read off the source text."""


@cache
def sites() -> list[Site]:
    """Found in the first test that asks: a run that leaves these out does not read every source."""
    found: list[Site] = []
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for scope in ast.walk(tree):
            if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
                found += [site_of(path, scope, call) for call in calls_in(scope)]
    return found


def calls_in(scope: ast.AST) -> Iterator[ast.Call]:
    """Calls of the error's classes, those of nested functions left to these."""
    for node in ast.iter_child_nodes(scope):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FAMILY:
            yield node
        yield from calls_in(node)


def site_of(path: Path, scope: ast.AST, call: ast.Call) -> Site:
    where = f"{path.relative_to(PACKAGE)}:{call.lineno}"
    key = call.args[1]
    assert not any(keyword.arg == "values" for keyword in call.keywords), f"{where}: values go third"
    literal = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
    given = names_in(call.args[2], scope) if len(call.args) > 2 else frozenset()
    tells_standing = any(keyword.arg == "standing" for keyword in call.keywords)
    return Site(where, literal, given | {"world"} if given is not None and tells_standing else given)


def names_in(values: ast.expr, scope: ast.AST) -> frozenset[str] | None:
    """The keys of a dict, also of one that the same function put into a variable."""
    if isinstance(values, ast.Name):
        assigned = [names_in(value, scope) for value in assigned_to(values.id, scope)]
        known = [names for names in assigned if names is not None]
        return frozenset().union(*known) if known and len(known) == len(assigned) else None
    if not isinstance(values, ast.Dict):
        return None
    names: set[str] = set()
    for key, value in zip(values.keys, values.values, strict=True):
        inner = names_in(value, scope) if key is None else None
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            names.add(key.value)
        elif inner is not None:
            names |= inner
        else:
            return None
    return frozenset(names)


def assigned_to(name: str, scope: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(scope):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AugAssign):
            targets = [node.target]
        if isinstance(node, ast.Assign | ast.AugAssign) and any(
            isinstance(target, ast.Name) and target.id == name for target in targets
        ):
            yield node.value


def needed(language: Language, key: str) -> frozenset[str]:
    texts = catalogue(language)
    return frozenset(
        name
        for part in PARTS
        for _, name, _, _ in Formatter().parse(texts.get(f"error.{key}.{part}", ""))
        if name is not None
    )


def test_the_places_where_errors_are_made_are_found() -> None:
    assert len(sites()) > 40
    assert {"no_other_zone", "type_not_available", "unknown_zone", "stale_question"} <= {site.key for site in sites()}


def test_what_an_error_is_told_with_can_be_read_off_the_source() -> None:
    unreadable = [site.where for site in sites() if site.given is None and (not site.key or needed("en", site.key))]
    assert unreadable == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_error_is_given_the_values_that_its_texts_name(language: Language) -> None:
    lacking = {
        f"{site.where} {site.key}": sorted(needed(language, site.key) - site.given)
        for site in sites()
        if site.given is not None and needed(language, site.key) - site.given
    }
    assert lacking == {}


def test_every_error_has_a_message_in_the_catalogue() -> None:
    assert [site.where for site in sites() if site.key and f"error.{site.key}.message" not in catalogue("en")] == []
