"""`--faults` with `recover` and `serve`, and `--from-snapshots`."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from ecs_dr.cli import app

RUN = CliRunner()
FAULTS = """
[[fault]]
action = "ecs:DescribeInstances"
calls = "1"
effect = "throttle"
"""


def recover(*options: str) -> tuple[int, str]:
    done = RUN.invoke(app, ["recover", "--yes", "--speed", "2000", *options])
    return done.exit_code, done.output


def test_faults_are_injected_into_a_practised_recovery(tmp_path: Path) -> None:
    file = tmp_path / "faults.toml"
    file.write_text(FAULTS.replace("throttle", "error").replace("1", "every") + 'code = "Forbidden.RAM"\n', "utf-8")
    code, said = recover("--simulate", "healthy", "--faults", str(file))
    assert code == 1
    assert "Forbidden.RAM" in said or "ecs:DescribeInstances" in said


def test_faults_without_a_simulation_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "faults.toml"
    file.write_text(FAULTS, "utf-8")
    for command in (["recover"], ["serve"]):
        done = RUN.invoke(app, [*command, "--faults", str(file)])
        assert done.exit_code != 0
        assert "--simulate" in done.output


def test_a_wrong_fault_file_is_told_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "faults.toml"
    file.write_text('[[fault]]\naction = "nothing"\n', "utf-8")
    code, said = recover("--simulate", "healthy", "--faults", str(file))
    assert code != 0
    assert "fault 1" in said
    assert "Traceback" not in said


def test_a_missing_fault_file_is_told_in_one_line(tmp_path: Path) -> None:
    code, said = recover("--simulate", "healthy", "--faults", str(tmp_path / "none.toml"))
    assert code != 0
    assert said.startswith("ecs-dr: --faults: there is no file ")


def test_from_snapshots_recovers_a_locked_source() -> None:
    code, said = recover("--simulate", "snapshots-mixed", "--from-snapshots")
    assert code == 0, said
    assert "s-2zegroup0002" in said
