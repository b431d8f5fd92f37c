from __future__ import annotations

import pytest
from alibabacloud_ecs20140526.models import (
    CreateImageRequest,
    CreateImageRequestDiskDeviceMapping,
    CreateImageRequestFeatures,
    CreateImageRequestTag,
)
from alibabacloud_tea_openapi.exceptions import ClientException

from ecs_dr.simulator.model_compute import Snapshot
from tests.contract.sdk_support import Sdk, World, check_shape

SOURCE = "i-2zesource0001"


def request(**changes: object) -> CreateImageRequest:
    return CreateImageRequest(
        **{
            "region_id": "cn-beijing",
            "instance_id": SOURCE,
            "image_name": "dr-copy",
            "description": "System image for AZ disaster recovery",
            "client_token": "token-1",
            **changes,
        }
    )


def test_the_image_id_is_returned_at_once(sdk: Sdk, world: World) -> None:
    body = sdk.send(request(tag=[CreateImageRequestTag(key="purpose", value="dr")]))
    check_shape(body, {"ImageId": str, "RequestId": str})
    image = world.state.images[str(body["ImageId"])]
    assert (image.image_name, image.tags) == ("dr-copy", {"purpose": "dr"})
    assert len(image.mappings) == 3


def test_the_same_token_gives_the_same_image(sdk: Sdk, world: World) -> None:
    first = sdk.send(request())["ImageId"]
    assert sdk.send(request())["ImageId"] == first
    assert len([image for image in world.state.images.values() if image.owner_alias == "self"]) == 1


def test_the_same_token_for_another_image_is_a_mismatch(sdk: Sdk) -> None:
    sdk.send(request())
    with pytest.raises(ClientException) as refused:
        sdk.send(request(image_name="another"))
    assert (refused.value.code, refused.value.status_code) == ("IdempotenceParamNotMatch", 400)


@pytest.mark.parametrize(
    ("changes", "code", "status"),
    [
        ({"instance_id": "i-unknown"}, "InvalidInstanceId.NotFound", 404),
        ({"image_name": "1"}, "InvalidImageName.Malformed", 400),
    ],
)
def test_a_wrong_request_is_refused(sdk: Sdk, changes: dict[str, object], code: str, status: int) -> None:
    with pytest.raises(ClientException) as refused:
        sdk.send(request(**changes))
    assert (refused.value.code, refused.value.status_code) == (code, status)


def test_a_name_is_unique(sdk: Sdk) -> None:
    sdk.send(request())
    with pytest.raises(ClientException) as refused:
        sdk.send(request(client_token="token-2"))
    assert refused.value.code == "InvalidImageName.Duplicated"


def test_snapshots_are_mapped_to_the_disks_of_an_image(sdk: Sdk, world: World) -> None:
    world.state.snapshots["s-1"] = Snapshot("d-2zesystem0001", "system", 40, "s-1", instance_id=SOURCE)
    world.state.snapshots["s-2"] = Snapshot("d-2zedata00001", "data", 40, "s-2", instance_id=SOURCE)
    mapping = [
        CreateImageRequestDiskDeviceMapping(snapshot_id="s-1", device="/dev/xvda", disk_type="system", size=40),
        CreateImageRequestDiskDeviceMapping(snapshot_id="s-2", device="/dev/xvdb", disk_type="data", size=60),
    ]
    features = CreateImageRequestFeatures(imds_support="v2")
    image_id = sdk.send(request(instance_id=None, disk_device_mapping=mapping, features=features))["ImageId"]
    image = world.state.images[str(image_id)]
    assert [(one.device, one.size, one.snapshot_id) for one in image.mappings] == [
        ("/dev/xvda", 40, "s-1"),
        ("/dev/xvdb", 60, "s-2"),
    ]
    assert image.imds_support == "v2"
