"""Nothing is read from the cloud, asked for in the policy, or worded, that no part of the product uses."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from ecs_dr.cloud.allowlist import ALLOWED_ACTIONS
from ecs_dr.domain.attributes.table import DISK_PATHS, INSTANCE_PATHS
from ecs_dr.domain.disks.model import CategorySupport, Disk, DiskMapping
from ecs_dr.domain.images.model import Image
from ecs_dr.domain.model import Model
from ecs_dr.domain.network.model import Vpc, VSwitch
from ecs_dr.domain.source import Instance
from ecs_dr.domain.stock.model import InstanceTypeFacts
from ecs_dr.domain.texts import catalogue

PACKAGE = Path(__file__).resolve().parents[2] / "server" / "ecs_dr"
READ = (Instance, Disk, DiskMapping, CategorySupport, Image, Vpc, VSwitch, InstanceTypeFacts)
"""The models that answers of the cloud become."""
TOLD = {"os_name", "cpu", "memory_mib"}
"""Fields that Step 1 shows with the rest of the source: no code names them."""


@cache
def _nodes_of(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def _nodes(*without: str) -> Iterator[ast.AST]:
    files = (path for path in PACKAGE.rglob("*.py") if "simulator" not in path.parts and path.name not in without)
    return (node for path in files for node in _nodes_of(path))


def test_every_allowed_action_is_called() -> None:
    words = {
        node.value
        for node in _nodes("allowlist.py", "paging.py", "ram_policy.py", "ram_document.py")
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert [allowed.name for allowed in ALLOWED_ACTIONS if allowed.action not in words] == []


@cache
def _attributes() -> frozenset[str]:
    return frozenset(node.attr for node in _nodes() if isinstance(node, ast.Attribute))


@pytest.mark.parametrize("model", READ, ids=lambda model: model.__name__)
def test_every_field_that_is_read_is_used(model: type[Model]) -> None:
    assert set(model.model_fields) - _attributes() - TOLD - {*INSTANCE_PATHS, *DISK_PATHS} == set()


def _code() -> list[ast.AST]:
    files = (path for path in PACKAGE.rglob("*.py") if path.parent.name not in {"en", "zh"})
    return [node for path in files for node in _nodes_of(path)]


def _pattern(node: ast.JoinedStr) -> str:
    return "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in node.values)


def test_every_text_is_told_somewhere() -> None:
    code = _code()
    pages = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.j2"))
    whole = {node.value for node in code if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    whole |= set(re.findall(r'"([\w.]+)"', pages))
    patterns = {_pattern(node) for node in code if isinstance(node, ast.JoinedStr)}
    patterns |= {f"{re.escape(start)}.+" for start in re.findall(r'"([\w.]+\.)" ~', pages)}
    started = re.compile("|".join(f"(?:{one})" for one in patterns if re.match(r"[a-z_]+\\\.", one)))
    ends = tuple(one.removeprefix(".+").replace("\\", "") for one in patterns if re.fullmatch(r"\.\+\\\.\w+", one))
    unused = [key for key in catalogue("en") if key not in whole and not started.fullmatch(key)]
    assert [key for key in unused if not any(key.removesuffix(end) in whole for end in ends if key.endswith(end))] == []
