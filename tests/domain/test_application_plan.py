"""Waves, changes, zones and addresses of an application, without a cloud."""

from __future__ import annotations

import pytest

from ecs_dr.domain.application.plan import (
    ApplicationPlan,
    MemberPlan,
    NewBlock,
    Room,
    Wish,
    block_for,
    choose_zones,
    share_out,
)
from ecs_dr.domain.application.waves import Adjustment, parse_changes, parse_waves, waves_text
from ecs_dr.domain.network.model import Vpc, VSwitch
from ecs_dr.domain.plan.model import Cost, PlanFinding, ZonePlan
from ecs_dr.domain.stock.model import Stock
from ecs_dr.errors import InvalidInput


def vswitch(name: str, free: int, zone: str = "z-b") -> VSwitch:
    return VSwitch(
        vswitch_id=name,
        vpc_id="vpc",
        zone_id=zone,
        cidr_block="10.0.0.0/24",
        status="Available",
        available_ip_count=free,
    )


def rooms(*zones: str, free: int = 100) -> dict[tuple[str, str], Room]:
    return {
        ("vpc", zone): Room(vpc_id="vpc", zone_id=zone, existing=(vswitch(f"vsw-{zone}", free, zone),))
        for zone in zones
    }


def wish(name: str, *zones: str, forced: str = "") -> Wish:
    return Wish(instance_id=name, vpc_id="vpc", zones=zones, forced=forced)


def test_waves_are_read_and_written() -> None:
    waves = parse_waves(" i-2zea1, i-2zea2 ｜ i-2zea3 ")
    assert waves == (("i-2zea1", "i-2zea2"), ("i-2zea3",))
    assert waves_text(waves) == "i-2zea1,i-2zea2|i-2zea3"


def test_changes_are_read() -> None:
    known = frozenset({"i-a", "i-b"})
    text = "i-a zone=cn-beijing-l type=ecs.g7.large; i-b out"
    assert parse_changes(text, known) == {
        "i-a": Adjustment(zone_id="cn-beijing-l", instance_type="ecs.g7.large"),
        "i-b": Adjustment(out=True),
    }


@pytest.mark.parametrize("text", ["i-c out", "i-a", "i-a zone=", "i-a elsewhere", "", ";"])
def test_changes_that_mean_nothing_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_changes(text, frozenset({"i-a"}))


def test_one_zone_for_all_where_it_can_hold_all() -> None:
    wishes = [wish("a", "z-b", "z-c"), wish("b", "z-c", "z-b"), wish("c", "z-c")]
    chosen, why = choose_zones(wishes, rooms("z-b", "z-c"), frozenset())
    assert (set(chosen.values()), why) == ({"z-c"}, "one")


def test_otherwise_the_fewest_zones() -> None:
    wishes = [wish("a", "z-b", "z-d"), wish("b", "z-c", "z-d"), wish("c", "z-e", "z-c")]
    chosen, why = choose_zones(wishes, rooms("z-b", "z-c", "z-d", "z-e"), frozenset())
    assert (len(set(chosen.values())), why) == (2, "fewest")


def test_a_zone_without_addresses_for_all_does_not_hold_all() -> None:
    wishes = [wish("a", "z-b", "z-c"), wish("b", "z-b", "z-c")]
    chosen, _ = choose_zones(wishes, {**rooms("z-b", free=1), **rooms("z-c")}, frozenset())
    assert set(chosen.values()) == {"z-c"}


def test_of_two_zones_the_one_without_sources_is_better() -> None:
    chosen, _ = choose_zones([wish("a", "z-b", "z-c")], rooms("z-b", "z-c"), frozenset({"z-b"}))
    assert chosen == {"a": "z-c"}


def test_addresses_come_from_one_vswitch_if_one_has_room_for_all() -> None:
    room = Room(
        vpc_id="vpc", zone_id="z-b", existing=(vswitch("small", 1), vswitch("large", 5)), new_block="10.0.1.0/24"
    )
    assert {one.vswitch_id for one in share_out(["a", "b"], room).values() if isinstance(one, VSwitch)} == {"large"}


def test_what_finds_no_room_gets_one_new_block() -> None:
    room = Room(vpc_id="vpc", zone_id="z-b", existing=(vswitch("small", 1),), new_block="10.0.1.0/24")
    given = share_out(["a", "b", "c"], room)
    block = NewBlock(vpc_id="vpc", zone_id="z-b", cidr_block="10.0.1.0/24")
    assert given["b"] == given["c"] == block
    assert isinstance(given["a"], VSwitch)


def test_a_new_block_has_room_for_all() -> None:
    vpc = Vpc(vpc_id="vpc", cidr_block="10.0.0.0/16")
    assert block_for(vpc, (), "10.0.0.0/28", 5).endswith("/28")
    assert int(block_for(vpc, (), "10.0.0.0/28", 40).partition("/")[2]) <= 26
    assert block_for(None, (), "10.0.0.0/28", 1) == ""


def test_a_new_block_holds_exactly_as_many_as_it_has_addresses_that_the_cloud_leaves() -> None:
    vpc = Vpc(vpc_id="vpc", cidr_block="10.0.0.0/16")
    assert block_for(vpc, (), "10.0.0.0/28", 12).endswith("/28"), "16 addresses, 4 of them the cloud's"
    assert block_for(vpc, (), "10.0.0.0/28", 13).endswith("/27")
    assert block_for(Vpc(vpc_id="vpc", cidr_block="10.0.0.0/28"), (), "10.0.0.0/28", 13) == ""


TARGET = ZonePlan(zone_id="z-b", source_type="ecs.g7.large", stock=Stock.WITH_STOCK)
GOING = MemberPlan(instance_id="i-a", wave=1, target=TARGET, cost=Cost(currency="CNY", unit="hour", total=1.5))
OBSTACLE = PlanFinding(code="Locked", key="locked", severity="blocker")


@pytest.mark.parametrize(
    ("changes", "launched", "included"),
    [
        ({}, True, True),
        ({"out": True}, False, False),
        ({"replica_id": "i-there"}, False, True),
        ({"replica_id": "i-there", "out": True}, False, False),
        ({"obstacles": (OBSTACLE,)}, False, False),
        ({"target": None}, False, False),
    ],
)
def test_who_is_launched_and_who_is_in(changes: dict[str, object], *, launched: bool, included: bool) -> None:
    member = GOING.model_copy(update=changes)
    assert (member.is_launched, member.is_in) == (launched, included)
    plan = ApplicationPlan(region_id="r", members=(member,), why="one")
    assert plan.zone_ids == (("z-b",) if launched else ())
    assert (plan.total_cost is not None) is launched


def test_what_accepting_decides_names_the_place_or_why_there_is_none() -> None:
    assert GOING.choice() == ["i-a", 1, "z-b", "ecs.g7.large", "", "", []]
    assert GOING.model_copy(update={"out": True}).choice() == ["i-a", 1, "out"]
    assert GOING.model_copy(update={"replica_id": "i-there"}).choice() == ["i-a", 1, "i-there"]


def test_the_price_of_all_is_told_only_where_each_is_known_in_one_unit() -> None:
    def total(*costs: Cost | None) -> float | None:
        members = tuple(GOING.model_copy(update={"cost": cost}) for cost in costs)
        found = ApplicationPlan(region_id="r", members=members, why="one").total_cost
        return None if found is None else found.total

    hourly, monthly = Cost(currency="CNY", unit="hour", total=1.5), Cost(currency="CNY", unit="month", total=90)
    assert total(hourly, hourly) == 3.0
    assert total(hourly, None) is total(hourly, monthly) is total() is None
