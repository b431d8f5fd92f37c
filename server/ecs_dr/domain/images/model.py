"""Images: the request for one, what the cloud says of one, and the names the API accepts."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field

from ecs_dr.domain.disks.model import DiskMapping, DiskType
from ecs_dr.domain.model import JsonObject, Model, Tag, as_parameters

IMAGE_DESCRIPTION = "System image for AZ disaster recovery"

_NAME = re.compile(r"[A-Za-z\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff:_-]{1,127}")


def is_image_name(name: str) -> bool:
    """Whether it keeps to the strictest of the published rules (CreateImage, ImageName).

    2-128 characters, a letter or a Chinese character first, then these, digits, `:`, `_` and `-`; not `http://`,
    `https://`, `acs:` or `aliyun` at the start. Texts of the API disagree about `.`, which is left out; a name that
    the cloud refuses all the same is asked for again.
    """
    lowered = name.lower()
    return bool(_NAME.fullmatch(name)) and not lowered.startswith(("acs:", "aliyun", "http:", "https:"))


class RequestedDisk(Model):
    """One disk of an image of snapshots (CreateImage, DiskDeviceMapping.N)."""

    snapshot_id: str = Field(min_length=1)
    """Without one the cloud would put an empty disk there."""
    device: str
    """Empty: the cloud assigns the next, in order."""
    type: DiskType
    size_gib: int | None
    """None: the snapshot's own."""

    def parameters(self) -> JsonObject:
        """The entry as sent."""
        optional: JsonObject = {"Device": self.device} if self.device else {}
        if self.size_gib is not None:
            optional["Size"] = self.size_gib
        return {"SnapshotId": self.snapshot_id, "DiskType": self.type, **optional}


class ImageRequest(Model):
    """An image to be created (CreateImage): of a whole instance, or of snapshots where `disks` says which."""

    region_id: str
    instance_id: str
    """The source. Sent for a whole-instance image alone: beside a mapping it would image the source instead."""
    image_name: str
    description: str = IMAGE_DESCRIPTION
    resource_group_id: str = ""
    """The source's: the image and its snapshots go there (CreateImage, ResourceGroupId). Empty: the default group."""
    disks: tuple[RequestedDisk, ...] = ()
    """The system disk first."""
    imds_v2: bool = False
    """Of snapshots alone: such an image knows metadata v1 only, unless v2 is asked for (Features.ImdsSupport)."""
    tags: tuple[Tag, ...] = ()

    def parameters(self) -> JsonObject:
        """The parameters as sent, without the ClientToken."""
        params: JsonObject = {"RegionId": self.region_id}
        if self.disks:
            params["DiskDeviceMapping"] = [disk.parameters() for disk in self.disks]
            if self.imds_v2:
                params["Features"] = {"ImdsSupport": "v2"}
        else:
            params["InstanceId"] = self.instance_id
        params |= {"ImageName": self.image_name, "Description": self.description}
        if self.resource_group_id:
            params["ResourceGroupId"] = self.resource_group_id
        if self.tags:
            params["Tag"] = as_parameters(self.tags)
        return params


ImagePhase = Literal["building", "ready", "failed"]


EVERY_STATUS = "Creating,Waiting,Available,UnAvailable,CreateFailed,Deprecated"
"""To ask for (DescribeImages, Status): without it Available images alone are listed, and one that is being made, or has
failed, looks as if it were not there. Not every region knows `ALL`."""


class Image(Model):
    """An image as DescribeImages reports it."""

    image_id: str
    name: str
    status: str
    """Waiting, Creating, Available, UnAvailable, CreateFailed or Deprecated."""
    usable: bool | None = None
    """Present in newer regions: an Available image that is not yet usable cannot be launched."""
    progress: int | None = None
    """Percent; None while the API leaves it empty."""
    architecture: str = ""
    os_type: str = ""
    os_name: str = ""
    boot_mode: str = ""
    imds_support: str = ""
    nvme_support: str = ""
    product_code: str = ""
    creation_time: str = ""
    description: str = ""
    mappings: tuple[DiskMapping, ...] = ()
    tags: tuple[Tag, ...] = ()

    @property
    def can_be_rehearsed(self) -> bool:
        """Whether a launch can be tried out with it: it is ready, and none of the Marketplace."""
        return self.phase == "ready" and not self.product_code

    @property
    def phase(self) -> ImagePhase:
        """Whether it can be launched, will be, or never will."""
        if self.status in {"UnAvailable", "CreateFailed", "Deprecated", GONE}:
            return "failed"
        if self.status == "Available" and self.usable is not False:
            return "ready"
        return "building"


def unread_image(image_id: str) -> Image:
    """Stands for the source's own image where nobody could read it: it says nothing that a launch could rest on."""
    return Image(image_id=image_id, name="", status="UnAvailable")


GONE = "gone"
"""The status of an image that is not there any more; the cloud has no word for it."""


def no_image(image_id: str) -> Image:
    """An image of which only the id is known: somebody deleted it."""
    return Image(image_id=image_id, name="", status=GONE)
