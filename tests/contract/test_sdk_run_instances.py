from __future__ import annotations

import json

import pytest
from alibabacloud_ecs20140526.models import (
    CreateImageRequest,
    DescribeDisksRequest,
    DescribeInstancesRequest,
    RunInstancesRequest,
    RunInstancesRequestDataDisk,
    RunInstancesRequestSystemDisk,
    RunInstancesRequestTag,
)
from alibabacloud_tea_openapi.exceptions import ClientException

from tests.contract.sdk_support import Sdk, World, check_shape


def available_image(sdk: Sdk, world: World) -> str:
    made = CreateImageRequest(region_id="cn-beijing", instance_id="i-2zesource0001", image_name="dr-copy")
    image_id = str(sdk.send(made)["ImageId"])
    world.advance(300)
    return image_id


def request(from_image: str, /, **changes: object) -> RunInstancesRequest:
    return RunInstancesRequest(
        **{
            "region_id": "cn-beijing",
            "zone_id": "cn-beijing-k",
            "image_id": from_image,
            "instance_type": "ecs.g7.xlarge",
            "v_switch_id": "vsw-2zek0001",
            "security_group_ids": ["sg-2zeweb00001", "sg-2zeops00001"],
            "instance_name": "prod-web-dr",
            "instance_charge_type": "PostPaid",
            "internet_charge_type": "PayByTraffic",
            "internet_max_bandwidth_out": 5,
            "system_disk": RunInstancesRequestSystemDisk(category="cloud_essd", size="40", performance_level="PL0"),
            "data_disk": [
                RunInstancesRequestDataDisk(
                    device="/dev/xvdb", category="cloud_essd", size=100, performance_level="PL1"
                ),
                RunInstancesRequestDataDisk(
                    device="/dev/xvdc", category="cloud_auto", size=200, bursting_enabled=True, encrypted="false"
                ),
            ],
            "tag": [RunInstancesRequestTag(key="purpose", value="dr")],
            "amount": 1,
            "client_token": "token-1",
            **changes,
        }
    )


def replica(sdk: Sdk, instance_id: str) -> list[dict[str, object]]:
    query = DescribeInstancesRequest(region_id="cn-beijing", instance_ids=json.dumps([instance_id]), max_results=100)
    return sdk.rows(query, "Instances", "Instance")


def disks(sdk: Sdk, instance_id: str) -> dict[str, dict[str, object]]:
    query = DescribeDisksRequest(region_id="cn-beijing", instance_id=instance_id, max_results=500)
    return {str(row["Device"]): row for row in sdk.rows(query, "Disks", "Disk")}


def test_one_instance_is_made_of_the_image(sdk: Sdk, world: World) -> None:
    image_id = available_image(sdk, world)
    body = sdk.send(request(image_id))
    check_shape(body, {"InstanceIdSets": {"InstanceIdSet": [str]}, "TradePrice": (int, float), "RequestId": str})
    ids = body["InstanceIdSets"]
    assert isinstance(ids, dict)
    (instance_id,) = ids["InstanceIdSet"]
    assert replica(sdk, instance_id) == []
    world.advance(3)
    assert [row["Status"] for row in replica(sdk, instance_id)] == ["Pending"]
    world.advance(5)
    assert [row["Status"] for row in replica(sdk, instance_id)] == ["Starting"]
    world.advance(60)
    (row,) = replica(sdk, instance_id)
    assert (row["Status"], row["ZoneId"], row["InstanceName"]) == ("Running", "cn-beijing-k", "prod-web-dr")
    address = row["PublicIpAddress"]
    assert isinstance(address, dict)
    assert len(address["IpAddress"]) == 1


def test_overrides_by_device_keep_the_content_of_the_image(sdk: Sdk, world: World) -> None:
    image_id = available_image(sdk, world)
    ids = sdk.send(request(image_id))["InstanceIdSets"]
    assert isinstance(ids, dict)
    world.advance(60)
    found = disks(sdk, ids["InstanceIdSet"][0])
    snapshots = {mapping.device: mapping.snapshot_id for mapping in world.state.images[image_id].mappings}
    # As recorded: a system disk of a custom image has no SourceSnapshotId, but the image's id.
    assert {device: disk["SourceSnapshotId"] for device, disk in found.items()} == {**snapshots, "/dev/xvda": ""}
    assert found["/dev/xvda"]["ImageId"] == image_id
    shown = {device: (disk["Category"], disk["PerformanceLevel"], disk["Size"]) for device, disk in found.items()}
    assert shown == {
        "/dev/xvda": ("cloud_essd", "PL0", 40),
        "/dev/xvdb": ("cloud_essd", "PL1", 100),
        "/dev/xvdc": ("cloud_auto", "", 200),
    }


def test_the_same_token_makes_one_instance(sdk: Sdk, world: World) -> None:
    image_id = available_image(sdk, world)
    first = sdk.send(request(image_id))["InstanceIdSets"]
    assert sdk.send(request(image_id))["InstanceIdSets"] == first
    assert len(world.state.instances) == 2
    with pytest.raises(ClientException) as refused:
        sdk.send(request(image_id, instance_name="another"))
    assert refused.value.code == "IdempotentParameterMismatch"


def test_a_dry_run_makes_nothing(sdk: Sdk, world: World) -> None:
    image_id = available_image(sdk, world)
    with pytest.raises(ClientException) as passed:
        sdk.send(request(image_id, dry_run=True, client_token=None))
    assert (passed.value.code, passed.value.status_code) == ("DryRunOperation", 400)
    assert len(world.state.instances) == 1


@pytest.mark.parametrize(
    ("changes", "code", "status"),
    [
        ({"zone_id": "cn-beijing-i"}, "InvalidParameter.Mismatch", 400),
        ({"instance_type": "ecs.unknown.large"}, "InvalidInstanceType.ValueNotSupported", 400),
        ({"security_group_id": "sg-2zeweb00001"}, "InvalidSecurityGroupId.SingleIdAndMultiIdConflict", None),
        ({"v_switch_id": "vsw-unknown"}, "InvalidVSwitchId.NotFound", 404),
        ({"image_id": "m-unknown"}, "InvalidImageId.NotFound", 404),
    ],
)
def test_a_launch_that_cannot_be_is_refused(
    sdk: Sdk, world: World, changes: dict[str, object], code: str, status: int | None
) -> None:
    image_id = available_image(sdk, world)
    with pytest.raises(ClientException) as refused:
        sdk.send(request(image_id, **changes))
    assert refused.value.code == code
    assert status in {None, refused.value.status_code}
    assert len(world.state.instances) == 1


def test_no_stock_is_refused_with_403(sdk: Sdk, world: World) -> None:
    image_id = available_image(sdk, world)
    world.state.stock["cn-beijing-k"]["ecs.g7.xlarge"] = "WithoutStock"
    with pytest.raises(ClientException) as refused:
        sdk.send(request(image_id))
    assert (refused.value.code, refused.value.status_code) == ("OperationDenied.NoStock", 403)
