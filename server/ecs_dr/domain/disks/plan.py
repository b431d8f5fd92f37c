"""What each disk of the replica is to be: the source's own shape, the person's choices, the image's device names.

Sizes are in GiB. Ranges are those of RunInstances (SystemDisk.Size, DataDisk.N.Size, PerformanceLevel); a zone may
narrow them (DescribeAvailableResource, Min and Max).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ecs_dr.domain.disks.model import CategorySupport, Disk, DiskMapping, DiskType, ReplicaDisk
from ecs_dr.domain.disks.pairs import pair_mappings
from ecs_dr.errors import RecoveryFailed

ESSD = "cloud_essd"
AUTO = "cloud_auto"
ENTRY = "cloud_essd_entry"

MIN_BURST_GIB = 4
"""cloud_auto can burst above 3 GiB (InvalidBurstingEnabled.DiskSizeTooSmall)."""

MAX_PROVISIONED_IOPS = 50000

_MIN_GIB_OF_LEVEL: Mapping[str, int] = {"PL0": 1, "PL1": 20, "PL2": 461, "PL3": 1261}
_DEFAULT_LEVEL = "PL1"
_SMALLEST_LEVEL = "PL0"

_RANGES: Mapping[DiskType, Mapping[str, tuple[int, int]]] = {
    "system": {
        "cloud": (20, 500),
        "cloud_efficiency": (20, 2048),
        "cloud_ssd": (20, 2048),
        ENTRY: (20, 2048),
        ESSD: (1, 2048),
        AUTO: (1, 2048),
    },
    "data": {
        "cloud": (5, 2000),
        "cloud_efficiency": (20, 32768),
        "cloud_ssd": (20, 32768),
        ENTRY: (10, 32768),
        ESSD: (1, 65536),
        AUTO: (1, 65536),
    },
}

_TIERS: Mapping[tuple[str, str | None], int] = {
    ("cloud", None): 0,
    ("cloud_efficiency", None): 10,
    (ENTRY, None): 20,
    (ESSD, "PL0"): 30,
    ("cloud_ssd", None): 40,
    (ESSD, "PL1"): 50,
    (AUTO, None): 52,
    (ESSD, "PL2"): 60,
    (ESSD, "PL3"): 70,
}
"""How fast a category is beside the others: cloud_auto has the baseline of PL1, cloud_ssd lies between PL0 and PL1."""

_SLOWER_COUNTS = 3
"""A step down in performance is as far away as three steps up: a recovery should not be slower than its source."""

_ENTRY_FAMILY = re.compile(r"(?:ecs\.)?(?:u\d\w*|e)(?:-.*)?", re.ASCII)


def provisioned_iops_limit(size_gib: int) -> int:
    """The most IOPS that can be provisioned on top of a cloud_auto disk's baseline (RunInstances, ProvisionedIops)."""
    baseline = min(1800 + 50 * size_gib, 50000)
    return max(0, min(MAX_PROVISIONED_IOPS, 1000 * size_gib - baseline))


def plan_disks(
    source_disks: tuple[Disk, ...], choices: Mapping[str, tuple[str, str | None]]
) -> tuple[ReplicaDisk, ...]:
    """One disk of the replica for each disk of the source, every parameter explicit.

    Args:
        source_disks: As Step 1 read them.
        choices: A device of the source to the category and performance level that the person chose for it. A
            choice for a device that the source does not have any more is without effect.

    Returns:
        In the order of `source_disks`. Bursting and provisioned IOPS are carried to a cloud_auto disk that was one
        before, and are off on one that becomes it: both cost extra. A cloud_essd disk always has a level.
    """
    return tuple(_plan_disk(disk, choices.get(disk.handle)) for disk in source_disks)


