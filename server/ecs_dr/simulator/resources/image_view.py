"""An image as DescribeImages writes it (ECS API, DescribeImages, response parameters)."""

from __future__ import annotations

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.actions import Call
from ecs_dr.simulator.clock import timestamp
from ecs_dr.simulator.lifecycle import image_state
from ecs_dr.simulator.model_compute import Image
from ecs_dr.simulator.resources.instance_view import ecs_tags


def image_view(call: Call, image: Image) -> dict[str, Json]:
    """The image's entry. `Size` is that of the system disk; a mapping's `Size` is a string."""
    state = image_state(image, call.now)
    used = call.world.instances.by_image.count(image.image_id) > 0
    view: dict[str, Json] = {
        "ImageId": image.image_id,
        "ImageName": image.image_name,
        "Status": state.status,
        "Usable": state.usable,
        "Progress": state.progress,
        "Description": image.description,
        "ImageOwnerAlias": image.owner_alias,
        "ImageOwnerId": int(call.world.account.owner_id) if image.owner_alias == "self" else 0,
        "Size": next((mapping.size for mapping in image.mappings if mapping.type == "system"), 0),
        "Architecture": image.architecture,
        "OSType": image.os_type,
        "Platform": image.platform,
        "OSName": image.os_name,
        "OSNameEn": image.os_name_en,
        "BootMode": image.boot_mode,
        "ImageFamily": image.image_family,
        "ImageVersion": image.image_version,
        "IsSupportIoOptimized": True,
        "IsSupportCloudinit": True,
        "IsSubscribed": False,
        "IsCopied": False,
        "IsSelfShared": "",
        "IsPublic": image.owner_alias == "system",
        "LoginAsNonRootSupported": image.login_as_non_root,
        "ProductCode": image.product_code,
        "Usage": "instance" if used else "none",
        "ResourceGroupId": image.resource_group_id,
        "CreationTime": timestamp(image.creation_time),
        "Features": {"ImdsSupport": image.imds_support, "NvmeSupport": image.nvme_support},
        "Tags": ecs_tags(image.tags),
        "DiskDeviceMappings": {"DiskDeviceMapping": _mappings(call, image)},
    }
    if image.detection:
        finished = state.status == "Available"
        view["DetectionOptions"] = {"Status": "Finished" if finished else "Processing", "Items": {"Item": []}}
    return view


def _mappings(call: Call, image: Image) -> list[Json]:
    progress = image_state(image, call.now).progress
    return [
        {
            "Device": mapping.device,
            **({"Type": mapping.type} if call.world.variants["mapping_type"] == "told" else {}),
            "Size": str(mapping.size),
            "SnapshotId": mapping.snapshot_id,
            "Format": "",
            "Progress": progress,
            "RemainTime": 0,
            "Encrypted": mapping.encrypted,
            "ImportOSSBucket": "",
            "ImportOSSObject": "",
        }
        for mapping in image.mappings
    ]
