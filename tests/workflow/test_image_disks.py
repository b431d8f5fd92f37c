"""An identity of one resource group is not shown the disks of another; the image has them, and the person decides."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ecs_dr.domain.questions import ABORT, CONFIRM
from ecs_dr.domain.steps import Answer
from ecs_dr.simulator.world import load_world
from tests.support.desk import Desk
from tests.workflow.bench import go_ahead, key_of, text_of, up_to, values_of
from tests.workflow.test_changing_world import attach_disk, resize_disk, restarted, taken_up

HIDDEN = "/dev/xvdc"
KEY = "launch.disks"


def of_one_group(reading: str = "empty") -> Desk:
    return Desk(load_world("two-groups", {"group_scope": reading}))


async def asked_about_them(desk: Desk, *, ready: bool = False) -> Answer:
    """The image is ready and everything else is settled: what comes before the go-ahead."""
    if not ready:
        await up_to(desk, "check_disks")
        await desk.settle(await desk.call("wait_for_image"))
    answer = await desk.call("create_instance")
    while key_of(answer) != KEY:
        assert answer.question is not None, answer.message
        answer = await desk.answer(answer, answer.question.question.options[0].value)
    return answer


@pytest.mark.parametrize("reading", ["empty", "denied"])
async def test_it_is_said_from_the_beginning_that_not_all_may_be_seen(reading: str) -> None:
    desk = of_one_group(reading)
    read = await desk.settle(await desk.collect())
    assert "rg-2zeproduction01 alone" in read.message
    assert "DisksOfOneGroup" in str(read.data["warnings"])
    asked = await desk.call("create_image")
    assert "rg-2zeproduction01 alone" in text_of(asked), "before anything is paid for"


async def test_nothing_is_said_where_everything_is_seen() -> None:
    desk = of_one_group("everything")
    read = await desk.settle(await desk.collect())
    assert "alone" not in read.message
    async with desk.open():
        end = await desk.recover()
    assert KEY not in desk.asked
    assert end.data["verdict"] == "match"


@pytest.mark.parametrize("reading", ["empty", "denied"])
async def test_what_the_image_has_more_goes_into_the_launch_by_decision(reading: str) -> None:
    desk = of_one_group(reading)
    async with desk.open():
        asked = await asked_about_them(desk)
        assert f"{HIDDEN} (200 GiB)" in text_of(asked)
        assert values_of(asked) == [CONFIRM, ABORT]
        confirm = await go_ahead(desk, await desk.answer(asked, CONFIRM))
        assert HIDDEN in text_of(confirm), "the go-ahead shows it"
        assert "could not be read of the source" in text_of(confirm)
        await desk.settle(confirm)
        end = await desk.settle(await desk.call("verify_instance"))
    assert end.data["verdict"] == "match", end.message
    assert "not in the comparison" in end.message
    assert "untouched" not in end.message, "a disk that nobody could read may have changed"
    (replica,) = [one for one in desk.world.instances.values() if one.launched_at is not None]
    disks = {disk.device: disk for disk in desk.world.disks.values() if disk.instance_id == replica.instance_id}
    assert disks[HIDDEN].size == 200
    assert disks[HIDDEN].category == disks["/dev/xvdb"].category


async def test_who_stops_there_has_launched_nothing_and_is_told_of_the_image() -> None:
    desk = of_one_group()
    async with desk.open():
        stopped = await desk.answer(await asked_about_them(desk), ABORT)
    assert stopped.status == "stopped"
    assert desk.mutations["RunInstances"] == 0
    assert "image m-" in stopped.message
    assert "is billed" in stopped.message


async def test_a_replica_with_them_that_is_taken_up_matches() -> None:
    desk = of_one_group()
    async with desk.open():
        await desk.settle(await desk.answer(await asked_about_them(desk), CONFIRM))
    desk.clock.advance(60)
    async with restarted(desk).open():
        await taken_up(desk)
        end = await desk.settle(await desk.call("verify_instance"))
    assert end.data["verdict"] == "match", end.message


@pytest.mark.parametrize(
    ("change", "told", "verdict"),
    [(attach_disk, "Not in the image: /dev/xvdz (20 GiB)", "differs"), (resize_disk, "Of another size", "match")],
)
async def test_disks_that_changed_after_the_image_are_asked_about_when_it_is_taken_up(
    change: Callable[[Desk], None], told: str, verdict: str
) -> None:
    """The image is paid for and holds what the source was: a second one is no condition for a replica."""
    desk = Desk()
    async with desk.open():
        await up_to(desk, "create_image")
    desk.clock.advance(600)
    change(desk)
    async with restarted(desk).open():
        await taken_up(desk)
        for tool in ("choose_target", "prepare_vswitch", "check_disks"):
            await desk.settle(await desk.call(tool))
        ready = await desk.settle(await desk.call("wait_for_image"))
        assert told in ready.message
        assert told in text_of(await asked_about_them(desk, ready=True))
        end = await desk.settle(await desk.call("create_instance"))
        while end.next is not None:
            end = await desk.settle(await desk.go_on(end))
    assert end.data["verdict"] == verdict, end.message
    assert desk.mutations["CreateImage"] == 1
