"""Somebody else changes the cloud between two calls: what is said afterwards is what is there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from ecs_dr.cloud.adapter import AlibabaCloud
from ecs_dr.cloud.retry import RetryPolicy
from ecs_dr.cloud.transport import NoAnswer
from ecs_dr.domain.questions import CONFIRM
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.texts import Texts
from ecs_dr.errors import CloudRefused, EcsDrError, OutcomeUnknown, RecoveryFailed, SourceUnusable
from ecs_dr.simulator.model_compute import Disk
from ecs_dr.simulator.model_network import SecurityGroup
from ecs_dr.workflow.memory.sightings import Integrity
from ecs_dr.workflow.recovery import Recovery
from ecs_dr.workflow.run import RecoveryOptions
from ecs_dr.workflow.standing import standing_but_for_times
from tests.support.desk import REGION, SOURCE, Desk
from tests.support.ids import CountedIds
from tests.workflow.bench import Fault, break_line, go_ahead, text_of, up_to

Change = Callable[[Desk], None]


def restarted(desk: Desk, ids: CountedIds | None = None) -> Desk:
    """The same cloud and clock, another process, which gives out these ids."""
    cloud = AlibabaCloud(desk.transport, desk.clock, RetryPolicy(wait_seconds=15, attempts=3))
    desk.recovery = Recovery(cloud, desk.clock, ids or CountedIds(), RecoveryOptions(simulated=True))
    return desk


async def launched(world: str = "no-vswitch") -> tuple[Desk, str, str, str]:
    """A recovery whose replica was launched; with the ids of image, VSwitch and replica."""
    desk = Desk(world)
    before = set(desk.world.vswitches)
    async with desk.open():
        await up_to(desk, "create_instance")
    replica = next(one.instance_id for one in desk.world.instances.values() if one.launched_at is not None)
    (vswitch,) = set(desk.world.vswitches) - before
    return desk, desk.world.instances[replica].image_id, vswitch, replica


async def taken_up(desk: Desk) -> Answer:
    return await desk.settle(await desk.call("resume_session", instance_id=SOURCE, region_id=REGION))


def release_source(desk: Desk) -> None:
    for disk_id in [disk.disk_id for disk in desk.world.disks.values() if disk.instance_id == SOURCE]:
        del desk.world.disks[disk_id]
    del desk.world.instances[SOURCE]


def attach_disk(desk: Desk) -> None:
    zone = desk.world.instances[SOURCE].zone_id
    disk = Disk(instance_id=SOURCE, type="data", category="cloud_essd", size=20, device="/dev/xvdz", zone_id=zone)
    disk.disk_id, disk.performance_level = "d-2zeattached01", "PL1"
    desk.world.disks[disk.disk_id] = disk


def detach_disk(desk: Desk) -> None:
    del desk.world.disks["d-2zedata00002"]


def resize_disk(desk: Desk) -> None:
    desk.world.disks["d-2zedata00001"].size += 100


def delete_image(desk: Desk) -> None:
    for image_id in [one.image_id for one in desk.world.images.values() if one.source_instance_id == SOURCE]:
        del desk.world.images[image_id]


CHANGES: tuple[Change, ...] = (release_source, attach_disk, detach_disk, resize_disk, delete_image)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
async def test_a_replica_that_exists_is_named_and_judged_whatever_became_of_source_and_image(change: Change) -> None:
    desk, image, vswitch, replica = await launched()
    change(desk)
    async with restarted(desk).open():
        found = await taken_up(desk)
        assert found.next is not None
        assert found.next.tool == "verify_instance"
        for made in (image, vswitch, replica):
            assert made in found.message, found.message
        done = await desk.settle(await desk.call("verify_instance"))
        assert done.data["verdict"] == "differs", done.message
        for made in (image, vswitch, replica):
            assert made in done.message, done.message
        again = await desk.settle(await desk.call("create_instance"))
        assert again.data["instance_id"] == replica
    assert desk.mutations == {"CreateImage": 1, "CreateVSwitch": 1, "RunInstances": 1}


async def test_a_source_that_was_not_found_first_and_is_there_later_is_neither_changed_nor_gone() -> None:
    desk, *_ = await launched()
    hidden = desk.world.instances.pop(SOURCE)
    async with restarted(desk).open():
        await taken_up(desk)
        desk.world.instances[SOURCE] = hidden
        done = await desk.settle(await desk.call("verify_instance"))
        later = desk.recovery.standing(desk.session_id)
    assert (done.data["verdict"], done.data["source_changes"]) == ("differs", [])
    for told in (done.message, later):
        assert "nothing of it was read before, so it is not compared" in told
        assert not any(word in told for word in ("changed since", "not there any more", "untouched")), told


async def test_with_the_source_gone_and_no_replica_what_exists_is_named_and_gone_on_with() -> None:
    desk = Desk("no-vswitch")
    async with desk.open():
        await up_to(desk, "create_image")
    (image,) = [one.image_id for one in desk.world.images.values() if one.source_instance_id == SOURCE]
    release_source(desk)
    async with restarted(desk).open():
        resumed = await taken_up(desk)
        assert f"{SOURCE} could not be read" in resumed.message
        assert resumed.message.count(image) == 1, "what exists is told once"
        assert image in desk.recovery.standing(desk.session_id)
        assert "created nothing" not in desk.recovery.standing(desk.session_id)
        assert desk.recovery.way_on(desk.session_id) != "collect_source"


async def test_a_source_that_was_changed_is_never_called_untouched() -> None:
    desk, *_ = await launched()
    desk.world.instances[SOURCE].instance_name = "renamed"
    async with desk.open():
        done = await desk.settle(await desk.call("verify_instance"))
        later = await desk.call("get_session")
    assert done.data["verdict"] == "differs"
    for answer in (done, later):
        assert "untouched" not in answer.message
        assert "had changed since" in answer.message


async def test_untouched_is_said_of_a_time_and_after_a_resumption_since_it_was_taken_up() -> None:
    desk, *_ = await launched()
    desk.world.instances[SOURCE].instance_name = "renamed-before-the-resumption"
    desk.clock.advance(100)
    async with restarted(desk).open():
        await taken_up(desk)
        since = f"{desk.clock.now() + timedelta(hours=8):%Y-%m-%d %H:%M}"
        done = await desk.settle(await desk.call("verify_instance"))
    assert "is untouched" in done.message
    assert "was taken up again: what happened to the source before " + since in done.message
    assert f"it was as read at {since[-5:]}" in done.message


async def test_an_image_that_somebody_deletes_while_it_is_waited_for_is_gone_within_a_minute() -> None:
    desk = Desk()
    async with desk.open():
        await up_to(desk, "create_image")
        (image,) = [one.image_id for one in desk.world.images.values() if one.source_instance_id == SOURCE]
        await desk.clock.sleep(30)
        delete_image(desk)
        began = desk.clock.now()
        reads = len(desk.simulator.calls("DescribeImages"))
        with pytest.raises(RecoveryFailed) as failed:
            await desk.settle(await desk.call("wait_for_image"))
        assert (desk.clock.now() - began).total_seconds() <= 60
        assert (desk.clock.now() - began).total_seconds() >= 15
        assert len(desk.simulator.calls("DescribeImages")) - reads >= 3
        assert (failed.value.code, failed.value.next_tool) == ("ImageVanished", "create_image")
        standing = desk.recovery.standing(desk.session_id)
        assert f"image {image} (gone" in standing
        asked = await desk.call("create_image")
        assert asked.question is not None


async def test_one_empty_answer_is_no_absence() -> None:
    desk = Desk()
    async with desk.open():
        await up_to(desk, "create_image")
        await desk.clock.sleep(30)
        (image,) = [one for one in desk.world.images.values() if one.source_instance_id == SOURCE]
        kept = desk.world.images[image.image_id]
        reads: list[int] = []

        def hide_twice(request: object) -> None:
            if getattr(request, "action", "") == "DescribeImages":
                reads.append(1)
                if len(reads) <= 2:
                    desk.world.images.pop(image.image_id, None)
                else:
                    desk.world.images.setdefault(image.image_id, kept)

        desk.transport.before.append(hide_twice)
        done = await desk.settle(await desk.call("wait_for_image"))
    assert done.status == "done"
    assert len(reads) > 2


async def test_verification_reads_the_image_anew() -> None:
    desk, image, *_ = await launched()
    delete_image(desk)
    async with desk.open():
        done = await desk.settle(await desk.call("verify_instance"))
    assert done.data["verdict"] == "differs"
    assert f"image {image} (gone" in done.message


@pytest.mark.parametrize("detached", [True, False])
async def test_a_disk_that_the_replica_lost_ends_the_wait_as_a_difference_with_its_device(detached: bool) -> None:  # noqa: FBT001
    desk, _, _, replica = await launched()
    desk.clock.advance(60)
    lost = next(d for d in desk.world.disks.values() if d.instance_id == replica and d.device == "/dev/xvdc")
    if detached:
        lost.instance_id, lost.status = "", "Available"
    else:
        del desk.world.disks[lost.disk_id]
    async with desk.open():
        began = desk.clock.now()
        waiting = await desk.call("verify_instance")
        assert waiting.status == "in_progress"
        assert "/dev/xvdc" in waiting.message
        done = await desk.settle(waiting)
    assert done.data["verdict"] == "differs"
    assert "/dev/xvdc" in done.message
    assert (desk.clock.now() - began).total_seconds() < 300


async def test_a_replica_that_somebody_stopped_is_judged_as_stopped() -> None:
    desk, _, _, replica = await launched()
    desk.clock.advance(60)
    desk.world.instances[replica].status = "Stopped"
    async with desk.open():
        done = await desk.settle(await desk.call("verify_instance"))
    assert done.data["verdict"] == "differs"
    assert "Stopped" in done.message


async def test_two_servers_on_one_session_end_with_one_replica_also_when_the_tags_of_the_source_change() -> None:
    desk = Desk()
    async with desk.open():
        await up_to(desk, "check_disks")
        await desk.settle(await desk.call("wait_for_image"))
    first, second = restarted(desk).recovery, restarted(desk).recovery
    async with first.running(), second.running():
        desk.recovery = first
        await taken_up(desk)
        source = desk.world.instances[SOURCE]
        source.tags = {**source.tags, "team": "another"}
        desk.recovery = second
        await taken_up(desk)
        desk.recovery = first
        made = await _to_the_launch(desk)
        desk.clock.advance(5)
        desk.recovery = second
        other = await _to_the_launch(desk)
    assert made.data["instance_id"] == other.data["instance_id"]
    assert desk.mutations["RunInstances"] == 1


async def _to_the_launch(desk: Desk) -> Answer:
    answer = await desk.call("get_session")
    for _ in range(20):
        if answer.step == "instance" and answer.status == "done":
            return answer
        answer = await desk.settle(await desk.go_on(answer))
    raise AssertionError("it was never launched")


async def test_a_session_that_was_taken_up_never_leads_to_a_second_one() -> None:
    desk, *_ = await launched()
    desk.world.identities["operator"].denied.append("ecs:DescribeInstances")
    async with restarted(desk).open():
        asked = await desk.call("resume_session", instance_id=SOURCE, region_id=REGION)
        asked = await desk.answer(asked, "confirm")
        assert asked.status in {"needs_answer", "failed"}
        look = await desk.call("get_session")
        assert look.next is not None
        assert look.next.tool == "resume_session"
        for tool in ("create_image", "choose_target", "plan_recovery", "adopt_image"):
            try:
                answer = await desk.call(tool, image_id="m-2ze00000001")
                following = answer.next.tool if answer.next is not None else None
            except CloudRefused:
                following = None
            except EcsDrError as error:
                following = getattr(error, "next_tool", None)
            assert following != "collect_source", tool


@pytest.mark.parametrize("change", [attach_disk, detach_disk, resize_disk], ids=lambda change: change.__name__)
async def test_disks_that_change_before_the_image_is_made_are_told_before_anything_is_paid_for(change: Change) -> None:
    desk = Desk()
    async with desk.open():
        await desk.settle(await desk.collect())
        asked = await desk.call("create_image")
        change(desk)
        with pytest.raises(SourceUnusable) as refused:
            await desk.settle(asked)
        assert (refused.value.code, refused.value.next_tool) == ("SourceDisksChanged", "create_image")
        assert desk.mutations["CreateImage"] == 0
        answer = await desk.settle(await desk.call("create_image"))
        while answer.next is not None and answer.status == "done":
            answer = await desk.settle(await desk.go_on(answer))
        assert answer.data["verdict"] == "match", answer.message


async def test_a_list_of_vswitches_without_the_sources_own_is_told_as_incomplete() -> None:
    desk = Desk()
    own = desk.world.instances[SOURCE].vswitch_id
    desk.world.vswitches[own].vpc_id = "vpc-2zeanother0001"
    await up_to(desk, "choose_target")
    answer = await desk.call("prepare_vswitch")
    assert f"without the source's own ({own})" in answer.message


async def test_what_is_in_doubt_comes_next_before_anything_else_is_decided() -> None:
    desk = Desk()
    async with desk.open():
        await desk.settle(await desk.collect())
        break_line(desk, Fault("CreateImage", NoAnswer("lost"), times=99))
        with pytest.raises(OutcomeUnknown):
            await desk.settle(await desk.call("create_image"))
        look = await desk.call("get_session")
        assert "may exist: the image" in look.message
        assert look.next is not None
        assert look.next.tool == "create_image"


async def test_a_created_vswitch_that_disappears_while_it_is_waited_for_ends_the_wait_with_a_way_on() -> None:
    desk = Desk("no-vswitch")
    desk.world.behaviour.vswitch_pending_seconds = 3600.0
    async with desk.open():
        await up_to(desk, "choose_target")
        answer = await desk.call("prepare_vswitch")
        assert answer.question is not None
        answer = await desk.answer(answer, answer.question.question.options[0].value)
        assert answer.status == "in_progress"
        made = str(answer.data["vswitch_id"])
        begun = desk.clock.now()
        del desk.world.vswitches[made]
        with pytest.raises(RecoveryFailed) as failed:
            await desk.settle(await desk.call("prepare_vswitch"))
        assert (failed.value.code, failed.value.next_tool) == ("VSwitchVanished", "prepare_vswitch")
        assert (desk.clock.now() - begun).total_seconds() <= 60
        assert f"VSwitch {made} (gone" in desk.recovery.standing(desk.session_id)
        desk.world.behaviour.vswitch_pending_seconds = 2.0
        again = await desk.settle(await desk.call("prepare_vswitch"))
        assert again.data["vswitch_id"] != made
    assert desk.mutations["CreateVSwitch"] == 2


async def test_a_vswitch_that_stays_pending_is_not_waited_for_without_an_end() -> None:
    desk = Desk("no-vswitch")
    desk.world.behaviour.vswitch_pending_seconds = 36000.0
    async with desk.open():
        await up_to(desk, "choose_target")
        with pytest.raises(RecoveryFailed) as failed:
            await desk.settle(await desk.call("prepare_vswitch"))
    assert (failed.value.code, failed.value.next_tool) == ("VSwitchNotReady", "prepare_vswitch")


async def test_groups_that_were_replaced_before_the_launch_are_asked_about_and_taken() -> None:
    desk = Desk()
    async with desk.open():
        await up_to(desk, "check_disks")
        await desk.settle(await desk.call("wait_for_image"))
        source, groups = desk.world.instances[SOURCE], desk.world.security_groups
        old = source.security_group_ids
        groups["sg-2zenew000001"] = SecurityGroup(vpc_id=groups[old[0]].vpc_id, security_group_id="sg-2zenew000001")
        source.security_group_ids = ("sg-2zenew000001",)
        for one in old:
            del groups[one]
        asked = await desk.answer(await go_ahead(desk), CONFIRM)
        assert "it has sg-2zenew000001 now" in text_of(asked), "the new groups are agreed to as well"
        done = await desk.settle(asked)
        assert done.status == "done", done.message
        replica = desk.world.instances[str(done.data["instance_id"])]
        assert tuple(replica.security_group_ids) == ("sg-2zenew000001",)
        verified = await desk.settle(await desk.call("verify_instance"))
    assert verified.data["verdict"] == "match", verified.message
    assert desk.mutations["RunInstances"] == 1


async def test_a_source_that_was_compared_once_more_and_is_the_same_is_no_news() -> None:
    """A person who reads every answer is told how things stand once something has changed; a moment is nothing."""
    desk = Desk()
    await desk.settle(await desk.collect())
    session, told = desk.recovery.sessions.get(desk.session_id), set[str]()
    for minutes in (5, 10):
        at = session.created_at + timedelta(minutes=minutes)
        session.integrity = Integrity((session.created_at, at), (at, at + timedelta(seconds=2)), has_changed=False)
        told.add(standing_but_for_times(session, Texts("en")))
    assert len(told) == 1
