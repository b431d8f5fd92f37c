"""What the report lists as left behind: everything that exists, also what is no longer in use."""

from __future__ import annotations

from contextlib import suppress

from ecs_dr.cloud.transport import ApiError
from ecs_dr.domain.report.model import Leftover
from ecs_dr.errors import CloudRefused, RecoveryFailed
from ecs_dr.simulator.world import load_world
from tests.support.desk import Desk
from tests.workflow.bench import Fault, break_line, session_of


def left(desk: Desk, kind: str) -> list[Leftover]:
    return [one for one in desk.recovery.report(desk.session_id).leftovers if one.kind == kind]


async def test_every_vswitch_that_was_created_is_listed_once_also_that_of_a_zone_that_was_left() -> None:
    desk = Desk("no-vswitch")
    await desk.settle(await desk.collect())
    created: list[object] = []
    for zone in ("cn-beijing-k", "cn-beijing-l"):
        await desk.settle(await desk.call("choose_target", target_zone_id=zone))
        created.append((await desk.settle(await desk.call("prepare_vswitch"))).data["vswitch_id"])
    assert desk.mutations["CreateVSwitch"] == 2
    listed = left(desk, "vswitch")
    assert [one.id for one in listed] == created
    assert [bool(one.name) for one in listed] == [False, True], "the block of the one in use is known"
    assert all(one.id in one.link for one in listed)


async def test_a_vswitch_that_is_not_available_yet_is_listed() -> None:
    world = load_world("no-vswitch")
    world.behaviour.vswitch_pending_seconds = 600
    desk = Desk(world)
    await desk.settle(await desk.collect())
    await desk.settle(await desk.call("choose_target"))
    waiting = await desk.answer(await desk.call("prepare_vswitch"), "create_vswitch")
    assert waiting.status == "in_progress"
    assert [one.id for one in left(desk, "vswitch")] == [waiting.data["vswitch_id"]]


async def test_what_came_to_light_too_late_to_be_used_is_listed_with_its_console_link() -> None:
    desk = Desk()
    await desk.settle(await desk.collect())
    session_of(desk).strays = (
        ("image", "m-2zestray0001"),
        ("replica", "i-2zestray0001"),
        ("vswitch", "vsw-2zestray0001"),
    )
    (image,), (instance,), (vswitch,) = left(desk, "image"), left(desk, "instance"), left(desk, "vswitch")
    assert (image.id, instance.id, vswitch.id) == ("m-2zestray0001", "i-2zestray0001", "vsw-2zestray0001")
    assert image.link.startswith("https://ecs.console.aliyun.com/")
    assert instance.id in instance.link


async def test_a_failed_image_and_the_one_that_replaced_it_are_both_listed() -> None:
    world = load_world("image-fails")
    desk = Desk(world)
    await desk.settle(await desk.collect())
    first = (await desk.settle(await desk.call("create_image"))).data["image_id"]
    try:
        await desk.settle(await desk.call("wait_for_image"))
    except RecoveryFailed:
        world.behaviour.image_outcome = "Available"
    second = (await desk.settle(await desk.call("create_image"))).data["image_id"]
    assert [one.id for one in left(desk, "image")] == [second, first]


async def test_what_the_cloud_refused_for_now_is_not_told_as_a_request_of_unknown_outcome() -> None:
    desk = Desk()
    await desk.settle(await desk.collect())
    break_line(desk, Fault("CreateImage", ApiError("Throttling.User", "Too many.", http_status=400), times=99))
    for _ in range(9):
        with suppress(CloudRefused):
            await desk.settle(await desk.call("create_image"))
    assert session_of(desk).book.open_attempt("image") is not None
    assert left(desk, "unknown") == []


async def test_a_vswitch_without_an_image_is_not_nothing() -> None:
    desk = Desk("no-vswitch")
    await desk.settle(await desk.collect())
    await desk.settle(await desk.call("choose_target"))
    await desk.settle(await desk.call("prepare_vswitch"))
    told = [one.text for one in desk.recovery.report(desk.session_id).todo]
    assert not [text for text in told if "Nothing was created" in text]
