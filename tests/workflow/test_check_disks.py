"""Step 4c: disk categories of the target zone; what it lacks is asked about, never swapped."""

from __future__ import annotations

import pytest

from ecs_dr.domain.questions import ABORT, PICK_ANOTHER_ZONE
from ecs_dr.errors import StepOutOfOrder
from ecs_dr.simulator.model_catalogue import DiskOffer
from ecs_dr.simulator.world import World, load_world
from tests.support.desk import Desk
from tests.workflow.bench import NOTHING, id_of, key_of, no_requests, session_of, text_of, values_of

ZONE_K, ZONE_L = "cn-beijing-k", "cn-beijing-l"


async def desk_with_target(world: World | str = "healthy", zone: str = ZONE_K) -> Desk:
    desk = Desk(world)
    await desk.settle(await desk.collect())
    await desk.settle(await desk.call("choose_target", target_zone_id=zone))
    return desk


def rows(data: object) -> list[tuple[object, ...]]:
    assert isinstance(data, list)
    fields = ("device", "category", "performance_level", "source_category", "substituted")
    return [tuple(row[field] for field in fields) for row in data if isinstance(row, dict)]


async def test_without_a_target_it_names_the_missing_tool() -> None:
    desk = Desk()
    await desk.settle(await desk.collect())
    with no_requests(desk), pytest.raises(StepOutOfOrder) as refused:
        await desk.call("check_disks")
    assert refused.value.next_tool == "choose_target"


async def test_supported_categories_are_kept_without_a_question() -> None:
    desk = await desk_with_target()
    done = await desk.call("check_disks")
    assert (done.status, done.step) == ("done", "disks")
    assert rows(done.data["disks"]) == [
        ("/dev/xvda", "cloud_essd", "PL0", "cloud_essd", False),
        ("/dev/xvdb", "cloud_essd", "PL1", "cloud_essd", False),
        ("/dev/xvdc", "cloud_auto", None, "cloud_auto", False),
    ]
    with no_requests(desk):
        assert (await desk.call("check_disks")).data == done.data


async def test_data_disks_are_asked_for_beside_the_system_disks_category() -> None:
    desk = await desk_with_target()
    await desk.call("check_disks")
    asked = [entry.params for entry in desk.simulator.calls("DescribeAvailableResource")]
    (data,) = [params for params in asked if params["DestinationResource"] == "DataDisk"]
    assert data["SystemDiskCategory"] == "cloud_essd"
    assert data["ZoneId"] == ZONE_K


async def test_an_unsupported_category_is_asked_about_closest_first() -> None:
    desk = await desk_with_target("disk-unsupported")
    asked = await desk.call("check_disks")
    assert key_of(asked) == "disks.data.cloud_auto.None"
    assert "/dev/xvdc" in text_of(asked)
    assert values_of(asked)[0] == "cloud_essd:PL1"
    assert session_of(desk).disks is None
    done = await desk.answer(asked, "cloud_essd:PL0")
    assert rows(done.data["disks"])[2] == ("/dev/xvdc", "cloud_essd", "PL0", "cloud_auto", True)
    assert "/dev/xvdc" in done.message


async def test_the_system_disk_is_asked_about_before_the_data_disks() -> None:
    world = load_world("healthy")
    world.disk_support[ZONE_K].system = ["cloud_auto"]
    world.disk_support[ZONE_K].data = ["cloud_auto"]
    desk = await desk_with_target(world)
    first = await desk.call("check_disks")
    assert key_of(first) == "disks.system.cloud_essd.PL0"
    second = await desk.answer(first, "cloud_auto")
    assert key_of(second) == "disks.data.cloud_essd.PL1"
    done = await desk.answer(second, "cloud_auto")
    assert [row[1] for row in rows(done.data["disks"])] == ["cloud_auto"] * 3
    (data,) = [
        entry.params
        for entry in desk.simulator.calls("DescribeAvailableResource")[-1:]
        if entry.params["DestinationResource"] == "DataDisk"
    ]
    assert data["SystemDiskCategory"] == "cloud_auto"


async def test_disks_of_one_category_are_one_question() -> None:
    desk = Desk("many")
    world = desk.world
    world.disk_support[ZONE_K].data = ["cloud_auto"]
    await desk.settle(await desk.collect())
    await desk.settle(await desk.call("choose_target", target_zone_id=ZONE_K))
    await desk.settle(await desk.call("check_disks"))
    keys = [key for key in desk.asked if key.startswith("disks.")]
    assert keys
    assert len(keys) == len(set(keys))
    plan = session_of(desk).disks
    assert plan is not None
    assert all(disk.category == "cloud_auto" for disk in plan.disks if disk.type == "data")


async def test_where_nothing_fits_the_zone_can_be_left() -> None:
    world = load_world("healthy")
    world.disk_support[ZONE_K].types = {"ecs.g7": DiskOffer(system=["cloud_essd"], data=[])}
    desk = await desk_with_target(world)
    asked = await desk.call("check_disks")
    assert values_of(asked) == [PICK_ANOTHER_ZONE, ABORT]
    zones = await desk.answer(asked, PICK_ANOTHER_ZONE)
    assert (key_of(zones), zones.step) == ("target.zone", "target")
    done = await desk.settle(await desk.answer(zones, ZONE_L))
    assert done.data["zone_id"] == ZONE_L
    assert (await desk.settle(await desk.call("check_disks"))).status == "done"


@pytest.mark.parametrize("how", ["abort", "dismiss"])
async def test_stopping_settles_nothing_and_a_new_call_asks_again(how: str) -> None:
    desk = await desk_with_target("disk-unsupported")
    asked = await desk.call("check_disks")
    if how == "abort":
        desk.world.disk_support[ZONE_K].performance_levels = ["PL0"]
        asked = await desk.call("check_disks")
    if ABORT in values_of(asked):
        stopped = await desk.answer(asked, ABORT)
    else:
        stopped = await desk.recovery.dismiss(desk.session_id, id_of(asked), "decline")
    assert (stopped.status, stopped.step) == ("stopped", "disks")
    assert session_of(desk).disks is None
    again = await desk.call("check_disks")
    assert key_of(again) == key_of(asked)
    assert id_of(again) != id_of(asked)
    assert desk.mutations == NOTHING


async def test_a_category_that_is_gone_when_the_answer_comes_makes_a_new_question() -> None:
    desk = await desk_with_target("disk-unsupported")
    asked = await desk.call("check_disks")
    desk.world.disk_support[ZONE_K].data = ["cloud_ssd"]
    new = await desk.answer(asked, "cloud_essd:PL1")
    assert new.status == "needs_answer"
    assert "cloud_essd:PL1" not in values_of(new)
    assert session_of(desk).disks is None
