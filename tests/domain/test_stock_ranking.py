"""Which zone and which type are offered first, and which are not offered at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_dr.domain.stock.model import InstanceTypeFacts, Stock, TypeStock, ZoneStock
from ecs_dr.domain.stock.ranking import rank_substitutes, rank_zones


def zone(name: str, stock: Stock = Stock.WITH_STOCK) -> ZoneStock:
    return ZoneStock(zone_id=name, instance_type="ecs.g7.xlarge", stock=stock)


def facts(name: str = "ecs.g7.xlarge", **changes: str | float | bool | tuple[str, ...] | None) -> InstanceTypeFacts:
    fields: dict[str, str | float | bool | tuple[str, ...] | None] = {
        "instance_type": name,
        "family": name.rpartition(".")[0],
        "cpu": 4,
        "memory_gib": 16,
        "architecture": "X86",
        "boot_modes": ("BIOS", "UEFI"),
        **changes,
    }
    return InstanceTypeFacts.model_validate(fields)


def offer(
    name: str, stock: Stock = Stock.WITH_STOCK, **changes: str | float | bool | tuple[str, ...] | None
) -> TypeStock:
    return TypeStock(facts=facts(name, **changes), stock=stock)


def names(ranked: tuple[TypeStock, ...]) -> list[str]:
    return [candidate.facts.instance_type for candidate in ranked]


SOURCE = facts()


def test_the_sources_zone_is_never_offered() -> None:
    assert rank_zones((zone("cn-beijing-h"),), "cn-beijing-h") == ()


def test_better_stock_comes_first_and_sold_out_zones_stay_visible_at_the_end() -> None:
    ranked = rank_zones(
        (
            zone("a", Stock.CLOSED_WITHOUT_STOCK),
            zone("b", Stock.WITHOUT_STOCK),
            zone("c", Stock.CLOSED_WITH_STOCK),
            zone("d", Stock.WITH_STOCK),
        ),
        "h",
    )
    assert [entry.zone_id for entry in ranked] == ["d", "c", "b", "a"]


def test_of_equal_stock_a_zone_with_a_vswitch_comes_first_then_the_name() -> None:
    ranked = rank_zones((zone("c"), zone("a"), zone("b")), "h", frozenset({"b", "h"}))
    assert [entry.zone_id for entry in ranked] == ["b", "a", "c"]


def test_of_a_zone_listed_twice_the_better_stock_counts() -> None:
    assert rank_zones((zone("a", Stock.WITHOUT_STOCK), zone("a")), "h") == (zone("a"),)


@given(
    stocks=st.lists(st.builds(zone, st.sampled_from("abcdefgh"), st.sampled_from(Stock)), max_size=12),
    vswitches=st.frozensets(st.sampled_from("abcdefgh")),
)
def test_the_ranking_does_not_depend_on_the_order_of_the_answer(
    stocks: list[ZoneStock], vswitches: frozenset[str]
) -> None:
    ranked = rank_zones(tuple(stocks), "h", vswitches)
    assert ranked == rank_zones(tuple(reversed(stocks)), "h", vswitches)
    assert {entry.zone_id for entry in ranked} == {entry.zone_id for entry in stocks} - {"h"}
    buyable = [entry.stock.buyable for entry in ranked]
    assert buyable == sorted(buyable, reverse=True)


def test_same_generation_comes_before_a_newer_one_and_that_before_another_series() -> None:
    candidates = (offer("ecs.c7.xlarge"), offer("ecs.g8i.xlarge"), offer("ecs.g7e.xlarge"), offer("ecs.u1.xlarge"))
    assert names(rank_substitutes(SOURCE, candidates)) == [
        "ecs.g7e.xlarge",
        "ecs.g8i.xlarge",
        "ecs.c7.xlarge",
        "ecs.u1.xlarge",
    ]


def test_of_two_generations_equally_near_the_newer_comes_first() -> None:
    assert names(rank_substitutes(SOURCE, (offer("ecs.g6.xlarge"), offer("ecs.g8.xlarge")))) == [
        "ecs.g8.xlarge",
        "ecs.g6.xlarge",
    ]


def test_the_exact_size_comes_before_a_larger_one_of_the_same_family() -> None:
    candidates = (offer("ecs.g7.2xlarge", cpu=8, memory_gib=32), offer("ecs.r6.xlarge"))
    assert names(rank_substitutes(SOURCE, candidates)) == ["ecs.r6.xlarge", "ecs.g7.2xlarge"]


def test_better_stock_decides_between_equally_close_types() -> None:
    candidates = (offer("ecs.g8a.xlarge", Stock.CLOSED_WITH_STOCK), offer("ecs.g8i.xlarge"))
    assert names(rank_substitutes(SOURCE, candidates)) == ["ecs.g8i.xlarge", "ecs.g8a.xlarge"]


@pytest.mark.parametrize(
    "candidate",
    [
        offer("ecs.g7.xlarge"),
        offer("ecs.g8i.xlarge", Stock.WITHOUT_STOCK),
        offer("ecs.g8i.xlarge", Stock.CLOSED_WITHOUT_STOCK),
        offer("ecs.g8y.xlarge", architecture="ARM"),
        offer("ecs.g8i.large", cpu=2),
        offer("ecs.c8i.xlarge", memory_gib=8),
        offer("ecs.gn7.xlarge", gpu_count=1),
        offer("ecs.i4.xlarge", local_storage_category="local_ssd_pro"),
        offer("ecs.g9i.xlarge", nvme_required=True),
        offer("ecs.g8i.xlarge", max_disks=2),
    ],
)
def test_what_could_not_run_the_source_is_not_offered(candidate: TypeStock) -> None:
    assert rank_substitutes(SOURCE, (candidate,), disk_count=3) == ()


def test_the_images_architecture_decides_over_the_sources() -> None:
    candidates = (offer("ecs.g8y.xlarge", architecture="ARM"), offer("ecs.g8i.xlarge"))
    assert names(rank_substitutes(SOURCE, candidates, "arm64")) == ["ecs.g8y.xlarge"]
    assert names(rank_substitutes(SOURCE, candidates, "x86_64")) == ["ecs.g8i.xlarge"]


@pytest.mark.parametrize(
    ("image_mode", "type_modes", "offered"),
    [
        ("BIOS", ("UEFI",), False),
        ("BIOS", ("BIOS", "UEFI"), True),
        ("UEFI", ("BIOS",), False),
        ("UEFI-Preferred", ("BIOS",), True),
        ("", ("UEFI",), True),
        ("BIOS", (), True),
    ],
)
def test_the_type_knows_the_images_boot_mode(image_mode: str, type_modes: tuple[str, ...], *, offered: bool) -> None:
    ranked = rank_substitutes(SOURCE, (offer("ecs.g8i.xlarge", boot_modes=type_modes),), image_boot_mode=image_mode)
    assert bool(ranked) is offered


def test_while_the_boot_mode_is_unknown_types_that_know_every_mode_of_the_source_come_first() -> None:
    candidates = (offer("ecs.g7e.xlarge", boot_modes=("UEFI",)), offer("ecs.g6.xlarge"))
    assert names(rank_substitutes(SOURCE, candidates)) == ["ecs.g6.xlarge", "ecs.g7e.xlarge"]


def test_an_nvme_type_is_offered_to_an_image_with_the_driver() -> None:
    candidate = offer("ecs.g9i.xlarge", nvme_required=True)
    assert rank_substitutes(SOURCE, (candidate,), image_nvme_support="supported") == (candidate,)
    assert rank_substitutes(facts(nvme_required=True), (candidate,)) == (candidate,)


@given(
    candidates=st.lists(
        st.builds(
            lambda name, stock, cpu, memory, architecture: offer(
                name, stock, cpu=cpu, memory_gib=memory, architecture=architecture
            ),
            st.from_regex(r"ecs\.[a-z]{1,4}[0-9]{0,2}[a-z]?\.x?large", fullmatch=True),
            st.sampled_from(Stock),
            st.integers(1, 16),
            st.sampled_from([8.0, 16.0, 32.0]),
            st.sampled_from(["X86", "ARM"]),
        ),
        max_size=10,
        unique_by=lambda candidate: candidate.facts.instance_type,
    )
)
def test_everything_offered_can_replace_the_source_and_the_order_is_stable(candidates: list[TypeStock]) -> None:
    ranked = rank_substitutes(SOURCE, tuple(candidates))
    assert ranked == rank_substitutes(SOURCE, tuple(reversed(candidates)))
    sizes = [(candidate.facts.cpu, candidate.facts.memory_gib) for candidate in ranked]
    assert sizes == sorted(sizes)
    for candidate in ranked:
        assert candidate.stock.buyable
        assert candidate.facts.architecture == "X86"
        assert candidate.facts.cpu >= 4
        assert candidate.facts.memory_gib >= 16
