"""The disks of the replica: nothing lost, nothing added, nothing left to a default of the API."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_dr.domain.disks.model import CLOUD_CATEGORIES, CategorySupport, Disk, DiskMapping, DiskType, ReplicaDisk
from ecs_dr.domain.disks.plan import (
    bind_found,
    bind_to_image,
    compatible_categories,
    plan_disks,
    provisioned_iops_limit,
    unsupported,
)
from ecs_dr.errors import RecoveryFailed

LETTERS = "abcdefghijklmnopq"


def disk(
    device: str = "/dev/xvdb",
    category: str = "cloud_essd",
    level: str | None = None,
    size: int = 100,
    kind: DiskType = "data",
    **more: str | bool | int | None,
) -> Disk:
    fields: dict[str, str | bool | int | None] = {
        "disk_id": f"d-{device}",
        "type": kind,
        "device": device,
        "category": category,
        "performance_level": (level or "PL1") if category == "cloud_essd" else None,
        "size_gib": size,
        "status": "In_use",
        **more,
    }
    return Disk.model_validate(fields)


def planned(one: Disk, choice: tuple[str, str | None] | None = None) -> ReplicaDisk:
    return plan_disks((one,), {one.device: choice} if choice else {})[0]


def offers(*categories: str) -> tuple[CategorySupport, ...]:
    return tuple(CategorySupport(category=category, available=True) for category in categories)


def mapping(one: Disk, device: str | None = None, **more: str | bool | int) -> DiskMapping:
    fields: dict[str, str | bool | int] = {
        "device": device or one.device,
        "type": one.type,
        "size_gib": one.size_gib,
        "snapshot_id": f"s-{one.device[-1]}",
        **more,
    }
    return DiskMapping.model_validate(fields)


SYSTEM = disk("/dev/xvda", level="PL0", size=40, kind="system")
FIRST = disk("/dev/xvdb")
SECOND = disk("/dev/xvdc", category="cloud_auto", size=200, bursting_enabled=True, provisioned_iops=1000)
DISKS = (SYSTEM, FIRST, SECOND)


def test_without_a_choice_each_disk_keeps_its_own_shape() -> None:
    plan = plan_disks(DISKS, {})
    assert [item.device for item in plan] == ["/dev/xvda", "/dev/xvdb", "/dev/xvdc"]
    assert [(item.category, item.performance_level) for item in plan] == [
        ("cloud_essd", "PL0"),
        ("cloud_essd", "PL1"),
        ("cloud_auto", None),
    ]
    assert not any(item.substituted for item in plan)
    assert (plan[2].bursting_enabled, plan[2].provisioned_iops) == (True, 1000)


def test_a_choice_replaces_category_and_level_of_that_device_alone() -> None:
    plan = plan_disks(DISKS, {"/dev/xvdb": ("cloud_auto", None)})
    assert [item.substituted for item in plan] == [False, True, False]
    assert (plan[1].category, plan[1].performance_level) == ("cloud_auto", None)
    assert (plan[1].source_category, plan[1].source_performance_level) == ("cloud_essd", "PL1")


def test_a_disk_that_becomes_cloud_auto_neither_bursts_nor_has_provisioned_iops() -> None:
    plan = planned(FIRST, ("cloud_auto", None))
    assert (plan.bursting_enabled, plan.provisioned_iops) == (False, None)


def test_a_disk_that_stops_being_cloud_auto_loses_what_only_cloud_auto_has() -> None:
    plan = planned(SECOND, ("cloud_essd", "PL1"))
    assert (plan.bursting_enabled, plan.provisioned_iops) == (None, None)


def test_a_level_beside_another_category_is_dropped() -> None:
    assert planned(FIRST, ("cloud_ssd", "PL1")).performance_level is None


@pytest.mark.parametrize(("size", "level"), [(19, "PL0"), (20, "PL1")])
def test_an_essd_chosen_without_a_level_gets_one_that_its_size_allows(size: int, level: str) -> None:
    assert planned(disk(category="cloud_auto", size=size), ("cloud_essd", None)).performance_level == level


def test_encryption_key_and_delete_with_instance_are_carried() -> None:
    plan = planned(disk(encrypted=True, kms_key_id="key-1", delete_with_instance=False, name="data"))
    assert (plan.encrypted, plan.kms_key_id, plan.delete_with_instance, plan.name) == (True, "key-1", False, "data")


@pytest.mark.parametrize(("size", "limit"), [(1, 0), (2, 100), (10, 7700), (60, 50000), (2000, 50000)])
def test_provisioned_iops_are_bounded_by_the_size(size: int, limit: int) -> None:
    assert provisioned_iops_limit(size) == limit
    assert planned(disk(category="cloud_auto", size=size, provisioned_iops=90000)).provisioned_iops == limit


def test_bursting_needs_more_than_3_gib() -> None:
    assert planned(disk(category="cloud_auto", size=3, bursting_enabled=True)).bursting_enabled is False
    assert planned(disk(category="cloud_auto", size=4, bursting_enabled=True)).bursting_enabled is True


def test_a_category_that_is_absent_or_sold_out_is_unsupported() -> None:
    plan = plan_disks(DISKS, {})
    sold_out = (CategorySupport(category="cloud_essd", available=False), *offers("cloud_auto"))
    assert unsupported(plan, sold_out, offers("cloud_essd")) == (plan[0], plan[2])
    assert unsupported(plan, offers("cloud_essd"), offers("cloud_essd", "cloud_auto")) == ()


def test_a_size_outside_what_the_zone_sells_is_unsupported() -> None:
    plan = (planned(FIRST),)
    narrow = (CategorySupport(category="cloud_essd", available=True, min_gib=20, max_gib=99),)
    assert unsupported(plan, (), narrow) == plan


def test_a_level_too_high_for_the_size_is_unsupported() -> None:
    plan = (planned(disk(size=100), ("cloud_essd", "PL2")),)
    assert unsupported(plan, (), offers("cloud_essd")) == plan


@pytest.mark.parametrize(
    ("size", "levels"),
    [
        (19, {"PL0"}),
        (20, {"PL0", "PL1"}),
        (460, {"PL0", "PL1"}),
        (461, {"PL0", "PL1", "PL2"}),
        (1260, {"PL0", "PL1", "PL2"}),
        (1261, {"PL0", "PL1", "PL2", "PL3"}),
    ],
)
def test_levels_are_offered_from_their_minimum_size_on(size: int, levels: set[str]) -> None:
    plan = planned(disk(category="cloud_auto", size=size))
    assert {level for _, level in compatible_categories(plan, offers("cloud_essd"))} == levels


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (disk(category="cloud_essd_entry", size=40), ("cloud_essd", "PL0")),
        (disk(category="cloud_auto"), ("cloud_essd", "PL1")),
        (disk(category="cloud_efficiency"), ("cloud_essd", "PL0")),
        (disk(category="cloud_ssd"), ("cloud_essd", "PL1")),
    ],
)
def test_the_closest_category_comes_first(source: Disk, expected: tuple[str, str | None]) -> None:
    zone = tuple(item for item in offers("cloud_auto", "cloud_essd") if item.category != source.category)
    assert compatible_categories(planned(source), zone)[0] == expected


def test_an_essd_disk_in_a_zone_without_essd_becomes_cloud_auto_first() -> None:
    zone = offers("cloud_efficiency", "cloud_ssd", "cloud_auto")
    assert compatible_categories(planned(FIRST), zone) == (
        ("cloud_auto", None),
        ("cloud_ssd", None),
        ("cloud_efficiency", None),
    )


@pytest.mark.parametrize(
    ("family", "offered"),
    [("ecs.u1", True), ("ecs.e", True), ("ecs.g7", False), ("ecs.ebmg7", False), ("ecs.u1-c1m4", True), ("", True)],
)
def test_essd_entry_is_for_u1_and_e_alone(family: str, *, offered: bool) -> None:
    found = compatible_categories(planned(FIRST), offers("cloud_essd_entry"), family)
    assert bool(found) is offered


def test_system_disks_have_their_own_maximum() -> None:
    big = planned(disk("/dev/xvda", size=3000, kind="system"))
    assert compatible_categories(big, offers("cloud_essd", "cloud_auto")) == ()
    assert compatible_categories(planned(disk(size=3000)), offers("cloud_auto")) == (("cloud_auto", None),)


def test_the_mappings_device_string_and_snapshot_are_taken_over() -> None:
    mappings = (
        mapping(SYSTEM, "/dev/vda"),
        mapping(SECOND, "/dev/vdc"),
        mapping(FIRST, "/dev/vdb"),
    )
    bound = bind_to_image(plan_disks(DISKS, {}), mappings)
    assert [(item.device, item.snapshot_id) for item in bound] == [
        ("/dev/vda", "s-a"),
        ("/dev/vdb", "s-b"),
        ("/dev/vdc", "s-c"),
    ]


def test_an_exact_name_wins_over_equal_letters() -> None:
    exact, alike = mapping(FIRST), mapping(FIRST, "/dev/vdb", snapshot_id="s-other")
    other = disk("/dev/vdb", disk_id="d-other")
    bound = bind_to_image(plan_disks((FIRST, other), {}), (alike, exact))
    assert [item.snapshot_id for item in bound] == ["s-b", "s-other"]


def test_an_encrypted_snapshot_makes_an_encrypted_disk() -> None:
    assert bind_to_image((planned(FIRST),), (mapping(FIRST, encrypted=True),))[0].encrypted


@pytest.mark.parametrize(
    ("mappings", "values"),
    [
        ((mapping(FIRST),), {"missing": "/dev/xvdc", "unexpected": "-", "different": "-"}),
        (
            (mapping(FIRST), mapping(SECOND), mapping(FIRST, "/dev/xvdd")),
            {"missing": "-", "unexpected": "/dev/xvdd", "different": "-"},
        ),
        (
            (mapping(FIRST, size_gib=99), mapping(SECOND)),
            {"missing": "-", "unexpected": "-", "different": "/dev/xvdb (100 GiB, 99 GiB)"},
        ),
        (
            (mapping(FIRST, type="system"), mapping(SECOND)),
            {"missing": "/dev/xvdb", "unexpected": "/dev/xvdb", "different": "-"},
        ),
        (
            (mapping(FIRST, snapshot_id=""), mapping(SECOND)),
            {"missing": "/dev/xvdb", "unexpected": "-", "different": "-"},
        ),
        ((), {"missing": "/dev/xvdb, /dev/xvdc", "unexpected": "-", "different": "-"}),
    ],
)
def test_an_image_that_is_not_a_perfect_match_ends_the_recovery(
    mappings: tuple[DiskMapping, ...], values: dict[str, str]
) -> None:
    with pytest.raises(RecoveryFailed) as caught:
        bind_to_image(plan_disks((FIRST, SECOND), {}), mappings)
    assert (caught.value.code, caught.value.key) == ("ImageMappingMismatch", "image_mapping")
    assert caught.value.values == values


sources = st.lists(
    st.tuples(st.sampled_from(sorted(CLOUD_CATEGORIES)), st.integers(20, 2048), st.booleans()),
    min_size=1,
    max_size=17,
)


@given(shapes=sources, renamed=st.booleans())
def test_any_whole_image_binds_one_for_one(shapes: list[tuple[str, int, bool]], *, renamed: bool) -> None:
    disks = tuple(
        disk(
            f"/dev/xvd{LETTERS[index]}",
            category=category,
            level="PL0",
            size=size,
            kind="system" if index == 0 else "data",
            encrypted=encrypted,
        )
        for index, (category, size, encrypted) in enumerate(shapes)
    )
    mappings = [mapping(item, item.device.replace("xvd", "vd") if renamed else None) for item in disks]
    bound = bind_to_image(plan_disks(disks, {}), tuple(reversed(mappings)))
    assert [(item.device, item.snapshot_id) for item in bound] == [(item.device, item.snapshot_id) for item in mappings]
    assert [item.source_disk_id for item in bound] == [item.disk_id for item in disks]
    for item in bound:
        assert (item.performance_level is not None) == (item.category == "cloud_essd")
        assert (item.bursting_enabled is not None) == (item.category == "cloud_auto")


@given(
    category=st.sampled_from(sorted(CLOUD_CATEGORIES)),
    size=st.integers(1, 65536),
    kind=st.sampled_from(["system", "data"]),
    zone=st.sets(st.sampled_from(sorted(CLOUD_CATEGORIES))),
)
def test_whatever_is_offered_is_supported_when_chosen(category: str, size: int, kind: DiskType, zone: set[str]) -> None:
    source = disk(category=category, level="PL0", size=size, kind=kind)
    supported = offers(*sorted(zone))
    offered = compatible_categories(planned(source), supported)
    assert len(set(offered)) == len(offered)
    for choice in offered:
        assert unsupported((planned(source, choice),), supported, supported) == ()
        assert (planned(source, choice).category, planned(source, choice).performance_level) == choice


@pytest.mark.parametrize(
    ("kind", "category", "smallest", "largest"),
    [
        ("system", "cloud_efficiency", 20, 2048),
        ("system", "cloud_ssd", 20, 2048),
        ("system", "cloud_auto", 1, 2048),
        ("system", "cloud_essd", 1, 2048),
        ("data", "cloud", 5, 2000),
        ("data", "cloud_efficiency", 20, 32768),
        ("data", "cloud_ssd", 20, 32768),
        ("data", "cloud_auto", 1, 65536),
        ("data", "cloud_essd", 1, 65536),
    ],
)
def test_a_category_is_offered_for_the_sizes_that_it_has_and_no_others(
    kind: DiskType, category: str, smallest: int, largest: int
) -> None:
    def is_offered(size: int) -> bool:
        one = planned(disk("/dev/xvda" if kind == "system" else "/dev/xvdb", size=size, kind=kind))
        return category in {name for name, _ in compatible_categories(one, offers(category))}

    assert [is_offered(size) for size in (smallest - 1, smallest, largest, largest + 1)] == [False, True, True, False]


def test_of_a_launch_that_was_made_the_disks_are_those_of_its_image() -> None:
    plan = plan_disks(DISKS, {})
    extra = mapping(disk("/dev/xvdd", size=7), snapshot_id="s-extra")
    found = bind_found(plan, (mapping(SYSTEM), mapping(FIRST), extra), {})
    assert [(one.device, one.snapshot_id) for one in found] == [
        ("/dev/xvda", "s-a"),
        ("/dev/xvdb", "s-b"),
        ("/dev/xvdd", "s-extra"),
    ]
    assert found[-1].category == ""
    assert bind_found(plan, (), {}) == plan
