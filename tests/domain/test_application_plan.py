"""Waves, changes, zones and addresses of an application, without a cloud."""

from __future__ import annotations

import pytest

from ecs_dr.domain.application.plan import NewBlock, Room, Wish, block_for, choose_zones, share_out
from ecs_dr.domain.application.waves import Change, parse_changes, parse_waves, written
from ecs_dr.domain.network.model import Vpc, VSwitch
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
    assert written(waves) == "i-2zea1,i-2zea2|i-2zea3"


def test_changes_are_read() -> None:
    known = frozenset({"i-a", "i-b"})
    text = "i-a zone=cn-beijing-l type=ecs.g7.large; i-b out"
    assert parse_changes(text, known) == {
        "i-a": Change(zone_id="cn-beijing-l", instance_type="ecs.g7.large"),
        "i-b": Change(out=True),
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
