"""Instead of Step 2: one image, of snapshots that the person chose."""

from __future__ import annotations

import pytest

from ecs_dr.domain.lineage import DATA_AS_OF, SESSION
from ecs_dr.domain.lineage import SOURCE as SOURCE_TAG
from ecs_dr.domain.questions import ABORT, MORE_OPTIONS
from ecs_dr.domain.steps import Answer
from ecs_dr.errors import CloudRefused, InvalidInput, OutcomeUnknown, SourceUnusable
from ecs_dr.simulator.world import World, load_world
from tests.support.desk import SOURCE, Desk
from tests.workflow.bench import (
    NOTHING,
    Fault,
    break_line,
    go_ahead,
    key_of,
    no_requests,
    refusal,
    sends,
    session_of,
    source_state,
    text_of,
    values_of,
)
from tests.workflow.snapshot_worlds import nightly, take
from tests.workflow.test_resume import restarted, resume

POLICY_VALUE = "policy_20261122T010000Z"


async def asked_for_set(desk: Desk, name: str | None = None) -> Answer:
    await desk.settle(await desk.collect())
    return await desk.call("image_from_snapshots", image_name=name)


async def made(desk: Desk, choice: str = POLICY_VALUE, asked: Answer | None = None) -> Answer:
    """The image of the chosen set."""
    return await desk.settle(await desk.answer(asked or await asked_for_set(desk), choice))


async def test_the_question_says_how_old_how_far_apart_and_of_which_kind() -> None:
    desk = Desk(nightly(7))
    asked = await asked_for_set(desk)
    assert key_of(asked) == "snapshots.set"
    assert values_of(asked) == [POLICY_VALUE, ABORT]
    told = text_of(asked)
    for part in (
        "Data as of 2026-11-22 09:00:00 UTC+8, 7 h 0 min ago",
        "sp-2zedaily0001",
        "4 s",
        "Create_from_" + SOURCE,
    ):
        assert part in told
    assert desk.mutations == NOTHING


async def test_the_chosen_set_is_sent_once_the_system_disk_first_and_the_source_is_not_named() -> None:
    desk = Desk(nightly(7))
    done = await made(desk)
    assert (done.status, done.step) == ("done", "image")
    (sent,) = sends(desk, "CreateImage")
    assert "InstanceId" not in sent.params
    mapped = [sent.params[f"DiskDeviceMapping.{number}.SnapshotId"] for number in (1, 2, 3)]
    assert mapped == ["s-2zerun0x0", "s-2zerun0x1", "s-2zerun0x2"]
    assert [sent.params[f"DiskDeviceMapping.{number}.Device"] for number in (1, 2, 3)] == [
        "/dev/xvda",
        "/dev/xvdb",
        "/dev/xvdc",
    ]
    assert [sent.params[f"DiskDeviceMapping.{number}.Size"] for number in (1, 2, 3)] == ["40", "100", "200"]
    assert sent.params["DiskDeviceMapping.1.DiskType"] == "system"
    assert sent.params["ResourceGroupId"] == "rg-2zeproduction01"
    assert sent.params["Features.ImdsSupport"] == "v2"
    assert sent.params["ClientToken"]
    image = desk.world.images[str(done.data["image_id"])]
    assert image.tags[SOURCE_TAG] == SOURCE
    assert image.tags[SESSION] == desk.session_id
    assert image.tags[DATA_AS_OF] == "2026-11-22T01:00:00+00:00"


async def test_the_answer_names_each_snapshot_and_the_moment_of_the_data() -> None:
    desk = Desk(nightly(7))
    done = await made(desk)
    rows = done.data["snapshots"]
    assert isinstance(rows, list)
    assert [row["device"] for row in rows if isinstance(row, dict)] == ["/dev/xvda", "/dev/xvdb", "/dev/xvdc"]
    assert done.data["data_as_of"] == "2026-11-22T01:00:00+00:00"
    assert done.data["spread_seconds"] == 4
    assert "2026-11-22 09:00:00 UTC+8" in done.message
    with no_requests(desk):
        again = await desk.call("image_from_snapshots")
    assert (again.status, again.data["image_id"]) == ("done", done.data["image_id"])


