"""The ledger: what every disk has. Sources: DescribeDisks (response), RunInstances (SystemDisk, DataDisk.N)."""

from __future__ import annotations

from ecs_dr.domain.attributes.model import DiskAttribute, LaunchFields
from ecs_dr.domain.attributes.terms import Terms, copyable_tags
from ecs_dr.domain.attributes.values import as_flag, as_tags, has_all
from ecs_dr.domain.disks.model import Disk, ReplicaDisk

SNAPSHOT_POLICY = "snapshot_policy"
DISK_TAGS = "disk_tags"
AUTO = "cloud_auto"
ESSD = "cloud_essd"


def _policy(disk: Disk, terms: Terms) -> LaunchFields:
    return {"auto_snapshot_policy_id": disk.auto_snapshot_policy_id if terms.carries(SNAPSHOT_POLICY) else ""}


def _bursts(disk: Disk) -> str | None:
    return as_flag(disk.bursting_enabled) if disk.category == AUTO else ""


def _iops(disk: Disk) -> str:
    return str(disk.provisioned_iops or 0) if disk.category == AUTO else ""


def _planned_iops(disk: ReplicaDisk) -> str | None:
    return str(disk.provisioned_iops or 0) if disk.category == AUTO else None


DISKS = (
    DiskAttribute(
        "device",
        "copied",
        "Device",
        "DataDisk.N.Device",
        numbers=(23,),
        value=lambda disk: disk.device,
        decided=lambda planned: planned.device,
    ),
    DiskAttribute(
        "type",
        "copied",
        "Type",
        "SystemDisk, DataDisk.N",
        value=lambda disk: disk.type,
        decided=lambda planned: planned.type,
    ),
    DiskAttribute(
        "category",
        "copied",
        "Category",
        "Category",
        numbers=(16, 24),
        value=lambda disk: disk.category,
        decided=lambda planned: planned.category,
    ),
    DiskAttribute(
        "performance_level",
        "copied",
        "PerformanceLevel",
        "PerformanceLevel",
        numbers=(18, 26),
        value=lambda disk: disk.performance_level or "",
        decided=lambda planned: planned.performance_level or "" if planned.category == ESSD else None,
    ),
    DiskAttribute(
        "size_gib",
        "copied",
        "Size",
        "Size",
        numbers=(17, 25),
        value=lambda disk: str(disk.size_gib or ""),
        decided=lambda planned: str(planned.size_gib),
    ),
    DiskAttribute(
        "content",
        "copied",
        "SourceSnapshotId",
        "ImageId",
        numbers=(2,),
        value=lambda disk: disk.source_snapshot_id or disk.image_id,
        decided=lambda planned: planned.snapshot_id,
        faithful=lambda _source, decided: bool(decided),
    ),
    DiskAttribute(
        "disk_name",
        "copied",
        "DiskName",
        "DiskName",
        numbers=(19, 27),
        field="name",
        decided=lambda planned: planned.name or None,
    ),
    DiskAttribute(
        "disk_description",
        "copied",
        "Description",
        "Description",
        field="description",
        decided=lambda planned: planned.description or None,
    ),
    DiskAttribute(
        "encrypted",
        "copied",
        "Encrypted",
        "Encrypted",
        numbers=(21, 28),
        field="encrypted",
        decided=lambda planned: as_flag(planned.encrypted),
        warned="encrypted_disks",
    ),
    DiskAttribute(
        "kms_key_id",
        "copied",
        "KMSKeyId",
        "KMSKeyId",
        numbers=(21, 28),
        value=lambda disk: disk.kms_key_id if disk.encrypted else "",
        decided=lambda planned: planned.kms_key_id or None if planned.encrypted else None,
    ),
    DiskAttribute(
        "bursting_enabled",
        "copied",
        "BurstingEnabled",
        "BurstingEnabled",
        numbers=(20, 29),
        value=_bursts,
        decided=lambda planned: as_flag(bool(planned.bursting_enabled)) if planned.category == AUTO else None,
        faithful=lambda source, decided: (source or "false") == decided,
    ),
    DiskAttribute(
        "provisioned_iops",
        "copied",
        "ProvisionedIops",
        "ProvisionedIops",
        numbers=(20, 29),
        value=_iops,
        decided=_planned_iops,
        faithful=lambda source, decided: (source or "0") == decided,
    ),
    DiskAttribute(
        "delete_with_instance",
        "copied",
        "DeleteWithInstance",
        "DataDisk.N.DeleteWithInstance",
        numbers=(30,),
        value=lambda disk: as_flag(disk.delete_with_instance),
        only="data",
        decided=lambda planned: as_flag(planned.delete_with_instance),
    ),
    DiskAttribute(
        "auto_snapshot_policy_id",
        "asked",
        "AutoSnapshotPolicyId",
        "AutoSnapshotPolicyId",
        numbers=(22,),
        field="auto_snapshot_policy_id",
        decided=lambda planned: planned.auto_snapshot_policy_id,
        carry=_policy,
        word=SNAPSHOT_POLICY,
        warned="snapshot_policy_not_carried",
    ),
    DiskAttribute(
        "disk_tags",
        "offered",
        "Tags.Tag",
        "Tag.N",
        numbers=(31,),
        value=lambda disk: as_tags(copyable_tags(disk.tags)),
        of_launch=lambda launch: as_tags(copyable_tags(launch.tags)),
        faithful=has_all,  # tags of the launch reach every disk: more than the source's own are no loss
        word=DISK_TAGS,
    ),
    DiskAttribute(
        "system_delete_with_instance",
        "cannot",
        "DeleteWithInstance",
        "",
        only="system",
        value=lambda disk: "" if disk.delete_with_instance else "false",
    ),
    DiskAttribute(
        "delete_auto_snapshot",
        "cannot",
        "DeleteAutoSnapshot",
        "",
        field="delete_auto_snapshot",
    ),
)
