"""Making an image of snapshots (ECS API, CreateImage, DiskDeviceMapping)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.actions import Call
from ecs_dr.simulator.devices import free_devices
from ecs_dr.simulator.errors import Fault
from ecs_dr.simulator.model_compute import Disk, ImageMapping, Instance, Snapshot
from ecs_dr.simulator.params import boolean, integer, structs, tags, text
from ecs_dr.simulator.resources.image_checks import check_account, check_texts
from ecs_dr.simulator.resources.image_making import begin_image, take_over_the_system
from ecs_dr.simulator.resources.snapshots import existing_snapshot, snapshot_state

SYSTEM_DEVICE = "/dev/xvda"
_DATA_DEVICES = tuple(f"/dev/xvd{letter}" for letter in "bcdefghijklmnopqrstuvwxyz")
_MOST_DATA_SNAPSHOTS = 16
_EMPTY_DISK_GIB = 20
_TOO_OLD = datetime(2013, 7, 15, tzinfo=UTC)
_NO_IMAGE_OF_IT = "The specified snapshot is not allowed to create image."


def image_of_snapshots(call: Call) -> dict[str, Json]:
    """Begin to make an image of the snapshots that the request maps; nothing is read from any instance."""
    check_texts(call)
    mappings = [_mapping(call, entry) for entry in structs(call.params, "DiskDeviceMapping")]
    _check_system(mappings)
    _assign_devices(mappings)
    check_account(call)
    owned = tags(call.params)
    if boolean(call.params, "DryRun"):
        return {}
    image_id = call.world.new_id("m", call.region)
    in_order = sorted(mappings, key=lambda mapping: (mapping.type != "system", mapping.device))
    image = begin_image(call, image_id, in_order, owned)
    snapshot = call.world.snapshots[in_order[0].snapshot_id]
    image.architecture, image.os_type = snapshot.architecture, snapshot.os_type
    # The system's snapshot brings the operating system along: known here from the instance of its disk.
    if (instance := _instance_of(call, snapshot)) is not None:
        take_over_the_system(call, image, instance)
    return {"ImageId": image_id}


def _mapping(call: Call, entry: Mapping[str, str]) -> ImageMapping:
    """One disk of the image. Without a snapshot it is an empty data disk."""
    snapshot_id = text(entry, "SnapshotId")
    wanted = integer(entry, "Size", 0, 1)
    if not snapshot_id:
        return ImageMapping(device=text(entry, "Device"), type="data", size=wanted or _EMPTY_DISK_GIB)
    snapshot = existing_snapshot(call, snapshot_id)
    _check_snapshot(call, snapshot)
    kind = text(entry, "DiskType", snapshot.source_disk_type).lower()
    if kind not in {"system", "data"}:
        raise Fault("InvalidDiskType.ValueNotSupported", "The specified DiskType is not supported.")
    if kind == "system" and snapshot.source_disk_type != "system":
        raise Fault(
            "UserNotInTheWhiteList", "The user is not in the white list of system disks of data snapshots.", 403
        )
    if wanted and wanted < snapshot.source_disk_size:
        raise Fault("InvalidSize.ValueNotSupported", "The specified Size is smaller than the size of the snapshot.")
    return ImageMapping(
        device=text(entry, "Device"),
        type="system" if kind == "system" else "data",
        size=wanted or snapshot.source_disk_size,
        snapshot_id=snapshot_id,
        encrypted=snapshot.encrypted,
        kms_key_id=snapshot.kms_key_id,
    )


def _check_snapshot(call: Call, snapshot: Snapshot) -> None:
    if snapshot_state(call, snapshot)[0] != "accomplished":
        raise Fault("InvalidSnapshotId.NotReady", "The specified snapshot has not completed yet.", 403)
    if snapshot.creation_time is not None and snapshot.creation_time < _TOO_OLD:
        raise Fault("InvalidSnapshot.TooOld", "This operation is denied because the snapshot is too old.", 403)
    if snapshot.category == "archive":
        raise Fault("OperationDenied.InvalidSnapshotCategory", "The category of the snapshot is not supported.", 403)
    if snapshot.source_disk_type != "system":
        return
    behaviour = call.world.behaviour
    if _instance_of(call, snapshot) is None and not behaviour.images_of_released_system_disks:
        raise Fault("OperationDenied", _NO_IMAGE_OF_IT, 403)
    if snapshot.encrypted and not behaviour.images_of_encrypted_system_disks:
        raise Fault("OperationDenied", "Not support creating system image from an encrypted snapshot/disk.")


def _instance_of(call: Call, snapshot: Snapshot) -> Instance | None:
    """The instance that still has the disk of a snapshot as its own."""
    disk: Disk | None = call.world.disks.get(snapshot.source_disk_id)
    instance = call.world.instances.get(disk.instance_id) if disk is not None else None
    return None if instance is None or instance.lost else instance


def _check_system(mappings: Sequence[ImageMapping]) -> None:
    systems = [mapping for mapping in mappings if mapping.type == "system"]
    if not systems:
        raise Fault("OperationDenied", "The specified snapshots contain no system disk snapshot.")
    if len(systems) > 1:
        raise Fault("OperationDenied", "The specified snapshots contain two system disk snapshots.")
    if systems[0].device not in {"", SYSTEM_DEVICE}:
        raise Fault("InvalidDevice.Malformed", "The specified device of the system disk is not valid.")
    if sum(bool(mapping.snapshot_id) for mapping in mappings) - 1 > _MOST_DATA_SNAPSHOTS:
        raise Fault("QuotaExceed.Snapshot", "The snapshot quota of the image is exceeded.", 403)


def _assign_devices(mappings: Sequence[ImageMapping]) -> None:
    """Give a device to each that names none, in order; refuse a wrong or a double one."""
    taken: set[str] = set()
    for mapping in mappings:
        if mapping.device and mapping.device not in ({SYSTEM_DEVICE} if mapping.type == "system" else _DATA_DEVICES):
            raise Fault("InvalidDevice.Malformed", "The specified device is not valid.")
        if mapping.device in taken:
            raise Fault("InvalidDevice.InUse", "The specified device has been occupied.")
        taken |= {mapping.device} - {""}
    free = free_devices(taken)
    for mapping in mappings:
        mapping.device = mapping.device or (SYSTEM_DEVICE if mapping.type == "system" else next(free))