def unsupported(
    disks: tuple[ReplicaDisk, ...], system: tuple[CategorySupport, ...], data: tuple[CategorySupport, ...]
) -> tuple[ReplicaDisk, ...]:
    """Disks that the target zone does not offer for the type: the category is missing, or not in that size.

    Args:
        disks: The plan.
        system: What the zone offers for a system disk.
        data: What it offers for a data disk beside that system disk.
    """
    return tuple(
        disk
        for disk in disks
        if not any(
            _fits(disk, (disk.category, disk.performance_level), support)
            for support in (system if disk.type == "system" else data)
        )
    )


def compatible_categories(
    disk: ReplicaDisk, supported: tuple[CategorySupport, ...], family: str = ""
) -> tuple[tuple[str, str | None], ...]:
    """What can take the disk in its size, closest first: the disk's own category, then the nearest performance.

    Args:
        disk: The disk; closeness is measured from its source's category and level.
        supported: What the zone offers for this type of disk.
        family: The instance family (`ecs.u1`); cloud_essd_entry is for u1 and e alone. Empty: not considered.

    Returns:
        Pairs of category and performance level (None unless cloud_essd). The disk's own pair comes first where it
        is supported.
    """
    offers = {support.category: support for support in supported}
    pairs = [
        pair
        for pair in _TIERS
        if pair[0] in offers
        and _fits(disk, pair, offers[pair[0]])
        and (pair[0] != ENTRY or not family or _ENTRY_FAMILY.fullmatch(family))
    ]
    return tuple(sorted(pairs, key=lambda pair: _distance(disk, pair)))


def bind_to_image(disks: tuple[ReplicaDisk, ...], mappings: tuple[DiskMapping, ...]) -> tuple[ReplicaDisk, ...]:
    """Give each disk the device name and the snapshot of its image mapping, one for one.

    A device that the mapping does not know would make RunInstances add a blank disk beside the right one, so
    anything but a perfect match ends here (`pairs` says what matches what). An encrypted snapshot needs an
    encrypted disk.

    Raises:
        RecoveryFailed: Key image_mapping, with the devices that are missing in the image, unexpected in it, or
            different in size (`missing`, `unexpected`, `different`; `-` for none).
    """
    pairs = pair_mappings(disks, mappings)
    unexpected = [mapping for mapping in mappings if mapping not in pairs.values()]
    missing = [disk.device for disk in disks if disk.source_disk_id not in pairs]
    different = [
        f"{disk.device} ({disk.size_gib} GiB, {pairs[disk.source_disk_id].size_gib} GiB)"
        for disk in disks
        if disk.source_disk_id in pairs and pairs[disk.source_disk_id].size_gib != disk.size_gib
    ]
    no_snapshot = [mapping.device for mapping in pairs.values() if not mapping.snapshot_id]
    if missing or unexpected or different or no_snapshot:
        raise RecoveryFailed(
            "ImageMappingMismatch",
            "image_mapping",
            {
                "missing": ", ".join(missing + no_snapshot) or "-",
                "unexpected": ", ".join(mapping.device for mapping in unexpected) or "-",
                "different": ", ".join(different) or "-",
            },
        )
    return tuple(_bound(disk, pairs[disk.source_disk_id]) for disk in disks)


def bind_found(
    disks: tuple[ReplicaDisk, ...],
    mappings: tuple[DiskMapping, ...],
    choices: Mapping[str, tuple[str, str | None]],
) -> tuple[ReplicaDisk, ...]:
    """The disks of a launch that was carried out already: those that its image held, whatever became of the source.

    A disk that the source has now and the image has not is left out. One that the image alone has gets the category
    that was chosen for its device, else none, as nobody can say any more what its source's was. Without mappings (the
    image was deleted) the plan stays.
    """
    if not mappings:
        return disks
    pairs = pair_mappings(disks, mappings)
    bound = [_bound(disk, pairs[disk.source_disk_id]) for disk in disks if disk.source_disk_id in pairs]
    further = disks_of_image(mapping for mapping in mappings if mapping not in pairs.values())
    return (*bound, *(_as_chosen(disk, choices.get(disk.device)) for disk in further))


