"""No other zone sells the source's type, or none that fits: the way out that is named is one."""

from __future__ import annotations

import pytest

from ecs_dr.domain.questions import ABORT, CHOOSE_ANOTHER_TYPE
from ecs_dr.domain.texts import Texts
from ecs_dr.errors import InvalidInput, UserError
from ecs_dr.simulator.world import load_world
from ecs_dr.workflow.steps import choose_target
from tests.support.desk import Desk
from tests.workflow.bench import key_of, session_of, text_of, values_of, world_with

ZONES = ("cn-beijing-i", "cn-beijing-j", "cn-beijing-k", "cn-beijing-l")
ZONE_J, ZONE_K = "cn-beijing-j", "cn-beijing-k"
TYPE, OTHER_TYPE = "ecs.g7.xlarge", "ecs.g8i.xlarge"


async def desk_where_no_other_zone_sells_it() -> Desk:
    world = load_world("healthy")
    for zone in ZONES:
        world.stock[zone].pop(TYPE)
    desk = Desk(world)
    await desk.settle(await desk.collect())
    return desk


def told(error: UserError) -> str:
    """Everything that a person is told of an error, in both languages: each text must find its values."""
    parts = [
        Texts(language)(f"error.{error.key}.{part}", **error.values)
        for language in ("en", "zh")
        for part in ("message", "cause", "actions")
    ]
    return "\n".join(parts)


async def test_the_refusal_says_what_exists_and_names_a_proposal_as_the_way_out() -> None:
    desk = await desk_where_no_other_zone_sells_it()
    with pytest.raises(InvalidInput) as refused:
        await desk.call("choose_target")
    assert refused.value.code == "NoOtherZone"
    assert f"No other zone of cn-beijing sells {TYPE}. This recovery only read source i-2zesource0001" in told(
        refused.value
    )
    assert "choose_target with instance_type" in told(refused.value)


async def test_with_a_proposed_type_the_zones_are_listed_by_its_stock_and_the_target_can_be_settled() -> None:
    desk = await desk_where_no_other_zone_sells_it()
    zones = await desk.call("choose_target", instance_type=OTHER_TYPE)
    assert key_of(zones) == "target.zone"
    assert f"Stock of {OTHER_TYPE}" in text_of(zones)
    asked = await desk.answer(zones, ZONE_K)
    assert values_of(asked) == [OTHER_TYPE, CHOOSE_ANOTHER_TYPE, ABORT]
    done = await desk.answer(asked, OTHER_TYPE)
    assert (done.data["zone_id"], done.data["instance_type"]) == (ZONE_K, OTHER_TYPE)
    zones_shown = done.data["zones"]
    assert isinstance(zones_shown, list)
    assert zones_shown
    target = session_of(desk).target
    assert target is not None
    assert {zone.instance_type for zone in target.zones} == {OTHER_TYPE}


async def test_a_proposed_type_that_no_zone_sells_either_is_named_in_the_refusal() -> None:
    desk = await desk_where_no_other_zone_sells_it()
    with pytest.raises(InvalidInput) as refused:
        await desk.call("choose_target", target_zone_id=ZONE_K, instance_type="ecs.nothing.xlarge")
    assert (refused.value.code, refused.value.values["type"]) == ("NoOtherZone", "ecs.nothing.xlarge")


@pytest.mark.parametrize("arguments", [{"target_zone_id": ZONE_K}, {}])
async def test_the_refusal_of_a_type_without_stock_says_where_and_what_exists(
    arguments: dict[str, str | None],
) -> None:
    desk = Desk()
    await desk.settle(await desk.collect())
    with pytest.raises(InvalidInput) as refused:
        await desk.call("choose_target", instance_type="ecs.nothing.xlarge", **arguments)
    assert refused.value.code == "TypeNotAvailable"
    assert (ZONE_J in told(refused.value)) is not bool(arguments)
    assert (
        f"ecs.nothing.xlarge is not in stock in {refused.value.values['zone']}. This recovery only read source"
        in told(refused.value)
    )


async def test_before_an_image_exists_types_are_judged_by_the_sources_own_image_as_in_the_plan() -> None:
    desk = Desk()
    await desk.settle(await desk.collect())
    asked = await desk.answer(await desk.call("choose_target", target_zone_id=ZONE_J), ZONE_J)
    assert OTHER_TYPE in values_of(asked), "it needs NVMe, which the source's image supports"
    plan = await desk.call("plan_recovery")
    zones = plan.data["zones"]
    assert isinstance(zones, list)
    planned = next(zone for zone in zones if isinstance(zone, dict) and zone["zone_id"] == ZONE_J)
    assert planned["instance_type"] == values_of(asked)[0]


async def test_the_sources_image_is_read_once() -> None:
    desk = Desk()
    await desk.settle(await desk.collect())
    asked = await desk.answer(await desk.call("choose_target", target_zone_id=ZONE_J), ZONE_J)
    await desk.answer(asked, "pick_another_zone")
    await desk.answer(await desk.call("choose_target", target_zone_id=ZONE_J), ZONE_J)
    read = [entry for entry in desk.simulator.calls("DescribeImages") if entry.params.get("ImageId")]
    assert len(read) == 1


async def test_an_image_that_may_not_be_read_is_no_reason_to_pause() -> None:
    desk = Desk(world_with(denied=("ecs:DescribeImages",)))
    await desk.settle(await desk.collect())
    asked = await desk.answer(await desk.call("choose_target", target_zone_id=ZONE_J), ZONE_J)
    assert key_of(asked) == choose_target.SUBSTITUTE_KEY
    assert OTHER_TYPE not in values_of(asked)
