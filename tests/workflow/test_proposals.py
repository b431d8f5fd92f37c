"""A proposal in a call against what was decided: recommended, never taken over, and never dropped in silence."""

from __future__ import annotations

import pytest

from ecs_dr.cloud.transport import NoAnswer
from ecs_dr.domain.questions import CHOOSE_ANOTHER_TYPE, CREATE_VSWITCH, KEEP_TYPE
from ecs_dr.domain.steps import Answer
from ecs_dr.errors import OutcomeUnknown, StepOutOfOrder
from tests.support.desk import Desk
from tests.workflow.bench import Fault, break_line, go_ahead, id_of, key_of, refusal, sends, session_of, values_of

ZONE_I, ZONE_K, ZONE_L = "cn-beijing-i", "cn-beijing-k", "cn-beijing-l"
TYPE, OTHER_TYPE = "ecs.g7.xlarge", "ecs.g8i.xlarge"
VSWITCH_K = "vsw-2zek0001"


async def desk_with_source(world: str = "healthy") -> Desk:
    desk = Desk(world)
    await desk.settle(await desk.collect())
    return desk


async def ready_to_launch() -> tuple[Desk, Answer]:
    """Everything is settled in zone K; the go-ahead is asked for."""
    desk = await desk_with_source()
    await desk.settle(await desk.call("create_image"))
    await desk.settle(await desk.call("choose_target", target_zone_id=ZONE_K))
    await desk.settle(await desk.call("prepare_vswitch"))
    await desk.settle(await desk.call("check_disks"))
    await desk.settle(await desk.call("wait_for_image"))
    return desk, await go_ahead(desk)


async def launched() -> Desk:
    desk, asked = await ready_to_launch()
    await desk.answer(asked, "confirm")
    return desk


async def test_another_zone_while_the_question_is_open_is_recommended_in_a_new_one() -> None:
    desk = await desk_with_source()
    first = await desk.call("choose_target", target_zone_id=ZONE_L)
    second = await desk.call("choose_target", target_zone_id=ZONE_I)
    assert id_of(second) != id_of(first)
    assert values_of(second)[0] == ZONE_I


async def test_another_zone_while_the_type_is_asked_about_puts_the_question_of_the_zone_again() -> None:
    desk = await desk_with_source()
    await desk.answer(await desk.call("choose_target"), ZONE_K)
    asked = await desk.call("choose_target", target_zone_id=ZONE_I)
    assert (key_of(asked), values_of(asked)[0]) == ("target.zone", ZONE_I)
    assert session_of(desk).target is None


async def test_the_chosen_zone_as_a_proposal_asks_nothing_again() -> None:
    desk = await desk_with_source()
    types = await desk.answer(await desk.call("choose_target"), ZONE_K)
    again = await desk.call("choose_target", target_zone_id=ZONE_K)
    assert id_of(again) == id_of(types)


async def test_a_call_without_a_proposal_finds_the_question_as_it_was_put() -> None:
    desk = await desk_with_source()
    first = await desk.call("choose_target", target_zone_id=ZONE_L)
    again = await desk.call("choose_target")
    assert id_of(again) == id_of(first)


async def test_a_proposal_that_was_turned_down_is_not_put_again_by_the_calls_that_carry_the_answers() -> None:
    desk = await desk_with_source()
    asked = await desk.call("choose_target", target_zone_id=ZONE_I)
    types = await desk.answer(asked, ZONE_K)
    assert key_of(types) == "target.type"
    assert key_of(await desk.call("choose_target", target_zone_id=ZONE_I)) == "target.type"
    done = await desk.answer(types, KEEP_TYPE)
    assert done.data["zone_id"] == ZONE_K


async def test_a_proposed_zone_that_is_gone_is_no_longer_recommended_by_a_call_without_it() -> None:
    desk = await desk_with_source()
    await desk.call("choose_target", target_zone_id=ZONE_I)
    del desk.world.stock[ZONE_I][TYPE]
    asked = await desk.call("choose_target")
    assert values_of(asked)[0] == ZONE_K
    assert ZONE_I not in values_of(asked)


async def test_another_zone_after_the_target_is_settled_puts_the_question_again() -> None:
    desk, _ = await ready_to_launch()
    asked = await desk.call("choose_target", target_zone_id=ZONE_I)
    assert (key_of(asked), values_of(asked)[0]) == ("target.zone", ZONE_I)


async def test_the_source_s_own_type_can_be_proposed_after_another_was_wanted() -> None:
    desk = await desk_with_source()
    types = await desk.answer(await desk.call("choose_target"), ZONE_K)
    await desk.answer(types, CHOOSE_ANOTHER_TYPE)
    asked = await desk.call("choose_target", instance_type=TYPE)
    assert (key_of(asked), values_of(asked)[0]) == ("target.type", KEEP_TYPE)


async def test_another_type_after_the_target_is_settled_is_recommended_in_a_new_question() -> None:
    desk, _ = await ready_to_launch()
    asked = await desk.answer(await desk.call("choose_target", instance_type=OTHER_TYPE), ZONE_K)
    assert (key_of(asked), values_of(asked)[0]) == ("target.type", OTHER_TYPE)


