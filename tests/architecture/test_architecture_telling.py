"""What is told is drawn once: a value is neutralised in one place, and nobody takes our own sentences apart."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import ecs_dr

PACKAGE = Path(ecs_dr.__file__).parent
NEUTRALISERS = {
    "redact.py": "where it is defined",
    "domain/telling/words.py": "every value that enters a sentence or a cell",
    "protocol/data_text.py": "data beside the message: no sentence, so no words",
    "report/words.py": "a value in the report's Markdown template",
    "cloud/transport.py": "codes and request ids as they come in: they also go into logs",
    "cloud/retry.py": "the name of a missing permission, likewise",
}
TELLING = frozenset({"message", "text", "cause", "body", "markdown", "telling", "headline", "label", "description"})
"""Names under which our own words travel."""
TAKEN_APART = frozenset(
    {"split", "splitlines", "partition", "rpartition", "startswith", "endswith", "removeprefix", "find", "index"}
    | {"replace", "sub", "match", "search", "fullmatch", "findall", "finditer"}
)
ALLOWED = {
    "protocol/data_text.py": "a value that the drawn message holds to the letter is not written below it once more",
    "cli_words.py": "what the libraries say that read the command line and the environment",
    "domain/refusals/reading.py": "what the cloud says",
}


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "simulator" not in path.parts)


def named(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def taken_apart(source: str) -> list[str]:
    """What looks into a text under one of these names.

    Such as `answer.message.split(…)`, `PATTERN.sub(x, one.text)`, `link in message`, `answer.message[:1]`.
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        looked_into: tuple[ast.expr, ...] = ()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in TAKEN_APART:
            looked_into = (node.func.value, *node.args)
        elif isinstance(node, ast.Compare) and any(isinstance(one, ast.In | ast.NotIn) for one in node.ops):
            looked_into = tuple(node.comparators)
        elif isinstance(node, ast.Subscript) and not (
            isinstance(node.slice, ast.Constant) and node.slice.value == "type"
        ):
            looked_into = (node.value,)
        names = {one.attr for one in looked_into if isinstance(one, ast.Attribute)}
        names |= {one.id for one in looked_into if isinstance(one, ast.Name)} - {"text", "label"}
        if names & TELLING:
            found.append(f"{getattr(node, 'lineno', 0)}: {ast.unparse(node)[:80]}")
    return found


def test_a_value_is_neutralised_in_the_places_that_are_named() -> None:
    calling = {named(path) for path in modules() if "safe_display" in path.read_text(encoding="utf-8")}
    assert calling == set(NEUTRALISERS)


def test_nobody_takes_what_is_told_apart() -> None:
    found = {named(path): taken_apart(path.read_text(encoding="utf-8")) for path in modules()}
    assert {name for name, calls in found.items() if calls} == set(ALLOWED)


@pytest.mark.parametrize(
    ("source", "looks"),
    [
        ('answer.message.split("\\n")', True),
        ("PATTERN.sub('', one.text)", True),
        ("asked.question.text.removeprefix(x)", True),
        ("answer.session_id.split('-')", False),
        ("message.partition(x)", True),
        ("problem.cause not in message", True),
        ("answer.message[0]", True),
        ("'key' in told", False),
        ("answer.message.upper()", False),
    ],
)
def test_what_it_looks_for_is_found(source: str, *, looks: bool) -> None:
    assert bool(taken_apart(source)) is looks
