"""From images and snapshots to what an instance could be recovered from, and why the rest could not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from ecs_dr.domain.disks.model import Disk
from ecs_dr.domain.disks.plan import bind_to_image, plan_disks
from ecs_dr.domain.images.adoption import provenance
from ecs_dr.domain.images.model import Image
from ecs_dr.domain.snapshots.model import Snapshot, SnapshotGroup, SnapshotSet, WantedDisk
from ecs_dr.domain.snapshots.sets import find_sets
from ecs_dr.domain.standby.model import Point, Spoilt
from ecs_dr.domain.times import parse_time
from ecs_dr.errors import RecoveryFailed


@dataclass(frozen=True)
class RecoveryPoints:
    """What there is of one instance.

    Attributes:
        points: Complete and usable, the newest data first; of the same age an image before snapshots.
        spoilt: What cannot be used, and why.
        superseded: Images and snapshots that the newest point does not need: they are billed all the same.
    """

    points: tuple[Point, ...]
    spoilt: tuple[Spoilt, ...]
    superseded: tuple[str, ...]


@dataclass(frozen=True)
class Holdings:
    """The account's own images, and its snapshots, by what they belong to.

    Attributes:
        images: None: they could not be read.
        snapshots: None: they could not be read.
        groups: None: they could not be read.
    """

    images: tuple[Image, ...] | None
    snapshots: tuple[Snapshot, ...] | None
    groups: tuple[SnapshotGroup, ...] | None = ()

    @cached_property
    def by_id(self) -> Mapping[str, Snapshot]:
        """The snapshots by their ids: asked for once an instance, and made once."""
        return {one.snapshot_id: one for one in self.snapshots or ()}

    @cached_property
    def _by_disk(self) -> Mapping[str, list[Snapshot]]:
        found: dict[str, list[Snapshot]] = {}
        for one in self.by_id.values():
            found.setdefault(one.disk_id, []).append(one)
        return found

    @cached_property
    def _groups_by_disk(self) -> Mapping[str, list[SnapshotGroup]]:
        """A group may span instances: its members' disks tell whose it is."""
        found: dict[str, list[SnapshotGroup]] = {}
        for group in self.groups or ():
            members = (self.by_id.get(snapshot_id) for snapshot_id in group.snapshot_ids)
            for disk_id in dict.fromkeys(one.disk_id for one in members if one is not None):
                found.setdefault(disk_id, []).append(group)
        return found

    def snapshots_of(self, disks: Iterable[Disk]) -> list[Snapshot]:
        """The snapshots of these disks."""
        return [one for disk in disks for one in self._by_disk.get(disk.disk_id, ())]

    def groups_of(self, disks: Iterable[Disk]) -> list[SnapshotGroup]:
        """The groups that hold a snapshot of one of these disks."""
        found = (group for disk in disks for group in self._groups_by_disk.get(disk.disk_id, ()))
        return list({group.group_id: group for group in found}.values())


def images_by_source(holdings: Holdings, owner_of: Mapping[str, str]) -> dict[str, list[Image]]:
    """The images of each instance: by their lineage tag, else by the disks that their snapshots were taken of.

    Args:
        holdings: What was read.
        owner_of: By disk id: the instance that has it.
    """
    taken_of = {key: owner_of.get(one.disk_id, "") for key, one in holdings.by_id.items()}
    found: dict[str, list[Image]] = {}
    for image in holdings.images or ():
        tagged = provenance(image, "").other_source
        owners = {taken_of.get(mapping.snapshot_id, "") for mapping in image.mappings} - {""}
        owner = tagged or (next(iter(owners)) if len(owners) == 1 else "")
        if owner:
            found.setdefault(owner, []).append(image)
    return found


def points_of(disks: tuple[Disk, ...], images: Iterable[Image], holdings: Holdings) -> RecoveryPoints:
    """Judge everything that there is of one instance.

    Args:
        disks: The disks that it has now: a point that lacks one of them, or holds another, is no standby of it.
        images: Those of this instance.
        holdings: All images and snapshots that were read.
    """
    known = holdings.by_id
    points: list[Point] = []
    spoilt: list[Spoilt] = []
    own_images = list(images)
    for image in own_images:
        reason = _flaw(image, disks, known)
        taken_at = _data_as_of(image, known)
        if reason is not None:
            spoilt.append(reason)
        elif taken_at is not None:
            points.append(Point(kind="image", ids=(image.image_id,), data_as_of=taken_at, available=True))
    mine = holdings.snapshots_of(disks)
    found = find_sets([WantedDisk.of(disk) for disk in disks], mine, holdings.groups_of(disks))
    points += [_point(one, groups_read=holdings.groups is not None) for one in found.sets]
    if mine:
        spoilt += [
            Spoilt(code="spoilt_set", id=one.disk.name, what=one.snapshot_id or "-")
            for one in (*found.without, *(one for one in found.spoilers if one.reason != "missing"))
        ]
    points.sort(key=lambda point: (-point.data_as_of.timestamp(), point.kind))
    return RecoveryPoints(tuple(points), tuple(spoilt), _superseded(points, own_images, mine))


def _point(one: SnapshotSet, *, groups_read: bool) -> Point:
    """A set as a point; what is of one moment is known of a group and of a single disk, and of nothing unread."""
    together = one.kind == "group" or len(one.members) == 1
    return Point(
        kind="snapshots",
        ids=one.snapshot_ids,
        data_as_of=one.data_as_of,
        consistent=together if together or groups_read else None,
        spread_seconds=one.spread_seconds,
    )


def _flaw(image: Image, disks: tuple[Disk, ...], known: Mapping[str, Snapshot]) -> Spoilt | None:
    """Why this image is no standby; None where it is one."""
    if image.phase == "building":
        return Spoilt(code="image_building", id=image.image_id, what=image.status)
    if image.phase == "failed":
        return Spoilt(code="incomplete", id=image.image_id, what=image.status)
    if image.mappings and all(mapping.snapshot_id in known for mapping in image.mappings):
        held = {known[mapping.snapshot_id].disk_id for mapping in image.mappings}
        lacking = [disk.handle for disk in disks if disk.disk_id not in held]
        foreign = sorted(held - {disk.disk_id for disk in disks})
        return (
            Spoilt(code="incomplete", id=image.image_id, what=", ".join(lacking + foreign))
            if lacking or foreign
            else None
        )
    try:
        bind_to_image(plan_disks(disks, {}), image.mappings)
    except RecoveryFailed as error:
        told = [value for value in error.values.values() if value != "-"]
        return Spoilt(code="incomplete", id=image.image_id, what="; ".join(told))
    return None


def _data_as_of(image: Image, known: Mapping[str, Snapshot]) -> datetime | None:
    """The oldest of its snapshots where they were read, else when the image was asked for; None: nobody says."""
    times = [known[mapping.snapshot_id].created_at for mapping in image.mappings if mapping.snapshot_id in known]
    if times and len(times) == len(image.mappings) and None not in times:
        return min(time for time in times if time is not None)
    return parse_time(image.creation_time)


def _superseded(points: list[Point], images: list[Image], snapshots: list[Snapshot]) -> tuple[str, ...]:
    if not points:
        return ()
    kept = set(points[0].ids)
    in_images = {mapping.snapshot_id for image in images for mapping in image.mappings}
    older_images = [image.image_id for image in images if image.image_id not in kept and image.phase != "building"]
    loose = [one.snapshot_id for one in snapshots if one.snapshot_id not in kept | in_images]
    return (*older_images, *loose)