async def test_the_whole_recovery_matches_and_is_as_old_as_the_oldest_snapshot() -> None:
    desk = Desk(nightly(7))
    before = source_state(desk)
    await made(desk)
    done = await desk.settle(await desk.call("plan_recovery"))
    for _ in range(9):
        if done.step == "verify" or done.next is None:
            break
        done = await desk.settle(await desk.call(done.next.tool))
    assert done.data["verdict"] == "match", done.message
    assert desk.mutations == {"CreateImage": 1, "CreateVSwitch": 0, "RunInstances": 1}
    assert source_state(desk) == before
    report = desk.recovery.report(desk.session_id)
    assert report.measures.snapshot_at is not None
    assert report.measures.snapshot_at.isoformat() == "2026-11-22T01:00:00+00:00"
    assert report.measures.rpo_seconds is not None
    assert report.measures.rpo_seconds > 7 * 3600
    assert "policy" in report.consistency[0]


async def test_other_whole_sets_are_options_and_of_many_three_at_a_time() -> None:
    desk = Desk(nightly(7, 31, 55, 79, 103))
    asked = await asked_for_set(desk)
    assert len(values_of(asked)) == 4
    assert values_of(asked)[-1] == MORE_OPTIONS
    following = await desk.answer(asked, MORE_OPTIONS)
    assert values_of(following)[:2] == ["policy_20261119T010000Z", "policy_20261118T010000Z"]
    done = await made(desk, "policy_20261118T010000Z", following)
    assert done.data["data_as_of"] == "2026-11-18T01:00:00+00:00"
    assert desk.sent("CreateImage") == 1


async def test_a_page_that_a_later_reading_no_longer_has_is_not_an_empty_question() -> None:
    desk = Desk(nightly(7, 31, 55, 79, 103))
    await desk.settle(await desk.collect())
    session_of(desk).pages["snapshots.set"] = 2
    asked = await desk.call("image_from_snapshots")
    assert values_of(asked)[0].startswith("policy_")
    assert values_of(asked)[-1] == MORE_OPTIONS


async def test_a_group_is_an_option_under_its_own_id() -> None:
    world = nightly(7)
    take(world, "grp", 3, group=True)
    desk = Desk(world)
    asked = await asked_for_set(desk)
    assert values_of(asked) == ["ssg-2zegrp", POLICY_VALUE, ABORT]
    assert "all disks of one moment" in text_of(asked)


async def test_what_spoils_a_newer_set_and_what_is_older_than_the_newest_is_told() -> None:
    world = load_world("healthy")
    take(world, "old", 31, step_seconds=0)
    newer = take(world, "new", 7)
    world.snapshots[newer[1]].status = "progressing"
    world.snapshots[newer[2]].status = "failed"
    told = text_of(await asked_for_set(Desk(world)))
    assert f"/dev/xvda has a snapshot of 2026-11-22 09:00:00 UTC+8 ({newer[0]})" in told
    assert f"/dev/xvdb: snapshot {newer[1]} is not finished" in told


async def test_a_disk_without_a_snapshot_leaves_no_set_and_says_which() -> None:
    world = nightly(7)
    del world.snapshots["s-2zerun0x2"]
    desk = Desk(world)
    await desk.settle(await desk.collect())
    with pytest.raises(SourceUnusable) as refused:
        await desk.call("image_from_snapshots")
    assert refused.value.code == "NoSnapshotSet"
    assert "/dev/xvdc" in refused.value.values["disks"]
    assert refused.value.next_tool == "adopt_image"
    assert desk.mutations == NOTHING


async def test_an_enlarged_disk_is_told_with_both_sizes_and_keeps_its_own() -> None:
    world = nightly(7)
    world.snapshots["s-2zerun0x1"].source_disk_size = 60
    desk = Desk(world)
    asked = await asked_for_set(desk)
    assert "60 GiB then, 100 GiB now" in text_of(asked)
    await made(desk, asked=asked)
    (sent,) = sends(desk, "CreateImage")
    assert sent.params["DiskDeviceMapping.2.Size"] == "100"


async def test_a_snapshot_that_retention_takes_between_question_and_request_makes_nothing() -> None:
    world = nightly(7, 31)
    desk = Desk(world)
    asked = await asked_for_set(desk)
    del world.snapshots["s-2zerun0x1"]
    with pytest.raises(SourceUnusable) as refused:
        await made(desk, asked=asked)
    assert refused.value.code == "SnapshotGone"
    assert refused.value.values["snapshots"] == "s-2zerun0x1"
    assert desk.mutations == NOTHING
    again = await desk.call("image_from_snapshots")
    assert values_of(again)[0] != POLICY_VALUE
    assert again.question is not None
    assert again.question.question_id != (asked.question.question_id if asked.question else "")


