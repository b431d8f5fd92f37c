"""The four commands of the program, as a person starts them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from ecs_dr.cli import main
from ecs_dr.simulator.world_files import builtin_worlds
from tests.support.ways import SERVER_ROOT

FAST = "6000"
HOPELESS = {"local-disk", "image-fails", "denied"}
"""Worlds in which no replica can come to be, however one answers."""


def program(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own, without credentials."""
    return subprocess.run(  # noqa: S603 - this interpreter and this package
        [sys.executable, "-m", "ecs_dr", *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        env={"PYTHONPATH": str(SERVER_ROOT), "PYTHONIOENCODING": "utf-8", "COLUMNS": "120", **settings},
    )


def test_help_is_shown_without_anything_else_being_there() -> None:
    done = program("--help")
    assert done.returncode == 0
    assert [name for name in ("serve", "recover", "simulate", "doctor") if name not in done.stdout] == []
    assert done.stderr == ""


@pytest.mark.sweep(3)
@pytest.mark.parametrize("world", sorted(builtin_worlds()))
def test_recover_with_yes_succeeds_exactly_where_the_world_allows_it(
    world: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ECS_DR_LANGUAGE", "en")
    with pytest.raises(SystemExit) as ended:
        main(["recover", "--simulate", world, "--yes", "--speed", FAST])
    assert ended.value.code == (1 if world in HOPELESS else 0)
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    assert ("✓" in said.out) == (world not in HOPELESS)


def test_recover_speaks_chinese_in_a_process_of_its_own() -> None:
    done = program("recover", "--simulate", "--yes", "--speed", FAST, ECS_DR_LANGUAGE="zh")
    assert done.returncode == 0, done.stderr
    assert "✓ 灾备实例已就绪" in done.stdout
    assert "可用区" in done.stdout
    assert "Recommended" not in done.stdout
    assert "Traceback" not in done.stderr


def test_recover_without_an_answer_stops_and_says_that_the_source_is_untouched() -> None:
    done = program("recover", "--simulate", "--speed", FAST, ECS_DR_LANGUAGE="en")
    assert done.returncode == 1
    assert "i-2zesource0001" in done.stdout
    assert "Traceback" not in done.stderr


def test_simulate_serves_a_cloud_and_says_how_to_reach_it() -> None:
    command = [sys.executable, "-u", "-m", "ecs_dr", "simulate", "--port", "0", "--scenario", "sold-out"]
    with subprocess.Popen(  # noqa: S603 - this interpreter and this package
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={"PYTHONPATH": str(SERVER_ROOT)}
    ) as process:
        assert process.stdout is not None
        said: list[str] = []
        while not said or "http://127.0.0.1:" not in said[-1]:
            said.append(process.stdout.readline())
            assert said[-1], "it ended without saying where it listens"
        url = next(word for word in said[-1].split() if word.startswith("http://127.0.0.1:")).rstrip(".,/")
        assert "i-2zesource0001" in httpx2.get(f"{url}/_simulator/state", timeout=20).text
        process.terminate()
        process.communicate(timeout=20)


def test_doctor_without_credentials_sends_nothing_and_says_how_to_configure_them() -> None:
    nowhere = "http://127.0.0.1:9"
    done = program(
        "doctor",
        "--region-id=cn-beijing",
        ECS_DR_LANGUAGE="en",
        ECS_DR_ECS_ENDPOINT=nowhere,
        ECS_DR_VPC_ENDPOINT=nowhere,
        ALIBABA_CLOUD_ECS_METADATA_DISABLED="true",
    )
    assert done.returncode == 1, done.stderr
    assert "aliyun configure" in " ".join(done.stdout.split())
    assert "ecs:RunInstances" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ECS_DR_POLL_SECONDS", "often"),
        ("ECS_DR_LANGUAGE", "fr"),
        ("ECS_DR_ELICITATION", "maybe"),
        ("ECS_DR_ECS_ENDPOINT", "http://ecs.example.com"),
        ("ECS_DR_RETRY_ATTEMPTS", "-1"),
    ],
)
@pytest.mark.parametrize("command", [("serve",), ("recover", "--simulate", "--yes"), ("doctor",)], ids=" ".join)
def test_a_bad_setting_stops_every_command_with_one_line(
    command: tuple[str, ...],
    name: str,
    value: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        main(list(command))
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"ecs-dr: {name}: ")
    assert said.err.count("\n") == 1


def test_a_world_of_ones_own_is_recovered_from(tmp_path: Path) -> None:
    own = tmp_path / "mine.toml"
    own.write_text('extends = "no-vswitch"\n[behaviour]\nimage_seconds = 60\n', encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["recover", "--simulate", str(own), "--yes", "--speed", FAST])
    assert ended.value.code == 0
