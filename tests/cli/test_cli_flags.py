"""Flags, refusals and exit codes of `ecs-dr`."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from ecs_dr.cli import main
from ecs_dr.cli_options import with_default_scenario
from ecs_dr.settings import Settings
from ecs_dr.starting import CannotStart, Simulation
from ecs_dr.wiring import HttpAddress, serve_mcp, simulate_alone


def run(*arguments: str) -> int:
    """The exit code of the program."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    code = ended.value.code
    assert isinstance(code, int)
    return code


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (["recover", "--simulate"], ["recover", "--simulate", "healthy"]),
        (["recover", "--simulate", "--yes"], ["recover", "--simulate", "healthy", "--yes"]),
        (["recover", "--simulate", "sold-out", "--yes"], ["recover", "--simulate", "sold-out", "--yes"]),
        (["recover", "--simulate", "./my.toml"], ["recover", "--simulate", "./my.toml"]),
        (["recover", "--simulate=sold-out"], ["recover", "--simulate=sold-out"]),
        (["recover", "--yes"], ["recover", "--yes"]),
    ],
)
def test_simulate_may_stand_alone_or_with_a_scenario(given: list[str], meant: list[str]) -> None:
    assert with_default_scenario(given) == meant


@pytest.mark.parametrize(
    ("arguments", "simulation"),
    [
        (("--simulate",), Simulation("healthy", 60)),
        (("--simulate", "sold-out", "--speed", "600"), Simulation("sold-out", 600)),
        ((), None),
    ],
)
def test_flags_of_recover_reach_the_recovery(
    arguments: tuple[str, ...], simulation: Simulation | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[Simulation | None, str | None, str | None, dict[str, object]]] = []

    async def recover(
        _settings: object, given: Simulation | None, instance: str | None, region: str | None, **flags: object
    ) -> int:
        seen.append((given, instance, region, flags))
        return 1

    monkeypatch.setattr("ecs_dr.wiring.recover_in_terminal", recover)
    assert run("recover", "--instance-id", "i-1", "--region-id", "cn-hangzhou", *arguments) == 1
    assert run("recover", "--wave", "i-1,i-2", "--wave", "i-3", "--region-id", "cn-hangzhou", *arguments) == 1
    assert run("recover", "--instance-id", "i-1", "--from-snapshots", *arguments) == 1
    assert run("recover", "--from-report", "june.json", *arguments) == 1
    plain = {"yes": False, "waves": "", "from_snapshots": False, "from_report": None}
    assert seen == [
        (simulation, "i-1", "cn-hangzhou", plain),
        (simulation, None, "cn-hangzhou", plain | {"waves": "i-1,i-2|i-3"}),
        (simulation, "i-1", None, plain | {"from_snapshots": True}),
        (simulation, None, None, plain | {"from_report": Path("june.json")}),
    ]


def test_one_source_and_waves_of_them_are_not_both_given(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("recover", "--instance-id", "i-1", "--wave", "i-2", "--region-id", "cn-hangzhou") == 2
    assert "either --instance-id or --wave" in capsys.readouterr().err


def test_yes_without_a_simulation_is_refused_before_anything_starts(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("recover", "--yes", "--instance-id", "i-1", "--region-id", "cn-hangzhou") == 2
    said = capsys.readouterr()
    assert "--yes works only together with --simulate" in said.err
    assert said.out == ""


@pytest.mark.parametrize("command", ["serve", "recover", "doctor"])
def test_a_bad_setting_stops_the_start_with_one_line(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ECS_DR_POLL_SECONDS", "often")
    assert run(command) == 2
    said = capsys.readouterr()
    assert said.err.startswith("ecs-dr: ECS_DR_POLL_SECONDS: ")
    assert said.err.count("\n") == 1
    assert "often" not in said.err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ECS_DR_POLL_SECONDS", "inf"),
        ("ECS_DR_RETRY_WAIT_SECONDS", "nan"),
        ("ECS_DR_ECS_ENDPOINT", "ecs.{zone}.example.com"),
        ("ECS_DR_ECS_ENDPOINT", "127.0.0.1:99999"),
        ("ECS_DR_VPC_ENDPOINT", "vpc example.com"),
    ],
)
def test_a_setting_that_could_never_work_stops_the_start_too(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    assert run("serve") == 2
    said = capsys.readouterr()
    assert said.err.startswith(f"ecs-dr: {name}: ")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("arguments", [("recover", "--simulate", "no-such"), ("simulate", "--scenario", "no-such")])
def test_an_unknown_world_is_told_in_one_line_with_the_known_ones(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2
    said = capsys.readouterr().err
    assert "no-such" in said
    assert "healthy" in said
    assert said.count("\n") == 1


def test_a_world_file_with_a_mistake_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('extends = "healthy"\nnonsense = 1\n', encoding="utf-8")
    assert run("recover", "--yes", "--simulate", str(path)) == 2
    said = capsys.readouterr().err
    assert "nonsense" in said
    assert said.count("\n") == 1


def test_a_taken_port_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert run("simulate", "--port", str(taken.getsockname()[1])) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_what_the_system_refuses_a_command_that_ran_is_one_line(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ecs_dr.protocol.transports.run_http", fails_while_it_serves)
    monkeypatch.setattr("ecs_dr.cli.write_nowhere", lambda: None)
    assert run("serve", "--transport", "http", "--port", "0") == 2
    assert capfd.readouterr().err == "ecs-dr: The command ended early: full.\n"


def test_http_refuses_an_address_that_others_can_reach(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("serve", "--transport", "http", "--host", "0.0.0.0", "--port", "0") == 2
    assert "loopback" in capsys.readouterr().err


def test_help_names_the_four_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    said = capsys.readouterr().out
    assert [name for name in ("serve", "recover", "simulate", "doctor") if name not in said] == []


def test_python_m_ecs_dr_is_the_same_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ecs_dr", "recover", "--yes"],
        check=False,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(Path(__file__).resolve().parents[2] / "server")},
    )
    assert done.returncode == 2
    assert done.stderr.startswith("ecs-dr: --yes")


async def fails_while_it_serves(*given: object, **_: object) -> None:
    """A server, or a simulator, that has said where it serves."""
    for one in given:
        if callable(one):
            one("serving")
        elif isinstance(one, socket.socket):
            one.close()
    raise OSError(28, "full")


@pytest.mark.parametrize(
    ("where", "serve"),
    [
        ("ecs_dr.protocol.transports.run_http", lambda: serve_mcp(Settings(), None, HttpAddress("127.0.0.1", 0))),
        ("ecs_dr.simulator.command.run_simulator", lambda: simulate_alone(0, "healthy", 1, None)),
    ],
)
async def test_of_a_server_that_ran_nobody_says_that_nothing_was_started(
    where: str, serve: Callable[[], Awaitable[None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(where, fails_while_it_serves)
    monkeypatch.setattr("ecs_dr.cli_simulator.introduction", lambda *_: "")
    with pytest.raises(OSError, match="full"):
        await serve()


async def test_a_taken_port_is_told_before_anything_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ecs_dr.protocol.transports.run_http", fails_while_it_serves)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = HttpAddress("127.0.0.1", taken.getsockname()[1])
        with pytest.raises(CannotStart, match="Nothing was started"):
            await serve_mcp(Settings(), None, address)