async def test_a_set_that_arrives_while_the_question_stands_changes_nothing_in_it() -> None:
    world = nightly(7)
    desk = Desk(world)
    asked = await asked_for_set(desk)
    take(world, "new", 1)
    same = await desk.call("image_from_snapshots")
    assert text_of(same) == text_of(asked)
    done = await made(desk, asked=same)
    assert done.data["data_as_of"] == "2026-11-22T01:00:00+00:00"


async def test_abort_creates_nothing_and_the_next_call_reads_anew() -> None:
    world = nightly(7)
    desk = Desk(world)
    stopped = await desk.answer(await asked_for_set(desk), ABORT)
    assert stopped.status == "stopped"
    take(world, "new", 1)
    assert values_of(await desk.call("image_from_snapshots"))[0].startswith("policy_20261122T07")
    assert desk.mutations == NOTHING


async def test_a_proposed_name_is_shown_and_sent_and_an_impossible_one_is_refused() -> None:
    desk = Desk(nightly(7))
    asked = await asked_for_set(desk, name="after-the-outage")
    assert "after-the-outage" in text_of(asked)
    done = await made(desk, asked=asked)
    assert done.data["image_name"] == "after-the-outage"
    other = Desk(nightly(7))
    with pytest.raises(InvalidInput):
        await asked_for_set(other, name="1")


async def test_a_locked_source_is_recovered_all_the_same() -> None:
    world = nightly(7)
    world.instances[SOURCE].lock_reasons = ["security"]
    desk = Desk(world)
    done = await made(desk)
    assert done.status == "done"
    assert (await desk.settle(await desk.call("wait_for_image"))).status == "done"


async def test_an_image_that_never_ends_is_given_up_and_stays_named() -> None:
    world = nightly(7)
    world.behaviour.image_seconds = 1e9
    desk = Desk(world)
    await desk.settle(await desk.collect())
    first = await desk.settle(await desk.call("create_image"))
    asked = await desk.call("image_from_snapshots")
    assert f"Image {first.data['image_id']} of this recovery is given up" in text_of(asked)
    done = await made(desk, values_of(asked)[0], asked)
    assert done.data["image_id"] != first.data["image_id"]
    assert str(first.data["image_id"]) in done.message
    report = desk.recovery.report(desk.session_id)
    assert first.data["image_id"] in {leftover.id for leftover in report.leftovers}


async def test_an_answer_that_is_lost_makes_one_image_all_the_same() -> None:
    desk = Desk(nightly(7))
    asked = await asked_for_set(desk)
    break_line(desk, Fault("CreateImage", refusal("ServiceUnavailable", http_status=503), times=2, carried_out=True))
    done = await made(desk, asked=asked)
    assert done.status == "done"
    assert desk.sent("CreateImage") == 1


async def test_a_refusal_is_final_and_the_next_attempt_has_a_question_of_its_own() -> None:
    world = nightly(7)
    world.snapshots["s-2zerun0x0"].encrypted = True
    world.behaviour.images_of_encrypted_system_disks = False
    desk = Desk(world)
    asked = await asked_for_set(desk)
    assert "The system disk's snapshot is encrypted" in text_of(asked)
    with pytest.raises(CloudRefused) as refused:
        await made(desk, asked=asked)
    assert refused.value.code == "OperationDenied"
    assert desk.mutations == NOTHING
    assert key_of(await desk.call("image_from_snapshots")) == "snapshots.set"


async def test_without_the_permission_for_groups_the_sets_are_as_good() -> None:
    world = nightly(7)
    world.identities["operator"].denied.append("ecs:DescribeSnapshotGroups")
    asked = await asked_for_set(Desk(world))
    assert values_of(asked)[0] == POLICY_VALUE


async def test_without_the_permission_for_snapshots_this_road_alone_is_closed() -> None:
    world = nightly(7)
    world.identities["operator"].denied.append("ecs:DescribeSnapshots")
    desk = Desk(world)
    asked = await asked_for_set(desk)
    assert asked.problem is not None
    assert asked.problem.missing_permission == "ecs:DescribeSnapshots"
    done = await desk.recover()
    assert done.data["verdict"] == "match"


