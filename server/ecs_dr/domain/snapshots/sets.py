"""From a source's snapshots: the sets that are whole, the best first, and which disk spoils a newer one.

The newest set is the one whose oldest snapshot is the newest; of the same age the one with the smaller spread, then a
group before a run of a policy before a mixed one. Crash consistency across disks is what groups alone promise
(CreateSnapshotGroup): the kind is told, the age decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from ecs_dr.domain.model import Model
from ecs_dr.domain.snapshots.model import (
    ARCHIVED,
    FINISHED,
    SetKind,
    SetMember,
    Snapshot,
    SnapshotGroup,
    SnapshotSet,
    WantedDisk,
)

RUN_GAP = timedelta(minutes=30)
"""A policy's points in time are whole hours: what lies further apart belongs to two runs of one day's name."""

_TOO_OLD = datetime(2013, 7, 15, tzinfo=UTC)
"""Of an earlier snapshot no image can be made (CreateImage, InvalidSnapshot.TooOld)."""

_PREFERENCE: Mapping[SetKind, int] = {"group": 0, "policy": 1, "mixed": 2}

SpoilReason = Literal["unfinished", "failed", "archived", "missing"]


class Spoiler(Model):
    """Why there is no newer set: one disk has nothing usable that is newer.

    Attributes:
        disk: The disk.
        reason: What is newer of it: unfinished, failed, archived; `missing`: nothing at all.
        snapshot_id: That snapshot; empty where it is missing.
    """

    disk: WantedDisk
    reason: SpoilReason
    snapshot_id: str = ""


class Findings(Model):
    """What a source's snapshots come to.

    Attributes:
        sets: Every whole set that was looked at, the best first.
        without: Disks that no usable snapshot exists of: while there is one, there is no set.
        spoilers: What stands in the way of a set that is newer than the best.
        newest: The newest usable snapshot of each disk.
    """

    sets: tuple[SnapshotSet, ...]
    without: tuple[Spoiler, ...]
    spoilers: tuple[Spoiler, ...]
    newest: tuple[SetMember, ...]

    def older_than_newest(self, chosen: SnapshotSet) -> tuple[tuple[SetMember, SetMember], ...]:
        """The members of a set of whose disk there is a newer snapshot, each with that one."""
        newest = {member.disk.disk_id: member for member in self.newest}
        pairs = ((member, newest[member.disk.disk_id]) for member in chosen.members)
        return tuple((member, other) for member, other in pairs if other.taken_at > member.taken_at)


def find_sets(
    disks: Sequence[WantedDisk], snapshots: Iterable[Snapshot], groups: Iterable[SnapshotGroup] = ()
) -> Findings:
    """Build and rank the sets of a source.

    Args:
        disks: Each disk that the source has, or had: a set has exactly one snapshot of each.
        snapshots: What was read; those of other disks are left aside.
        groups: The groups that were read; a group that leaves a disk out, or lacks a finished member, is no set.
    """
    wanted = {disk.disk_id: disk for disk in disks}
    read = {one.snapshot_id: one for one in snapshots if one.disk_id in wanted}
    usable: dict[str, list[SetMember]] = {disk_id: [] for disk_id in wanted}
    for one in read.values():
        if (member := _member(one, wanted[one.disk_id])) is not None:
            usable[one.disk_id].append(member)
    for members in usable.values():
        members.sort(key=lambda member: (member.taken_at, member.snapshot_id))
    without = tuple(_spoiler(wanted[disk_id], read, None) for disk_id, members in usable.items() if not members)
    newest = tuple(members[-1] for members in usable.values() if members)
    if without or not wanted:
        return Findings(sets=(), without=without, spoilers=(), newest=newest)
    by_id = {member.snapshot_id: member for members in usable.values() for member in members}
    found = _ranked(
        [
            *_of_groups(groups, by_id, wanted),
            *_of_runs((read[snapshot_id] for snapshot_id in by_id), by_id, wanted),
            _tightest(usable),
            _set("mixed", "", newest),
        ]
    )
    limit = found[0].data_as_of
    held_back = [wanted[disk_id] for disk_id, members in usable.items() if members[-1].taken_at <= limit]
    is_newer = any(member.taken_at > limit for member in newest) or _has_newer_attempt(read.values(), limit)
    spoilers = tuple(_spoiler(disk, read, limit) for disk in held_back) if is_newer else ()
    return Findings(sets=found, without=(), spoilers=spoilers, newest=newest)


def _member(snapshot: Snapshot, disk: WantedDisk) -> SetMember | None:
    """The snapshot as a member of a set; None when no image can be made of it."""
    taken_at = snapshot.created_at
    if snapshot.status != FINISHED or snapshot.category.lower() == ARCHIVED or snapshot.disk_type != disk.type:
        return None
    if taken_at is None or taken_at < _TOO_OLD:
        return None
    return SetMember(
        disk=disk,
        snapshot_id=snapshot.snapshot_id,
        taken_at=taken_at,
        snapshot_gib=snapshot.size_gib,
        encrypted=snapshot.encrypted,
        retention_days=snapshot.retention_days,
        service=snapshot.service,
    )


def _set(kind: SetKind, label: str, members: Iterable[SetMember]) -> SnapshotSet:
    in_order = sorted(members, key=lambda one: (one.disk.type != "system", len(one.disk.device), one.disk.name))
    return SnapshotSet(kind=kind, label=label, members=tuple(in_order))


def _of_groups(
    groups: Iterable[SnapshotGroup], usable: Mapping[str, SetMember], wanted: Mapping[str, WantedDisk]
) -> list[SnapshotSet]:
    found = []
    for group in groups:
        members = [usable[snapshot_id] for snapshot_id in group.snapshot_ids if snapshot_id in usable]
        if _covers(members, wanted):
            found.append(_set("group", group.group_id, members))
    return found


def _of_runs(
    snapshots: Iterable[Snapshot], usable: Mapping[str, SetMember], wanted: Mapping[str, WantedDisk]
) -> list[SnapshotSet]:
    """One set for each run of a policy that is whole: a day's name may stand for several runs."""
    named: dict[tuple[str, str], list[SetMember]] = defaultdict(list)
    for snapshot in snapshots:
        if snapshot.policy_run is not None:
            named[snapshot.policy_run].append(usable[snapshot.snapshot_id])
    return [
        _set("policy", policy, run)
        for (policy, _), members in named.items()
        for run in _runs(sorted(members, key=lambda one: one.taken_at))
        if _covers(run, wanted)
    ]


