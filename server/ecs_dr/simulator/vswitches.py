"""What is worked out about a VSwitch when somebody asks: its status and its free addresses."""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import IPv4Network
from typing import Literal

from ecs_dr.simulator.model_network import VSwitch
from ecs_dr.simulator.world import World

LISTED_AFTER = timedelta(seconds=60)
"""In the variant in which lists are late."""
RESERVED_ADDRESSES = 4
"""The first and the last three addresses of a VSwitch belong to the system (CreateVSwitch)."""


def vswitch_status(vswitch: VSwitch, now: datetime) -> Literal["Pending", "Available"]:
    """Return `Pending` while a new VSwitch is being made, `Available` afterwards."""
    return "Pending" if vswitch.pending_until is not None and now < vswitch.pending_until else "Available"


def vswitch_visible(world: World, vswitch: VSwitch, now: datetime) -> bool:
    """Whether lists show it: one that was made here may be absent for a while (variant `vswitch_listing`)."""
    is_late = world.variants["vswitch_listing"] == "a_minute" and vswitch.pending_until is not None
    return not (is_late and vswitch.creation_time is not None and now < vswitch.creation_time + LISTED_AFTER)


def free_addresses(world: World, vswitch: VSwitch) -> int:
    """Return how many further addresses a VSwitch can give away (`AvailableIpAddressCount`)."""
    usable = IPv4Network(vswitch.cidr_block).num_addresses - RESERVED_ADDRESSES
    return max(0, usable - vswitch.used_addresses - len(world.instances.addresses.taken(vswitch.vswitch_id)))
