"""The block for a new VSwitch: refused when the API would refuse it, proposed only when it is free."""

from __future__ import annotations

import time
from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_dr.domain.diagnosis import DiagnosisContext, explain
from ecs_dr.domain.network.cidr import RESERVED, propose_cidrs, validate_cidr
from ecs_dr.domain.network.model import Vpc, VSwitch
from ecs_dr.domain.texts import Texts
from ecs_dr.errors import InvalidInput

VPC = Vpc(vpc_id="vpc-1", cidr_block="172.16.0.0/12", secondary_cidr_blocks=("10.8.0.0/16",))


def vswitch(cidr: str, name: str = "vsw-a") -> VSwitch:
    return VSwitch(
        vswitch_id=name,
        vpc_id="vpc-1",
        zone_id="cn-beijing-h",
        cidr_block=cidr,
        status="Available",
        available_ip_count=10,
    )


SOURCE = vswitch("172.17.0.0/20")


def refused(text: str) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        validate_cidr(text, VPC, (SOURCE,))
    for texts in (Texts("en"), Texts("zh")):
        told = explain(caught.value, texts, DiagnosisContext())
        assert caught.value.values["suggestion"] in "".join(told.actions)
    return caught.value


@pytest.mark.parametrize("text", ["172.16.1.0/24", " 172.16.1.0/24\n", "10.8.255.248/29", "172.18.0.0/16"])
def test_a_free_block_inside_the_primary_or_a_secondary_block_is_accepted(text: str) -> None:
    assert str(validate_cidr(text, VPC, (SOURCE,))) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "172.16.1.0",
        "172.16.1/24",
        "172.16.1.0/33",
        "172.16.1.256/24",
        "172.16.01.0/24",
        "fd00::/64",
        "172.16.1.0/255.255.255.0",
        "172.16.1.0/24; rm -rf",
        "１７２.16.1.0/24",
        "172.16.1.0/-1",
    ],
)
def test_text_that_is_no_block_is_malformed_and_answered_with_one_that_works(text: str) -> None:
    error = refused(text)
    assert error.key == "cidr_malformed"
    assert validate_cidr(error.values["suggestion"], VPC, (SOURCE,)).prefixlen == 24


def test_address_bits_behind_the_mask_are_answered_with_the_block_that_was_meant() -> None:
    error = refused("172.16.1.7/24")
    assert (error.key, error.values["suggestion"]) == ("cidr_malformed", "172.16.1.0/24")


@pytest.mark.parametrize("text", ["172.16.0.0/12", "172.16.0.0/15", "172.16.1.0/30", "172.16.1.1/32"])
def test_a_mask_outside_16_to_29_is_refused(text: str) -> None:
    assert refused(text).key == "cidr_mask"


@pytest.mark.parametrize("text", ["192.168.0.0/24", "10.9.0.0/24", "172.32.0.0/16"])
def test_a_block_outside_the_vpc_is_refused_and_its_blocks_are_named(text: str) -> None:
    error = refused(text)
    assert (error.key, error.values["vpc_cidr"]) == ("cidr_outside_vpc", "172.16.0.0/12, 10.8.0.0/16")


@pytest.mark.parametrize("text", ["100.64.0.0/16", "127.0.0.0/24", "169.254.10.0/24", "224.0.0.0/24", "239.1.0.0/16"])
def test_a_reserved_range_is_refused(text: str) -> None:
    assert refused(text).key == "cidr_reserved"


@pytest.mark.parametrize("text", ["172.17.0.0/20", "172.17.0.0/16", "172.17.15.248/29"])
def test_an_overlap_is_refused_and_names_the_vswitch_in_the_way(text: str) -> None:
    error = refused(text)
    assert error.key == "cidr_overlaps"
    assert "vsw-a" in error.values["other"]
    assert "172.17.0.0/20" in error.values["other"]


def test_a_full_vpc_leaves_nothing_to_suggest() -> None:
    full = Vpc(vpc_id="vpc-1", cidr_block="10.0.0.0/16")
    with pytest.raises(InvalidInput) as caught:
        validate_cidr("10.0.1.0/24", full, (vswitch("10.0.0.0/16"),))
    assert (caught.value.code, caught.value.values["suggestion"]) == ("NoFreeCidr", "")


def test_the_first_proposal_has_the_size_of_the_sources_vswitch_and_lies_behind_it() -> None:
    taken = (SOURCE, vswitch("172.17.32.0/20"))
    assert propose_cidrs(VPC, taken, like="172.17.0.0/20") == (
        "172.17.16.0/20",
        "172.17.48.0/20",
        "172.17.64.0/20",
    )


def test_without_a_model_a_slash_24_is_proposed() -> None:
    assert propose_cidrs(VPC, (), like=None, count=1) == ("172.16.0.0/24",)


def test_space_in_front_of_the_model_is_found_when_there_is_none_behind_it() -> None:
    vpc = Vpc(vpc_id="vpc-1", cidr_block="10.0.0.0/16")
    assert propose_cidrs(vpc, (), like="10.0.192.0/18") == ("10.0.0.0/18", "10.0.64.0/18", "10.0.128.0/18")


