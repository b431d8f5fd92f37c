"""An application through a real MCP client, on every road; its report and its runbook as resources; the commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from mcp_types import TextResourceContents

from ecs_dr.domain.report.seal import first_break
from ecs_dr.workflow.run import RecoveryOptions
from tests.cli.test_cli_flags import run
from tests.runbook.linter import lint
from tests.support.host import REGION, Heard
from tests.support.person import Person
from tests.support.shop import shop, waves_of
from tests.support.ways import ANSWER_LEGACY, INPUT_REQUEST, OFF_MODERN, ROADS, Stage, Way, in_memory


async def recovered(stage: Stage, waves: str) -> Heard:
    """Along `next` to the end."""
    planned = await stage.host.call("plan_application", region_id=REGION, waves=waves)
    return await stage.host.follow(await stage.host.settle(planned))


async def read(stage: Stage, uri: str) -> str:
    result = await stage.host.client.read_resource(uri)
    (content,) = result.contents
    assert isinstance(content, TextResourceContents)
    return content.text


@pytest.mark.parametrize("way", [*ROADS, OFF_MODERN], ids=str)
async def test_two_waves_on_every_road(way: Way) -> None:
    person = Person()
    async with in_memory(way, shop(3), person) as stage:
        last = await recovered(stage, waves_of(1, 2))
        assert (last.step, last.status) == ("application", "done"), last.text
        assert len(person.forms) == 5
        assert len(stage.simulator.calls("CreateImage")) == 3
        launches = [one for one in stage.simulator.calls("RunInstances") if one.outcome == "OK"]
        assert len(launches) == 3
        report = json.loads(await read(stage, f"{last.string('report_uri')}/json"))
        assert first_break(report) is None
        assert [row["status"] for row in report["report"]["members"]] == ["verified"] * 3
        assert "i-2zesource0003" in await read(stage, last.string("report_markdown_uri"))


@pytest.mark.parametrize(
    ("way", "sizes"), [(INPUT_REQUEST, (2, 4, 6)), (ANSWER_LEGACY, (2, 4, 6)), (OFF_MODERN, (10, 40, 50))], ids=str
)
async def test_three_waves_of_a_dozen_and_of_a_hundred(way: Way, sizes: tuple[int, ...]) -> None:
    """Six questions: the plan, all images, one more look at the longest of them or none, each wave."""
    count, person = sum(sizes), Person()
    world, as_registered = shop(count), RecoveryOptions(call_budget_seconds=240)
    quotas = world.account.quotas
    quotas.images, quotas.instances = count + 10, 3 * count
    async with in_memory(way, world, person, as_registered) as stage:
        last = await recovered(stage, waves_of(*sizes))
        assert (last.step, last.status) == ("application", "done"), last.text
        assert len(person.forms) <= 6
        launched = [one.params for one in stage.simulator.calls("RunInstances") if one.outcome == "OK"]
        assert len({one["ClientToken"] for one in launched}) == len(launched) == count
        assert len([one for one in stage.simulator.calls("CreateImage") if one.outcome == "OK"]) == count
        waves = json.loads(last.model_dump_json())["data"]["waves"]
        assert [len(wave) for wave in waves] == [*sizes]
        assert {member["verdict"] for wave in waves for member in wave} == {"match"}


@pytest.mark.parametrize("way", ROADS, ids=str)
async def test_a_form_that_is_declined_makes_nothing(way: Way) -> None:
    person = Person(prefers=("abort",))
    async with in_memory(way, shop(2), person) as stage:
        planned = await stage.host.call("plan_application", region_id=REGION, waves=waves_of(2))
        last = await stage.host.settle(planned)
        assert last.status == "stopped", last.text
        assert not stage.simulator.calls("CreateImage")
        assert not [one for one in stage.simulator.world.instances.values() if one.launched_at is not None]


async def test_the_exported_runbook_is_a_resource() -> None:
    person = Person()
    async with in_memory(OFF_MODERN, shop(2), person) as stage:
        planned = await stage.host.settle(
            await stage.host.call("plan_application", region_id=REGION, waves=waves_of(1, 1))
        )
        assert planned.status == "done"
        exported = await stage.host.call("export_runbook")
        assert (exported.step, exported.status) == ("export", "done"), exported.text
        assert exported.data["format"] == "oos"
        assert exported.data["templates"] == [exported.string("template_uri")]
        text = await read(stage, exported.string("template_uri"))
        assert lint(json.loads(text)) == []
        assert text.count("\n") == exported.data["lines"]
        said = json.dumps(exported.data["decided_by_default"])
        assert "target zone" not in said
        assert "the name of the replica" in said


async def test_the_runbook_of_one_recovery_keeps_what_was_decided() -> None:
    async with in_memory(OFF_MODERN, "healthy") as stage:
        planned = await stage.host.follow(await stage.host.collect(), until="create_image")
        assert planned.status == "done"
        exported = await stage.host.call("export_runbook")
        template = json.loads(await read(stage, exported.string("template_uri")))
        assert lint(template) == []
        launch = next(task for task in template["Tasks"] if task["Name"] == "launchWave1_1")
        assert launch["Properties"]["Parameters"]["ZoneId"] == "cn-beijing-k"


def test_the_command_writes_what_it_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, fresh = tmp_path / "shop.json", tmp_path / "daily.json"
    assert run("export", "oos", "--simulate", "--out", str(out), "--keep-fresh", str(fresh)) == 0
    said = capsys.readouterr().out
    assert str(out) in said
    assert "ecs:RunInstances" in said
    for path in (out, fresh):
        assert lint(json.loads(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--simulate", "local-disk"), 1, "cannot be exported"),
        (("--simulate", "denied"), 2, "ecs:"),
        (("--simulate", "--wave", "i-2zestranger1"), 1, "i-2zestranger1"),
        (("--simulate", "--region-id", "cn-hangzhou"), 1, "cn-hangzhou"),
        (("--simulate", "--target-zone-id", "cn-beijing-h"), 1, "cn-beijing-h"),
    ],
)
def test_what_cannot_be_exported_leaves_no_file(
    arguments: tuple[str, ...], code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "shop.json"
    assert run("export", "oos", *arguments, "--out", str(out)) == code
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_an_application_in_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    waves = ("--wave", "i-2zesource0001", "--report", str(tmp_path))
    assert run("recover", "--simulate", "--yes", "--speed", "2000", *waves) == 0
    assert "Every instance is recovered and verified" in capsys.readouterr().out
    reports = [json.loads(path.read_text(encoding="utf-8")) for path in tmp_path.glob("*.json")]
    assert sorted(report["report"]["format"] for report in reports) == [
        "ecs-dr-application-report/1",
        "ecs-dr-report/1",
    ]
    (whole,) = (report["report"] for report in reports if "members" in report["report"])
    (own,) = (report for report in reports if "members" not in report["report"])
    assert whole["members"][0]["report_seal"] == own["seal"]["head"]
    assert whole["decisions"][-1]["label"] == "Launches of wave 1"
