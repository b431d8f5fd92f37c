"""Describing disks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.actions import Call, action
from ecs_dr.simulator.clock import timestamp
from ecs_dr.simulator.errors import Fault
from ecs_dr.simulator.lifecycle import disk_visible
from ecs_dr.simulator.model_compute import Disk
from ecs_dr.simulator.paging import by_either
from ecs_dr.simulator.params import json_list, matches_tags, repeated, text
from ecs_dr.simulator.resources.instance_view import ecs_tags

_CATEGORIES = frozenset(
    {
        "all",
        "cloud",
        "cloud_efficiency",
        "cloud_ssd",
        "cloud_essd",
        "cloud_auto",
        "cloud_essd_entry",
        "cloud_regional_disk_auto",
        "elastic_ephemeral_disk_standard",
        "elastic_ephemeral_disk_premium",
        "local_ssd_pro",
        "local_hdd_pro",
        "ephemeral",
        "ephemeral_ssd",
    }
)


@action("ecs", "DescribeDisks", dry_run=True)
def describe_disks(call: Call) -> dict[str, Json]:
    """List disks, ten unless asked for more: an instance with more disks than that loses some."""
    params = call.params
    if text(params, "DiskType", "all") not in {"all", "system", "data"}:
        raise Fault("InvalidDiskType.ValueNotSupported", "The specified disk type is not supported.")
    if text(params, "Category", "all") not in _CATEGORIES:
        raise Fault("InvalidCategory.ValueNotSupported", "The specified category is not supported.")
    ids = json_list(params, "DiskIds")
    found = [
        disk
        for disk in _candidates(call, ids)
        if disk.region_id == call.region and disk_visible(call.world, disk, call.now) and _matches(call, disk)
    ]
    page = by_either(found, params, maximum=500, minimum=10)
    with_placement = "Placement" in repeated(params, "AdditionalAttributes")
    views: list[Json] = [_view(disk, call.world.variants, with_placement=with_placement) for disk in page.items]
    return {**page.fields, "Disks": {"Disk": views}}


def _candidates(call: Call, ids: list[str] | None) -> Iterable[Disk]:
    disks = call.world.disks
    instance_id = text(call.params, "InstanceId")
    if ids is not None:
        return disks.select(ids)
    return disks.values() if instance_id in {"", "All"} else disks.by_instance.rows(instance_id)


def _matches(call: Call, disk: Disk) -> bool:
    params = call.params
    wanted = {
        "InstanceId": disk.instance_id,
        "ZoneId": disk.zone_id,
        "Status": disk.status,
        "SnapshotId": disk.source_snapshot_id,
        "DiskChargeType": disk.charge_type,
        "ResourceGroupId": disk.resource_group_id,
        "AutoSnapshotPolicyId": disk.auto_snapshot_policy_id,
    }
    return (
        text(params, "DiskType", "all") in {"all", disk.type}
        and text(params, "Category", "all") in {"all", disk.category}
        and all(text(params, name) in {"", "All", value} for name, value in wanted.items())
        and matches_tags(params, disk.tags)
    )


def _view(disk: Disk, readings: Mapping[str, str], *, with_placement: bool) -> dict[str, Json]:
    shared = disk.multi_attach == "Enabled"
    attached = disk.status in {"In_use", "Detaching"}
    # A shared disk names neither instance nor device at the top level, only in its attachments.
    attached_time = timestamp(disk.attached_at or disk.creation_time)
    attachment: dict[str, Json] = {
        "InstanceId": disk.instance_id,
        "Device": disk.device,
        "AttachedTime": attached_time,
    }
    view: dict[str, Json] = {
        "DiskId": disk.disk_id,
        "DiskName": disk.disk_name,
        "Description": disk.description,
        "RegionId": disk.region_id,
        "ZoneId": disk.zone_id,
        "Type": disk.type,
        "Category": disk.category,
        "PerformanceLevel": disk.performance_level,
        "Size": disk.size,
        "Status": disk.status,
        "Device": disk.device if attached and not shared else "",
        "InstanceId": "" if shared else disk.instance_id,
        "Attachments": {"Attachment": [attachment] if attached else []},
        "MountInstances": {"MountInstance": [attachment] if attached and shared else []},
        "MountInstanceNum": 1 if attached else 0,
        "MultiAttach": disk.multi_attach,
        "AttachedTime": attached_time,
        "DetachedTime": "",
        "CreationTime": timestamp(disk.creation_time),
        "ExpiredTime": timestamp(disk.expired_time, seconds=False) or "2099-12-31T15:59Z",
        "SerialNumber": disk.serial_number,
        "ProductCode": disk.product_code,
        "ResourceGroupId": disk.resource_group_id,
        **_policy(disk, readings),
        **_performance(disk),
        "Tags": ecs_tags(disk.tags),
        "OperationLocks": {"OperationLock": [{"LockReason": reason} for reason in disk.lock_reasons]},
    }
    if with_placement:
        view["Placement"] = {"ZoneIds": disk.zone_id}
    return view


def _origin(disk: Disk, readings: Mapping[str, str]) -> dict[str, Json]:
    """What the disk was made from, as far as the cloud tells: the image, the snapshot, or both."""
    told = readings[f"{disk.type}_disk_source"] if disk.image_id and disk.source_snapshot_id else "both"
    return {
        "ImageId": "" if told == "snapshot" else disk.image_id,
        "SourceSnapshotId": "" if told == "image" else disk.source_snapshot_id,
    }


def _policy(disk: Disk, readings: Mapping[str, str]) -> dict[str, Json]:
    return {
        "Portable": disk.portable,
        "DeleteWithInstance": disk.delete_with_instance,
        "DeleteAutoSnapshot": disk.delete_auto_snapshot,
        "EnableAutoSnapshot": disk.enable_auto_snapshot,
        "EnableAutomatedSnapshotPolicy": bool(disk.auto_snapshot_policy_id),
        "AutoSnapshotPolicyId": disk.auto_snapshot_policy_id,
        "DiskChargeType": disk.charge_type,
        "Encrypted": disk.encrypted,
        "KMSKeyId": disk.kms_key_id,
        **_origin(disk, readings),
        "StorageClusterId": disk.storage_cluster_id,
        "StorageSetId": disk.storage_set_id,
    }


def _performance(disk: Disk) -> dict[str, Json]:
    iops = disk.iops or min(1800 + 50 * disk.size, 50_000) + disk.provisioned_iops
    throughput = disk.throughput or min(120 + disk.size // 2, 350)
    return {
        "BurstingEnabled": disk.bursting_enabled,
        "ProvisionedIops": disk.provisioned_iops,
        "IOPS": iops,
        "IOPSRead": iops,
        "IOPSWrite": iops,
        "Throughput": throughput,
    }
