"""An image and the reading of its source that do not have the same disks: what a launch with the image's would be.

A whole-instance image holds every disk of the instance at its moment. An identity whose rights are those of one
resource group is not shown the disks of another (reported of DescribeDisks); and disks may be attached, detached or
enlarged after the image was made, which a recovery that is taken up sees for the first time.
"""

from __future__ import annotations

from typing import NamedTuple

from ecs_dr.domain.disks.model import DiskMapping, ReplicaDisk
from ecs_dr.domain.disks.pairs import pair_mappings
from ecs_dr.domain.disks.plan import disks_of_image


class AsInImage(NamedTuple):
    """The disks that the image holds, and in what they are not those that were planned."""

    disks: tuple[ReplicaDisk, ...]
    more: tuple[DiskMapping, ...]
    """In the image alone."""
    missing: tuple[ReplicaDisk, ...]
    """Planned, and not in the image."""
    resized: tuple[tuple[ReplicaDisk, DiskMapping], ...]


def as_in_image(planned: tuple[ReplicaDisk, ...], mappings: tuple[DiskMapping, ...]) -> AsInImage | None:
    """A launch with the image's disks; None where they are those planned, or nobody can say which is which.

    A disk that the image alone has gets the category of a disk beside it, as nobody knows what its own was.
    """
    pairs = pair_mappings(planned, mappings)
    more = tuple(mapping for mapping in mappings if mapping not in pairs.values())
    missing = tuple(disk for disk in planned if disk.source_disk_id not in pairs)
    kept = [(disk, pairs[disk.source_disk_id]) for disk in planned if disk.source_disk_id in pairs]
    resized = tuple((disk, mapping) for disk, mapping in kept if disk.size_gib != mapping.size_gib)
    unclear = more and missing
    no_content = any(not mapping.snapshot_id for mapping in mappings)
    is_whole = not any(disk.type == "system" for disk in missing) and not any(one.type == "system" for one in more)
    if unclear or no_content or not is_whole or not (more or missing or resized):
        return None
    disks = tuple(disk.model_copy(update={"size_gib": mapping.size_gib}) for disk, mapping in kept)
    return AsInImage((*disks, *_like(disks, more)), more, missing, resized)


def _like(beside: tuple[ReplicaDisk, ...], more: tuple[DiskMapping, ...]) -> tuple[ReplicaDisk, ...]:
    like = next((disk for disk in beside if disk.type == "data"), beside[0])
    kind = {"category": like.category, "performance_level": like.performance_level}
    bursting = {"bursting_enabled": False} if like.bursting_enabled is not None else {}
    return tuple(disk.model_copy(update={**kind, **bursting}) for disk in disks_of_image(more))