def disks_of_image(mappings: Iterable[DiskMapping]) -> tuple[ReplicaDisk, ...]:
    """Disks of which the image alone is known: device, type, size and content."""
    return tuple(_unknown(mapping) for mapping in mappings)


class _Volume(NamedTuple):
    category: str
    performance_level: str | None


def _plan_disk(disk: Disk, choice: tuple[str, str | None] | None) -> ReplicaDisk:
    volume = _Volume(*(choice or (disk.category, disk.performance_level)))
    level = volume.performance_level or _default_level(disk.size_gib) if volume.category == ESSD else None
    stays_auto = volume.category == disk.category == AUTO
    iops = disk.provisioned_iops if stays_auto else None
    return ReplicaDisk(
        device=disk.handle,
        type=disk.type,
        category=volume.category,
        performance_level=level,
        size_gib=disk.size_gib,
        source_category=disk.category,
        source_performance_level=disk.performance_level if disk.category == ESSD else None,
        source_disk_id=disk.disk_id,
        name=disk.name,
        description=disk.description,
        encrypted=disk.encrypted,
        kms_key_id=disk.kms_key_id if disk.encrypted else "",
        provisioned_iops=None if iops is None else min(iops, provisioned_iops_limit(disk.size_gib)),
        bursting_enabled=_burst(disk, stays_auto=stays_auto) if volume.category == AUTO else None,
        delete_with_instance=disk.delete_with_instance,
    )


def _burst(disk: Disk, *, stays_auto: bool) -> bool:
    return stays_auto and bool(disk.bursting_enabled) and disk.size_gib >= MIN_BURST_GIB


def _default_level(size_gib: int) -> str:
    return _DEFAULT_LEVEL if size_gib >= _MIN_GIB_OF_LEVEL[_DEFAULT_LEVEL] else _SMALLEST_LEVEL


def _fits(disk: ReplicaDisk, pair: tuple[str, str | None], support: CategorySupport) -> bool:
    category, level = pair
    if support.category != category or not support.available:
        return False
    low, high = _RANGES[disk.type].get(category, (1, disk.size_gib))
    low = max(low, support.min_gib or 0, _MIN_GIB_OF_LEVEL.get(level or "", 0) if category == ESSD else 0)
    high = min(high, support.max_gib or high)
    return low <= disk.size_gib <= high


def _distance(disk: ReplicaDisk, pair: tuple[str, str | None]) -> tuple[bool, int, str]:
    """The order of `compatible_categories`: own category first, then the nearest tier, faster before slower."""
    source = (disk.source_category, disk.source_performance_level)
    tier = _TIERS.get(source, _TIERS[ESSD, _DEFAULT_LEVEL])
    step = _TIERS[pair] - tier
    return pair[0] != disk.source_category, step if step >= 0 else -step * _SLOWER_COUNTS, pair[0]


def _as_chosen(disk: ReplicaDisk, choice: tuple[str, str | None] | None) -> ReplicaDisk:
    if choice is None:
        return disk
    return disk.model_copy(update={"category": choice[0], "performance_level": choice[1]})


def _bound(disk: ReplicaDisk, mapping: DiskMapping) -> ReplicaDisk:
    return disk.model_copy(
        update={
            "device": mapping.device,
            "snapshot_id": mapping.snapshot_id,
            "encrypted": disk.encrypted or mapping.encrypted,
        }
    )


def _unknown(mapping: DiskMapping) -> ReplicaDisk:
    return ReplicaDisk(
        device=mapping.device,
        type=mapping.type,
        category="",
        performance_level=None,
        size_gib=mapping.size_gib,
        source_category="",
        source_performance_level=None,
        source_disk_id=mapping.device,
        snapshot_id=mapping.snapshot_id,
        encrypted=mapping.encrypted,
    )
