"""What every image begins with, made of an instance or of snapshots (ECS API, CreateImage)."""

from __future__ import annotations

from collections.abc import Sequence

from ecs_dr.simulator.actions import Call
from ecs_dr.simulator.model_compute import Image, ImageMapping, Instance
from ecs_dr.simulator.params import text


def begin_image(call: Call, image_id: str, mappings: Sequence[ImageMapping], owned: dict[str, str]) -> Image:
    """An image that begins to be made now, as the request wants it; it knows metadata v1 alone, unless v2 is asked for.

    Args:
        call: The request.
        image_id: Its id.
        mappings: Its disks, the system disk first.
        owned: Its tags.
    """
    behaviour = call.world.behaviour
    call.world.images[image_id] = image = Image(
        image_id=image_id,
        image_name=text(call.params, "ImageName", image_id),
        description=text(call.params, "Description"),
        image_family=text(call.params, "ImageFamily"),
        image_version=text(call.params, "ImageVersion"),
        region_id=call.region,
        mappings=list(mappings),
        started_at=call.now,
        creation_time=call.now,
        waiting_seconds=behaviour.image_waiting_seconds,
        seconds=behaviour.image_seconds,
        usable_delay_seconds=behaviour.image_usable_delay_seconds,
        outcome=behaviour.image_outcome,
        imds_support="v2" if text(call.params, "Features.ImdsSupport") == "v2" else "v1",
        resource_group_id=text(call.params, "ResourceGroupId"),
        tags=owned,
    )
    return image


def take_over_the_system(call: Call, image: Image, instance: Instance) -> None:
    """The operating system of the instance whose system disk is in the image, with what its own image is known for."""
    image.os_type, image.os_name, image.os_name_en = instance.os_type, instance.os_name, instance.os_name_en
    image.preset_password = instance.password_set
    before = call.world.images.get(instance.image_id)
    if before is not None:
        image.architecture, image.platform = before.architecture, before.platform
        image.boot_mode, image.nvme_support = before.boot_mode, before.nvme_support
