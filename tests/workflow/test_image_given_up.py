"""An image that never ends, or holds something else than it was asked for, is not what a recovery goes on with."""

from __future__ import annotations

import random

import pytest

from ecs_dr.errors import RecoveryFailed
from ecs_dr.simulator.world import load_world
from tests.support.desk import Desk
from tests.workflow.bench import NOTHING
from tests.workflow.snapshot_worlds import nightly


async def test_in_an_outage_an_image_that_never_ends_gives_way_to_snapshots_at_the_wait() -> None:
    world = load_world("zone-outage")
    world.outage.image_of_source = "never_ends"
    random.seed(2)  # the waits are spread by chance: the same chance each time
    # Each third call fails: with jitter in the waits, three retries can all meet a third call. Seven end beside one.
    desk = Desk(world, attempts=7)
    await desk.settle(await desk.collect())
    first = await desk.settle(await desk.call("create_image"))
    assert first.status == "done"
    answer, offered = await desk.call("wait_for_image"), []
    while "from_snapshots" not in offered:
        if answer.question is None:
            answer = await desk.call("wait_for_image")
            continue
        offered = [option.value for option in answer.question.question.options]
        if "from_snapshots" not in offered:
            answer = await desk.answer(answer, "keep_waiting")
    led = await desk.answer(answer, "from_snapshots")
    assert led.next is not None
    assert (led.status, led.next.tool) == ("in_progress", "image_from_snapshots")
    assert str(first.data["image_id"]) in led.message
    last = await desk.settle(await desk.call("image_from_snapshots"))
    while last.next is not None:
        last = await desk.settle(await desk.go_on(last))
    assert last.data["verdict"] == "match", last.message
    report = desk.recovery.report(desk.session_id)
    assert first.data["image_id"] in {leftover.id for leftover in report.leftovers}
    assert desk.sent("RunInstances") == 1


async def test_an_image_that_holds_other_snapshots_than_asked_for_is_not_launched() -> None:
    world = nightly(7, 31)
    desk = Desk(world)
    await desk.settle(await desk.collect())
    done = await desk.settle(await desk.call("image_from_snapshots"))
    image = world.images[str(done.data["image_id"])]
    image.mappings[1].snapshot_id = "s-2zerun1x1"
    with pytest.raises(RecoveryFailed) as refused:
        await desk.settle(await desk.call("wait_for_image"))
    assert refused.value.code == "ImageOfOtherSnapshots"
    assert refused.value.values["other"] == "s-2zerun1x1"
    assert refused.value.values["lacking"] == "s-2zerun0x1"
    assert desk.mutations == {**NOTHING, "CreateImage": 1}
