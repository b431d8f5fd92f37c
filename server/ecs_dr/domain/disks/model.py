"""Disks: what is read, what a zone supports, what the replica will get."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ecs_dr.domain.model import JsonObject, Model, Tag

DiskType = Literal["system", "data"]

CLOUD_CATEGORIES = frozenset({"cloud", "cloud_efficiency", "cloud_ssd", "cloud_essd", "cloud_auto", "cloud_essd_entry"})
"""Categories of which CreateImage takes a snapshot. Local, ephemeral and regional ones are not among them."""


RECORDED = frozenset(
    {
        "disk_id",
        "device",
        "type",
        "category",
        "performance_level",
        "size_gib",
        "status",
        "encrypted",
        "delete_with_instance",
    }
)
"""What Step 1 records of a disk whatever its value; the other fields are told where they have one."""


class Disk(Model):
    """One disk as DescribeDisks reports it. Sizes in GiB."""

    disk_id: str
    name: str = ""
    description: str = ""
    type: DiskType
    device: str
    category: str
    performance_level: str | None = None
    """`PL0` … `PL3`; None unless the category is cloud_essd (the API fills the field for others too)."""
    size_gib: int
    status: str
    encrypted: bool = False
    kms_key_id: str = ""
    provisioned_iops: int | None = None
    """cloud_auto alone."""
    bursting_enabled: bool | None = None
    """cloud_auto alone."""
    delete_with_instance: bool = True
    delete_auto_snapshot: bool = False
    auto_snapshot_policy_id: str = ""
    multi_attach: bool = False
    charge_type: str = ""
    source_snapshot_id: str = ""
    """The snapshot that the disk was made from. Empty for a blank disk, and for the system disk of a custom image,
    where records show the image alone (DescribeDisks, SourceSnapshotId)."""
    image_id: str = ""
    """The image that the disk was made from; empty unless it was (DescribeDisks, ImageId)."""
    zone_id: str = ""
    locks: tuple[str, ...] = ()
    tags: tuple[Tag, ...] = ()
    shown_in_group: str = ""
    """The resource group in which alone it was listed; empty: it was listed without one as well."""

    def record(self) -> JsonObject:
        """Its fields, without what is empty or as everywhere."""
        return self.told(RECORDED)

    @property
    def handle(self) -> str:
        """What it is called until an image names it: its device name, or its id where it is listed without one."""
        return self.device or self.disk_id

    @property
    def is_imageable(self) -> bool:
        """Whether CreateImage snapshots it."""
        return self.category in CLOUD_CATEGORIES and not self.multi_attach


def kind_name(category: str, performance_level: str | None) -> str:
    """A category with its performance level, if it has one: `cloud_essd PL1`."""
    return f"{category} {performance_level}" if performance_level else category


class DiskMapping(Model):
    """One disk of an image (`DiskDeviceMappings`)."""

    device: str
    type: DiskType
    size_gib: int
    snapshot_id: str
    encrypted: bool = False


class CategorySupport(Model):
    """One disk category that a zone offers for an instance type (DescribeAvailableResource). Sizes in GiB."""

    category: str
    available: bool
    min_gib: int | None = None
    max_gib: int | None = None


Categories = Mapping[str, tuple[CategorySupport, ...]]
"""What each zone offers."""


class ReplicaDisk(Model):
    """What one disk of the replica is to be. Sizes in GiB."""

    device: str
    """Exactly the string of the image's mapping: any other name would add a blank disk (api: RunInstances)."""
    type: DiskType
    category: str
    performance_level: str | None
    size_gib: int
    source_category: str
    source_performance_level: str | None
    source_disk_id: str
    snapshot_id: str = ""
    """From the image's mapping, once the image is known."""
    name: str = ""
    description: str = ""
    encrypted: bool = False
    kms_key_id: str = ""
    provisioned_iops: int | None = None
    bursting_enabled: bool | None = None
    delete_with_instance: bool = True
    auto_snapshot_policy_id: str = ""
    """Empty unless the person wants the source's policy on the replica too."""

    @property
    def substituted(self) -> bool:
        """Whether the person chose another category or performance level than the source's."""
        return (self.category, self.performance_level) != (
            self.source_category,
            self.source_performance_level,
        )
