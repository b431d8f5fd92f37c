"""Step 4a: the zone and the type, both chosen by the person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecs_dr.domain.questions import ABORT, CHOOSE_ANOTHER_TYPE, KEEP_TYPE, MORE_OPTIONS, PICK_ANOTHER_ZONE
from ecs_dr.domain.steps import Answer
from ecs_dr.errors import InvalidInput, StepOutOfOrder
from ecs_dr.simulator.world import World, load_world
from tests.support.desk import Desk
from tests.workflow.bench import NOTHING, id_of, key_of, no_requests, session_of, text_of, values_of, world_with

ZONE_K, ZONE_I, ZONE_L, ZONE_J = "cn-beijing-k", "cn-beijing-i", "cn-beijing-l", "cn-beijing-j"
TYPE = "ecs.g7.xlarge"


async def desk_with_source(world: World | str = "healthy") -> Desk:
    desk = Desk(world)
    await desk.settle(await desk.collect())
    return desk


async def pick_zone(desk: Desk, zone: str = ZONE_K) -> Answer:
    return await desk.answer(await desk.call("choose_target", target_zone_id=zone), zone)


async def test_without_a_source_it_names_the_missing_tool() -> None:
    desk = Desk()
    await desk.collect()
    with no_requests(desk), pytest.raises(StepOutOfOrder) as refused:
        await desk.call("choose_target")
    assert refused.value.next_tool == "collect_source"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"target_zone_id": "zone k"}, "InvalidZoneId"),
        ({"target_zone_id": "../k"}, "InvalidZoneId"),
        ({"instance_type": "g7.xlarge"}, "InvalidInstanceType"),
        ({"instance_type": "ecs.g7.xlarge;"}, "InvalidInstanceType"),
    ],
)
async def test_malformed_proposals_are_refused_before_anything_is_sent(arguments: dict[str, str], code: str) -> None:
    desk = await desk_with_source()
    with no_requests(desk), pytest.raises(InvalidInput) as refused:
        await desk.call("choose_target", **arguments)
    assert refused.value.code == code


async def test_the_question_shows_zones_and_stock_alone_without_the_sources_zone() -> None:
    desk = await desk_with_source()
    asked = await desk.call("choose_target")
    assert key_of(asked) == "target.zone"
    assert values_of(asked) == [ZONE_K, ZONE_L, ZONE_I, ZONE_J]
    table = text_of(asked).split("\n\n")[1]
    assert "cn-beijing-h" not in table
    assert "vsw" not in asked.model_dump_json()
    assert [line.split("|")[2].strip() for line in table.splitlines()[2:]] == [
        "plenty",
        "plenty",
        "low, not replenished",
        "sold out",
    ]


async def test_stock_is_asked_for_with_the_sources_charge_type() -> None:
    desk = await desk_with_source("prepaid")
    asked = await desk.call("choose_target")
    assert values_of(asked).index(ZONE_I) > values_of(asked).index(ZONE_L)
    charges = {entry.params["InstanceChargeType"] for entry in desk.simulator.calls("DescribeAvailableResource")}
    assert charges == {"PrePaid"}


async def test_zone_and_type_are_two_decisions_and_both_are_kept() -> None:
    desk = await desk_with_source()
    asked = await pick_zone(desk)
    assert key_of(asked) == "target.type"
    assert values_of(asked) == [KEEP_TYPE, CHOOSE_ANOTHER_TYPE, ABORT]
    done = await desk.answer(asked, KEEP_TYPE)
    assert (done.status, done.step) == ("done", "target")
    assert (done.data["zone_id"], done.data["instance_type"]) == (ZONE_K, TYPE)
    with no_requests(desk):
        again = await desk.call("choose_target")
        same = await desk.call("choose_target", target_zone_id=ZONE_K, instance_type=TYPE)
    assert again.data == same.data == done.data


async def test_a_proposed_zone_is_recommended_and_does_not_replace_the_decision() -> None:
    desk = await desk_with_source()
    asked = await desk.call("choose_target", target_zone_id=ZONE_I)
    assert key_of(asked) == "target.zone"
    assert values_of(asked)[0] == ZONE_I
    assert session_of(desk).target is None
    other = await desk.answer(asked, ZONE_K)
    done = await desk.answer(other, KEEP_TYPE)
    assert done.data["zone_id"] == ZONE_K


async def test_a_proposed_type_is_recommended_and_does_not_replace_the_decision() -> None:
    desk = await desk_with_source()
    asked = await desk.call("choose_target", target_zone_id=ZONE_K, instance_type="ecs.g8i.xlarge")
    asked = await desk.answer(asked, ZONE_K)
    assert values_of(asked) == ["ecs.g8i.xlarge", KEEP_TYPE, CHOOSE_ANOTHER_TYPE, ABORT]
    done = await desk.answer(asked, "ecs.g8i.xlarge")
    assert done.data["instance_type"] == "ecs.g8i.xlarge"


async def test_a_type_that_nobody_knows_is_refused_before_anything_is_asked() -> None:
    desk = await desk_with_source()
    with pytest.raises(InvalidInput) as refused:
        await desk.call("choose_target", target_zone_id=ZONE_I, instance_type="ecs.nothing.xlarge")
    assert refused.value.code == "TypeNotAvailable"
    assert session_of(desk).book.open_questions() == ()


async def test_a_type_that_is_out_of_stock_leads_to_what_is_in_stock_of_its_size() -> None:
    desk = await desk_with_source()
    desk.world.stock[ZONE_I]["ecs.g8i.xlarge"] = "WithoutStock"
    asked = await desk.call("choose_target", instance_type="ecs.g8i.xlarge")
    asked = await desk.answer(asked, ZONE_I)
    assert key_of(asked) == "target.near"
    assert "ecs.g8i.xlarge is not in stock in zone cn-beijing-i" in text_of(asked)
    assert "ecs.g8i.xlarge" not in values_of(asked)
    kept = await desk.answer(asked, KEEP_TYPE)
    assert (kept.data["zone_id"], kept.data["instance_type"]) == (ZONE_I, "ecs.g7.xlarge")


@pytest.mark.parametrize(("word", "size"), [("smaller", (2, 8.0)), ("larger", (8, 32.0)), ("ecs.g7.large", (2, 8.0))])
async def test_another_size_is_had_by_a_word(word: str, size: tuple[int, float]) -> None:
    desk = await desk_with_source()
    cpu, memory = size
    offered = f"ecs.g8i.{'large' if cpu < 4 else '2xlarge'}"
    desk.world.instance_types[offered] = replace(
        desk.world.instance_types["ecs.g8i.xlarge"], instance_type=offered, cpu=cpu, memory_gib=memory
    )
    desk.world.stock[ZONE_K][offered] = "WithStock"
    asked = await desk.answer(await desk.call("choose_target", target_zone_id=ZONE_K, instance_type=word), ZONE_K)
    assert key_of(asked) == "target.near"
    assert {offered, KEEP_TYPE} <= set(values_of(asked))
    assert f"{cpu} vCPUs" in text_of(asked)
    done = await desk.answer(asked, offered)
    assert (done.status, done.data["instance_type"]) == ("done", offered)


async def test_another_size_for_a_decided_target_does_not_ask_about_its_zone_again() -> None:
    desk = await desk_with_source()
    await desk.settle(await desk.call("choose_target", target_zone_id=ZONE_L))
    asked = await desk.call("choose_target", instance_type="larger")
    assert key_of(asked) == "target.near"
    assert (await desk.answer(asked, values_of(asked)[0])).data["zone_id"] == ZONE_L
    elsewhere = await desk.call("choose_target", instance_type="larger")
    pages = [elsewhere]
    while PICK_ANOTHER_ZONE not in values_of(pages[-1]):
        pages.append(await desk.answer(pages[-1], MORE_OPTIONS))
    assert key_of(await desk.answer(pages[-1], PICK_ANOTHER_ZONE)) == "target.zone"


async def test_where_no_other_size_is_in_stock_the_question_says_so_and_keeps_the_type() -> None:
    desk = await desk_with_source()
    for types in desk.world.stock.values():
        for name in types:
            types[name] = "WithStock" if name == "ecs.g7.xlarge" else "WithoutStock"
    asked = await desk.answer(await desk.call("choose_target", target_zone_id=ZONE_K, instance_type="smaller"), ZONE_K)
    assert values_of(asked)[0] == KEEP_TYPE
    assert "No type with 2 vCPUs and 8 GiB" in text_of(asked)


@pytest.mark.parametrize(("zone", "code"), [("cn-beijing-h", "SameZone"), ("cn-beijing-z", "UnknownZone")])
async def test_the_sources_own_zone_and_unknown_zones_are_refused_with_the_known_ones(zone: str, code: str) -> None:
    desk = await desk_with_source()
    with pytest.raises(InvalidInput) as refused:
        await desk.call("choose_target", target_zone_id=zone)
    assert refused.value.code == code
    assert refused.value.values["known"] == ", ".join(sorted([ZONE_I, ZONE_J, ZONE_K, ZONE_L]))


async def test_choosing_another_type_lists_those_that_fit_closest_first() -> None:
    desk = await desk_with_source()
    asked = await desk.answer(await pick_zone(desk), CHOOSE_ANOTHER_TYPE)
    assert key_of(asked) == "target.substitute"
    offered = values_of(asked)
    assert offered[0] == "ecs.g7e.xlarge"
    assert TYPE not in offered
    assert "ecs.g8y.xlarge" not in offered, "another CPU architecture"
    assert "ecs.c7.xlarge" not in offered, "less memory"
    done = await desk.answer(asked, offered[0])
    assert done.data["instance_type"] == offered[0]


async def test_in_a_sold_out_zone_the_type_is_asked_about_and_never_swapped() -> None:
    desk = await desk_with_source()
    asked = await pick_zone(desk, ZONE_J)
    assert key_of(asked) == "target.substitute"
    assert KEEP_TYPE not in values_of(asked)
    assert PICK_ANOTHER_ZONE in values_of(asked)
    assert session_of(desk).target is None


async def test_pick_another_zone_leads_back_to_the_zones() -> None:
    desk = await desk_with_source()
    asked = await desk.answer(await pick_zone(desk, ZONE_J), PICK_ANOTHER_ZONE)
    assert key_of(asked) == "target.zone"
    done = await desk.settle(await desk.answer(asked, ZONE_L))
    assert done.data["zone_id"] == ZONE_L


async def test_the_zone_can_be_left_however_many_types_could_take_the_place() -> None:
    world = load_world("sold-out")
    world.instance_types["ecs.g7x.xlarge"] = replace(
        world.instance_types["ecs.g7e.xlarge"], instance_type="ecs.g7x.xlarge"
    )
    world.stock[ZONE_K]["ecs.g7x.xlarge"] = "WithStock"
    desk = await desk_with_source(world)
    asked = await pick_zone(desk, ZONE_K)
    assert values_of(asked)[3:] == [MORE_OPTIONS]
    further = await desk.answer(asked, MORE_OPTIONS)
    assert PICK_ANOTHER_ZONE in values_of(further)[1:]
    assert not set(values_of(asked)[:3]) & set(values_of(further))
    assert key_of(await desk.answer(further, PICK_ANOTHER_ZONE)) == "target.zone"


async def test_where_nothing_fits_the_zone_can_still_be_left() -> None:
    world = load_world("healthy")
    world.stock[ZONE_J] = {TYPE: "WithoutStock"}
    desk = await desk_with_source(world)
    asked = await pick_zone(desk, ZONE_J)
    assert values_of(asked) == [PICK_ANOTHER_ZONE, ABORT]


async def test_no_zone_but_the_sources_own_is_said() -> None:
    world = load_world("healthy")
    for zone in (ZONE_I, ZONE_J, ZONE_K, ZONE_L):
        world.stock[zone].pop(TYPE)
    desk = await desk_with_source(world)
    with pytest.raises(InvalidInput) as refused:
        await desk.call("choose_target")
    assert refused.value.code == "NoOtherZone"


async def test_a_zone_whose_stock_is_gone_when_the_answer_comes_leads_to_the_types() -> None:
    desk = await desk_with_source()
    asked = await desk.call("choose_target", target_zone_id=ZONE_K)
    desk.world.stock[ZONE_K][TYPE] = "WithoutStock"
    following = await desk.answer(asked, ZONE_K)
    assert following.status == "needs_answer"
    assert session_of(desk).target is None
    if key_of(following) == "target.zone":
        following = await desk.answer(following, ZONE_K)
    assert key_of(following) == "target.substitute"


async def test_a_zone_that_is_gone_when_the_answer_comes_makes_a_new_question() -> None:
    desk = await desk_with_source()
    asked = await desk.call("choose_target")
    del desk.world.stock[ZONE_K][TYPE]
    new = await desk.answer(asked, ZONE_K)
    assert key_of(new) == "target.zone"
    assert id_of(new) != id_of(asked)
    assert ZONE_K not in values_of(new)


async def test_a_proposed_zone_that_is_gone_when_the_answer_comes_is_told_with_the_others() -> None:
    desk = await desk_with_source()
    asked = await desk.call("choose_target", target_zone_id=ZONE_K)
    del desk.world.stock[ZONE_K][TYPE]
    with pytest.raises(InvalidInput) as refused:
        await desk.answer(asked, ZONE_K)
    assert refused.value.code == "UnknownZone"


async def test_a_type_that_is_sold_out_when_it_is_kept_is_asked_about_again() -> None:
    desk = await desk_with_source()
    asked = await pick_zone(desk)
    desk.world.stock[ZONE_K][TYPE] = "WithoutStock"
    following = await desk.answer(asked, KEEP_TYPE)
    assert following.status == "needs_answer"
    assert session_of(desk).target is None


async def test_stock_that_moves_while_the_zones_are_asked_about_makes_a_new_question() -> None:
    desk = await desk_with_source()
    asked = await desk.call("choose_target", target_zone_id=ZONE_K)
    assert id_of(await desk.call("choose_target", target_zone_id=ZONE_K)) == id_of(asked)
    desk.world.stock[ZONE_K][TYPE] = "ClosedWithStock"
    again = await desk.answer(asked, ZONE_K)
    assert key_of(again) == "target.zone"
    assert id_of(again) != id_of(asked)
    assert f"| {ZONE_K} | low, not replenished |" in text_of(again)


async def test_stock_that_moves_while_the_types_are_asked_about_makes_a_new_question() -> None:
    desk = await desk_with_source()
    asked = await desk.answer(await pick_zone(desk), CHOOSE_ANOTHER_TYPE)
    assert id_of(await desk.call("choose_target")) == id_of(asked)
    desk.world.stock[ZONE_K]["ecs.g7e.xlarge"] = "WithStock"
    again = await desk.answer(asked, "ecs.g7e.xlarge")
    assert key_of(again) == "target.substitute"
    assert id_of(again) != id_of(asked)


@pytest.mark.parametrize("where", ["zone", "type"])
async def test_abort_decides_nothing_and_a_new_call_asks_for_the_zone_again(where: str) -> None:
    desk = await desk_with_source()
    asked = await desk.call("choose_target") if where == "zone" else await pick_zone(desk)
    stopped = (
        await desk.answer(asked, ABORT)
        if ABORT in values_of(asked)
        else await desk.recovery.dismiss(desk.session_id, id_of(asked), "cancel")
    )
    assert (stopped.status, stopped.step) == ("stopped", "target")
    assert session_of(desk).target is None
    assert key_of(await desk.call("choose_target")) == "target.zone"
    assert desk.mutations == NOTHING


async def test_more_than_four_zones_are_shown_in_pages_that_come_round() -> None:
    world = load_world("healthy")
    for letter in "mno":
        zone = f"cn-beijing-{letter}"
        world.zones[zone] = type(world.zones[ZONE_K])(zone_id=zone, region_id="cn-beijing")
        world.stock[zone] = {TYPE: "WithStock"}
    desk = await desk_with_source(world)
    asked = await desk.call("choose_target")
    pages = [values_of(asked)]
    for _ in range(3):
        asked = await desk.answer(asked, MORE_OPTIONS)
        pages.append(values_of(asked))
    assert all(page[-1] == MORE_OPTIONS for page in pages)
    shown = [zone for page in pages[:3] for zone in page[:-1]]
    assert sorted(shown) == sorted([ZONE_I, ZONE_J, ZONE_K, ZONE_L, "cn-beijing-m", "cn-beijing-n", "cn-beijing-o"])
    assert pages[3] == pages[0]
    assert pages[0][0] == ZONE_K
    following = await desk.answer(asked, pages[0][1])
    assert key_of(following) == "target.type"


async def test_an_option_of_another_page_cannot_be_chosen_unseen() -> None:
    world = load_world("healthy")
    world.zones["cn-beijing-m"] = type(world.zones[ZONE_K])(zone_id="cn-beijing-m", region_id="cn-beijing")
    world.stock["cn-beijing-m"] = {TYPE: "ClosedWithoutStock"}
    desk = await desk_with_source(world)
    asked = await desk.call("choose_target")
    assert "cn-beijing-m" not in values_of(asked)
    again = await desk.answer(asked, "cn-beijing-m")
    assert again.asked_again
    assert values_of(again) == values_of(asked)


async def test_another_zone_drops_what_hung_on_the_old_one() -> None:
    desk = await desk_with_source()
    await desk.settle(await desk.call("choose_target", target_zone_id=ZONE_K))
    await desk.settle(await desk.call("prepare_vswitch"))
    await desk.settle(await desk.call("check_disks"))
    done = await desk.settle(await desk.call("choose_target", target_zone_id=ZONE_I))
    assert done.data["zone_id"] == ZONE_I
    session = session_of(desk)
    assert session.vswitch is None
    assert session.disks is None


async def test_reading_vswitches_is_only_for_the_order_and_may_be_denied() -> None:
    desk = await desk_with_source(world_with(denied=("vpc:DescribeVSwitches",)))
    asked = await desk.call("choose_target")
    assert key_of(asked) == "target.zone"


async def test_types_that_may_not_be_described_are_no_reason_to_pause() -> None:
    desk = await desk_with_source(world_with("sold-out", denied=("ecs:DescribeInstanceTypes",)))
    asked = await pick_zone(desk)
    assert key_of(asked) == "target.substitute"
    assert values_of(asked) == [PICK_ANOTHER_ZONE, ABORT]
    assert "ecs:DescribeInstanceTypes" in asked.message
