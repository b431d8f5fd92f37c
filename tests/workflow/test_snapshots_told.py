"""What is said of a recovery from snapshots: whose they are, which are used, and what is to be kept at its end."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecs_dr.domain.report.seal import seal
from ecs_dr.domain.steps import Answer, ToolName
from ecs_dr.errors import InvalidInput
from ecs_dr.report.render import render_json
from ecs_dr.report_shelf import KeptReports
from ecs_dr.simulator.world import World
from ecs_dr.workflow.recovery import Recovery
from tests.report.sample import sample
from tests.support.desk import REGION, SOURCE, Desk
from tests.support.ids import CountedIds
from tests.workflow.bench import key_of, text_of
from tests.workflow.snapshot_worlds import nightly, take


@pytest.fixture(autouse=True, scope="module")
def _sample_before_any_loop_runs() -> None:
    sample()


DECISIONS: tuple[ToolName, ...] = ("choose_target", "prepare_vswitch", "check_disks")


async def offered(world: World) -> tuple[Desk, str]:
    """The question for a set, in words."""
    desk = Desk(world)
    await desk.settle(await desk.collect())
    asked = await desk.call("image_from_snapshots")
    assert key_of(asked) == "snapshots.set", asked.message
    return desk, text_of(asked)


def of_a_backup_plan(world: World, ids: list[str]) -> None:
    for snapshot_id in ids:
        snapshot = world.snapshots[snapshot_id]
        snapshot.snapshot_type, snapshot.snapshot_name = "user", "instance backup"
        snapshot.tags = {"acs:hbr:plan": "plan-2zeshop"}


async def test_finished_snapshots_of_a_backup_plan_are_used_and_told_as_such() -> None:
    world = nightly(30)
    ids = take(world, "backup", 3)
    of_a_backup_plan(world, ids)
    desk, told = await offered(world)
    assert "acs:hbr:plan" in told
    assert all(told.count(one) == 2 for one in ids)
    await desk.settle(await desk.call("image_from_snapshots"))
    (sent,) = [entry for entry in desk.simulator.calls("CreateImage") if entry.outcome == "OK"]
    assert [sent.params[f"DiskDeviceMapping.{number}.SnapshotId"] for number in (1, 2, 3)] == ids


@pytest.mark.parametrize("flaw", ["archive", "progressing", "failed"])
async def test_one_that_no_image_is_made_of_is_not_used_whoever_made_it(flaw: str) -> None:
    world = nightly(30)
    ids = take(world, "backup", 3)
    of_a_backup_plan(world, ids)
    spoilt = world.snapshots[ids[1]]
    if flaw == "archive":
        spoilt.category = "archive"
    else:
        spoilt.status, spoilt.available = ("progressing", True) if flaw == "progressing" else ("failed", None)
    _, told = await offered(world)
    assert "Data as of 2026-11-21 10:00:0" in told, "no set is newer than the disk's own of 30 hours ago"
    assert "Why there is no newer set: /dev/xvdb" in told


async def test_a_group_is_no_service_of_the_cloud() -> None:
    world = nightly(30)
    take(world, "together", 2, group=True)
    _, told = await offered(world)
    assert "acs:" not in told


async def test_at_the_end_the_snapshots_are_kept_and_nothing_that_this_recovery_left() -> None:
    desk = Desk(nightly(7))
    await desk.settle(await desk.collect())
    await desk.settle(await desk.call("image_from_snapshots"))
    for tool in DECISIONS:
        await desk.settle(await desk.call(tool))
    await desk.settle(await desk.call("create_instance"))
    done = await desk.settle(await desk.call("verify_instance"))
    assert done.data["verdict"] == "match"
    assert "keep the snapshots that it was made of" in done.message
    assert "then its snapshots" not in done.message
    kinds = [one.kind for one in desk.recovery.report(desk.session_id).leftovers]
    assert kinds == ["instance", "image"]


async def test_what_nobody_knows_of_a_gone_source_is_no_value_to_set_by_hand() -> None:
    desk = Desk("source-gone")
    asked = await desk.call("collect_source", instance_id=SOURCE, region_id=REGION)
    with pytest.raises(InvalidInput, match="InstanceNotFound"):
        await desk.settle(asked)
    desk.session_id = desk.recovery.sessions.all()[0].session_id
    await desk.settle(await desk.call("image_from_snapshots"))
    for tool in DECISIONS:
        await desk.settle(await desk.call(tool))
    asked = await desk.call("create_instance")
    while key_of(asked) != "launch.confirm":
        asked = await desk.settle(asked) if asked.question is None else await desk.answer(asked, _first(asked))
    assert "Automatic snapshots released" not in text_of(asked)
    await desk.settle(asked)
    verified = await desk.settle(await desk.call("verify_instance"))
    assert "Automatic snapshots released" not in verified.message


def _first(asked: Answer) -> str:
    assert asked.question is not None
    return asked.question.question.options[0].value


async def test_with_a_report_a_gone_source_leads_to_its_snapshots_before_an_older_image(tmp_path: Path) -> None:
    report = sample()
    (tmp_path / "earlier.json").write_text(render_json(seal(report)), "utf-8")
    desk = Desk("source-gone")
    old = desk.recovery
    desk.recovery = Recovery(old._cloud, desk.clock, CountedIds(), old.options, earlier=KeptReports(tmp_path))
    taken_up = await desk.settle(
        await desk.call(
            "resume_session", session_id="a" * 32, instance_id=SOURCE, region_id=REGION, report="earlier.json"
        )
    )
    assert taken_up.next is not None
    assert taken_up.next.tool == "image_from_snapshots"
