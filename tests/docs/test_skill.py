"""SKILL.md: its frontmatter, what it promises, and what a registry would pack."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path
from typing import get_args

import alibabacloud_credentials
import pytest
import yaml

from ecs_dr.domain.steps import Status
from ecs_dr.domain.texts import Texts
from ecs_dr.domain.verification.verdict import CriterionName
from ecs_dr.protocol.catalogue import TOOLS
from ecs_dr.settings import Settings
from scripts.variables import CHAIN, OURS, variables, with_variables
from tests.docs.blocks import ROOT

NAME = "alibabacloud-ecs-disaster-recovery-image"
FRONTMATTER, BODY = (ROOT / "SKILL.md").read_text(encoding="utf-8").split("---\n", 2)[1:]
SEED_PHRASES = (
    "可用区故障恢复",
    "跨可用区备份",
    "跨可用区实例克隆",
    "ECS 灾备",
    "用镜像在其他可用区创建实例",
    "帮我做个镜像然后换个可用区创建实例",
    "灾备实例",
    "镜像备份",
    "换个可用区创建实例",
    "可用区容灾",
    "制作镜像",
    "跨可用区创建",
    "从镜像创建实例",
)


def field(name: str) -> str:
    """A top-level value of the frontmatter."""
    match = re.search(rf"^{name}: (.*)$", FRONTMATTER, re.MULTILINE)
    assert match is not None
    value = match[1]
    return value[1:-1].replace("''", "'") if value.startswith("'") else value


def test_the_name_is_the_one_that_users_install() -> None:
    assert field("name") == NAME
    assert f'name = "{NAME}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_the_description_fits_and_holds_what_users_say() -> None:
    description = field("description")
    assert len(description) <= 1024
    assert [phrase for phrase in SEED_PHRASES if phrase not in description] == []


def test_the_frontmatter_has_no_field_that_a_validator_refuses_and_no_flow_mapping() -> None:
    top = re.findall(r"^([\w-]+):", FRONTMATTER, re.MULTILINE)
    assert set(top) <= {"name", "description", "license", "compatibility", "metadata", "allowed-tools"}
    assert re.findall(r":\s*[\[{]", FRONTMATTER) == []


def test_the_licence_is_the_one_under_which_the_registry_publishes() -> None:
    assert field("license") == "MIT-0"
    assert "MIT No Attribution" in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_the_tree_lists_no_environment_variable_and_what_is_packed_lists_each() -> None:
    assert "envVars" not in FRONTMATTER
    packed = with_variables((ROOT / "SKILL.md").read_text(encoding="utf-8"))
    _, front, body = packed.split("---\n", 2)
    declared = yaml.safe_load(front)["metadata"]["openclaw"]["envVars"]
    assert {one["name"]: one["description"] for one in declared} == variables()
    assert [one for one in declared if one["required"]] == [], "a profile is enough"
    assert body == BODY


def test_every_setting_of_ours_is_a_variable_and_nothing_else_is() -> None:
    assert set(OURS) >= set(Settings.model_fields)
    ours = {name for name in variables() if name.startswith("ECS_DR_")}
    assert ours == {f"ECS_DR_{name.upper()}" for name in Settings.model_fields}


def test_the_chain_is_what_the_credentials_library_reads() -> None:
    folder = Path(alibabacloud_credentials.__file__).parent
    read = {name for path in folder.rglob("*.py") for name in re.findall(r"ALIBABA_CLOUD_[A-Z0-9_]+", path.read_text())}
    assert set(CHAIN) == read


def test_the_body_is_short_enough_to_be_read_each_time() -> None:
    assert len(BODY.splitlines()) < 200
    assert len(BODY.encode()) <= 11_000


def test_every_tool_is_named_by_its_full_id_and_none_that_does_not_exist() -> None:
    named = set(re.findall(r"ecs-dr__([a-z_]+)", BODY))
    assert named == {spec.name for spec in TOOLS}


@pytest.mark.parametrize("status", get_args(Status))
def test_it_says_what_to_do_on_each_status(status: str) -> None:
    assert f"| `{status}` |" in BODY


def test_it_links_to_every_reference() -> None:
    linked = set(re.findall(r"\(references/([\w-]+\.md)\)", BODY))
    assert linked == {page.name for page in (ROOT / "references").glob("*.md")}


def test_the_six_criteria_are_documented_by_the_names_that_answers_use() -> None:
    page = (ROOT / "references/acceptance-criteria.md").read_text(encoding="utf-8")
    titles = [Texts("en")(f"criterion.{name}") for name in get_args(CriterionName)]
    assert [title for title in titles if f"| {title} |" not in page] == []


@pytest.mark.parametrize("name", [".claude-plugin", ".codex-plugin", ".cursor-plugin", "manifest.json", "package.json"])
def test_the_tree_holds_nothing_that_makes_a_host_take_it_for_a_plugin(name: str) -> None:
    assert not (ROOT / name).exists()


def ignored(path: str) -> bool:
    """Whether .clawhubignore leaves a path out: the last pattern that fits decides, `!` takes it in again."""
    lines = (ROOT / ".clawhubignore").read_text(encoding="utf-8").splitlines()
    left_out = False
    for line in (line for line in lines if line and not line.startswith("#")):
        pattern = line.removeprefix("!")
        fits = (
            path.startswith(pattern) or f"/{pattern.removeprefix('**/')}" in f"/{path}"
            if pattern.endswith("/")
            else fnmatch(path, pattern)
        )
        left_out = line == pattern if fits else left_out
    return left_out


@pytest.mark.parametrize(
    "path",
    [
        "SKILL.md",
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "requirements.lock",
        "requirements-build.lock",
        "scripts/serve",
        "scripts/lib",
        "server/ecs_dr/cli.py",
        "server/ecs_dr/simulator/worlds/healthy.toml",
        "references/tools.md",
    ],
)
def test_what_the_server_needs_is_packed(path: str) -> None:
    assert (ROOT / path).is_file()
    assert not ignored(path)


@pytest.mark.parametrize("path", ["tests/docs/test_skill.py", "server/ecs_dr/__pycache__/cli.pyc", "benchmarks/x.py"])
def test_what_it_does_not_need_is_left_out(path: str) -> None:
    assert ignored(path)
