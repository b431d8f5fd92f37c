"""Recovering a source that is not there any more, from what images, snapshots, a report and the person know of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecs_dr.domain.report.model import RecoveryReport
from ecs_dr.domain.report.seal import seal
from ecs_dr.report.render import render_json
from ecs_dr.report_shelf import KeptReports
from tests.support.host import REGION, SOURCE, Heard
from tests.support.person import Form, Person, Reply
from tests.support.ways import INPUT_REQUEST, ROADS, Stage, Way, in_memory
from tests.support.witness import NOTHING, Made

MOST_QUESTIONS = 8
WORLD = "source-gone"
EARLIER = "m-2zeearlier0001"


def asked(stage: Stage, way: Way) -> list[str]:
    """The questions that reached the person, whichever way."""
    if way.shows_forms:
        return [form.message for form in stage.person.forms]
    return [heard.question.text for heard in stage.host.heard if heard.question is not None]


async def led_on(stage: Stage) -> Heard:
    """Step 1 finds nothing, and names the road that is left."""
    gone = await stage.host.collect()
    assert gone.problem is not None
    assert (gone.status, gone.problem.code) == ("failed", "InstanceNotFound")
    assert gone.next is not None
    assert gone.next.tool == "image_from_snapshots"
    return await stage.host.settle(await stage.host.call("image_from_snapshots"))


def knowing(instance_type: str = "ecs.g7.xlarge") -> Person:
    """Somebody who knows the type, and takes what is recommended for the rest."""
    person = Person()

    def answer(form: Form) -> None:
        if form.options == ("custom", "abort"):
            person.first.append(Reply("custom", instance_type))

    person.on_form = answer
    return person


def forget_image(stage: Stage) -> None:
    """No image of the source exists any more, and no snapshot that one was made of."""
    del stage.simulator.world.images[EARLIER]
    for snapshot_id in [one for one in stage.simulator.world.snapshots if one.startswith("s-2zeearl")]:
        del stage.simulator.world.snapshots[snapshot_id]


@pytest.mark.parametrize("way", ROADS, ids=str)
async def test_a_released_source_is_recovered_from_its_snapshots(way: Way) -> None:
    async with in_memory(way, WORLD) as stage:
        last = await stage.host.follow(await led_on(stage))
        assert last.data["verdict"] == "match", last.text
        assert last.data["boot"] == "login"
        stage.witness.check(stage.host.session_id, Made(images=1, instances=1))
        (image,) = stage.witness.new("images").values()
        assert "s-2zenight0001" in str(image["mappings"])
        (replica,) = stage.witness.new("instances").values()
        assert replica["security_group_ids"] == ["sg-2zeweb00001", "sg-2zeops00001"]
        assert (replica["instance_type"], replica["key_pair_name"]) == ("ecs.g7.xlarge", "prod-key")
        assert (replica["ram_role_name"], replica["user_data"]) == ("", "")
        categories = {str(disk["device"]): disk["category"] for disk in disks_of_replica(stage)}
        assert categories == {"/dev/xvda": "cloud_essd", "/dev/xvdb": "cloud_essd", "/dev/xvdc": "cloud_auto"}
        assert len(asked(stage, way)) <= MOST_QUESTIONS
        assert "name" in str(last.data["not_known"])


def disks_of_replica(stage: Stage) -> list[dict[str, object]]:
    (replica_id,) = stage.witness.new("instances")
    table = stage.simulator.state()["disks"]
    assert isinstance(table, dict)
    return [dict(disk) for disk in table.values() if isinstance(disk, dict) and disk["instance_id"] == replica_id]


@pytest.mark.parametrize("way", ROADS, ids=str)
@pytest.mark.parametrize("finds", [True, False], ids=["found by the instance", "found by the disks alone"])
async def test_either_reading_of_the_filter_by_instance_leads_to_the_same_set(way: Way, *, finds: bool) -> None:
    async with in_memory(way, WORLD) as stage:
        stage.simulator.world.behaviour.lists_snapshots_of_gone = finds
        made = await led_on(stage)
        assert made.status == "done", made.text
        assert "s-2zenight0001" in str(made.data["snapshots"])
        stage.witness.check(stage.host.session_id, Made(images=1))


@pytest.mark.parametrize("way", ROADS, ids=str)
async def test_a_refused_system_disk_was_told_of_and_the_earlier_image_is_the_way_on(way: Way) -> None:
    async with in_memory(way, WORLD) as stage:
        stage.simulator.world.behaviour.images_of_released_system_disks = False
        refused = await led_on(stage)
        assert refused.problem is not None
        assert refused.problem.http_status == 403
        assert "403" in asked(stage, way)[-1]
        stage.witness.check(stage.host.session_id, NOTHING)
        adopted = await stage.host.settle(await stage.host.call("adopt_image"))
        assert adopted.data["image_id"] == EARLIER
        last = await stage.host.follow(adopted)
        assert last.data["verdict"] == "match", last.text
        stage.witness.check(stage.host.session_id, Made(instances=1))


@pytest.mark.parametrize("way", ROADS, ids=str)
async def test_what_nobody_knows_is_asked_and_never_guessed(way: Way) -> None:
    async with in_memory(way, WORLD, knowing()) as stage:
        forget_image(stage)
        last = await stage.host.follow(await led_on(stage))
        assert last.data["verdict"] == "match", last.text
        stage.witness.check(stage.host.session_id, Made(images=1, instances=1))
        assert len(asked(stage, way)) <= MOST_QUESTIONS
        not_known = last.data["not_known"]
        assert isinstance(not_known, list)
        assert {"zone_id", "key_pair_name", "name"} <= set(map(str, not_known))


async def test_a_person_who_does_not_know_the_type_makes_nothing() -> None:
    async with in_memory(INPUT_REQUEST, WORLD) as stage:
        forget_image(stage)
        stopped = await led_on(stage)
        assert stopped.status == "stopped"
        stage.witness.check(stage.host.session_id, NOTHING)


async def a_report(folder: Path) -> RecoveryReport:
    """A recovery while the source was there; its report is kept."""
    async with in_memory(INPUT_REQUEST) as stage:
        last = await stage.host.recover()
        assert last.data["verdict"] == "match"
        report = stage.recovery.report(stage.host.session_id)
        (folder / "ecs-dr-report-earlier.json").write_text(render_json(seal(report)), encoding="utf-8")
        return report


@pytest.mark.parametrize("way", ROADS, ids=str)
async def test_an_earlier_report_tells_what_the_source_was(way: Way, tmp_path: Path) -> None:
    await a_report(tmp_path)
    async with in_memory(way, WORLD, earlier=KeptReports(tmp_path)) as stage:
        forget_image(stage)
        stage.simulator.world.behaviour.lists_snapshots_of_gone = False
        gone = await stage.host.collect()
        assert gone.status == "failed"
        named = {"instance_id": SOURCE, "region_id": REGION, "report": "ecs-dr-report-earlier"}
        known = await stage.host.settle(await stage.host.call("resume_session", **named))
        assert known.status == "done", known.text
        last = await stage.host.follow(known)
        assert last.data["verdict"] == "match", last.text
        stage.witness.check(stage.host.session_id, Made(images=1, instances=1))
        told = [text for text in asked(stage, way) if "ecs-dr-report-earlier" in text and "sg-2zeweb00001" in text]
        assert len(told) == 1
        assert len(asked(stage, way)) <= MOST_QUESTIONS
        assert last.data["not_known"] == []
