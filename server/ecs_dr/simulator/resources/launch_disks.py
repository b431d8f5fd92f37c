"""Which disks a launch makes (ECS API, RunInstances, SystemDisk and DataDisk parameters and error codes)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from ecs_dr.simulator.actions import Call
from ecs_dr.simulator.devices import free_devices
from ecs_dr.simulator.errors import Fault
from ecs_dr.simulator.model_catalogue import DiskOffer
from ecs_dr.simulator.model_compute import Image, ImageMapping
from ecs_dr.simulator.params import boolean, integer, optional_integer, struct, structs
from ecs_dr.simulator.resources.disk_encryption import Encryption, choose_encryption
from ecs_dr.simulator.resources.disk_limits import size_range
from ecs_dr.simulator.resources.disk_settings import DiskChoice, choose_category, choose_level, choose_performance

_DEVICE = re.compile(r"/dev/xvd[a-z]{1,2}")
_MAX_DATA_DISKS = 16


@dataclass(frozen=True)
class DiskTexts:
    """What is written on a disk, and what it belongs to."""

    disk_name: str
    description: str
    auto_snapshot_policy_id: str
    storage_cluster_id: str


@dataclass(frozen=True)
class PlannedDisk:
    """One disk that the launch is going to make. Sizes in GiB."""

    kind: Literal["system", "data"]
    device: str
    size: int
    choice: DiskChoice
    encryption: Encryption
    texts: DiskTexts
    snapshot_id: str = ""
    delete_with_instance: bool = True


@dataclass(frozen=True)
class LaunchPlace:
    """Where the disks are going to be, and what is sold there."""

    zone_id: str
    instance_type: str
    offer: DiskOffer


def plan_disks(call: Call, image: Image, place: LaunchPlace) -> list[PlannedDisk]:
    """All disks of the new instance, the system disk first.

    Raises:
        Fault: A disk cannot be had as asked for.
    """
    entries = structs(call.params, "DataDisk")
    mappings = [mapping for mapping in image.mappings if mapping.type == "data"]
    if len(entries) > _MAX_DATA_DISKS:
        raise Fault("InstanceDiskNumLimitExceed", "The number of specified disk in an instance exceeds.", 403)
    _check_devices(entries)
    overrides, extras = _sorted_out(entries, {mapping.device for mapping in mappings})
    planned = [_system_disk(call, image, place)]
    planned += [_image_disk(call, mapping, overrides.get(mapping.device), place) for mapping in mappings]
    free = free_devices({mapping.device for mapping in image.mappings} | {e.get("Device", "") for e in extras})
    planned += [_extra_disk(call, entry, place, free, bool(mappings)) for entry in extras]
    limit = call.world.instance_types[place.instance_type].disk_quantity
    if len(planned) > limit:
        raise Fault("InstanceDiskNumLimitExceed", "The number of specified disk in an instance exceeds.", 403)
    return planned


def _check_devices(entries: list[dict[str, str]]) -> None:
    named = [entry["Device"] for entry in entries if entry.get("Device")]
    if any(not _DEVICE.fullmatch(device) for device in named):
        raise Fault("InvalidDataDevice.Malformed", "The specified device is not valid: /dev/xvdb and so on.")
    if len(named) != len(set(named)) or "/dev/xvda" in named:
        raise Fault("InvalidDevice.InUse", "The specified device has been occupied.", 403)


def _sorted_out(
    entries: list[dict[str, str]], image_devices: set[str]
) -> tuple[dict[str, dict[str, str]], list[dict[str, str]]]:
    """Entries that override a disk of the image, and entries that add one.

    An entry with a SnapshotId always adds a disk, whatever its device: the image's own is then made as well.
    """
    overrides = {
        entry["Device"]: entry
        for entry in entries
        if entry.get("Device") in image_devices and not entry.get("SnapshotId")
    }
    extras = [entry for entry in entries if entry.get("Device") not in overrides or entry.get("SnapshotId")]
    return overrides, extras


def _system_disk(call: Call, image: Image, place: LaunchPlace) -> PlannedDisk:
    members = struct(call.params, "SystemDisk")
    mapping = next(mapping for mapping in image.mappings if mapping.type == "system")
    category = choose_category(call, "system", members, place)
    level = choose_level(members, category, place.offer, default="PL1" if members.get("Category") else "PL0")
    size = integer(members, "Size", max(40, mapping.size))
    smallest, largest = size_range("system", category, [level] if level else ())
    if size < mapping.size:
        raise _system_size("LessThanImageSize", "is less than the size of the image")
    if size < smallest:
        raise _system_size("LessThanMinSize", f"is less than {smallest} GiB")
    if size > largest:
        raise _system_size("MoreThanMaxSize", f"is more than {largest} GiB")
    return PlannedDisk(
        kind="system",
        device=mapping.device,
        size=size,
        choice=choose_performance(members, category, level, size, bursting=False),
        encryption=choose_encryption(call, members, mapping, place.offer),
        snapshot_id=mapping.snapshot_id,
        texts=_texts(call, members),
    )


def _system_size(kind: str, why: str) -> Fault:
    return Fault(f"InvalidSystemDiskSize.{kind}", f"The specified parameter SystemDisk.Size {why}.", 404)


def _image_disk(call: Call, mapping: ImageMapping, entry: Mapping[str, str] | None, place: LaunchPlace) -> PlannedDisk:
    """A data disk of the image: as overridden, or else with the defaults, whatever the source's disk was."""
    members = entry or {}
    size = integer(members, "Size", mapping.size)
    if size < mapping.size:
        raise Fault(
            "InvalidDiskSize.TooSmall",
            f"Specified disk size is less than the size of snapshot: {size} GiB on {mapping.device}.",
            403,
        )
    return _data_disk(call, members, mapping.device, size, place, mapping, inherit=entry is None)


