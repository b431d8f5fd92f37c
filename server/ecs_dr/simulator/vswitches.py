"""What is worked out about a VSwitch when somebody asks: its status and its free addresses."""

from __future__ import annotations

from datetime import datetime
from ipaddress import IPv4Network
from typing import Literal

from ecs_dr.simulator.model_network import VSwitch
from ecs_dr.simulator.world import World

RESERVED_ADDRESSES = 4
"""The first and the last three addresses of a VSwitch belong to the system (CreateVSwitch)."""


def vswitch_status(vswitch: VSwitch, now: datetime) -> Literal["Pending", "Available"]:
    """Return `Pending` while a new VSwitch is being made, `Available` afterwards."""
    return "Pending" if vswitch.pending_until is not None and now < vswitch.pending_until else "Available"


def free_addresses(world: World, vswitch: VSwitch) -> int:
    """Return how many further addresses a VSwitch can give away (`AvailableIpAddressCount`)."""
    usable = IPv4Network(vswitch.cidr_block).num_addresses - RESERVED_ADDRESSES
    return max(0, usable - vswitch.used_addresses - len(addresses_in_use(world, vswitch)))


def addresses_in_use(world: World, vswitch: VSwitch) -> set[str]:
    """Return the private addresses that the world's instances and their further interfaces hold in it."""
    primary = {
        instance.private_ip_address
        for instance in world.instances.values()
        if instance.vswitch_id == vswitch.vswitch_id and not instance.lost
    }
    further = {
        interface.private_ip_address
        for instance in world.instances.values()
        for interface in instance.secondary_enis
        if interface.vswitch_id == vswitch.vswitch_id
    }
    return primary | further
