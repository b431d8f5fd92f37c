"""Which disk is which: the source's disks, an image's mappings and a replica's disks, laid side by side.

Device names are the first thing to go by and no promise. Guests and the API disagree on the prefix (`/dev/vdb`,
`/dev/xvdb`), some disks are listed without a name, and no record or document says that an image keeps a gap in the
names: what is documented is that devices are given in order from `/dev/xvdb` (CreateImage, DiskDeviceMapping) and that
the disks of an image come first (RunInstances, DataDisk.N.Device). So what names leave open is settled by the order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol, TypeVar

from ecs_dr.domain.disks.model import Disk, DiskMapping, DiskType, ReplicaDisk

_LETTERS = re.compile(r"(?:/dev/)?(?:xv|v|s|h)d([a-z]+)", re.ASCII)
_NVME = re.compile(r"(?:/dev/)?nvme(\d+)n\d+", re.ASCII)


class _Place(Protocol):
    @property
    def type(self) -> DiskType: ...
    @property
    def device(self) -> str: ...
    @property
    def size_gib(self) -> int: ...


Placed = TypeVar("Placed", DiskMapping, Disk)


def has_name(device: str) -> bool:
    """Whether it is a device name at all."""
    return bool(_LETTERS.fullmatch(device) or _NVME.fullmatch(device))


def same_device(one: str, other: str) -> bool:
    """Whether two names mean the same device: they are equal, or have the same letters."""
    ours, theirs = _LETTERS.fullmatch(one), _LETTERS.fullmatch(other)
    return one == other or (ours is not None and theirs is not None and ours[1] == theirs[1])


def device_rank(device: str) -> tuple[int, int, str]:
    """The order of devices: `/dev/xvdb` … `/dev/xvdz`, `/dev/xvdaa`; NVMe names by number; disks without one last."""
    letters, nvme = _LETTERS.fullmatch(device), _NVME.fullmatch(device)
    if letters is not None:
        return 0, len(letters[1]), letters[1]
    return (1, int(nvme[1]), "") if nvme is not None else (2, 0, device)


def is_system_device(device: str) -> bool:
    """Whether the name is that of the system disk (`/dev/xvda`): it never is a data disk's."""
    found = _LETTERS.fullmatch(device)
    return found is not None and found[1] == "a"


def pair_mappings(disks: Sequence[ReplicaDisk], mappings: Sequence[DiskMapping]) -> dict[str, DiskMapping]:
    """The mappings by the id of the source's disk, as far as it is certain which belongs to which."""
    return {**_system(disks, mappings), **_data(disks, mappings)}


def pair_disks(planned: Sequence[ReplicaDisk], found: Sequence[Disk]) -> dict[str, Disk]:
    """The replica's disks by the id of the source's disk: by the snapshot they are made from, then name, then order."""
    pairs = _system(planned, found)
    for disk in planned:
        made = [
            other
            for other in found
            if disk.snapshot_id and other.type == disk.type == "data" and other.source_snapshot_id == disk.snapshot_id
        ]
        if len(made) == 1:
            pairs[disk.source_disk_id] = made[0]
    taken = {disk.disk_id for disk in pairs.values()}
    rest = [disk for disk in planned if disk.source_disk_id not in pairs]
    return {**pairs, **_data(rest, [disk for disk in found if disk.disk_id not in taken])}


def _system(disks: Sequence[ReplicaDisk], places: Sequence[Placed]) -> dict[str, Placed]:
    """There is one system disk, whatever it is called."""
    wanted = [disk for disk in disks if disk.type == "system"]
    found = [place for place in places if place.type == "system"]
    return {wanted[0].source_disk_id: found[0]} if len(wanted) == 1 and found else {}


def _data(disks: Sequence[ReplicaDisk], places: Sequence[Placed]) -> dict[str, Placed]:
    """By name where the names tell it all; else by the order of all, else by the order of what the names leave.

    Order goes before a part of the names: with `/dev/xvdc` and `/dev/xvdd` become `/dev/xvdb` and `/dev/xvdc`, the one
    name that both have belongs to two different disks.
    """
    wanted = [disk for disk in disks if disk.type == "data"]
    slots = [place for place in places if place.type == "data"]
    named = _named(wanted, slots)
    if len(named) == len(wanted) == len(slots) and all(_same_size(disk, named) for disk in wanted):
        return named
    whole = _in_order(wanted, slots)
    if whole or not all(_same_size(disk, named) for disk in wanted if disk.source_disk_id in named):
        return whole or named
    taken = [id(place) for place in named.values()]
    rest = [disk for disk in wanted if disk.source_disk_id not in named]
    return {**named, **_in_order(rest, [place for place in slots if id(place) not in taken])}


def _same_size(disk: ReplicaDisk, pairs: dict[str, Placed]) -> bool:
    return pairs[disk.source_disk_id].size_gib == disk.size_gib


def _named(disks: Sequence[ReplicaDisk], places: Sequence[Placed]) -> dict[str, Placed]:
    """Equal names first, then equal letters, where exactly one place answers to them."""
    left = list(places)
    pairs: dict[str, Placed] = {}
    for exactly in (True, False):
        for disk in disks:
            if disk.source_disk_id in pairs or not has_name(disk.device):
                continue
            found = [
                place
                for place in left
                if place.device == disk.device or (not exactly and same_device(disk.device, place.device))
            ]
            if len(found) == 1:
                pairs[disk.source_disk_id] = found[0]
                left.remove(found[0])
    return pairs


def _in_order(disks: Sequence[ReplicaDisk], places: Sequence[Placed]) -> dict[str, Placed]:
    """One for one in device order where count and sizes agree; disks that have no name go by their size."""
    if len(disks) != len(places):
        return {}
    ours, theirs = sorted(disks, key=_by_device), sorted(places, key=_by_device)
    if _sizes(ours) != _sizes(theirs) and not all(has_name(disk.device) for disk in disks):
        ours, theirs = sorted(ours, key=_by_size), sorted(theirs, key=_by_size)
    if _sizes(ours) != _sizes(theirs):
        return {}
    return {disk.source_disk_id: place for disk, place in zip(ours, theirs, strict=True)}


def _sizes(places: Sequence[_Place]) -> list[int]:
    return [place.size_gib for place in places]


def _by_device(place: _Place) -> tuple[int, int, str]:
    return device_rank(place.device)


def _by_size(place: _Place) -> tuple[int, int, int, str]:
    return (place.size_gib, *device_rank(place.device))
