"""Making an image of an instance, and describing images."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.actions import Call, action
from ecs_dr.simulator.devices import free_devices
from ecs_dr.simulator.errors import Fault, not_simulated
from ecs_dr.simulator.lifecycle import image_state, image_visible
from ecs_dr.simulator.model_compute import Disk, Image, ImageMapping, Instance, Snapshot
from ecs_dr.simulator.outage import imaging_seconds
from ecs_dr.simulator.paging import by_number
from ecs_dr.simulator.params import boolean, has_tags, required, structs, tag_filter, tags, text
from ecs_dr.simulator.resources.image_checks import check_image_request, imageable_disks
from ecs_dr.simulator.resources.image_from_snapshots import image_of_snapshots
from ecs_dr.simulator.resources.image_making import begin_image, take_over_the_system
from ecs_dr.simulator.resources.image_view import image_view
from ecs_dr.simulator.resources.instances import existing_instance

_STATUSES = frozenset({"Creating", "Waiting", "Available", "UnAvailable", "CreateFailed", "Deprecated"})


@action(
    "ecs",
    "CreateImage",
    mutating=True,
    dry_run=True,
    token_mismatch="IdempotenceParamNotMatch",  # noqa: S106 - an error code, not a secret
)
def create_image(call: Call) -> dict[str, Json]:
    """Begin to make an image; it counts up afterwards, and so do the snapshots that it makes.

    Of a whole instance, or of snapshots: `InstanceId` goes before `DiskDeviceMapping`, which is then not looked at.
    """
    if not text(call.params, "InstanceId"):
        if structs(call.params, "DiskDeviceMapping"):
            return image_of_snapshots(call)
        if text(call.params, "SnapshotId"):
            raise not_simulated("ecs", "CreateImage with SnapshotId, without a DiskDeviceMapping")
    instance = existing_instance(call, required(call.params, "InstanceId"))
    disks = call.world.disks.by_instance.rows(instance.instance_id)
    check_image_request(call, instance, disks)
    owned = tags(call.params)
    if boolean(call.params, "DryRun"):
        return {}
    image_id = call.world.new_id("m", call.region)
    mappings = [
        _snapshot_of(call, instance, disk, image_id, device) for disk, device in _named(call, imageable_disks(disks))
    ]
    image = begin_image(call, image_id, mappings, owned)
    image.seconds = imaging_seconds(call.world, instance)
    image.source_instance_id, image.source_status = instance.instance_id, instance.status
    image.detection = text(call.params, "DetectionStrategy") == "Standard"
    take_over_the_system(call, image, instance)
    before = call.world.images.get(instance.image_id)
    image.product_code = before.product_code if before else ""
    if not text(call.params, "Features.ImdsSupport"):
        image.imds_support = before.imds_support if before else "v2"
    return {"ImageId": image_id}


def _named(call: Call, disks: list[Disk]) -> Iterator[tuple[Disk, str]]:
    """The disks with the device names that the image gives them; one without a name gets the next that is free."""
    closed = call.world.variants["image_devices"] == "closed"
    taken = set() if closed else {disk.device for disk in disks}
    free = free_devices(taken | {"/dev/xvda"})
    for disk in sorted(disks, key=lambda disk: (len(disk.device) or 99, disk.device)):
        if disk.type == "system":
            yield disk, disk.device or "/dev/xvda"
        else:
            yield disk, disk.device if disk.device and not closed else next(free)


def _snapshot_of(call: Call, instance: Instance, disk: Disk, image_id: str, device: str) -> ImageMapping:
    snapshot_id = call.world.new_id("s", call.region)
    call.world.snapshots[snapshot_id] = Snapshot(
        snapshot_id=snapshot_id,
        snapshot_name=f"SnapshotForImage-{image_id}-{device}",
        source_disk_id=disk.disk_id,
        source_disk_type=disk.type,
        source_disk_size=disk.size,
        region_id=call.region,
        encrypted=disk.encrypted,
        kms_key_id=disk.kms_key_id,
        creation_time=call.now,
        image_id=image_id,
        instance_id=instance.instance_id,
    )
    return ImageMapping(
        device=device,
        type=disk.type,
        size=disk.size,
        snapshot_id=snapshot_id,
        encrypted=disk.encrypted,
        kms_key_id=disk.kms_key_id,
    )


@action("ecs", "DescribeImages", dry_run=True)
def describe_images(call: Call) -> dict[str, Json]:
    """List images: those that are `Available`, unless other statuses are asked for by name, or `ALL`."""
    params = call.params
    statuses = _wanted_statuses(text(params, "Status"), usable=text(params, "Usable"))
    ids = [part for part in text(params, "ImageId").split(",") if part]
    usable = boolean(params, "Usable") if text(params, "Usable") else None
    wanted = tag_filter(params)
    found = [
        image
        for image in _candidates(call, ids, wanted)
        if has_tags(image.tags, wanted)
        and image.region_id == call.region
        and image_visible(call.world, image, call.now)
        and (state := image_state(image, call.now)).status in statuses
        and usable in {None, state.usable}
        and _matches(call, image)
    ]
    page = by_number(found, params, maximum=100)
    views: list[Json] = [image_view(call, image) for image in page.items]
    return {**page.fields, "RegionId": call.region, "Images": {"Image": views}}


def _candidates(call: Call, ids: list[str], tags: Sequence[tuple[str, str]]) -> Iterable[Image]:
    """The images of those ids and of a fitting name: the name itself, a part of it, or a pattern."""
    images = call.world.images
    name = text(call.params, "ImageName")
    if not name:
        return images.select(ids) if ids else images.by_tag.candidates(pair for pair in tags if pair[1])
    pattern = re.compile(fnmatch.translate(name)) if any(sign in name for sign in "*?[") else None
    names = (one for one in images.by_name.values() if name in one or (pattern and pattern.match(one)))
    named = images.by_name.rows(*names)
    return [image for image in named if not ids or image.image_id in ids]


def _wanted_statuses(asked: str, *, usable: str) -> frozenset[str]:
    if not asked:
        if usable:
            raise Fault("MissingParameter", "Status must be specified together with Usable.")
        return frozenset({"Available"})
    if asked.upper() == "ALL":
        return _STATUSES
    wanted = frozenset(asked.split(","))
    if wanted - _STATUSES:
        raise Fault("InvalidStatus.ValueNotSupported", f"The specified Status {asked!r} is not supported.")
    return wanted


def _matches(call: Call, image: Image) -> bool:
    params = call.params
    wanted = {
        "ImageOwnerAlias": image.owner_alias,
        "OSType": image.os_type,
        "Architecture": image.architecture,
        "ImageFamily": image.image_family,
        "ResourceGroupId": image.resource_group_id,
    }
    snapshots = {mapping.snapshot_id for mapping in image.mappings}
    return all(text(params, key) in {"", value} for key, value in wanted.items()) and (
        not text(params, "SnapshotId") or text(params, "SnapshotId") in snapshots
    )


@action("ecs", "DescribeImageSupportInstanceTypes")
def describe_image_support_instance_types(call: Call) -> dict[str, Json]:
    """The instance types that an image can run on: same architecture, and drivers for NVMe where needed."""
    image = existing_image(call, required(call.params, "ImageId"), call.now)
    rows: list[Json] = [
        {
            "InstanceTypeId": kind.instance_type,
            "InstanceTypeFamily": kind.family,
            "CpuCoreCount": kind.cpu,
            "MemorySize": kind.memory_gib,
        }
        for kind in call.world.instance_types.values()
        if (kind.architecture == "ARM") == (image.architecture == "arm64")
        and (kind.nvme_support != "required" or image.nvme_support == "supported")
    ]
    return {"RegionId": call.region, "ImageId": image.image_id, "InstanceTypes": {"InstanceType": rows}}


def existing_image(call: Call, image_id: str, now: datetime) -> Image:
    """The image of that id in the call's region.

    Raises:
        Fault: There is none here (`InvalidImageId.NotFound`).
    """
    image = call.world.images.get(image_id)
    if image is None or image.region_id != call.region or not image_visible(call.world, image, now):
        raise Fault("InvalidImageId.NotFound", "The specified ImageId does not exist.", 404)
    return image