def _extra_disk(
    call: Call,
    entry: Mapping[str, str],
    place: LaunchPlace,
    free: Iterator[str],
    full_image: bool,  # noqa: FBT001 - a fact, not a switch
) -> PlannedDisk:
    """A disk beside those of the image: from a snapshot, or blank."""
    wanted = entry.get("Device", "")
    snapshot_id = entry.get("SnapshotId", "")
    if snapshot_id:
        snapshot = call.world.snapshots.get(snapshot_id)
        if snapshot is None or snapshot.region_id != call.region:
            raise Fault("InvalidSnapshotId.NotFound", "The specified SnapshotId does not exist.", 404)
        mapping = ImageMapping(
            device=next(free),
            type="data",
            size=snapshot.source_disk_size,
            snapshot_id=snapshot_id,
            encrypted=snapshot.encrypted,
            kms_key_id=snapshot.kms_key_id,
        )
        return _data_disk(call, entry, mapping.device, mapping.size, place, mapping)
    size = optional_integer(entry, "Size")
    if size is None:
        raise Fault("InvalidDataDiskSize.ValueNotSupported", "The specified DataDisk.n.Size is not supported.")
    device = wanted if wanted and full_image else next(free)
    return _data_disk(call, entry, device, size, place, None)


def _data_disk(
    call: Call,
    members: Mapping[str, str],
    device: str,
    size: int,
    place: LaunchPlace,
    made_of: ImageMapping | None,
    *,
    inherit: bool = False,
) -> PlannedDisk:
    category = choose_category(call, "data", members, place)
    level = choose_level(members, category, place.offer, default="PL1")
    _check_data_size(category, level, size)
    bursting = not members.get("Category") and category == "cloud_auto"
    return PlannedDisk(
        kind="data",
        device=device,
        size=size,
        choice=choose_performance(members, category, level, size, bursting=bursting),
        encryption=choose_encryption(call, members, made_of, place.offer, inherit=inherit),
        snapshot_id=made_of.snapshot_id if made_of else "",
        delete_with_instance=boolean(members, "DeleteWithInstance", default=True),
        texts=_texts(call, members),
    )


def _check_data_size(category: str, level: str, size: int) -> None:
    smallest, largest = size_range("data", category, [level] if level else ())
    if smallest <= size <= largest:
        return
    if level in {"PL2", "PL3"} and size < smallest:
        raise Fault(
            "OperationDenied.PerformanceLevelNotMatch",
            f"The specified performance level {level} needs a disk of at least {smallest} GiB.",
            403,
        )
    if level and size < smallest:
        raise Fault("InvalidDiskSize.TooSmall", f"Specified disk size is too small for {level}.", 403)
    raise Fault(
        "InvalidDataDiskSize.ValueNotSupported",
        f"The specified DataDisk.n.Size is not supported: {category} has {smallest} to {largest} GiB.",
    )


def _texts(call: Call, members: Mapping[str, str]) -> DiskTexts:
    policy = members.get("AutoSnapshotPolicyId", "")
    if policy and policy not in call.world.account.snapshot_policies:
        raise Fault("InvalidAutoSnapshotPolicyId.NotFound", "The AutoSnapshotPolicyId is not found.", 404)
    return DiskTexts(
        disk_name=members.get("DiskName", ""),
        description=members.get("Description", ""),
        auto_snapshot_policy_id=policy,
        storage_cluster_id=members.get("StorageClusterId", ""),
    )