async def test_a_proposed_type_that_is_gone_is_dropped_by_a_call_that_does_not_repeat_it() -> None:
    desk = await desk_with_source()
    zones = await desk.call("choose_target", target_zone_id=ZONE_K, instance_type=OTHER_TYPE)
    await desk.answer(zones, ZONE_K)
    desk.world.stock[ZONE_K][OTHER_TYPE] = "WithoutStock"
    asked = await desk.call("choose_target")
    assert values_of(asked) == [KEEP_TYPE, CHOOSE_ANOTHER_TYPE, "abort"]


@pytest.mark.parametrize(
    "arguments", [{"target_zone_id": ZONE_I}, {"instance_type": OTHER_TYPE}, {"target_zone_id": ZONE_K}, {}]
)
async def test_once_the_replica_exists_the_target_stands_and_a_differing_proposal_is_answered(
    arguments: dict[str, str | None],
) -> None:
    desk = await launched()
    answer = await desk.call("choose_target", **arguments)
    assert (answer.status, answer.data["zone_id"], answer.data["instance_type"]) == ("done", ZONE_K, TYPE)
    differs = bool(arguments) and arguments.get("target_zone_id") != ZONE_K
    assert ("was created already" in answer.message) is differs
    assert all(value in answer.message for value in arguments.values() if value)


async def test_once_the_replica_exists_the_vswitch_stands_and_a_differing_proposal_is_answered() -> None:
    desk = await launched()
    answer = await desk.call("prepare_vswitch", cidr_block="172.16.200.0/24")
    assert (answer.status, answer.data["vswitch_id"]) == ("done", VSWITCH_K)
    assert "172.16.200.0/24" in answer.message
    assert "was created already" in answer.message


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [("choose_target", {"target_zone_id": ZONE_I}), ("prepare_vswitch", {"cidr_block": "172.16.200.0/24"})],
)
async def test_while_the_launch_is_in_doubt_nothing_is_chosen_anew_and_the_refusal_says_what_settles_it(
    tool: str, arguments: dict[str, str | None]
) -> None:
    desk, asked = await ready_to_launch()
    line = break_line(desk, Fault("RunInstances", NoAnswer("reset"), times=99))
    with pytest.raises(OutcomeUnknown):
        await settle_by_calling(desk, await desk.answer(asked, "confirm"))
    line.faults.clear()
    with pytest.raises(StepOutOfOrder) as refused:
        await desk.call(tool, **arguments)  # type: ignore[arg-type]
    assert (refused.value.code, refused.value.next_tool) == ("LaunchUnsettled", "create_instance")
    done = await desk.settle(await desk.call("create_instance"))
    assert (done.status, len({entry.params["ZoneId"] for entry in sends(desk, "RunInstances")})) == ("done", 1)
    assert desk.mutations["RunInstances"] == 1


async def settle_by_calling(desk: Desk, answer: Answer) -> Answer:
    """Call on while the answer is in_progress: retries go on in the next call."""
    for _ in range(9):
        answer = await desk.settle(answer)
        answer = await desk.call("create_instance")
    return answer


async def test_another_vswitch_for_a_launch_that_was_sent_and_not_carried_out_gives_that_launch_up() -> None:
    desk, asked = await ready_to_launch()
    session = session_of(desk)
    line = break_line(desk, Fault("RunInstances", refusal("Throttling.User"), times=99))
    put_off = await desk.answer(asked, "confirm")
    assert put_off.status == "in_progress"
    assert session.pending.launch is not None
    line.faults.clear()
    question = await desk.call("prepare_vswitch", cidr_block="172.16.200.0/24")
    assert key_of(question) == "vswitch.create"
    assert session.pending.launch is None
    created = await desk.settle(await desk.answer(question, CREATE_VSWITCH))
    done = await desk.answer(await go_ahead(desk), "confirm")
    assert done.status == "done"
    assert sends(desk, "RunInstances")[-1].params["VSwitchId"] == created.data["vswitch_id"]
    assert desk.mutations["RunInstances"] == 1


async def test_another_vswitch_while_the_question_is_open_is_recommended_in_a_new_one() -> None:
    desk = await desk_with_source("many")
    await desk.settle(await desk.call("choose_target"))
    first = await desk.call("prepare_vswitch")
    assert key_of(first) == "vswitch.pick"
    other = values_of(first)[1]
    second = await desk.call("prepare_vswitch", vswitch_id=other)
    assert id_of(second) != id_of(first)
    assert values_of(second)[0] == other
    assert id_of(await desk.call("prepare_vswitch")) == id_of(second)


async def test_another_block_while_a_vswitch_is_being_created_is_answered_and_changes_nothing() -> None:
    desk = await desk_with_source("no-vswitch")
    desk.world.behaviour.vswitch_pending_seconds = 600
    await desk.settle(await desk.call("choose_target"))
    asked = await desk.call("prepare_vswitch")
    waiting = await desk.answer(asked, CREATE_VSWITCH)
    assert waiting.status == "in_progress"
    again = await desk.call("prepare_vswitch", cidr_block="172.16.200.0/24")
    assert again.status == "in_progress"
    assert again.data["vswitch_id"] == waiting.data["vswitch_id"]
    assert "172.16.200.0/24" in again.message
    assert desk.mutations["CreateVSwitch"] == 1
