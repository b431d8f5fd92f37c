"""What may stand in the project's files."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from ecs_dr.settings import Settings
from tests.support.tree import ROOT, file_names

PROGRAM = sorted((ROOT / "server").rglob("*.py"))
READABLE = {".py", ".toml", ".md", ".json", ".lock", ".yaml", ".yml", ".sh", ""}
MACHINE_PATH = re.compile(r"""(?:^|[\s"'(=:`])/(?:home|root|Users|work|tmp)/(?!someone/)[A-Za-z]""")
READMES = ("README.md", "README.zh-CN.md")


def kept_files() -> list[Path]:
    """The project's own text files: what git has, or would take."""
    found = (ROOT / name for name in file_names())
    return [path for path in found if path.is_file() and path.suffix in READABLE]


def test_no_file_names_a_path_of_one_machine() -> None:
    named = [
        f"{path.relative_to(ROOT)}: {line.strip()[:80]}"
        for path in kept_files()
        for line in path.read_text(encoding="utf-8").splitlines()
        if MACHINE_PATH.search(line)
    ]
    assert named == []


def test_lock_files_name_no_registry() -> None:
    for lock in ROOT.glob("*.lock"):
        assert re.findall(r"https?://|index-url|find-links", lock.read_text(encoding="utf-8")) == []


def test_each_pinned_requirement_has_hashes() -> None:
    locks = sorted(ROOT.glob("*.lock"))
    assert locks
    for lock in locks:
        text = lock.read_text(encoding="utf-8").replace("\\\n", "")
        pins = [line for line in text.splitlines() if line and not line.startswith("#")]
        assert pins
        assert [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin] == []


@pytest.mark.parametrize("readme", READMES)
def test_every_setting_is_in_the_readme(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    names = [f"ECS_DR_{name.upper()}" for name in Settings.model_fields]
    assert [name for name in names if f"`{name}`" not in text] == []


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_names_no_setting_that_does_not_exist(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    known = {f"ECS_DR_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"ECS_DR_[A-Z_]*[A-Z]", text)) <= known


@pytest.mark.parametrize("readme", READMES)
def test_every_built_in_world_is_in_the_readme(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    worlds = [path.stem for path in (ROOT / "server/ecs_dr/simulator/worlds").glob("*.toml")]
    assert worlds
    assert [world for world in worlds if f"`{world}`" not in text] == []


def test_settings_alone_reads_the_environment() -> None:
    readers = [
        str(path.relative_to(ROOT))
        for path in PROGRAM
        if path.name != "settings.py" and _reads_environment(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert readers == []


def _reads_environment(tree: ast.AST) -> bool:
    return any(
        (isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv"})
        or (isinstance(node, ast.ImportFrom) and node.module == "os" and any(a.name == "environ" for a in node.names))
        for node in ast.walk(tree)
    )
