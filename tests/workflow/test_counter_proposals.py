"""Another target than the decided one: checked before anything is given up, and in force only once it is decided."""

from __future__ import annotations

import pytest

from ecs_dr.domain.questions import ABORT, CHOOSE_ANOTHER_TYPE, CONFIRM, KEEP_TYPE
from ecs_dr.domain.steps import Answer
from ecs_dr.errors import InvalidInput, StaleQuestion
from tests.support.desk import Desk
from tests.workflow.bench import go_ahead, id_of, key_of, session_of, text_of, values_of

ZONE_I, ZONE_K, ZONE_L = "cn-beijing-i", "cn-beijing-k", "cn-beijing-l"
TYPE, OTHER_TYPE = "ecs.g7.xlarge", "ecs.g8i.xlarge"


async def settled_desk() -> Desk:
    """Zone, VSwitch and disks are settled in zone K by an accepted plan."""
    desk = Desk()
    await desk.settle(await desk.collect())
    await desk.settle(await desk.call("plan_recovery"))
    assert in_force(desk) == (ZONE_K, TYPE, True, True)
    return desk


def in_force(desk: Desk) -> tuple[str, str, bool, bool]:
    session = session_of(desk)
    assert session.target is not None
    return (
        session.target.zone_id,
        session.target.instance_type,
        session.vswitch is not None,
        session.disks is not None,
    )


async def types_in_zone_i(desk: Desk) -> Answer:
    asked = await desk.answer(await desk.call("choose_target", target_zone_id=ZONE_I), ZONE_I)
    assert key_of(asked) == "target.type"
    return asked


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"target_zone_id": "cn-beijing-q"}, "UnknownZone"),
        ({"target_zone_id": "cn-beijing-h"}, "SameZone"),
        ({"instance_type": "ecs.nothing.xlarge"}, "TypeNotAvailable"),
        ({"target_zone_id": ZONE_I, "instance_type": "ecs.nothing.xlarge"}, "TypeNotAvailable"),
    ],
)
async def test_a_proposal_that_cannot_be_had_leaves_every_decision_in_force(
    arguments: dict[str, str | None], code: str
) -> None:
    desk = await settled_desk()
    with pytest.raises(InvalidInput) as refused:
        await desk.call("choose_target", **arguments)
    assert refused.value.code == code
    assert in_force(desk) == (ZONE_K, TYPE, True, True)
    assert (await desk.call("choose_target")).status == "done"


async def test_a_proposal_that_cannot_be_had_leaves_an_open_question_open() -> None:
    desk = await settled_desk()
    asked = await desk.call("choose_target", target_zone_id=ZONE_I)
    with pytest.raises(InvalidInput):
        await desk.call("choose_target", target_zone_id="cn-beijing-q")
    assert id_of(await desk.call("choose_target")) == id_of(asked)


async def test_while_another_zone_is_asked_about_the_old_one_stays_in_force() -> None:
    desk = await settled_desk()
    asked = await desk.call("choose_target", target_zone_id=ZONE_I)
    assert (key_of(asked), values_of(asked)[0]) == ("target.zone", ZONE_I)
    assert in_force(desk) == (ZONE_K, TYPE, True, True)
    await desk.answer(asked, ZONE_I)
    assert in_force(desk) == (ZONE_K, TYPE, True, True)


async def test_another_target_takes_the_old_ones_place_with_vswitch_and_disks_once_it_is_decided() -> None:
    desk = await settled_desk()
    done = await desk.answer(await types_in_zone_i(desk), KEEP_TYPE)
    assert (done.status, done.data["zone_id"]) == ("done", ZONE_I)
    assert in_force(desk) == (ZONE_I, TYPE, False, False)


async def test_choosing_the_decided_target_once_more_changes_nothing() -> None:
    desk = await settled_desk()
    asked = await desk.call("choose_target", target_zone_id=ZONE_I)
    done = await desk.answer(await desk.answer(asked, ZONE_K), KEEP_TYPE)
    assert (done.status, done.data["zone_id"]) == ("done", ZONE_K)
    assert in_force(desk) == (ZONE_K, TYPE, True, True)