def _runs(members: Sequence[SetMember]) -> list[list[SetMember]]:
    """Split in time: where a disk comes again, or after a gap."""
    runs: list[list[SetMember]] = []
    for member in members:
        current = runs[-1] if runs else []
        repeats = any(one.disk.disk_id == member.disk.disk_id for one in current)
        if not current or repeats or member.taken_at - current[-1].taken_at > RUN_GAP:
            runs.append([member])
        else:
            current.append(member)
    return runs


def _covers(members: Sequence[SetMember], wanted: Mapping[str, WantedDisk]) -> bool:
    return sorted(member.disk.disk_id for member in members) == sorted(wanted)


def _tightest(usable: Mapping[str, Sequence[SetMember]]) -> SnapshotSet:
    """Of the sets that are as new as any can be, the one with the smallest spread.

    No set can be newer than the disk whose newest snapshot is the oldest; of every other disk the first snapshot
    that is not older than that is the nearest to it.
    """
    limit = min(members[-1].taken_at for members in usable.values())
    return _set("mixed", "", [next(one for one in members if one.taken_at >= limit) for members in usable.values()])


def _ranked(sets: Iterable[SnapshotSet]) -> tuple[SnapshotSet, ...]:
    """The best first; the same snapshots once, under the name that says most of them."""
    in_order = sorted(sets, key=lambda one: (-one.data_as_of.timestamp(), one.spread_seconds, _PREFERENCE[one.kind]))
    seen: dict[frozenset[str], SnapshotSet] = {}
    for one in in_order:
        seen.setdefault(frozenset(one.snapshot_ids), one)
    return tuple(seen.values())


def _has_newer_attempt(snapshots: Iterable[Snapshot], limit: datetime) -> bool:
    return any(one.created_at is not None and one.created_at > limit for one in snapshots)


def _spoiler(disk: WantedDisk, read: Mapping[str, Snapshot], after: datetime | None) -> Spoiler:
    """What there is of a disk in place of a usable snapshot; `after`: newer than that."""
    tried = [
        one
        for one in read.values()
        if one.disk_id == disk.disk_id and (after is None or (one.created_at is not None and one.created_at > after))
    ]
    for status, reason in _REASONS:
        found = [one for one in tried if one.status == status]
        if found:
            return Spoiler(disk=disk, reason=reason, snapshot_id=found[-1].snapshot_id)
    archived = [one for one in tried if one.category.lower() == ARCHIVED]
    if archived:
        return Spoiler(disk=disk, reason="archived", snapshot_id=archived[-1].snapshot_id)
    return Spoiler(disk=disk, reason="missing")


_REASONS: tuple[tuple[str, SpoilReason], ...] = (("progressing", "unfinished"), ("failed", "failed"))
