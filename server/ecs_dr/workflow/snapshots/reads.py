"""What there is to make an image of when none can be made of the source: its disks' snapshots, and their groups."""

from __future__ import annotations

from datetime import datetime

from ecs_dr.domain.images.model import Image
from ecs_dr.domain.lineage import DATA_AS_OF, tagged
from ecs_dr.domain.snapshots.model import Snapshot, SnapshotGroup, SnapshotSet, WantedDisk
from ecs_dr.domain.snapshots.sets import find_sets
from ecs_dr.domain.source import Source
from ecs_dr.domain.times import parse_time, seconds_between
from ecs_dr.errors import CloudError, CloudRefused, SourceUnusable
from ecs_dr.workflow.memory.shown import SnapshotOffer
from ecs_dr.workflow.reads.optional import if_permitted
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.snapshots.telling import told_without

FRESH_SECONDS = 3600.0
"""Within so long a group is worth the choice beside an image of this moment."""


async def read_offer(run: Run, source: Source) -> SnapshotOffer:
    """The sets of the source's snapshots, as they are now.

    Raises:
        SourceUnusable: No set is whole; it says which disk lacks what.
        CloudRefused: The identity may not list snapshots.
    """
    disks = tuple(WantedDisk.of(disk) for disk in source.disks)
    findings = find_sets(disks, await _snapshots(run, disks), await _groups(run))
    if not findings.sets:
        values = {"instance": run.session.instance_id, "disks": told_without(run, findings.without)}
        raise SourceUnusable("NoSnapshotSet", "no_snapshot_set", values, next_tool="adopt_image")
    return SnapshotOffer(findings)


def data_moment(image: Image) -> datetime | None:
    """By its tag, of which moment the data of an image of snapshots is; None for any other image."""
    return parse_time(tagged(image.tags, DATA_AS_OF))


async def recall_origin(run: Run, image: Image) -> tuple[datetime | None, SnapshotSet | None]:
    """Of an image that was made of snapshots: the moment of its data by its tag, and the snapshots as they are now.

    Both None for any other image; the set alone where a snapshot is gone or cannot be read.
    """
    data_as_of = data_moment(image)
    if data_as_of is None:
        return None, None
    devices = {mapping.snapshot_id: mapping for mapping in image.mappings if mapping.snapshot_id}
    found = await if_permitted(lambda: run.cloud.snapshots(run.scope, tuple(devices)))
    if found is None:
        return data_as_of, None
    disks = [
        WantedDisk(disk_id=one.disk_id, type=one.disk_type, device=mapping.device, size_gib=mapping.size_gib)
        for one in found
        if (mapping := devices.get(one.snapshot_id)) is not None
    ]
    sets = find_sets(disks, found, await _groups(run)).sets if len(disks) == len(devices) else ()
    return data_as_of, sets[0] if sets else None


async def _snapshots(run: Run, disks: tuple[WantedDisk, ...]) -> tuple[Snapshot, ...]:
    """By the instance, and by each disk of which nothing came that way: the filter may not know a moved disk."""
    found = {one.snapshot_id: one for one in await run.cloud.snapshots_of_instance(run.scope, run.session.instance_id)}
    seen = {one.disk_id for one in found.values()}
    for disk in disks:
        if disk.disk_id not in seen:
            more = await run.cloud.snapshots_of_disk(run.scope, disk.disk_id)
            found |= {one.snapshot_id: one for one in more}
    return tuple(found.values())


async def fresh_group(run: Run, source: Source) -> SnapshotGroup | None:
    """The newest group that is whole and not an hour old, of a source with several disks; None also if unreadable."""
    if not source.data_disks:
        return None
    try:
        groups = await run.cloud.snapshot_groups(run.scope, run.session.instance_id)
        recent = [one for one in groups if one.created_at is not None and _age(run, one.created_at) <= FRESH_SECONDS]
        ids = tuple({snapshot_id for one in recent for snapshot_id in one.snapshot_ids})
        members = await run.cloud.snapshots(run.scope, ids) if ids else ()
    except CloudError as error:
        if not error.may_be_skipped:
            raise
        return None
    whole = find_sets(tuple(WantedDisk.of(disk) for disk in source.disks), members, recent).sets
    named = {one.label for one in whole if one.kind == "group"}
    fitting = [one for one in recent if one.group_id in named]
    return max(fitting, key=lambda one: _age(run, one.created_at) * -1, default=None)


def _age(run: Run, moment: datetime | None) -> float:
    return seconds_between(moment, run.clock.now()) if moment is not None else float("inf")


async def _groups(run: Run) -> tuple[SnapshotGroup, ...]:
    """The groups; without the permission the sets are as good, and none is called a group."""
    try:
        return await run.cloud.snapshot_groups(run.scope, run.session.instance_id)
    except CloudRefused as refusal:
        if not refusal.may_be_skipped:
            raise
        run.session.notes.append(run.texts("note.groups_unread", code=refusal.code))
        return ()