@pytest.mark.parametrize("where", ["zone", "type"])
async def test_a_dismissed_counter_proposal_leaves_the_decision_and_is_not_asked_again(where: str) -> None:
    desk = await settled_desk()
    proposed = await desk.call("choose_target", target_zone_id=ZONE_I)
    asked = proposed if where == "zone" else await desk.answer(proposed, ZONE_I)
    await desk.recovery.dismiss(desk.session_id, id_of(asked), "decline")
    again = await desk.call("choose_target")
    assert (again.status, again.data["zone_id"]) == ("done", ZONE_K)
    assert in_force(desk) == (ZONE_K, TYPE, True, True)


async def test_an_aborted_counter_proposal_leaves_the_decision_and_says_so() -> None:
    desk = await settled_desk()
    stopped = await desk.answer(await types_in_zone_i(desk), ABORT)
    assert stopped.status == "stopped"
    assert f"Zone {ZONE_K} with type {TYPE} stays as decided before." in stopped.message
    again = await desk.call("choose_target")
    assert (again.status, again.data["zone_id"]) == ("done", ZONE_K)
    assert in_force(desk) == (ZONE_K, TYPE, True, True)


async def test_a_dismissed_counter_proposal_can_be_made_again() -> None:
    desk = await settled_desk()
    asked = await types_in_zone_i(desk)
    await desk.recovery.dismiss(desk.session_id, id_of(asked), "cancel")
    again = await desk.call("choose_target", target_zone_id=ZONE_I)
    assert (key_of(again), values_of(again)[0]) == ("target.zone", ZONE_I)


async def test_nothing_is_launched_while_another_zone_is_asked_about_and_a_no_leaves_the_old_one() -> None:
    desk = await settled_desk()
    async with desk.open():
        await desk.settle(await desk.call("create_image"))
        await desk.settle(await desk.call("wait_for_image"))
        asked = await desk.call("choose_target", target_zone_id=ZONE_I)
        instead = await desk.call("create_instance")
        assert id_of(instead) == id_of(asked)
        await desk.recovery.dismiss(desk.session_id, id_of(instead), "decline")
        launched = await desk.answer(await go_ahead(desk), CONFIRM)
    assert launched.status == "done"
    assert session_of(desk).replica is not None
    assert in_force(desk)[0] == ZONE_K


async def test_a_type_proposed_for_a_zone_where_the_sources_own_is_sold_out_is_asked_about_in_those_words() -> None:
    desk = await settled_desk()
    desk.world.stock[ZONE_L][TYPE] = "WithoutStock"
    zones = await desk.call("choose_target", target_zone_id=ZONE_L, instance_type=OTHER_TYPE)
    asked = await desk.answer(zones, ZONE_L)
    assert values_of(asked) == [OTHER_TYPE, CHOOSE_ANOTHER_TYPE, ABORT]
    assert f"{TYPE} cannot be had there" in text_of(asked)


async def test_the_plans_question_is_stale_once_a_target_was_chosen() -> None:
    desk = Desk()
    await desk.settle(await desk.collect())
    plan = await desk.call("plan_recovery")
    await desk.settle(await desk.call("choose_target", target_zone_id=ZONE_I))
    with pytest.raises(StaleQuestion):
        await desk.answer(plan, CONFIRM)
    again = await desk.call("plan_recovery")
    assert (again.status, again.data["accepted"]) == ("done", False)
    assert in_force(desk)[0] == ZONE_I


async def test_the_zones_question_is_stale_once_the_plan_was_accepted() -> None:
    desk = Desk()
    await desk.settle(await desk.collect())
    asked = await desk.call("choose_target", target_zone_id=ZONE_I)
    await desk.settle(await desk.call("plan_recovery"))
    with pytest.raises(StaleQuestion):
        await desk.answer(asked, ZONE_I)
    assert in_force(desk) == (ZONE_K, TYPE, True, True)


async def test_the_plan_counts_as_accepted_only_while_its_target_is_in_force() -> None:
    desk = await settled_desk()
    assert (await desk.call("plan_recovery")).data["accepted"] is True
    await desk.answer(await types_in_zone_i(desk), KEEP_TYPE)
    assert (await desk.call("plan_recovery")).data["accepted"] is False
    session_of(desk).leave_zone()
    assert (await desk.call("plan_recovery")).data["accepted"] is False
