"""The programs that an installation puts on the PATH: `ecs-dr`, and one under the package's own name."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from ecs_dr import __version__
from tests.support.lines import line_host

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PROGRAMS = ("ecs-dr", "alibabacloud-ecs-disaster-recovery-image")
ENVIRONMENT = {"PYTHONPATH": str(ROOT / "server"), "ECS_DR_LANGUAGE": "en", "COLUMNS": "120"}


@pytest.fixture(params=PROGRAMS)
def program(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """The program as an installer writes it from the project's entry point."""
    name = str(request.param)
    module, _, function = PROJECT["scripts"][name].partition(":")
    path = tmp_path / name
    path.write_text(f"import sys\nfrom {module} import {function}\nsys.exit({function}())\n", encoding="utf-8")
    return [sys.executable, str(path)]


def test_the_project_installs_exactly_these_programs_and_both_are_the_same() -> None:
    assert sorted(PROJECT["scripts"]) == sorted(PROGRAMS)
    assert len(set(PROJECT["scripts"].values())) == 1
    assert PROJECT["name"] in PROJECT["scripts"], "a registry's client starts the program that is called as the package"


def test_help_of_either_names_the_commands(program: list[str]) -> None:
    done = subprocess.run(  # noqa: S603 - this Python and our own entry point
        [*program, "--help"], check=False, capture_output=True, text=True, env=ENVIRONMENT, timeout=60
    )
    assert done.returncode == 0
    assert done.stderr == ""
    assert [name for name in ("serve", "recover", "simulate", "doctor") if name not in done.stdout] == []


def test_either_serves_on_stdio(program: list[str], tmp_path: Path) -> None:
    with line_host([*program, "serve", "--simulate"], ENVIRONMENT, tmp_path) as host:
        host.introduce()
        assert host.server_version() == __version__
        assert "collect_source" in host.tools()
        assert host.call("check_credentials")["simulated"] is True
        assert host.leave() == 0
    assert host.stray() == []


def test_an_unknown_command_of_either_is_refused(program: list[str]) -> None:
    done = subprocess.run(  # noqa: S603 - this Python and our own entry point
        [*program, "destroy"], check=False, capture_output=True, text=True, env=ENVIRONMENT, timeout=60
    )
    assert done.returncode == 2
    assert done.stdout == ""
