"""What an index says is what a look at every row says, whatever was done to the rows."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_dr.simulator.model_compute import Disk, Instance, SecondaryEni
from ecs_dr.simulator.tables import INTERNET, Disks, Instances

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
KEYS = ("i-1", "i-2", "i-3", "i-4")
VSWITCHES = ("vsw-a", "vsw-b")
BLOCK = IPv4Network("10.0.0.0/28")
ADDRESSES = (*map(str, BLOCK), "", "not-an-address")

Change = Callable[[Instances], object]


def instance(address: str = "10.0.0.1", **fields: object) -> Instance:
    made = Instance(
        instance_type="ecs.g7.xlarge",
        zone_id="cn-beijing-h",
        image_id="m-1",
        vswitch_id="vsw-a",
        private_ip_address=address,
    )
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def setting(name: str, values: st.SearchStrategy[object]) -> st.SearchStrategy[Change]:
    def change(key: str, value: object) -> Change:
        def carry_out(table: Instances) -> None:
            if key in table:
                setattr(table[key], name, value)

        return carry_out

    return st.builds(change, st.sampled_from(KEYS), values)


def putting(key: str, address: str) -> Change:
    return lambda table: table.update({key: instance(address)})


def removing(key: str) -> Change:
    return lambda table: table.pop(key, None)


addresses = st.sampled_from(ADDRESSES)
vswitches = st.sampled_from(VSWITCHES)
moments = st.none() | st.integers(0, 9).map(lambda seconds: START + timedelta(seconds=seconds))
interfaces = st.lists(st.builds(SecondaryEni, st.just("eni-1"), vswitches, addresses), max_size=2).map(tuple)
changes = st.one_of(
    st.builds(putting, st.sampled_from(KEYS), addresses),
    st.builds(removing, st.sampled_from(KEYS)),
    st.just(Instances.clear),
    setting("lost", st.booleans()),
    setting("image_id", st.sampled_from(["m-1", "m-2"])),
    setting("security_group_ids", st.sampled_from([(), ("sg-1",), ("sg-1", "sg-2")])),
    setting("tags", st.sampled_from([{}, {"env": "prod"}, {"env": "test", "team": "web"}])),
    setting("vswitch_id", vswitches),
    setting("private_ip_address", addresses),
    setting("public_ip_address", addresses),
    setting("secondary_enis", interfaces),
    setting("launched_at", moments),
)


def held_in(table: Instances, vswitch: str) -> set[str]:
    primary = {one.private_ip_address for one in table.values() if one.vswitch_id == vswitch and not one.lost}
    further = {
        interface.private_ip_address
        for one in table.values()
        for interface in one.secondary_enis
        if interface.vswitch_id == vswitch
    }
    return primary | further


@given(st.lists(changes, max_size=30))
def test_every_index_of_the_instances_agrees_with_a_look_at_all_of_them(done: list[Change]) -> None:
    table = Instances({"i-1": instance()})
    for change in done:
        change(table)
    rows = list(table.values())
    assert table.by_loss.rows("kept") == [one for one in rows if not one.lost]
    assert table.by_loss.count("lost") == sum(one.lost for one in rows)
    for image in ("m-1", "m-2"):
        assert table.by_image.rows(image) == [one for one in rows if one.image_id == image and not one.lost]
    for group in ("sg-1", "sg-2"):
        assert table.by_security_group.rows(group) == [one for one in rows if group in one.security_group_ids]
    for pair in (("env", "prod"), ("env", "test"), ("team", "web"), ("team", "db")):
        assert table.by_tag.rows(pair) == [one for one in rows if pair in one.tags.items()]
    assert table.addresses.taken(INTERNET) == {one.public_ip_address for one in rows} - {""}
    for vswitch in VSWITCHES:
        taken = held_in(table, vswitch)
        assert table.addresses.taken(vswitch) == taken
        free = table.addresses.free(vswitch, BLOCK[1], BLOCK[-4])
        assert list(free) == [str(one) for one in list(BLOCK)[1:-3] if str(one) not in taken]


@given(st.lists(changes, max_size=30), st.integers(0, 9))
def test_the_queue_gives_those_that_are_due_in_the_order_of_their_moments(done: list[Change], seconds: int) -> None:
    table, until = Instances({"i-1": instance()}), START + timedelta(seconds=seconds)
    for change in done:
        change(table)
    launched = [
        (one.launched_at, one)
        for one in table.values()
        if not one.lost and one.launched_at and one.launched_at <= until
    ]
    due = table.launches.take(until)
    assert [moment for moment, _ in due] == sorted(moment for moment, _ in launched)
    assert all(pair in due for pair in launched)
    assert table.launches.take(until) == []


@given(st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(["i-1", "i-2"])), max_size=20))
def test_rows_come_in_the_order_of_the_table_however_late_they_got_their_value(moves: list[tuple[str, str]]) -> None:
    disks = Disks({key: Disk(instance_id="i-1", type="data", category="cloud", size=20, disk_id=key) for key in KEYS})
    for key, owner in moves:
        disks[key].instance_id = owner
    for owner in ("i-1", "i-2"):
        expected = [disk.disk_id for disk in disks.values() if disk.instance_id == owner]
        assert [disk.disk_id for disk in disks.by_instance.rows(owner)] == expected
    assert [disk.disk_id for disk in disks.select(reversed(KEYS))] == list(KEYS)


def test_a_row_that_was_taken_out_or_replaced_is_not_followed_any_more() -> None:
    table = Instances({"i-1": instance(), "i-2": instance()})
    removed, replaced = table.pop("i-1"), table["i-2"]
    table["i-2"] = instance(image_id="m-2")
    removed.image_id = replaced.image_id = "m-3"
    assert (table.by_image.count("m-1"), table.by_image.count("m-2"), table.by_image.count("m-3")) == (0, 1, 0)


def test_a_resource_cannot_be_in_two_places_at_once() -> None:
    table = Instances({"i-1": instance()})
    with pytest.raises(ValueError, match="put a copy"):
        table["i-2"] = table["i-1"]
    table["i-1"] = table["i-1"]
    assert list(table) == ["i-1"]


def test_rows_merged_in_are_indexed_as_well() -> None:
    table = Instances({})
    table |= {"i-1": instance()}
    table.setdefault("i-2", instance())
    assert table.by_image.count("m-1") == 2
    assert table.popitem()[0] == "i-2"
    assert table.by_image.count("m-1") == 1
    with pytest.raises(KeyError):
        table.pop("i-2")


def test_a_copy_of_a_row_is_in_no_table() -> None:
    table = Instances({"i-1": instance()})
    table["i-2"] = copy.copy(table["i-1"])
    table["i-2"].status = "Stopped"
    assert (table["i-1"].status, table.by_image.count("m-1")) == ("Running", 2)


def test_an_empty_table_has_no_last_row() -> None:
    with pytest.raises(KeyError):
        Instances({}).popitem()


def test_changes_name_each_row_that_came_went_or_was_set_once() -> None:
    table = Instances({"i-1": instance(), "i-2": instance()})
    assert table.changes.take() == {"i-1", "i-2"}
    table["i-1"].status = "Stopped"
    table["i-1"].status = "Running"
    del table["i-2"]
    assert table.changes.take() == {"i-1", "i-2"}
    assert table.changes.take() == set()


def test_an_address_is_free_until_the_last_that_holds_it_gives_it_back() -> None:
    table = Instances({"i-1": instance("10.0.0.5"), "i-2": instance("10.0.0.5")})
    five = IPv4Address("10.0.0.5")
    table["i-1"].lost = True
    assert list(table.addresses.free("vsw-a", five, five)) == []
    table["i-2"].lost = True
    assert list(table.addresses.free("vsw-a", five, five)) == ["10.0.0.5"]
