"""What is packed for ClawHub holds what a user needs, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PACKED = {
    "LICENSE",
    "README.md",
    "README.zh-CN.md",
    "SECURITY.md",
    "SKILL.md",
    "pyproject.toml",
    "references",
    "requirements-build.lock",
    "requirements.lock",
    "scripts/lib",
    "scripts/recover",
    "scripts/serve",
    "server/ecs_dr",
}


def packed() -> list[str]:
    run = subprocess.run(  # noqa: S603 - a script of this project
        [sys.executable, str(ROOT / "scripts/scan.py"), "--list"], capture_output=True, text=True, check=True
    )
    return run.stdout.split()


def test_nothing_but_the_skill_its_server_and_what_starts_it_is_packed() -> None:
    files = packed()
    assert {file for file in files if not any(file == one or file.startswith(f"{one}/") for one in PACKED)} == set()
    assert {one for one in PACKED if not any(file == one or file.startswith(f"{one}/") for file in files)} == set()


def test_what_starts_the_server_runs_with_the_packed_files_alone() -> None:
    files = set(packed())
    for name in ("lib", "serve", "recover"):
        text = (ROOT / "scripts" / name).read_text(encoding="utf-8")
        locks = {word.strip("'\"") for word in text.split() if word.endswith(".lock")} - {"requirements-dev.lock"}
        assert locks <= files, name
