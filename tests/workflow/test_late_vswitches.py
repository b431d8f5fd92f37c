"""A new VSwitch that no list shows for a minute: it is waited for and not made a second time, whatever else happens."""

from __future__ import annotations

from ecs_dr.cloud.transport import NoAnswer
from ecs_dr.domain.questions import CREATE_VSWITCH
from ecs_dr.errors import OutcomeUnknown
from ecs_dr.simulator.world import load_world
from tests.support.desk import Desk
from tests.workflow.bench import Fault, break_line
from tests.workflow.test_changing_world import restarted, taken_up


def late() -> Desk:
    return Desk(load_world("no-vswitch", {"vswitch_listing": "a_minute"}))


async def settled_up_to_the_vswitch(desk: Desk) -> None:
    await desk.settle(await desk.collect())
    await desk.settle(await desk.call("create_image"))
    await desk.settle(await desk.call("choose_target"))


async def test_it_is_waited_for_and_made_once() -> None:
    desk = late()
    async with desk.open():
        end = await desk.recover()
    assert end.data["verdict"] == "match"
    assert desk.mutations["CreateVSwitch"] == 1


async def test_an_answer_that_was_lost_does_not_make_another() -> None:
    desk = late()
    async with desk.open():
        await settled_up_to_the_vswitch(desk)
        break_line(desk, Fault("CreateVSwitch", NoAnswer("reset"), times=1, carried_out=True))
        try:
            await desk.settle(await desk.call("prepare_vswitch"))
        except OutcomeUnknown:
            await desk.settle(await desk.call("prepare_vswitch"))
    assert desk.mutations["CreateVSwitch"] == 1


async def test_a_process_that_ends_right_after_it_was_made_does_not_make_another() -> None:
    """The next process finds no VSwitch; the same block for the same session is the same request under its token."""
    desk = late()
    async with desk.open():
        await settled_up_to_the_vswitch(desk)
        answer = await desk.answer(await desk.call("prepare_vswitch"), CREATE_VSWITCH)
        assert answer.status == "in_progress", "it is not listed within one call"
    made = {one for one in desk.world.vswitches if one not in load_world("no-vswitch").vswitches}
    async with restarted(desk).open():
        answer = await taken_up(desk)
        while answer.next is not None and answer.step != "verify":
            answer = await desk.settle(await desk.go_on(answer))
    assert answer.data["verdict"] == "match"
    assert {one for one in desk.world.vswitches if one not in load_world("no-vswitch").vswitches} == made
