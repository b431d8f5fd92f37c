"""How many small faults in the rules and the workflow the tests notice; `scripts/mutants` runs it, `--help` says how.

Each mutant is one changed comparison, boolean, `and`/`or`, `not` or number. Only the tests that reach its line are run,
in a copy of the tree; the first that fails kills it.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coverage import CoverageData

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path("server/ecs_dr")
ROOMS = (PACKAGE / "domain", PACKAGE / "workflow")
WORDS = "texts"
SUITES = ("tests/domain", "tests/workflow")
MOST_TESTS = 60
"""Of the tests that reach a line: more would not tell more, and take minutes."""
PATIENCE_SECONDS = 120

SWAPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


@dataclass(frozen=True)
class Mutant:
    """One line of one file, changed."""

    path: Path
    line: int
    before: str
    after: str
    source: str

    def __str__(self) -> str:
        """Where, and what became of what."""
        return f"{self.path}:{self.line}: {self.before}  →  {self.after}"


def _changed(node: ast.AST) -> ast.expr | None:
    """The same expression with one fault; None where there is none to make."""
    match node:
        case ast.Compare(ops=[op], left=left, comparators=comparators) if type(op) in SWAPPED:
            return ast.Compare(left=left, ops=[SWAPPED[type(op)]()], comparators=comparators)
        case ast.BoolOp(op=op, values=values):
            return ast.BoolOp(op=ast.Or() if isinstance(op, ast.And) else ast.And(), values=values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return operand
        case ast.Constant(value=bool(value)):
            return ast.Constant(value=not value)
        case ast.Constant(value=int(value)):
            return ast.Constant(value=value + 1)
    return None


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Every fault that can be made in one file."""
    source = (ROOT / path).read_text(encoding="utf-8")
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        changed = _changed(node)
        if changed is None or not isinstance(node, ast.expr) or node.lineno != node.end_lineno:
            continue
        line = lines[node.lineno - 1].encode()
        before = line[node.col_offset : node.end_col_offset].decode()
        after = f"({ast.unparse(ast.fix_missing_locations(changed))})"
        new = (line[: node.col_offset] + after.encode() + line[node.end_col_offset :]).decode()
        text = "".join([*lines[: node.lineno - 1], new, *lines[node.lineno :]])
        yield Mutant(path, node.lineno, before, after, text)


def _pytest(tree: Path, *arguments: str) -> int:
    environment = {**os.environ, "PYTHONPATH": str(tree / "server"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - our own tests
            command, cwd=tree, env=environment, capture_output=True, check=False, timeout=PATIENCE_SECONDS
        )
    except subprocess.TimeoutExpired:
        return 1  # it waits for ever: noticed
    return done.returncode


def _reach(tree: Path) -> CoverageData:
    """Which test reaches which line."""
    print("running the tests once …", file=sys.stderr)
    measured = ("--cov", "--cov-context=test", "--cov-report=", "--cov-fail-under=0")
    done = subprocess.run(  # noqa: S603 - our own tests
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *measured, *SUITES],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree / "server")},
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"the tests fail without any mutant:\n{done.stdout[-2000:]}")
    reach = CoverageData(str(tree / ".coverage"))
    reach.read()
    return reach


def _tests_of(mutant: Mutant, tree: Path, reach: CoverageData) -> list[str]:
    """The tests that run the line; those that run anything of the file where it is run on import alone."""
    by_line = reach.contexts_by_lineno(str(tree / mutant.path))
    contexts = set(filter(None, by_line.get(mutant.line, ()))) or {name for names in by_line.values() for name in names}
    tests = sorted({name.rpartition("|")[0] for name in contexts if name})
    random.Random(0).shuffle(tests)  # noqa: S311 - a sample
    tests.sort(key=lambda test: mutant.path.stem not in test.partition("::")[0])  # the file's own tests first
    return tests[:MOST_TESTS]


def _is_killed(mutant: Mutant, tree: Path, reach: CoverageData) -> bool:
    tests = _tests_of(mutant, tree, reach)
    if not tests:
        return False
    file = tree / mutant.path
    kept = file.read_text(encoding="utf-8")
    file.write_text(mutant.source, encoding="utf-8")
    try:
        return _pytest(tree, *tests) == 1
    finally:
        file.write_text(kept, encoding="utf-8")


def main() -> int:
    """Make the mutants, run the tests, tell the score."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=200, help="how many mutants, drawn at random")
    parser.add_argument("--seed", type=int, default=1, help="the same seed draws the same mutants")
    parser.add_argument("--floor", type=float, default=0.0, help="exit status 1 below so many percent")
    parser.add_argument("paths", nargs="*", type=Path, help="files; by default all of domain and workflow")
    chosen = parser.parse_args()
    files = chosen.paths or [
        path.relative_to(ROOT)
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if WORDS not in path.parts
    ]
    every = [mutant for path in files for mutant in mutants_of(path)]
    drawn = random.Random(chosen.seed).sample(every, min(chosen.count, len(every)))  # noqa: S311 - a sample
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".venv", ".git", "__pycache__", ".*_cache", "dist"))
        reach = _reach(tree)
        alive = []
        for number, mutant in enumerate(drawn, 1):
            killed = _is_killed(mutant, tree, reach)
            print(f"{number}/{len(drawn)} {'killed' if killed else 'ALIVE '} {mutant}", flush=True)
            if not killed:
                alive.append(mutant)
    score = 100 * (1 - len(alive) / max(len(drawn), 1))
    print(
        f"\n{len(drawn) - len(alive)} of {len(drawn)} mutants killed: {score:.1f} % (of {len(every)} that can be made)"
    )
    return 0 if score >= chosen.floor else 1


if __name__ == "__main__":
    sys.exit(main())
