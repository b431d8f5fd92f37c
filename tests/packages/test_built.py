"""What is published is whole: the built wheel and sdist, used outside the tree, with nothing of the tree in reach."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from ecs_dr import __version__
from tests.support.lines import line_host

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = [sys.executable, "-P", "-m", "ecs_dr"]
OF_THE_TREE = ("tests", "benchmarks", "scripts", "docs")


def build(project: Path, target: str, folder: Path) -> Path:
    """A distribution, built as an installer builds it."""
    done = subprocess.run(  # noqa: S603 - the project's own build backend
        [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)],
        cwd=project,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked source distribution."""
    archive = build(ROOT, "sdist", tmp_path_factory.mktemp("sdist"))
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    (project,) = folder.iterdir()
    return project


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The environment of a Python that has the wheel, and of the tree nothing."""
    folder = tmp_path_factory.mktemp("installed")
    zipfile.ZipFile(wheel).extractall(folder)  # noqa: S202 - built a moment ago, from our own tree
    return {"PYTHONPATH": str(folder), "ECS_DR_LANGUAGE": "en", "COLUMNS": "120", "PYTHONDONTWRITEBYTECODE": "1"}


def test_the_wheel_runs_outside_the_tree(installed: Mapping[str, str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", "import ecs_dr; print(ecs_dr.__file__)"],
        cwd=tmp_path,
        env=dict(installed),
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.startswith(installed["PYTHONPATH"])
    with line_host([*PROGRAM, "serve", "--simulate"], installed, tmp_path) as host:
        host.introduce()
        assert host.server_version() == __version__
        assert {"collect_source", "create_instance"} <= host.tools()
        host.send("resources/list", 4)
        resources = host.hear(4)["resources"]
        assert isinstance(resources, list)
        uris = [str(one["uri"]) for one in resources if isinstance(one, dict)]
        (skill,) = (uri for uri in uris if uri.endswith("SKILL.md"))
        host.send("resources/read", 5, uri=skill)
        assert "Step 1" in str(host.hear(5)["contents"])
        assert host.leave() == 0


def test_the_wheel_recovers_in_a_terminal(installed: Mapping[str, str], tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 - this Python, our own program
        [*PROGRAM, "recover", "--simulate", "--yes", "--speed", "6000"],
        cwd=tmp_path,
        env=dict(installed),
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all six success criteria hold" in done.stdout


def test_the_sdist_builds_the_same_wheel(wheel: Path, sdist: Path, tmp_path: Path) -> None:
    again = build(sdist, "wheel", tmp_path)
    contents = [
        {name: archive.read(name) for name in archive.namelist()}
        for archive in (zipfile.ZipFile(wheel), zipfile.ZipFile(again))
    ]
    assert contents[0] == contents[1]


def test_what_only_the_tree_needs_is_in_neither(wheel: Path, sdist: Path) -> None:
    names = [*zipfile.ZipFile(wheel).namelist(), *(str(path.relative_to(sdist)) for path in sdist.rglob("*"))]
    assert [name for name in names if name.startswith(OF_THE_TREE) or "/.venv/" in name] == []
