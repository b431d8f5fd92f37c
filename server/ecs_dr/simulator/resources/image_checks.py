"""When the cloud refuses to make an image (ECS API, CreateImage, error codes)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ecs_dr.simulator.actions import Call
from ecs_dr.simulator.errors import Fault
from ecs_dr.simulator.lifecycle import image_state, instance_status
from ecs_dr.simulator.model_catalogue import DISK_CATEGORIES
from ecs_dr.simulator.model_compute import Disk, Instance
from ecs_dr.simulator.outage import check_imaging
from ecs_dr.simulator.params import text

_NAME = re.compile(r"[^\W\d_][\w:\-]{1,127}")
_MAX_DATA_DISKS = 16


def imageable_disks(disks: Sequence[Disk]) -> list[Disk]:
    """The disks that get a snapshot, the system disk first."""
    return sorted(disks, key=lambda disk: (disk.type != "system", len(disk.device), disk.device))


def check_image_request(call: Call, instance: Instance, disks: Sequence[Disk]) -> None:
    """Refuse what the cloud refuses.

    Raises:
        Fault: With the code of the CreateImage page.
    """
    check_texts(call)
    _check_instance(call, instance)
    _check_disks(call, disks)
    check_account(call)


def check_texts(call: Call) -> None:
    """Refuse a name, a description or a resource group that cannot be.

    Raises:
        Fault: With the code of the CreateImage page.
    """
    name = text(call.params, "ImageName")
    if name:
        if not _NAME.fullmatch(name) or name.startswith(("acs:", "aliyun")):
            raise Fault(
                "InvalidImageName.Malformed",
                "The specified Image name is wrongly formed: 2-128 characters, a letter first, then letters, "
                'digits, ":", "_" or "-".',
            )
        if any(image.region_id == call.region for image in call.world.images.by_name.rows(name)):
            raise Fault("InvalidImageName.Duplicated", "The specified Image name has already been used.")
    description = text(call.params, "Description")
    if description and (not 2 <= len(description) <= 256 or description.startswith(("http://", "https://"))):
        raise Fault("InvalidDescription.Malformed", "The specified description is wrongly formed.")
    group = text(call.params, "ResourceGroupId")
    if group and group not in call.world.account.resource_groups:
        raise Fault("InvalidResourceGroup.NotFound", "The ResourceGroup provided does not exist.", 404)


def _check_instance(call: Call, instance: Instance) -> None:
    check_imaging(call.world, instance)
    if "security" in instance.lock_reasons:
        raise Fault(
            "InstanceLockedForSecurity",
            "The specified operation is denied as your instance is locked for security reasons.",
        )
    status = instance_status(call.world, instance, call.now)
    expired = instance.expired_time is not None and instance.expired_time <= call.now
    if status not in {"Running", "Stopped"} or expired:
        raise Fault("IncorrectInstanceStatus", "The current status of the resource does not support this operation.")
    if instance.needs_restart:
        raise Fault(
            "IncorrectInstanceStatus.NeedRestart",
            "The disk attached to the specified instance needs a restart of the instance to take effect.",
            403,
        )
    if instance.hibernation_configured and status == "Stopped":
        raise Fault(
            "HibernationConfigured.InstanceOperationForbidden",
            "The operation is not permitted due to configured hibernation.",
            403,
        )


def _check_disks(call: Call, disks: Sequence[Disk]) -> None:
    if not any(disk.type == "system" for disk in disks):
        raise Fault("InvalidInstance.NotFoundSystemDisk", "The specified instance has no system disk.")
    if any(disk.category not in DISK_CATEGORIES or disk.multi_attach == "Enabled" for disk in disks):
        raise Fault(
            "InvalidDiskCategory.CreateImage",
            "The operation is not supported in this type of disk: its category cannot be part of an image.",
        )
    if sum(disk.type == "data" for disk in disks) > _MAX_DATA_DISKS:
        raise Fault("QuotaExceed.Snapshot", "The snapshot quota of the image is exceeded.", 403)
    if any(disk.status != "In_use" for disk in disks):
        raise Fault("IncorrectDiskStatus", "The current disk status does not support this operation.", 403)
    if any(disk.snapshot_in_progress or _is_being_imaged(call, disk) for disk in disks):
        raise Fault(
            "IncorrectDiskStatus.CreatingSnapshot",
            "A previous snapshot creation is in process. Please try again later.",
            403,
        )


def _is_being_imaged(call: Call, disk: Disk) -> bool:
    """Whether a snapshot of the disk belongs to an image that is not finished."""
    images = (call.world.images.get(snapshot.image_id) for snapshot in call.world.snapshots.by_disk.rows(disk.disk_id))
    return any(image is not None and image_state(image, call.now).status in {"Waiting", "Creating"} for image in images)


def check_account(call: Call) -> None:
    """Refuse what the account cannot have.

    Raises:
        Fault: With the code of the CreateImage page.
    """
    account = call.world.account
    if account.in_arrears:
        raise Fault("InvalidAccountStatus.NotEnoughBalance", "Your account does not have enough balance.", 403)
    if call.world.images.by_owner.count("self") >= account.quotas.images:
        raise Fault("QuotaExceed.Image", "The Image Quota exceeds.", 403)
