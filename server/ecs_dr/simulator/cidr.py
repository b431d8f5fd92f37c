"""Which CIDR block a new VSwitch may have, with the codes of the refusals (CreateVSwitch, error codes)."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError

from ecs_dr.simulator.errors import Fault

SHORTEST_MASK, LONGEST_MASK = 16, 29
_FORBIDDEN = tuple(IPv4Network(block) for block in ("100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4"))


def check_cidr_block(
    wanted: str, vpc_blocks: Iterable[str], vswitch_blocks: Iterable[str], route_destinations: Iterable[str]
) -> IPv4Network:
    """Return the wanted block, or refuse it.

    Args:
        wanted: The `CidrBlock` of the request.
        vpc_blocks: The VPC's primary and secondary blocks.
        vswitch_blocks: The blocks of the VPC's VSwitches, in all zones.
        route_destinations: The destinations of the VPC's custom route entries. A block may be a part of one,
            but not equal to it or larger.

    Raises:
        Fault: `InvalidCidrBlock.Malformed`, `InvalidCirdrBlock.MaskLength` (the cloud's own spelling),
            `InvalidParameter` for a block outside the VPC, or `InvalidCidrBlock.Overlapped`.
    """
    block = _parse(wanted)
    if not SHORTEST_MASK <= block.prefixlen <= LONGEST_MASK:
        raise Fault(
            "InvalidCirdrBlock.MaskLength",
            f"Specified CIDR block mask length is not valid: it must be {SHORTEST_MASK} to {LONGEST_MASK}.",
        )
    if any(block.overlaps(forbidden) for forbidden in _FORBIDDEN) or not any(
        block.subnet_of(IPv4Network(outer)) for outer in vpc_blocks
    ):
        raise Fault("InvalidParameter", "Specified CIDR block is not valid in VPC.")
    if any(block.overlaps(IPv4Network(other)) for other in vswitch_blocks):
        raise Fault("InvalidCidrBlock.Overlapped", "Specified CIDR block is overlapped with other subnet.")
    if any(IPv4Network(destination).subnet_of(block) for destination in route_destinations):
        raise Fault("InvalidCidrBlock.Overlapped", "Specified CIDR block is overlapped with other route entry.")
    return block


def _parse(wanted: str) -> IPv4Network:
    try:
        block = IPv4Network(wanted)
    except (AddressValueError, NetmaskValueError, ValueError):
        raise Fault("InvalidCidrBlock.Malformed", "Specified CIDR block is not valid.") from None
    if str(block) != wanted:
        raise Fault("InvalidCidrBlock.Malformed", "Specified CIDR block is not valid.")
    return block