async def test_a_disk_that_was_moved_is_asked_for_by_its_own_id() -> None:
    world: World = nightly(7)
    world.behaviour.lists_snapshots_of_gone = False
    for snapshot in world.snapshots.values():
        snapshot.instance_id = "i-2zeelsewhere1"
    assert values_of(await asked_for_set(Desk(world)))[0] == POLICY_VALUE


async def test_after_a_crash_the_image_is_found_with_the_moment_of_its_data() -> None:
    desk = Desk(nightly(7))
    async with desk.open():
        await made(desk)
    async with restarted(desk).open():
        await resume(desk)
        state = session_of(desk).image
        assert state is not None
        assert state.data_as_of is not None
        assert state.data_as_of.isoformat() == "2026-11-22T01:00:00+00:00"
        assert state.origin is not None
        assert (state.origin.kind, state.origin.spread_seconds) == ("policy", 4)
        assert (await desk.call("image_from_snapshots")).data["image_id"] == state.image_id
    assert desk.sent("CreateImage") == 1


async def test_the_age_of_the_data_is_told_wherever_the_image_is_named() -> None:
    desk = Desk(nightly(7))
    await made(desk)
    ready = await desk.settle(await desk.call("wait_for_image"))
    assert "2026-11-22 09:00:00 UTC+8" in ready.message
    for tool in ("choose_target", "prepare_vswitch", "check_disks"):
        settled = await desk.settle(await desk.call(tool))
        assert "data as of 2026-11-22 09:00:00 UTC+8" in settled.message
    asked = await go_ahead(desk)
    assert "2026-11-22 09:00" in text_of(asked)
    assert "data as of 2026-11-22 09:00:00 UTC+8" in (await desk.call("get_session")).message


async def test_an_image_of_snapshots_that_another_recovery_made_keeps_its_age_when_it_is_adopted() -> None:
    desk = Desk(nightly(7))
    image_id = str((await made(desk)).data["image_id"])
    desk.clock.advance(600)
    later = restarted(desk)
    later.session_id = ""
    await later.settle(await later.collect())
    await later.settle(await later.call("adopt_image", image_id=image_id))
    state = session_of(later).image
    assert state is not None
    assert state.adopted
    assert state.data_as_of is not None
    assert state.data_as_of.isoformat() == "2026-11-22T01:00:00+00:00"


async def test_a_fresh_group_is_a_choice_beside_the_image_of_a_living_source() -> None:
    world = load_world("healthy")
    take(world, "grp", 0.5, group=True)
    desk = Desk(world)
    await desk.settle(await desk.collect())
    asked = await desk.call("create_image")
    assert values_of(asked) == ["confirm", "custom", "from_group", ABORT]
    led = await desk.answer(asked, "from_group")
    assert led.next is not None
    assert led.next.tool == "image_from_snapshots"
    done = await made(desk, "ssg-2zegrp", await desk.go_on(led))
    assert done.data["kind"] == "group"
    assert desk.sent("CreateImage") == 1


async def test_an_old_group_or_one_that_lacks_a_disk_is_no_choice_there() -> None:
    old, lacking = load_world("healthy"), load_world("healthy")
    take(old, "grp", 2, group=True)
    del lacking.snapshots[take(lacking, "grp", 0.5, group=True)[2]]
    for world in (old, lacking):
        desk = Desk(world)
        await desk.settle(await desk.collect())
        assert values_of(await desk.call("create_image")) == ["confirm", "custom", ABORT]


async def test_a_request_from_snapshots_that_is_in_doubt_is_settled_by_its_own_tool() -> None:
    desk = Desk(nightly(7))
    asked = await asked_for_set(desk)
    line = break_line(desk, Fault("CreateImage", refusal("ServiceUnavailable", http_status=503), times=99))
    with pytest.raises(OutcomeUnknown):
        await made(desk, asked=asked)
    line.faults.clear()
    led = await desk.call("create_image")
    assert led.next is not None
    assert led.next.tool == "image_from_snapshots"
    done = await desk.settle(await desk.go_on(led))
    assert done.data["data_as_of"] == "2026-11-22T01:00:00+00:00"
    assert desk.sent("CreateImage") == 1
