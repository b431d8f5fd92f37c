"""Nothing is read from the cloud, or asked for in the policy, that no part of the product uses."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from ecs_dr.cloud.allowlist import ALLOWED_ACTIONS
from ecs_dr.domain.attributes.table import DISK_PATHS, INSTANCE_PATHS
from ecs_dr.domain.disks import CategorySupport, Disk, DiskMapping
from ecs_dr.domain.image import Image
from ecs_dr.domain.model import Model
from ecs_dr.domain.network import Vpc, VSwitch
from ecs_dr.domain.source import Instance
from ecs_dr.domain.stock import InstanceTypeFacts

PACKAGE = Path(__file__).resolve().parents[2] / "server" / "ecs_dr"
READ = (Instance, Disk, DiskMapping, CategorySupport, Image, Vpc, VSwitch, InstanceTypeFacts)
"""The models that answers of the cloud become."""
TOLD = {"os_name", "cpu", "memory_mib"}
"""Fields that Step 1 shows with the rest of the source: no code names them."""


def _trees(*without: str) -> list[ast.Module]:
    files = (path for path in PACKAGE.rglob("*.py") if "simulator" not in path.parts and path.name not in without)
    return [ast.parse(path.read_text(encoding="utf-8")) for path in files]


def test_every_allowed_action_is_called() -> None:
    words = {
        node.value
        for tree in _trees("allowlist.py", "paging.py", "ram_policy.py", "ram_document.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert [allowed.name for allowed in ALLOWED_ACTIONS if allowed.action not in words] == []


@pytest.mark.parametrize("model", READ, ids=lambda model: model.__name__)
def test_every_field_that_is_read_is_used(model: type[Model]) -> None:
    used = {node.attr for tree in _trees() for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert set(model.model_fields) - used - TOLD - {*INSTANCE_PATHS, *DISK_PATHS} == set()