def test_a_full_primary_block_leads_to_a_secondary_one_of_the_same_size() -> None:
    vpc = Vpc(vpc_id="vpc-1", cidr_block="10.0.0.0/24", secondary_cidr_blocks=("10.8.0.0/16",))
    assert propose_cidrs(vpc, (vswitch("10.0.0.0/24"),), like="10.0.0.0/24", count=1) == ("10.8.0.0/24",)


def test_smaller_blocks_are_proposed_where_the_wanted_size_is_gone() -> None:
    vpc = Vpc(vpc_id="vpc-1", cidr_block="10.0.0.0/24")
    assert propose_cidrs(vpc, (vswitch("10.0.0.0/25"),), like="10.0.0.0/25", count=2) == ("10.0.0.128/25",)
    assert propose_cidrs(vpc, (vswitch("10.0.0.0/25"), vswitch("10.0.0.128/26")), like="10.0.0.0/25") == (
        "10.0.0.192/26",
    )


def test_a_whole_block_of_the_vpc_is_never_proposed() -> None:
    vpc = Vpc(vpc_id="vpc-1", cidr_block="192.168.1.0/24")
    assert propose_cidrs(vpc, (), like=None) == ("192.168.1.0/25", "192.168.1.128/25")


def test_nothing_is_proposed_when_nothing_is_free() -> None:
    vpc = Vpc(vpc_id="vpc-1", cidr_block="192.168.1.0/24")
    assert propose_cidrs(vpc, (vswitch("192.168.1.0/24"),), like="192.168.1.0/24") == ()


def test_a_slash_8_with_300_scattered_vswitches_is_quick() -> None:
    vpc = Vpc(vpc_id="vpc-1", cidr_block="10.0.0.0/8")
    taken = tuple(vswitch(f"10.{index % 256}.{index // 256 * 8}.0/29") for index in range(300))
    started = time.perf_counter()
    proposals = propose_cidrs(vpc, taken, like="10.0.0.0/29", count=3)
    assert len(proposals) == 3
    assert time.perf_counter() - started < 1


def test_a_slash_8_full_of_large_vswitches_is_quick() -> None:
    vpc = Vpc(vpc_id="vpc-1", cidr_block="10.0.0.0/8")
    taken = tuple(vswitch(f"10.{index}.0.0/16") for index in range(256))
    started = time.perf_counter()
    assert propose_cidrs(vpc, taken, like="10.0.0.0/16") == ()
    assert time.perf_counter() - started < 1


@st.composite
def networks(draw: st.DrawFn, inside: IPv4Network, low: int, high: int) -> IPv4Network:
    prefix = draw(st.integers(max(low, inside.prefixlen), high))
    index = draw(st.integers(0, 2 ** (prefix - inside.prefixlen) - 1))
    return IPv4Network((int(inside.network_address) + (index << (32 - prefix)), prefix))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Vpc, tuple[VSwitch, ...]]:
    private = [IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12"), IPv4Network("100.0.0.0/8")]
    blocks = [draw(networks(root, 8, 28)) for root in draw(st.permutations(private))]
    blocks = blocks[: draw(st.integers(1, 3))]
    taken: list[IPv4Network] = []
    for _ in range(draw(st.integers(0, 12))):
        whole = draw(st.sampled_from(blocks))
        candidate = draw(networks(whole, 16, 29))
        if not any(candidate.overlaps(other) for other in taken):
            taken.append(candidate)
    vpc = Vpc(
        vpc_id="vpc-1",
        cidr_block=str(blocks[0]),
        secondary_cidr_blocks=tuple(str(block) for block in blocks[1:]),
    )
    return vpc, tuple(vswitch(str(block), f"vsw-{index}") for index, block in enumerate(taken))


@given(world=worlds(), position=st.integers(0, 11), count=st.integers(1, 5))
def test_every_proposal_is_one_that_the_api_accepts(
    world: tuple[Vpc, tuple[VSwitch, ...]], position: int, count: int
) -> None:
    vpc, taken = world
    like = taken[position].cidr_block if position < len(taken) else None
    proposals = propose_cidrs(vpc, taken, like=like, count=count)
    assert len(proposals) <= count
    assert proposals == propose_cidrs(vpc, tuple(reversed(taken)), like=like, count=count)
    blocks = [validate_cidr(text, vpc, taken) for text in proposals]
    for index, block in enumerate(blocks):
        assert not any(block.overlaps(other) for other in blocks[:index])
        assert str(block) not in {vpc.cidr_block, *vpc.secondary_cidr_blocks}
        assert not any(block.overlaps(reserved) for reserved in RESERVED)


@given(world=worlds())
def test_nothing_is_proposed_only_when_not_even_the_smallest_block_is_free(
    world: tuple[Vpc, tuple[VSwitch, ...]],
) -> None:
    vpc, taken = world
    if propose_cidrs(vpc, taken, like=None):
        return
    for whole in (vpc.cidr_block, *vpc.secondary_cidr_blocks):
        network = IPv4Network(whole)
        if network.prefixlen < 24:
            continue
        used = [IPv4Network(item.cidr_block) for item in taken] + list(RESERVED)
        assert not any(
            not any(smallest.overlaps(other) for other in used) for smallest in network.subnets(new_prefix=29)
        )
