"""Which VSwitches of a zone can take the replica, and where there is room for a new one."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network

from ecs_dr.domain.network.cidr import propose_cidrs
from ecs_dr.domain.network.model import Vpc, VSwitch
from ecs_dr.domain.source import Instance


def usable_vswitches(existing: tuple[VSwitch, ...], source: Instance, zone: str) -> tuple[VSwitch, ...]:
    """VSwitches that can take the replica: the source's own routing first, then the most free addresses."""
    own = by_id(existing, source.vswitch_id)
    table = own.route_table_id if own is not None else ""
    fitting = [
        vswitch
        for vswitch in existing
        if vswitch.zone_id == zone and vswitch.status == "Available" and vswitch.available_ip_count > 0
    ]
    return tuple(
        sorted(fitting, key=lambda item: (item.route_table_id != table, -item.available_ip_count, item.vswitch_id))
    )


def by_id(vswitches: tuple[VSwitch, ...], vswitch_id: str) -> VSwitch | None:
    """The VSwitch with that id, if it is among them."""
    return next((vswitch for vswitch in vswitches if vswitch.vswitch_id == vswitch_id), None)


def free_block(
    source: Instance, vpc: Vpc | None, existing: tuple[VSwitch, ...], refused: Sequence[str] = ()
) -> str | None:
    """A free block of the size of the source's own VSwitch, apart from every block that the cloud refused."""
    if vpc is None:
        return None
    own = by_id(existing, source.vswitch_id)
    proposals = propose_cidrs(vpc, existing, like=own.cidr_block if own is not None else None, count=1 + len(refused))
    taken = [IPv4Network(block, strict=False) for block in refused]
    free = (one for one in proposals if not any(IPv4Network(one).overlaps(other) for other in taken))
    return next(free, None)
