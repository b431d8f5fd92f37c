"""Snapshots and groups of them as the cloud reports them, and the sets that an image can be made of."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal

from ecs_dr.domain.disks.model import Disk, DiskType
from ecs_dr.domain.model import JsonObject, Model, Tag

FINISHED = "accomplished"
"""Of an unfinished snapshot no image can be made, also where `Available` says that a disk can (CreateSnapshot)."""

ARCHIVED = "archive"
_OF_A_GROUP = "acs:ecs:createFrom"
"""The default tag of a group's members (DescribeSnapshotGroups)."""
_POLICY_RUN = re.compile(r"auto2\.0_(?P<day>\d{8})_(?P<policy>[A-Za-z0-9-]+)", re.ASCII)

SetKind = Literal["group", "policy", "mixed"]


class Snapshot(Model):
    """One snapshot (DescribeSnapshots)."""

    snapshot_id: str
    name: str = ""
    status: str
    """progressing, accomplished or failed."""
    progress: int | None = None
    created_at: datetime | None = None
    """None: the cloud did not say, or not in a form that is known."""
    disk_id: str
    """Kept by the cloud also after the disk is released."""
    disk_type: DiskType
    size_gib: int | None = None
    """Of the disk when the snapshot was taken; None: not told."""
    automatic: bool = False
    category: str = ""
    encrypted: bool = False
    retention_days: int | None = None
    resource_group_id: str = ""
    tags: tuple[Tag, ...] = ()

    @property
    def service(self) -> str:
        """The tag by which a service of the cloud marks it (a backup plan's); empty: none says so.

        Which tags Cloud Backup sets is documented nowhere: any of the cloud's own counts, but the one of groups.
        """
        return next((tag.key for tag in self.tags if tag.key.startswith("acs:") and tag.key != _OF_A_GROUP), "")

    @property
    def policy_run(self) -> tuple[str, str] | None:
        """Policy and day of an automatic snapshot; None where its name says neither."""
        found = _POLICY_RUN.fullmatch(self.name) if self.automatic else None
        return None if found is None else (found["policy"], found["day"])


class SnapshotGroup(Model):
    """Snapshots that were taken of one moment (DescribeSnapshotGroups)."""

    group_id: str
    instance_id: str
    status: str = ""
    created_at: datetime | None = None
    snapshot_ids: tuple[str, ...] = ()


class WantedDisk(Model):
    """A disk of which a set needs a snapshot."""

    disk_id: str
    type: DiskType
    device: str = ""
    size_gib: int | None = None
    """None: nobody knows any more; then each snapshot's own size holds."""

    @classmethod
    def of(cls, disk: Disk) -> WantedDisk:
        """A disk that the source has, or had: then its size may be known no more."""
        return cls(disk_id=disk.disk_id, type=disk.type, device=disk.device, size_gib=disk.size_gib or None)

    @property
    def name(self) -> str:
        """How a person knows it: the device, and the id where there is none."""
        return self.device or self.disk_id


class SetMember(Model):
    """One snapshot of a set, and the disk it stands for."""

    disk: WantedDisk
    snapshot_id: str
    taken_at: datetime
    snapshot_gib: int | None = None
    encrypted: bool = False
    retention_days: int | None = None
    service: str = ""

    @property
    def size_gib(self) -> int | None:
        """What the disk of the image is to have: the disk's own size, never less than the snapshot's."""
        known = [size for size in (self.disk.size_gib, self.snapshot_gib) if size is not None]
        return max(known, default=None)

    @property
    def was_enlarged(self) -> bool:
        """Whether the disk grew after the snapshot."""
        return None not in {self.disk.size_gib, self.snapshot_gib} and self.size_gib != self.snapshot_gib


class SnapshotSet(Model):
    """One finished snapshot for each disk of a source: the system disk first, then in device order."""

    kind: SetKind
    label: str = ""
    """The group's or the policy's id."""
    members: tuple[SetMember, ...]

    @property
    def data_as_of(self) -> datetime:
        """The moment of the oldest snapshot: nothing that was written after it is certain to be there."""
        return min(member.taken_at for member in self.members)

    @property
    def spread_seconds(self) -> float:
        """From the oldest snapshot to the newest."""
        return (max(member.taken_at for member in self.members) - self.data_as_of).total_seconds()

    @property
    def snapshot_ids(self) -> tuple[str, ...]:
        """The ids, the system disk's first."""
        return tuple(member.snapshot_id for member in self.members)

    @property
    def enlarged(self) -> tuple[SetMember, ...]:
        """Those whose disk grew afterwards."""
        return tuple(member for member in self.members if member.was_enlarged)

    @property
    def encrypted(self) -> tuple[SetMember, ...]:
        """Those that are encrypted."""
        return tuple(member for member in self.members if member.encrypted)

    def rows(self) -> list[JsonObject]:
        """Device, snapshot and time of each, as `data` has them."""
        return [
            {
                "device": member.disk.device,
                "disk_id": member.disk.disk_id,
                "snapshot_id": member.snapshot_id,
                "taken_at": member.taken_at.isoformat(),
                "snapshot_gib": member.snapshot_gib,
                "size_gib": member.size_gib,
                "encrypted": member.encrypted,
            }
            for member in self.members
        ]
