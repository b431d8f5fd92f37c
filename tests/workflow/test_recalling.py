"""What is told of a source that cannot be read is held against the cloud, and nobody else's word counts for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecs_dr.domain.report.seal import seal
from ecs_dr.domain.steps import Answer
from ecs_dr.errors import CloudRefused, InvalidInput, SourceUnusable
from ecs_dr.report.render import render_json
from ecs_dr.report_shelf import KeptReports
from ecs_dr.simulator.world import World, load_world
from ecs_dr.workflow.steps import resume_session
from tests.report.sample import sample
from tests.support.desk import REGION, SOURCE, Desk
from tests.workflow.bench import NOTHING, key_of, session_of, text_of
from tests.workflow.snapshot_worlds import nightly


async def looked_for(world: World) -> tuple[Desk, Answer]:
    """After Step 1 found nothing: what `image_from_snapshots` asks first."""
    desk = Desk(world)
    with pytest.raises((InvalidInput, CloudRefused)):
        await desk.settle(await desk.collect())
    desk.session_id = desk.recovery.sessions.all()[0].session_id
    return desk, await desk.call("image_from_snapshots")


async def test_a_group_that_is_gone_is_told_and_left_out() -> None:
    world = load_world("source-gone")
    del world.security_groups["sg-2zeops00001"]
    desk, asked = await looked_for(world)
    assert key_of(asked) == "snapshots.set"
    assert "Not found any more: sg-2zeops00001" in asked.message
    assert "| Security groups | sg-2zeweb00001 |" in text_of(asked)
    assert session_of(desk).source is None


async def test_without_any_of_its_groups_the_person_is_asked_for_one() -> None:
    world = load_world("source-gone")
    for group_id in ("sg-2zeweb00001", "sg-2zeops00001"):
        del world.security_groups[group_id]
    _, asked = await looked_for(world)
    assert key_of(asked) == "recall.group"
    assert asked.question is not None
    offered = [option.value for option in asked.question.question.options]
    assert "sg-2zemanaged1" not in offered, "a service's own group takes nobody else's instances"


async def test_a_type_that_is_not_listed_any_more_is_asked_for() -> None:
    world = load_world("source-gone")
    earlier = world.images["m-2zeearlier0001"]
    earlier.tags = {**earlier.tags, "ecs-dr:was-type": "ecs.gone.xlarge;PostPaid;cn-beijing-h"}
    _, asked = await looked_for(world)
    assert key_of(asked) == "recall.type"
    assert "ecs.gone.xlarge is not listed" in asked.message


async def test_what_its_type_is_is_read_once_a_call() -> None:
    desk, _ = await looked_for(load_world("source-gone"))
    sent: list[str] = []
    desk.transport.before.append(lambda request: sent.append(request.action))
    await desk.call("image_from_snapshots")
    assert sent.count("DescribeInstanceTypes") == 1


async def test_a_source_that_may_not_be_read_is_recovered_by_its_snapshots_as_well() -> None:
    world = nightly(7)
    world.identities[world.default_identity].denied.append("ecs:DescribeInstances")
    desk = Desk(world)
    denied = await desk.collect()
    while denied.question is not None and "retry" not in [one.value for one in denied.question.question.options]:
        denied = await desk.answer(denied, "confirm")
    assert (await desk.answer(denied, "abort")).status == "stopped"
    asked = await desk.call("image_from_snapshots")
    assert key_of(asked) == "recall.type"
    asked = await desk.answer(asked, "custom", "ecs.g7.xlarge")
    while key_of(asked) != "snapshots.set":
        assert asked.question is not None
        asked = await desk.answer(asked, asked.question.question.options[0].value)
    assert "cannot be read (" in text_of(asked)
    assert desk.mutations == NOTHING


async def test_nothing_is_asked_of_a_source_of_which_nothing_is_known() -> None:
    world = load_world("source-gone")
    world.snapshots.clear()
    del world.images["m-2zeearlier0001"]
    with pytest.raises(SourceUnusable) as refused:
        await looked_for(world)
    assert refused.value.code == "NothingKnown"


@pytest.mark.parametrize("field", ["instance_id", "region_id"])
def test_a_report_of_another_instance_says_nothing_of_this_one(tmp_path: Path, field: str) -> None:
    other = sample().source.model_copy(update={field: "cn-hangzhou" if field == "region_id" else "i-2zeother00001"})
    report = sample().model_copy(update={"source": other})
    (tmp_path / "r.json").write_text(render_json(seal(report)), encoding="utf-8")
    session = Desk().recovery.sessions.create(SOURCE, REGION)
    with pytest.raises(InvalidInput) as refused:
        resume_session.remembered_by_report(session, KeptReports(tmp_path), "r")
    assert refused.value.code == "ReportOfAnother"


async def test_a_report_is_refused_before_anything_is_sent() -> None:
    desk = Desk()
    with pytest.raises(InvalidInput) as refused:
        await desk.call("resume_session", session_id="0" * 32, instance_id=SOURCE, region_id=REGION, report="../x")
    assert refused.value.code == "ReportNotUsable"
    assert not desk.simulator.journal
