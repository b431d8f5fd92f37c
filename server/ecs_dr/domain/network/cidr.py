"""CIDR blocks for a new VSwitch: what the API accepts, and which free blocks to offer.

The rules are those of CreateVSwitch (VPC 2016-04-28): a mask of /16 to /29, inside the primary block or one of the
secondary blocks of the VPC, no overlap with another VSwitch of the VPC in whatever zone, and nothing from the
ranges that Alibaba Cloud keeps for itself. Custom routes and peers on premises are out of sight here, which is
why a proposed block is still confirmed by a person.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from itertools import chain, islice, product

from ecs_dr.domain.network.model import Vpc, VSwitch
from ecs_dr.errors import InvalidInput

MIN_PREFIX = 16
MAX_PREFIX = 29
DEFAULT_PREFIX = 24

RESERVED = tuple(IPv4Network(block) for block in ("100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4"))
"""Ranges in which CreateVSwitch accepts no block."""

_ADDRESS_BITS = 32
_SHAPE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3}){3})/([0-9]{1,2})", re.ASCII)


def validate_cidr(text: str, vpc: Vpc, vswitches: tuple[VSwitch, ...]) -> IPv4Network:
    """Check a block that a person typed, before anything is sent.

    Args:
        text: As typed; surrounding blanks are ignored.
        vpc: The VPC that the VSwitch will belong to.
        vswitches: All VSwitches of that VPC, of all zones.

    Raises:
        InvalidInput: With the values cidr, vpc_cidr (all blocks of the VPC), other (the range or VSwitch in the
            way) and suggestion (a block that would be accepted), `-` where there is nothing to say. Keys:
            cidr_malformed (not a block, or address bits set behind the mask), cidr_mask, cidr_reserved,
            cidr_outside_vpc, cidr_overlaps.
    """
    typed = text.strip()
    block = _parse(typed, vpc, vswitches)
    if not MIN_PREFIX <= block.prefixlen <= MAX_PREFIX:
        raise _refusal("CidrMask", "cidr_mask", typed, vpc, suggestion=_suggest(block, vpc, vswitches))
    for reserved in RESERVED:
        if block.overlaps(reserved):
            suggestion = _suggest(block, vpc, vswitches)
            raise _refusal("CidrReserved", "cidr_reserved", typed, vpc, str(reserved), suggestion)
    if not any(block.subnet_of(whole) for whole in _vpc_blocks(vpc)):
        suggestion = _suggest(block, vpc, vswitches)
        raise _refusal("CidrOutsideVpc", "cidr_outside_vpc", typed, vpc, suggestion=suggestion)
    for vswitch in vswitches:
        if vswitch.cidr_block and block.overlaps(IPv4Network(vswitch.cidr_block, strict=False)):
            other = f"{vswitch.vswitch_id} ({vswitch.cidr_block}, {vswitch.zone_id})"
            suggestion = _suggest(block, vpc, vswitches)
            raise _refusal("CidrOverlaps", "cidr_overlaps", typed, vpc, other, suggestion)
    return block


def propose_cidrs(vpc: Vpc, vswitches: tuple[VSwitch, ...], *, like: str | None, count: int = 3) -> tuple[str, ...]:
    """Free blocks for a new VSwitch, best first; the same answer for the same facts.

    Blocks of the size of `like` come first, then /24, then smaller ones; of one size, those behind `like` come
    before those in front of it, so that a new block lies next to the ones in use. No two of them overlap, and
    none takes a whole block of the VPC, which would leave room for no further VSwitch.

    Args:
        vpc: The VPC; its secondary blocks are used when the primary one is full.
        vswitches: All VSwitches of the VPC, of all zones: a missing one makes the answer wrong.
        like: The block of the source's VSwitch.
        count: How many to find at most.

    Returns:
        At most `count` blocks; none when nothing is free.
    """
    model = IPv4Network(like, strict=False) if like else None
    used = [IPv4Network(vswitch.cidr_block, strict=False) for vswitch in vswitches if vswitch.cidr_block]
    found: list[IPv4Network] = []
    for prefix, whole in product(_prefixes(model), _vpc_blocks(vpc)):
        if len(found) < count and prefix > whole.prefixlen:
            taken = _Intervals([*used, *RESERVED, *found])
            found.extend(islice(_free_blocks(whole, prefix, taken, model), count - len(found)))
    return tuple(str(block) for block in found)


class _Intervals:
    """Address ranges in use, merged, for a quick look-up of what covers an address or comes next."""

    def __init__(self, networks: list[IPv4Network]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for network in sorted(networks, key=lambda item: int(item.network_address)):
            start, end = int(network.network_address), int(network.broadcast_address)
            if self._ends and start <= self._ends[-1] + 1:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def end_of_overlap(self, start: int, end: int) -> int | None:
        """The last address of a range that has an address in common with start..end; None when that is free."""
        index = bisect_right(self._starts, end) - 1
        if index >= 0 and self._ends[index] >= start:
            return self._ends[index]
        return None


def _free_blocks(
    whole: IPv4Network, prefix: int, taken: _Intervals, model: IPv4Network | None
) -> Iterator[IPv4Network]:
    """Free aligned blocks of a size inside `whole`: those behind `model` first."""
    first, last = int(whole.network_address), int(whole.broadcast_address)
    if model is None or not model.subnet_of(whole):
        return _scan(first, last, prefix, taken)
    behind = int(model.broadcast_address) + 1
    return chain(_scan(behind, last, prefix, taken), _scan(first, behind - 1, prefix, taken))


def _scan(first: int, last: int, prefix: int, taken: _Intervals) -> Iterator[IPv4Network]:
    """Free aligned blocks within first..last, jumping over what is in use: as many steps as there are ranges."""
    size = 1 << (_ADDRESS_BITS - prefix)
    start = -(-first // size) * size
    while start + size - 1 <= last:
        overlap = taken.end_of_overlap(start, start + size - 1)
        if overlap is None:
            yield IPv4Network((start, prefix))
            start += size
        else:
            start = -(-(overlap + 1) // size) * size


def _prefixes(model: IPv4Network | None) -> tuple[int, ...]:
    """Sizes to try, in order."""
    wanted = min(max(model.prefixlen, MIN_PREFIX), MAX_PREFIX) if model else DEFAULT_PREFIX
    return tuple(dict.fromkeys((wanted, DEFAULT_PREFIX, *range(DEFAULT_PREFIX + 1, MAX_PREFIX + 1))))


def _vpc_blocks(vpc: Vpc) -> tuple[IPv4Network, ...]:
    return tuple(IPv4Network(block, strict=False) for block in (vpc.cidr_block, *vpc.secondary_cidr_blocks) if block)


def _parse(typed: str, vpc: Vpc, vswitches: tuple[VSwitch, ...]) -> IPv4Network:
    shape = _SHAPE.fullmatch(typed)
    try:
        address = IPv4Address(shape[1] if shape else typed)
        block = IPv4Network((address, shape[2] if shape else ""), strict=False)
    except ValueError:
        suggestion = _suggest(None, vpc, vswitches)
        raise _refusal("CidrMalformed", "cidr_malformed", typed, vpc, suggestion=suggestion) from None
    if block.network_address != address:
        raise _refusal("CidrMalformed", "cidr_malformed", typed, vpc, suggestion=str(block))
    return block


def _suggest(wanted: IPv4Network | None, vpc: Vpc, vswitches: tuple[VSwitch, ...]) -> str:
    """A free block; empty where the VPC has none left."""
    proposals = propose_cidrs(vpc, vswitches, like=str(wanted) if wanted else None, count=1)
    return proposals[0] if proposals else ""


def _refusal(code: str, key: str, typed: str, vpc: Vpc, other: str = "-", suggestion: str = "") -> InvalidInput:
    """What is wrong with a block, and one that would do; where none would, that is what is to be told."""
    if not suggestion:
        code, key = "NoFreeCidr", "cidr_none_free"
    values = {
        "cidr": typed,
        "vpc_cidr": ", ".join(str(block) for block in _vpc_blocks(vpc)),
        "other": other,
        "suggestion": suggestion,
    }
    return InvalidInput(code, key, values)
