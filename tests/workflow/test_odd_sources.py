"""Sources whose disks have no names, and sources with more tags than a launch takes: told before anything is paid."""

from __future__ import annotations

from ecs_dr.domain.steps import Answer
from ecs_dr.simulator.world import World, load_world
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.desk import Desk


def nameless(*, alike: bool = False) -> World:
    world = load_world("healthy")
    for disk_id in ("d-2zedata00001", "d-2zedata00002"):
        disk = world.disks[disk_id]
        disk.device = ""
        disk.size = 100 if alike else disk.size
    return world


def codes(answer: Answer) -> list[str]:
    told = answer.data["warnings"]
    assert isinstance(told, list)
    return [str(finding["code"]) for finding in told if isinstance(finding, dict)]


async def test_disks_without_a_name_are_told_in_step_1_and_recovered() -> None:
    desk = Desk(nameless())
    async with desk.open():
        source = await desk.settle(await desk.collect())
        assert "NoDeviceName" in codes(source)
        assert "d-2zedata00001" in source.message
        while source.next is not None:
            source = await desk.settle(await desk.go_on(source))
    assert source.data["verdict"] == "match"
    made = [disk for disk in desk.world.disks.values() if disk.instance_id != desk.world.source_instance_id]
    assert {(disk.device, disk.size, disk.category) for disk in made if disk.type == "data"} == {
        ("/dev/xvdb", 100, "cloud_essd"),
        ("/dev/xvdc", 200, "cloud_auto"),
    }


async def test_disks_that_cannot_be_told_apart_are_told_as_such() -> None:
    desk = Desk(nameless(alike=True))
    async with desk.open():
        source = await desk.settle(await desk.collect())
    assert "Nothing tells which of them is which" in source.message


def tagged(count: int) -> World:
    world = load_world("healthy")
    world.instances[world.source_instance_id].tags = {f"k{number:02}": "v" for number in range(count)}
    return world


async def test_tags_without_room_are_named_before_the_launch_in_it_and_after() -> None:
    desk = Desk(tagged(19))
    async with desk.open():
        source = await desk.settle(await desk.collect())
        assert "TagsBeyondLimit" in codes(source)
        shown = made = ""
        while source.next is not None:
            source = await desk.go_on(source)
            while source.question is not None:
                if source.question.key == "launch.confirm":
                    shown = source.question.question.text
                source = await desk.answer(source, source.question.question.options[0].value)
            if source.step == "instance":
                made = source.message
        assert "k17=v, k18=v" in shown
        assert "k17=v, k18=v" in made
        report = desk.recovery.report(desk.session_id)
    by_hand = [todo for todo in report.todo if todo.subject == "Tags"]
    assert [todo.value for todo in by_hand] == ["k17=v, k18=v"]
    replica = next(one for one in desk.world.instances.values() if one.instance_id != desk.world.source_instance_id)
    assert {key for key in replica.tags if key.startswith("ecs-dr:")} == {
        "ecs-dr:source", "ecs-dr:session", "ecs-dr:step",
    }  # fmt: skip
    assert len(replica.tags) == 20


async def test_without_tags_of_the_recovery_all_twenty_are_the_persons_own() -> None:
    desk = Desk(tagged(20), RecoveryOptions(simulated=True, profile_tags=False))
    async with desk.open():
        source = await desk.settle(await desk.collect())
        assert "TagsBeyondLimit" not in codes(source)
