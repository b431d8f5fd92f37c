"""The workflows that others see: what they name exists, and they ask for no more than they need."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TypeAlias

import pytest
import yaml

from ecs_dr.domain.model import JsonValue
from tests.docs.blocks import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
Tree: TypeAlias = dict[str, JsonValue]


def tree(path: Path) -> Tree:
    found: Tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_reads_alone_and_names_what_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert tree(path)["permissions"] == {"contents": "read"}
    scripts = {ROOT / name for name in re.findall(r"\./(scripts/[\w-]+)", text)}
    assert [script for script in scripts if not script.exists()] == []
    assert re.findall(r"uses: \S+", text)
    assert [action for action in re.findall(r"uses: (\S+)", text) if "@" not in action] == []
    checkouts = text.count("actions/checkout@")
    assert text.count("persist-credentials: false") == checkouts


def test_every_supported_python_is_tried() -> None:
    jobs = tree(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]
    assert isinstance(jobs, dict)
    tests = jobs["tests"]
    assert isinstance(tests, dict)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    oldest = project["requires-python"].removeprefix(">=")
    assert tests["strategy"] == {"fail-fast": False, "matrix": {"python": [oldest, "3.12", "3.13", "3.14"]}}
