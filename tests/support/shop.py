"""A shop of many instances: the source of a world, as often as an application needs it."""

from __future__ import annotations

import copy

from ecs_dr.simulator.world import World, load_world

SOURCE = "i-2zesource0001"


def shop(count: int, base: str = "healthy") -> World:
    """A world whose source stands there `count` times, with disks, addresses and names of their own."""
    world = load_world(base)
    source = world.instances[SOURCE]
    disks = [disk for disk in world.disks.values() if disk.instance_id == SOURCE]
    network = source.private_ip_address.rsplit(".", 1)[0]
    for number in range(2, count + 1):
        twin = copy.deepcopy(source)
        twin.instance_id = f"i-2zesource{number:04d}"
        twin.instance_name = f"web-{number:02d}"
        twin.private_ip_address = f"{network}.{100 + number}"
        twin.network_interface_id = f"eni-2zesource{number:04d}"
        world.instances[twin.instance_id] = twin
        for disk in disks:
            copied = copy.deepcopy(disk)
            copied.disk_id = f"{disk.disk_id[:-4]}{number:04d}" if len(disks) == 1 else f"{disk.disk_id}x{number:04d}"
            copied.instance_id = twin.instance_id
            world.disks[copied.disk_id] = copied
    return world


def waves_of(*sizes: int) -> str:
    """The waves of a shop, so many instances in each."""
    ids = (f"i-2zesource{number:04d}" for number in range(1, sum(sizes) + 1))
    return "|".join(",".join(next(ids) for _ in range(size)) for size in sizes)
