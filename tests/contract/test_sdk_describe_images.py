from __future__ import annotations

from alibabacloud_ecs20140526.models import CreateImageRequest, DescribeImagesRequest

from tests.contract.sdk_support import Sdk, Shape, World, check_shape

SOURCE = "i-2zesource0001"
MAPPING: Shape = {"Device": str, "Type": str, "Size": str, "SnapshotId": str, "Format": str, "Progress": str}
ROW: Shape = {
    "ImageId": str,
    "ImageName": str,
    "Status": str,
    "Usable": bool,
    "Progress": str,
    "Size": int,
    "Architecture": str,
    "OSType": str,
    "Platform": str,
    "OSName": str,
    "BootMode": str,
    "ImageOwnerAlias": str,
    "ProductCode": str,
    "Usage": str,
    "ResourceGroupId": str,
    "CreationTime": str,
    "Description": str,
    "IsSupportIoOptimized": bool,
    "IsSupportCloudinit": bool,
    "Features": {"NvmeSupport": str, "ImdsSupport": str},
    "Tags": {"Tag": [{"TagKey": str, "TagValue": str}]},
    "DiskDeviceMappings": {"DiskDeviceMapping": [MAPPING]},
}


def request(**changes: object) -> DescribeImagesRequest:
    return DescribeImagesRequest(
        **{"region_id": "cn-beijing", "image_owner_alias": "self", "page_size": 100, **changes}
    )


def create(sdk: Sdk) -> str:
    made = CreateImageRequest(
        region_id="cn-beijing", instance_id=SOURCE, image_name="dr-copy", description="a person's own words"
    )
    return str(sdk.send(made)["ImageId"])


def test_every_field_that_is_read_is_there_with_its_type(sdk: Sdk, world: World) -> None:
    image_id = create(sdk)
    world.advance(108)
    body = sdk.send(request(image_id=image_id, status="ALL"))
    numbers = {"PageNumber": int, "PageSize": int, "TotalCount": int, "RegionId": str, "RequestId": str}
    check_shape(body, {"Images": {"Image": [ROW]}, **numbers})
    (row,) = sdk.rows(request(image_id=image_id, status="ALL"), "Images", "Image")
    assert (row["Status"], row["Progress"], row["Usable"]) == ("Creating", "45%", False)
    assert row["Description"] == "a person's own words"


def test_available_images_alone_are_listed_by_default(sdk: Sdk, world: World) -> None:
    image_id = create(sdk)
    world.advance(60)
    assert sdk.rows(request(image_id=image_id), "Images", "Image") == []
    assert len(sdk.rows(request(image_id=image_id, status="ALL"), "Images", "Image")) == 1
    assert len(sdk.rows(request(image_id=image_id, status="Creating,Available"), "Images", "Image")) == 1
    world.advance(180)
    (row,) = sdk.rows(request(image_id=image_id), "Images", "Image")
    assert (row["Status"], row["Progress"], row["Usable"]) == ("Available", "100%", True)


def test_sizes_in_the_mapping_are_strings_and_each_disk_has_its_snapshot(sdk: Sdk, world: World) -> None:
    image_id = create(sdk)
    world.advance(240)
    (row,) = sdk.rows(request(image_id=image_id), "Images", "Image")
    mappings = row["DiskDeviceMappings"]
    assert isinstance(mappings, dict)
    listed = [(each["Device"], each["Type"], each["Size"]) for each in mappings["DiskDeviceMapping"]]
    assert listed == [("/dev/xvda", "system", "40"), ("/dev/xvdb", "data", "100"), ("/dev/xvdc", "data", "200")]
    snapshots = {each["SnapshotId"] for each in mappings["DiskDeviceMapping"]}
    assert snapshots == set(world.state.snapshots)
    assert row["Size"] == 40


def test_a_failed_image_shows_when_its_status_is_asked_for(sdk: Sdk, world: World) -> None:
    world.state.behaviour.image_outcome = "CreateFailed"
    image_id = create(sdk)
    world.advance(240)
    assert sdk.rows(request(image_id=image_id), "Images", "Image") == []
    assert sdk.rows(request(image_id=image_id, status="Creating,Available,UnAvailable"), "Images", "Image") == []
    (row,) = sdk.rows(request(image_id=image_id, status="CreateFailed"), "Images", "Image")
    assert row["Status"] == "CreateFailed"


def test_a_new_image_is_invisible_for_a_moment(sdk: Sdk) -> None:
    image_id = create(sdk)
    assert sdk.rows(request(image_id=image_id, status="ALL"), "Images", "Image") == []
