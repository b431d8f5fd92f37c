"""`scripts/serve`, the road without uv: from a folder that stays as it was, with protocol messages alone on stdout.

The script makes a real environment; only its packages come from the environment of these tests (over PYTHONPATH, with
lock files that name none), so that no package index is needed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from ecs_dr.protocol.catalogue import TOOLS
from tests.support.lines import LineHost, line_host

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("scripts", "server", "references", "SKILL.md", "README.md", "LICENSE", "pyproject.toml")
LOCKS = ("requirements-build.lock", "requirements.lock")
VERSION = "9.8.7"
"""Of the copy: what answers with it was started from there."""


@dataclass(frozen=True)
class Installed:
    """A copy of the project as a host installs a skill, with spaces in every path, and two starts at once."""

    folder: Path
    cache: Path
    elsewhere: Path
    environment: Mapping[str, str]

    def command(self, *arguments: str) -> list[str]:
        return ["/bin/sh", str(self.folder / "scripts" / "serve"), *arguments]

    def state(self) -> dict[str, tuple[int, int]]:
        """Every file and folder with its size and its time."""
        found = ((path, path.stat()) for path in [self.folder, *self.folder.rglob("*")])
        return {str(path): (stat.st_size, stat.st_mtime_ns) for path, stat in found}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A start that is not talked to."""
        return subprocess.run(  # noqa: S603 - our own script
            self.command(*arguments),
            check=False,
            capture_output=True,
            text=True,
            timeout=240,
            stdin=subprocess.DEVNULL,
            env=dict(self.environment),
            cwd=self.elsewhere,
        )


@dataclass(frozen=True)
class FirstStart:
    """The first use: two hosts start the server at the same moment, before there is an environment."""

    installed: Installed
    before: dict[str, tuple[int, int]]
    after: dict[str, tuple[int, int]]
    hosts: tuple[LineHost, ...]
    versions: tuple[object, ...]
    tools: tuple[set[str], ...]
    simulated: tuple[object, ...]
    exit_codes: tuple[int, ...]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    base = tmp_path_factory.mktemp("serve")
    folder, cache, home, tools = (base / name for name in ("a skill", "a cache", "a home", "bin"))
    for made in (folder, home, tools):
        made.mkdir()
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / name, folder / name)
    for name in LOCKS:
        (folder / name).write_text("# nothing to install\n", encoding="utf-8")
    (folder / "server/ecs_dr/__init__.py").write_text(f'"""A copy."""\n\n__version__ = "{VERSION}"\n', encoding="utf-8")
    # The Python of these tests is the newest that the script finds: the packages were built for it.
    python = tools / "python3.13"
    base_python = str(Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}")
    python.write_text(f"#!/bin/sh\nexec '{base_python}' \"$@\"\n", encoding="utf-8")
    python.chmod(0o755)
    environment = {
        "PATH": f"{tools}{os.pathsep}{os.defpath}",
        "HOME": str(home),
        "XDG_CACHE_HOME": str(cache),
        "PYTHONPATH": sysconfig.get_path("purelib"),
        "PIP_NO_INDEX": "1",
        "ECS_DR_LANGUAGE": "en",
    }
    return Installed(folder, cache, home, environment)


@pytest.fixture(scope="module")
def first_start(installed: Installed) -> FirstStart:
    before = installed.state()
    with ExitStack() as stack:
        command = installed.command("--simulate")
        hosts = tuple(
            stack.enter_context(line_host(command, installed.environment, installed.elsewhere)) for _ in range(2)
        )
        for host in hosts:
            host.introduce()
        versions = tuple(host.server_version() for host in hosts)
        tools = tuple(host.tools() for host in hosts)
        simulated = tuple(host.call("check_credentials")["simulated"] for host in hosts)
        exit_codes = tuple(host.leave() for host in hosts)
    return FirstStart(installed, before, installed.state(), hosts, versions, tools, simulated, exit_codes)


def test_it_serves_the_folder_that_it_lies_in_from_wherever_it_is_started(first_start: FirstStart) -> None:
    assert first_start.versions == (VERSION, VERSION)
    assert first_start.tools == ({spec.name for spec in TOOLS},) * 2
    assert first_start.simulated == (True, True), "--simulate was not passed on"
    assert first_start.exit_codes == (0, 0)


def test_stdout_carries_protocol_messages_alone_also_while_it_builds(first_start: FirstStart) -> None:
    assert any("Making" in host.errors for host in first_start.hosts), "nothing was built: nothing is shown"
    assert [host.stray() for host in first_start.hosts] == [[], []]
    assert all(len(host.lines) >= 3 for host in first_start.hosts)


def test_nothing_in_the_folder_is_written_or_touched(first_start: FirstStart) -> None:
    assert first_start.after == first_start.before


def test_the_environment_is_made_once_by_two_starts_and_lies_in_the_cache(first_start: FirstStart) -> None:
    said = "".join(host.errors for host in first_start.hosts)
    assert said.count("Making") == 1
    made = sorted(path.name.partition("-")[0] for path in (first_start.installed.cache / "ecs-dr").iterdir())
    assert made == ["pycache", "venv"], "the lock is gone, and byte code lies there too"


def test_the_next_start_builds_nothing(first_start: FirstStart) -> None:
    done = first_start.installed.run("--help")
    assert done.returncode == 0
    assert done.stderr == ""
    assert "--transport" in done.stdout


def test_a_lock_left_behind_by_a_start_that_died_does_not_stop_the_next(first_start: FirstStart) -> None:
    with subprocess.Popen(["/bin/sh", "-c", "exit 0"]) as gone:
        gone.wait()
    venv = next((first_start.installed.cache / "ecs-dr").glob("venv-*"))
    lock = venv.with_name(venv.name.replace("venv", "lock"))
    lock.mkdir()
    (lock / "pid").write_text(f"{gone.pid}\n", encoding="utf-8")
    assert first_start.installed.run("--help").returncode == 0
    assert not lock.exists()


def test_a_start_that_cannot_work_says_so_on_stderr_and_leaves_stdout_empty(first_start: FirstStart) -> None:
    done = first_start.installed.run("--simulate", "no-such-world")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "no-such-world" in done.stderr


def test_without_a_place_for_the_environment_it_says_which_variable_is_missing(first_start: FirstStart) -> None:
    installed = first_start.installed
    bare = {name: value for name, value in installed.environment.items() if name not in {"HOME", "XDG_CACHE_HOME"}}
    done = Installed(installed.folder, installed.cache, installed.elsewhere, bare).run("--help")
    assert done.returncode != 0
    assert done.stdout == ""
    assert "HOME or XDG_CACHE_HOME must be set" in done.stderr
    assert installed.state() == first_start.before
