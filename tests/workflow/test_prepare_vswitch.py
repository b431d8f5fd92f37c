"""Step 4b: use, pick or create a VSwitch in the target zone."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv4Network

import anyio
import pytest

from ecs_dr.domain.questions import ABORT, CREATE_VSWITCH, CUSTOM, MORE_OPTIONS, PICK_ANOTHER_ZONE
from ecs_dr.domain.steps import Answer
from ecs_dr.errors import InvalidInput, StepOutOfOrder
from ecs_dr.simulator.model_network import VSwitch
from ecs_dr.simulator.world import World
from tests.support.desk import Desk
from tests.workflow.bench import NOTHING, id_of, key_of, no_requests, sends, session_of, text_of, values_of, world_with

ZONE_K, ZONE_L = "cn-beijing-k", "cn-beijing-l"
ONE_VSWITCH = {**NOTHING, "CreateVSwitch": 1}


async def desk_with_target(world: World | str = "no-vswitch", zone: str = ZONE_K) -> Desk:
    desk = Desk(world)
    await desk.settle(await desk.collect())
    await desk.settle(await desk.call("choose_target", target_zone_id=zone))
    return desk


def add_vswitch(desk: Desk, cidr: str, zone: str = ZONE_K, vswitch_id: str = "vsw-2zeadded001") -> None:
    """Somebody else creates a VSwitch."""
    desk.world.vswitches[vswitch_id] = VSwitch(
        vswitch_id=vswitch_id, vpc_id="vpc-2zesource0001", zone_id=zone, cidr_block=cidr
    )


def proposed_cidr(asked: Answer) -> str:
    assert asked.question is not None
    option = asked.question.question.option(CREATE_VSWITCH)
    assert option is not None
    return next(word for word in option.label.split() if "/" in word)


async def test_without_a_target_it_names_the_missing_tool() -> None:
    desk = Desk()
    await desk.settle(await desk.collect())
    with no_requests(desk), pytest.raises(StepOutOfOrder) as refused:
        await desk.call("prepare_vswitch")
    assert refused.value.next_tool == "choose_target"


@pytest.mark.parametrize("vswitch_id", ["vsw", "sg-2zeweb00001", "vsw-2ze 1", "vsw-*"])
async def test_a_malformed_vswitch_id_is_refused_before_anything_is_sent(vswitch_id: str) -> None:
    desk = await desk_with_target()
    with no_requests(desk), pytest.raises(InvalidInput) as refused:
        await desk.call("prepare_vswitch", vswitch_id=vswitch_id)
    assert refused.value.code == "InvalidVSwitchId"


async def test_the_only_vswitch_of_the_zone_is_used_without_a_question() -> None:
    desk = await desk_with_target("healthy")
    done = await desk.call("prepare_vswitch")
    assert (done.status, done.step) == ("done", "vswitch")
    assert done.data == {
        "vswitch_id": "vsw-2zek0001",
        "cidr_block": "172.16.32.0/20",
        "zone_id": ZONE_K,
        "created": False,
    }
    with no_requests(desk):
        assert (await desk.call("prepare_vswitch")).data == done.data
    assert desk.mutations == NOTHING


@pytest.mark.parametrize("trouble", ["pending", "full", "another vpc"])
async def test_a_vswitch_that_cannot_take_the_replica_is_not_used(trouble: str) -> None:
    desk = await desk_with_target("healthy")
    vswitch = desk.world.vswitches["vsw-2zek0001"]
    if trouble == "pending":
        vswitch.pending_until = desk.clock.now() + timedelta(seconds=60)
    elif trouble == "full":
        vswitch.used_addresses = 2**12
    else:
        vswitch.vpc_id = "vpc-2zeother00001"
    asked = await desk.call("prepare_vswitch")
    assert key_of(asked) == "vswitch.create"
    assert desk.mutations == NOTHING


async def test_without_a_vswitch_creating_one_is_recommended_and_nothing_is_created_before_the_answer() -> None:
    desk = await desk_with_target()
    asked = await desk.call("prepare_vswitch")
    assert key_of(asked) == "vswitch.create"
    assert values_of(asked) == [CREATE_VSWITCH, CUSTOM, PICK_ANOTHER_ZONE, ABORT]
    block = IPv4Network(proposed_cidr(asked))
    assert block.subnet_of(IPv4Network("172.16.0.0/12"))
    assert not block.overlaps(IPv4Network("172.16.0.0/20"))
    assert desk.mutations == NOTHING


async def test_the_confirmed_block_is_created_once_and_awaited() -> None:
    desk = await desk_with_target()
    asked = await desk.call("prepare_vswitch")
    done = await desk.answer(asked, CREATE_VSWITCH)
    assert done.status == "done"
    assert done.data["created"] is True
    assert done.data["cidr_block"] == proposed_cidr(asked)
    assert desk.mutations == ONE_VSWITCH
    (sent,) = sends(desk, "CreateVSwitch")
    assert sent.params["ZoneId"] == ZONE_K
    assert sent.params["VpcId"] == "vpc-2zesource0001"
    assert sent.params["ClientToken"]
    with no_requests(desk):
        assert (await desk.call("prepare_vswitch")).data == done.data


async def test_a_vswitch_that_stays_pending_is_waited_for_within_the_budget_and_not_created_twice() -> None:
    desk = await desk_with_target()
    desk.world.behaviour.vswitch_pending_seconds = 100
    waiting = await desk.answer(await desk.call("prepare_vswitch"), CREATE_VSWITCH)
    assert waiting.status == "in_progress"
    assert waiting.next is not None
    assert waiting.next.tool == "prepare_vswitch"
    done = await desk.settle(waiting)
    assert (done.status, done.data["vswitch_id"]) == ("done", waiting.data["vswitch_id"])
    assert desk.mutations == ONE_VSWITCH


async def test_two_calls_at_once_create_one_vswitch() -> None:
    desk = await desk_with_target()
    asked = await desk.call("prepare_vswitch")
    answers: list[Answer] = []

    async def answer() -> None:
        answers.append(await desk.answer(asked, CREATE_VSWITCH))

    async def call() -> None:
        answers.append(await desk.call("prepare_vswitch"))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(answer)
        tasks.start_soon(call)
    assert [one.status for one in answers] == ["done", "done"]
    assert desk.mutations == ONE_VSWITCH


@pytest.mark.parametrize("how", ["abort", "dismiss"])
async def test_stopping_creates_nothing_and_a_new_call_asks_again(how: str) -> None:
    desk = await desk_with_target()
    asked = await desk.call("prepare_vswitch")
    if how == "abort":
        stopped = await desk.answer(asked, ABORT)
    else:
        stopped = await desk.recovery.dismiss(desk.session_id, id_of(asked), "cancel")
    assert (stopped.status, stopped.step) == ("stopped", "vswitch")
    again = await desk.call("prepare_vswitch")
    assert (key_of(again), id_of(again) == id_of(asked)) == ("vswitch.create", False)
    assert desk.mutations == NOTHING


async def test_pick_another_zone_leads_to_the_zones_and_creates_nothing() -> None:
    desk = await desk_with_target()
    zones = await desk.answer(await desk.call("prepare_vswitch"), PICK_ANOTHER_ZONE)
    assert (zones.step, key_of(zones)) == ("target", "target.zone")
    done = await desk.settle(await desk.answer(zones, ZONE_L))
    assert (done.step, done.data["zone_id"]) == ("target", ZONE_L)
    assert desk.mutations == NOTHING


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("banana", "CidrMalformed"),
        ("172.16.99.1/24", "CidrMalformed"),
        ("10.0.0.0/24", "CidrOutsideVpc"),
        ("172.17.0.0/30", "CidrMask"),
        ("172.16.8.0/24", "CidrOverlaps"),
    ],
)
async def test_a_typed_block_that_cannot_be_is_asked_about_again_with_the_reason(typed: str, code: str) -> None:
    desk = await desk_with_target()
    asked = await desk.call("prepare_vswitch")
    again = await desk.answer(asked, CUSTOM, typed)
    assert key_of(again) == "vswitch.create"
    assert id_of(again) != id_of(asked)
    assert again.problem is not None
    assert again.problem.code == code
    assert typed in text_of(again)
    assert sends(desk, "CreateVSwitch") == []
    done = await desk.answer(again, CUSTOM, "172.20.0.0/24")
    assert (done.data["cidr_block"], done.data["created"]) == ("172.20.0.0/24", True)
    assert desk.mutations == ONE_VSWITCH


async def test_a_block_of_the_vpcs_secondary_range_can_be_typed() -> None:
    desk = await desk_with_target()
    done = await desk.answer(await desk.call("prepare_vswitch"), CUSTOM, "10.8.1.0/24")
    assert done.data["cidr_block"] == "10.8.1.0/24"


async def test_a_proposed_block_becomes_the_recommended_option_and_is_still_asked_about() -> None:
    desk = await desk_with_target()
    asked = await desk.call("prepare_vswitch", cidr_block="172.20.0.0/24")
    assert proposed_cidr(asked) == "172.20.0.0/24"
    assert desk.mutations == NOTHING
    done = await desk.answer(asked, CREATE_VSWITCH)
    assert done.data["cidr_block"] == "172.20.0.0/24"


async def test_a_proposed_block_that_cannot_be_is_refused() -> None:
    desk = await desk_with_target()
    with pytest.raises(InvalidInput) as refused:
        await desk.call("prepare_vswitch", cidr_block="10.0.0.0/24")
    assert refused.value.code == "CidrOutsideVpc"
    assert desk.mutations == NOTHING


@pytest.mark.parametrize("cidr", ["banana", "172.16.0.0", "172.16.0.0/24; DROP", "300.1.1.0/24"])
async def test_a_proposed_block_that_is_no_block_is_refused_before_anything_is_sent(cidr: str) -> None:
    desk = await desk_with_target()
    with no_requests(desk), pytest.raises(InvalidInput) as refused:
        await desk.call("prepare_vswitch", cidr_block=cidr)
    assert refused.value.code == "CidrMalformed"


async def test_with_a_proposed_block_an_existing_vswitch_is_offered_beside_it() -> None:
    desk = await desk_with_target("healthy")
    asked = await desk.call("prepare_vswitch", cidr_block="172.20.0.0/24")
    assert values_of(asked) == [CREATE_VSWITCH, "vsw-2zek0001", CUSTOM, PICK_ANOTHER_ZONE]
    done = await desk.answer(asked, "vsw-2zek0001")
    assert (done.data["vswitch_id"], done.data["created"]) == ("vsw-2zek0001", False)
    assert desk.mutations == NOTHING


async def test_a_block_that_is_taken_while_the_person_thinks_makes_a_new_question() -> None:
    desk = await desk_with_target()
    asked = await desk.call("prepare_vswitch")
    add_vswitch(desk, proposed_cidr(asked), zone=ZONE_L)
    new = await desk.answer(asked, CREATE_VSWITCH)
    assert key_of(new) == "vswitch.create"
    assert id_of(new) != id_of(asked)
    assert proposed_cidr(new) != proposed_cidr(asked)
    assert sends(desk, "CreateVSwitch") == []


async def test_a_block_that_is_taken_at_the_last_moment_makes_a_new_question_with_the_reason() -> None:
    desk = await desk_with_target()
    asked = await desk.call("prepare_vswitch")

    def somebody_is_faster(request: object) -> None:
        if getattr(request, "action", "") == "CreateVSwitch" and "vsw-2zeadded001" not in desk.world.vswitches:
            add_vswitch(desk, proposed_cidr(asked), zone=ZONE_L)

    desk.transport.before.append(somebody_is_faster)
    new = await desk.answer(asked, CREATE_VSWITCH)
    assert new.problem is not None
    assert new.problem.code == "CidrRefused"
    assert proposed_cidr(new) != proposed_cidr(asked)
    done = await desk.answer(new, CREATE_VSWITCH)
    assert done.data["created"] is True
    assert desk.mutations == ONE_VSWITCH
    first, second = sends(desk, "CreateVSwitch")
    assert first.params["ClientToken"] != second.params["ClientToken"]


async def test_a_vswitch_that_somebody_made_in_the_zone_meanwhile_is_used_instead_of_a_second_one() -> None:
    desk = await desk_with_target()
    asked = await desk.call("prepare_vswitch")
    add_vswitch(desk, "172.20.0.0/24")
    done = await desk.answer(asked, CREATE_VSWITCH)
    assert (done.status, done.data["vswitch_id"]) == ("done", "vsw-2zeadded001")
    assert desk.mutations == NOTHING


async def test_of_many_vswitches_those_with_most_room_come_first_and_the_rest_in_pages() -> None:
    desk = await desk_with_target("many")
    asked = await desk.call("prepare_vswitch")
    assert key_of(asked) == "vswitch.pick"
    seen: list[str] = []
    while not seen or values_of(asked)[0] != seen[0]:
        assert values_of(asked)[-1] == MORE_OPTIONS
        seen += values_of(asked)[:-1]
        asked = await desk.answer(asked, MORE_OPTIONS)
    in_zone = {item.vswitch_id for item in desk.world.vswitches.values() if item.zone_id == ZONE_K}
    assert set(seen) == {item for item in in_zone if desk.world.vswitches[item].vpc_id == "vpc-2zesource0001"}
    assert len(seen) == len(set(seen)) > 4
    assert seen[0] == "vsw-2zek0001"
    done = await desk.answer(asked, seen[1])
    assert done.data["vswitch_id"] == seen[1]


async def test_a_proposed_vswitch_is_recommended_first_and_is_still_asked_about() -> None:
    desk = await desk_with_target("many")
    asked = await desk.call("prepare_vswitch", vswitch_id="vsw-2zemany0004")
    assert values_of(asked)[0] == "vsw-2zemany0004"
    assert session_of(desk).vswitch is None
    done = await desk.answer(asked, values_of(asked)[1])
    assert done.data["vswitch_id"] == values_of(asked)[1]


@pytest.mark.parametrize(
    ("vswitch_id", "code"),
    [
        ("vsw-2zenowhere01", "VSwitchNotFound"),
        ("vsw-2zeother0001", "VSwitchNotFound"),
        ("vsw-2zei0001", "VSwitchNotUsable"),
    ],
)
async def test_a_proposed_vswitch_that_cannot_be_used_is_refused_with_the_reason(vswitch_id: str, code: str) -> None:
    desk = await desk_with_target("healthy")
    with pytest.raises(InvalidInput) as refused:
        await desk.call("prepare_vswitch", vswitch_id=vswitch_id)
    assert refused.value.code == code


async def test_a_vpc_that_may_not_be_read_leaves_the_block_to_the_person() -> None:
    desk = await desk_with_target(world_with("no-vswitch", denied=("vpc:DescribeVpcs",)))
    asked = await desk.call("prepare_vswitch")
    assert CREATE_VSWITCH not in values_of(asked)
    assert "vpc:DescribeVpcs" in asked.message
    done = await desk.answer(asked, CUSTOM, "172.20.0.0/24")
    assert done.data["cidr_block"] == "172.20.0.0/24"
    assert desk.mutations == ONE_VSWITCH
