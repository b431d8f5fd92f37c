"""Another VSwitch than the decided one: checked, asked about, and in force only when the person has chosen it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from ecs_dr.domain.questions import ABORT, CREATE_VSWITCH, CUSTOM, PICK_ANOTHER_ZONE, RETRY
from ecs_dr.domain.steps import Answer
from ecs_dr.errors import InvalidInput
from ecs_dr.simulator.model_network import VSwitch
from ecs_dr.simulator.world import World
from tests.support.desk import Desk
from tests.workflow.bench import (
    NOTHING,
    Fault,
    break_line,
    id_of,
    key_of,
    launch_put_off,
    no_requests,
    refusal,
    session_of,
    text_of,
    up_to,
    values_of,
    world_with,
)

Make = Callable[[], Awaitable[Desk]]

ZONE_K, VSWITCH_K, OTHER = "cn-beijing-k", "vsw-2zek0001", "vsw-2zeadded001"
BLOCK, OTHER_BLOCK = "172.20.0.0/24", "172.20.1.0/24"


def add_vswitch(desk: Desk, cidr: str, vswitch_id: str = OTHER) -> None:
    """Somebody else creates a VSwitch in zone K."""
    desk.world.vswitches[vswitch_id] = VSwitch(
        vswitch_id=vswitch_id, vpc_id="vpc-2zesource0001", zone_id=ZONE_K, cidr_block=cidr
    )


async def desk_with_target(world: World | str = "healthy") -> Desk:
    desk = Desk(world)
    await desk.settle(await desk.collect())
    await desk.settle(await desk.call("choose_target", target_zone_id=ZONE_K))
    return desk


async def decided(world: World | str = "healthy") -> Desk:
    """The VSwitch that exists in zone K takes the replica."""
    desk = await desk_with_target(world)
    done = await desk.settle(await desk.call("prepare_vswitch"))
    assert done.data["vswitch_id"] == VSWITCH_K
    return desk


def in_force(desk: Desk) -> str | None:
    chosen = session_of(desk).vswitch
    return None if chosen is None else chosen.vswitch.vswitch_id


BAD: list[tuple[dict[str, str | None], str]] = [
    ({"vswitch_id": "vsw-2zenowhere01"}, "VSwitchNotFound"),
    ({"vswitch_id": "vsw-2zei0001"}, "VSwitchNotUsable"),
    ({"vswitch_id": "not one"}, "InvalidVSwitchId"),
    ({"cidr_block": "10.0.0.0/24"}, "CidrOutsideVpc"),
    ({"cidr_block": "172.16.32.0/24"}, "CidrOverlaps"),
    ({"cidr_block": "banana"}, "CidrMalformed"),
]


@pytest.mark.parametrize(("arguments", "code"), BAD)
async def test_a_proposal_that_cannot_be_leaves_what_was_decided(arguments: dict[str, str | None], code: str) -> None:
    desk = await decided()
    with pytest.raises(InvalidInput) as refused:
        await desk.call("prepare_vswitch", **arguments)
    assert refused.value.code == code
    assert in_force(desk) == VSWITCH_K
    with no_requests(desk):
        assert (await desk.call("prepare_vswitch")).data["vswitch_id"] == VSWITCH_K


async def test_a_proposal_that_cannot_be_leaves_a_launch_that_waits_for_its_retry() -> None:
    desk = Desk()
    await launch_put_off(desk)
    with pytest.raises(InvalidInput):
        await desk.call("prepare_vswitch", cidr_block="10.0.0.0/24")
    done = await desk.settle(await desk.call("create_instance"))
    assert done.status == "done"
    assert desk.asked.count("launch.confirm") == 1


async def test_while_another_block_is_asked_about_the_decided_vswitch_stays_in_force() -> None:
    desk = await decided()
    asked = await desk.call("prepare_vswitch", cidr_block=BLOCK)
    assert values_of(asked) == [CREATE_VSWITCH, VSWITCH_K, CUSTOM, PICK_ANOTHER_ZONE]
    assert in_force(desk) == VSWITCH_K
    done = await desk.answer(asked, CREATE_VSWITCH)
    assert (done.status, done.data["cidr_block"]) == ("done", BLOCK)
    assert in_force(desk) == done.data["vswitch_id"] != VSWITCH_K


@pytest.mark.parametrize("how", ["decline", "cancel", "the decided one"])
async def test_another_block_that_was_turned_down_leaves_what_was_decided(how: str) -> None:
    desk = await decided()
    asked = await desk.call("prepare_vswitch", cidr_block=BLOCK)
    if how == "the decided one":
        await desk.answer(asked, VSWITCH_K)
    else:
        await desk.recovery.dismiss(desk.session_id, id_of(asked), "decline" if how == "decline" else "cancel")
    done = await desk.call("prepare_vswitch")
    assert (done.status, done.data["vswitch_id"], in_force(desk)) == ("done", VSWITCH_K, VSWITCH_K)
    assert desk.mutations == NOTHING


async def test_another_vswitch_that_was_aborted_leaves_what_was_decided_and_says_so() -> None:
    desk = await decided()
    add_vswitch(desk, BLOCK)
    asked = await desk.call("prepare_vswitch", vswitch_id=OTHER)
    assert values_of(asked) == [OTHER, VSWITCH_K, ABORT]
    stopped = await desk.answer(asked, ABORT)
    assert stopped.status == "stopped"
    assert f"VSwitch {VSWITCH_K} stays" in stopped.message
    assert (await desk.call("prepare_vswitch")).data["vswitch_id"] == VSWITCH_K


async def test_another_vswitch_is_asked_about_also_when_the_decided_one_is_full() -> None:
    desk = await decided()
    add_vswitch(desk, BLOCK)
    desk.world.vswitches[VSWITCH_K].used_addresses = 2**12
    asked = await desk.call("prepare_vswitch", vswitch_id=OTHER)
    assert values_of(asked) == [OTHER, ABORT]
    assert in_force(desk) == VSWITCH_K
    assert (await desk.answer(asked, OTHER)).data["vswitch_id"] == OTHER


async def test_proposing_what_was_decided_withdraws_the_question_about_another() -> None:
    desk = await decided()
    asked = await desk.call("prepare_vswitch", cidr_block=BLOCK)
    done = await desk.call("prepare_vswitch", vswitch_id=VSWITCH_K)
    assert (done.status, done.data["vswitch_id"]) == ("done", VSWITCH_K)
    assert session_of(desk).book.open_questions() == ()
    assert id_of(await desk.call("prepare_vswitch", cidr_block=BLOCK)) != id_of(asked)


@pytest.mark.parametrize("make", [desk_with_target, decided])
async def test_a_call_without_the_proposed_block_finds_the_question_as_it_was_put(make: Make) -> None:
    desk = await make()
    asked = await desk.call("prepare_vswitch", cidr_block=BLOCK)
    again = await desk.call("prepare_vswitch")
    assert id_of(again) == id_of(asked)
    done = await desk.answer(again, CREATE_VSWITCH)
    assert (done.data["cidr_block"], done.data["created"]) == (BLOCK, True)
    assert (await desk.call("prepare_vswitch")).data == done.data
    assert desk.mutations == {**NOTHING, "CreateVSwitch": 1}


async def test_another_block_while_the_question_is_open_is_recommended_in_a_new_one() -> None:
    desk = await desk_with_target()
    first = await desk.call("prepare_vswitch", cidr_block=BLOCK)
    second = await desk.call("prepare_vswitch", cidr_block=OTHER_BLOCK)
    assert id_of(second) != id_of(first)
    assert OTHER_BLOCK in text_of(await desk.call("prepare_vswitch"))


async def test_after_a_block_an_existing_vswitch_can_be_proposed_instead() -> None:
    desk = await desk_with_target()
    await desk.call("prepare_vswitch", cidr_block=BLOCK)
    done = await desk.call("prepare_vswitch", vswitch_id=VSWITCH_K)
    assert (done.status, done.data["vswitch_id"]) == ("done", VSWITCH_K)
    assert session_of(desk).book.open_questions() == ()


@pytest.mark.parametrize("make", [desk_with_target, decided])
async def test_a_proposed_block_that_is_taken_meanwhile_leaves_the_question_open_with_the_reason(make: Make) -> None:
    desk = await make()
    asked = await desk.call("prepare_vswitch", cidr_block=BLOCK)
    add_vswitch(desk, BLOCK)
    again = await desk.call("prepare_vswitch")
    assert (key_of(again), id_of(again) == id_of(asked)) == ("vswitch.create", False)
    assert again.problem is not None
    assert (again.problem.code, BLOCK in text_of(again)) == ("CidrOverlaps", True)
    assert id_of(await desk.call("prepare_vswitch")) == id_of(again)
    assert desk.mutations == NOTHING


@pytest.mark.parametrize("question", ["of the proposal", "found by a call without it"])
async def test_a_counter_proposal_that_the_cloud_refuses_for_its_block_is_asked_about_again(question: str) -> None:
    desk = await decided()
    asked = await desk.call("prepare_vswitch", cidr_block=BLOCK)
    if question != "of the proposal":
        session_of(desk).asked_by[id_of(asked)] = ("prepare_vswitch", {})
    break_line(desk, Fault("CreateVSwitch", refusal("InvalidCidrBlock.Overlapped")))
    again = await desk.answer(asked, CREATE_VSWITCH)
    assert (key_of(again), id_of(again) == id_of(asked)) == ("vswitch.create", False)
    assert again.problem is not None
    assert again.problem.code == "CidrRefused"
    assert in_force(desk) == VSWITCH_K


async def test_a_new_vswitch_that_the_cloud_refuses_to_make_leaves_the_decided_one() -> None:
    desk = await decided()
    asked = await desk.call("prepare_vswitch", cidr_block=BLOCK)
    break_line(desk, Fault("CreateVSwitch", refusal("QuotaExceeded.Vswitch")))
    paused = await desk.answer(asked, CREATE_VSWITCH)
    assert values_of(paused) == [RETRY, "pick_another_zone", "abort"]
    assert in_force(desk) == VSWITCH_K
    await desk.answer(paused, "abort")
    again = await desk.call("prepare_vswitch")
    assert id_of(again) != id_of(asked)
    assert (await desk.answer(again, VSWITCH_K)).data["vswitch_id"] == VSWITCH_K


async def test_a_missing_permission_for_the_new_vswitch_is_granted_without_asking_for_the_block_again() -> None:
    world = world_with(denied=("vpc:CreateVSwitch",))
    desk = await decided(world)
    paused = await desk.answer(await desk.call("prepare_vswitch", cidr_block=BLOCK), CREATE_VSWITCH)
    assert key_of(paused) == "permission.vswitch"
    world.identities["operator"].denied.clear()
    done = await desk.answer(paused, RETRY)
    assert (done.status, done.data["cidr_block"]) == ("done", BLOCK)


async def test_while_the_new_vswitch_is_being_made_the_old_one_is_not_launched_into() -> None:
    desk = await decided()
    desk.world.behaviour.vswitch_pending_seconds = 100
    waiting = await desk.answer(await desk.call("prepare_vswitch", cidr_block=BLOCK), CREATE_VSWITCH)
    assert (waiting.status, in_force(desk)) == ("in_progress", None)
    done = await desk.settle(await desk.call("prepare_vswitch"))
    assert (done.data["cidr_block"], in_force(desk)) == (BLOCK, done.data["vswitch_id"])


async def test_nothing_is_launched_while_another_vswitch_is_asked_about() -> None:
    desk = Desk()
    await up_to(desk, "check_disks")
    await desk.settle(await desk.call("wait_for_image"))
    asked = await desk.call("prepare_vswitch", cidr_block=BLOCK)
    instead: Answer = await desk.call("create_instance")
    assert id_of(instead) == id_of(asked)
    assert desk.mutations["RunInstances"] == 0


async def test_a_new_vswitch_that_is_refused_in_a_later_call_leaves_the_decided_one_all_the_same() -> None:
    """Put off in the first call, refused for good in the second: nothing was made in either."""
    desk = await decided()
    asked = await desk.call("prepare_vswitch", cidr_block=BLOCK)
    line = break_line(desk, Fault("CreateVSwitch", refusal("Throttling"), times=99))
    put_off = await desk.answer(asked, CREATE_VSWITCH)
    assert (put_off.status, in_force(desk)) == ("in_progress", None)
    assert session_of(desk).vswitch_aside is not None
    line.faults[:] = [Fault("CreateVSwitch", refusal("QuotaExceeded.Vswitch"))]
    paused = await desk.call("prepare_vswitch")
    assert in_force(desk) == VSWITCH_K
    assert desk.world.vswitches.keys() == (await decided()).world.vswitches.keys()
    assert paused.status == "needs_answer"
