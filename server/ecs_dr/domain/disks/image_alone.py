"""Disks that an image holds and the reading of its source did not show.

A whole-instance image holds every disk of the instance. An identity whose rights are those of one resource group is
not shown the disks of another (reported of DescribeDisks), and a disk may be attached between two reads.
"""

from __future__ import annotations

from ecs_dr.domain.disks.model import DiskMapping, ReplicaDisk
from ecs_dr.domain.disks.pairs import pair_mappings
from ecs_dr.domain.disks.plan import bind_to_image, disks_of_image
from ecs_dr.errors import RecoveryFailed


def more_of_image(disks: tuple[ReplicaDisk, ...], mappings: tuple[DiskMapping, ...]) -> tuple[DiskMapping, ...]:
    """Data disks that the image has beyond all that was planned; none where anything else is wrong between the two."""
    known = pair_mappings(disks, mappings).values()
    more = tuple(mapping for mapping in mappings if mapping not in known)
    if any(mapping.type != "data" or not mapping.snapshot_id for mapping in more):
        return ()
    try:
        bind_to_image(disks, tuple(mapping for mapping in mappings if mapping not in more))
    except RecoveryFailed:
        return ()
    return more


def as_the_image_has_them(
    mappings: tuple[DiskMapping, ...], beside: tuple[ReplicaDisk, ...]
) -> tuple[ReplicaDisk, ...]:
    """Device, size and content of the image; the category of a disk beside them, as nobody knows what theirs was."""
    like = next((disk for disk in beside if disk.type == "data"), beside[0])
    kind = {"category": like.category, "performance_level": like.performance_level}
    bursting = {"bursting_enabled": False} if like.bursting_enabled is not None else {}
    return tuple(disk.model_copy(update={**kind, **bursting}) for disk in disks_of_image(mappings))
