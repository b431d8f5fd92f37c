"""What the documents for contributors name is there: paths, files, and the names that are said to be in the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "server" / "ecs_dr"
DOCUMENTS = [
    *(ROOT / name for name in ("CONTRIBUTING.md", "AGENTS.md", "docs/architecture.md", "docs/simulator.md")),
    *sorted((ROOT / "docs" / "adr").glob("*.md")),
]
MADE_LATER = ("dist/", ".venv")
"""Folders of what is built."""
_ROOMS = "|".join(
    sorted(path.name for path in (*PACKAGE.iterdir(), *ROOT.iterdir()) if path.is_dir() and path.name[0].isalpha())
)
_PATH = re.compile(rf"(?<![\w/.:-])(?:\./)?((?:{_ROOMS})/[\w./{{}},*-]*[\w}}*])")
_FILE = re.compile(r"(?<![\w/.*-])([a-z_]\w*\.(?:py|toml|json))(?![\w/])")


def spelled_out(path: str) -> Iterator[str]:
    """`texts/{en,zh}` is two paths."""
    found = re.search(r"\{([^}]*)\}", path)
    if found is None:
        yield path
        return
    for one in found[1].split(","):
        yield from spelled_out(path.replace(found[0], one, 1))


def is_there(path: str) -> bool:
    """As a file, a folder or a module, from the root, the package or the tests; `module.name` as a name in a module."""
    for base in (ROOT, PACKAGE, ROOT / "tests"):
        if any(base.glob(path)) or (base / f"{path}.py").is_file():
            return True
    module, _, name = path.rpartition(".")
    file = PACKAGE / f"{module}.py"
    return bool(module) and file.is_file() and re.search(rf"\b{re.escape(name)}\b", file.read_text("utf-8")) is not None


@cache
def file_names() -> frozenset[str]:
    """Of every file that a document may call by its name alone."""
    rooms = (ROOT / "server", ROOT / "tests", ROOT / "scripts", ROOT / "benchmarks", ROOT / "evals")
    return frozenset(path.name for room in rooms for path in room.rglob("*.*")) | {path.name for path in ROOT.iterdir()}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_that_it_names_is_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    named = {one for found in _PATH.findall(text) for one in spelled_out(found) if not one.startswith(MADE_LATER)}
    assert {path for path in named if not is_there(path)} == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_it_names_is_there(document: Path) -> None:
    named = set(_FILE.findall(document.read_text(encoding="utf-8")))
    assert named - file_names() - {"server.json"} == set()


def test_what_is_not_there_is_noticed() -> None:
    assert not is_there("cloud/codes")
    assert not is_there("domain/diagnosis.no_such_name")
    assert is_there("domain/diagnosis.explain")
    assert _PATH.findall("see domain/refusals, `cloud/codes`") == ["domain/refusals", "cloud/codes"]


MAP = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


@cache
def code() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py")))


def test_every_name_that_the_map_uses_is_used_in_the_code() -> None:
    names = set(re.findall(r"\b(?:[A-Z][a-z0-9]+){2,}\b", MAP))
    assert {"LaunchRequest", "CloudRefused", "RunInstances"} <= names
    assert {name for name in names if not re.search(rf"\b{name}\b", code())} == set()


def test_every_function_that_the_map_calls_is_defined_in_the_code() -> None:
    called = set(re.findall(r"\b([a-z_]\w*)\((?!s\))", MAP))
    assert {"decide", "parameters", "still"} <= called
    assert {name for name in called if not re.search(rf"\bdef {name}\b|\b{name}: Callable", code())} == set()
