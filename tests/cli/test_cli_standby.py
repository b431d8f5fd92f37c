"""`ecs-dr standby`: a table for a person, JSON for cron, and an exit code that monitoring can rely on."""

from __future__ import annotations

import json
from contextlib import redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Protocol

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from ecs_dr.cli import app
from ecs_dr.cli_options import with_default_scenario
from ecs_dr.domain.texts import Language, Texts
from ecs_dr.terminal.standby import show
from ecs_dr.workflow.standbys.progress import RegisterProgress
from ecs_dr.workflow.standbys.wanted import register_query
from tests.support.desk import REGION, Desk


class Standby(Protocol):
    """Runs the command."""

    def __call__(self, *arguments: str, language: str = "en") -> Result: ...


IMAGE_OF_TODAY = """
extends = "healthy"
name = "kept-fresh"
[images.m-2zekept00001]
image_name = "nightly"
source_instance_id = "i-2zesource0001"
outcome = "Available"
creation_time = {time}
tags = {{ "ecs-dr:source" = "i-2zesource0001" }}
mappings = [
  {{ device = "/dev/xvda", type = "system", size = 40, snapshot_id = "s-2zekept00001" }},
  {{ device = "/dev/xvdb", type = "data", size = 100, snapshot_id = "s-2zekept00002" }},
  {{ device = "/dev/xvdc", type = "data", size = 200, snapshot_id = "s-2zekept00003" }},
]
"""


@pytest.fixture
def standby(monkeypatch: pytest.MonkeyPatch) -> Standby:
    """The command in this process."""

    def run(*arguments: str, language: str = "en") -> Result:
        monkeypatch.setenv("ECS_DR_LANGUAGE", language)
        monkeypatch.setenv("COLUMNS", "100")
        return CliRunner().invoke(app, with_default_scenario(["standby", *arguments]))

    return run


def test_json_is_the_tools_data_and_nothing_else_is_printed(standby: Standby) -> None:
    run = standby("--simulate", "--format", "json")
    data = json.loads(run.stdout)
    assert (run.exit_code, data["ready"], data["left_out"]) == (1, False, 0)
    assert [row["tier"] for row in data["standbys"]] == ["T0"]
    assert run.stderr == ""


@pytest.mark.parametrize(("language", "said"), [("en", "T0 nothing"), ("zh", "T0 没有")])
def test_the_table_is_in_the_persons_language_and_says_what_to_do(standby: Standby, language: str, said: str) -> None:
    run = standby("--simulate", language=language)
    assert run.exit_code == 1
    assert said in run.stdout
    assert "i-2zesource0001" in run.stdout
    assert "collect_source" not in run.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("--simulate", "--max-age", "soon"),
        ("--simulate", "--tag", "env"),
        ("--simulate", "--instance-id", "i-1; rm"),
        (),
    ],
)
def test_what_cannot_be_used_is_exit_code_2_and_leaves_stdout_alone(
    standby: Standby, arguments: tuple[str, ...]
) -> None:
    run = standby(*arguments, "--format", "json")
    assert run.exit_code == 2
    assert run.stdout == ""
    assert "Traceback" not in run.stderr
    assert run.stderr


def test_a_region_that_cannot_be_read_is_exit_code_2(standby: Standby, tmp_path: Path) -> None:
    world = tmp_path / "denied.toml"
    world.write_text('extends = "healthy"\n[identities.operator]\ndenied = ["ecs:DescribeSnapshots"]\n')
    run = standby("--simulate", str(world), "--format", "json")
    assert run.exit_code == 2
    assert json.loads(run.stdout)["standbys"][0]["tier"] == "unknown"


async def test_a_person_at_a_terminal_sees_how_far_the_reading_is() -> None:
    desk, seen = Desk("shop"), StringIO()
    terminal = Console(file=seen, force_terminal=True, width=120)
    with redirect_stdout(StringIO()):
        await show(desk.recovery, {"region_id": REGION}, terminal, as_text=True)
    assert "Reading cn-beijing: 5 instances" in seen.getvalue()
    assert "prices" in seen.getvalue()


async def test_a_program_that_reads_the_errors_sees_no_progress() -> None:
    desk, seen = Desk("shop"), StringIO()
    with redirect_stdout(StringIO()):
        await show(desk.recovery, {"region_id": REGION}, Console(file=seen), as_text=False)
    assert seen.getvalue() == ""


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_progress_never_goes_back_and_names_what_was_read(language: Language) -> None:
    desk, told = Desk("shop"), list[tuple[float, float | None, str]]()

    async def report(done: float, total: float | None, message: str) -> None:
        told.append((done, total, message))

    texts = Texts(language)
    await desk.recovery.register.rows(register_query({"region_id": REGION}), RegisterProgress(REGION, texts, report))
    far = [done for done, _, _ in told]
    assert far == sorted(set(far))
    assert all(total is not None and done < total for done, total, _ in told)
    assert any(texts("standby.progress.instances", count=len(desk.world.instances)) in message for *_, message in told)


def test_a_fresh_image_is_exit_code_0(standby: Standby, tmp_path: Path) -> None:
    world = tmp_path / "kept.toml"
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    world.write_text(IMAGE_OF_TODAY.format(time=now))
    run = standby("--simulate", str(world), "--format", "json")
    row = json.loads(run.stdout)["standbys"][0]
    assert (run.exit_code, row["tier"], row["newest"]["kind"]) == (0, "T3", "image")
