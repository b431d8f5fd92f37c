"""No function over 60 lines, no file over 400."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FUNCTION_LINES = 60
FILE_LINES = 400
SOURCES = sorted(
    path.relative_to(ROOT) for folder in ("server", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")
)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and length of each function of a file."""
    text = path.read_text(encoding="utf-8")
    if text.count("\n") <= FUNCTION_LINES:
        return
    statements: list[ast.AST] = [ast.parse(text)]
    while statements:
        node = statements.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1
        # No function stands within an expression.
        statements += (one for one in ast.iter_child_nodes(node) if not isinstance(one, ast.expr))


def test_the_sources_are_found() -> None:
    assert Path("server/ecs_dr/cli.py") in SOURCES
    assert Path(__file__).relative_to(ROOT) in SOURCES


def test_files_are_short_enough_to_read_at_once() -> None:
    lengths = {source: len((ROOT / source).read_text(encoding="utf-8").splitlines()) for source in SOURCES}
    assert {source: lines for source, lines in lengths.items() if lines > FILE_LINES} == {}


def test_functions_are_short_enough_to_read_at_once() -> None:
    long = (
        f"{source}: {name}, {lines} lines"
        for source in SOURCES
        for name, lines in functions(ROOT / source)
        if lines > FUNCTION_LINES
    )
    assert [*long] == []
