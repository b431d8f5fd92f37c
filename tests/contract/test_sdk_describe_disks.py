from __future__ import annotations

from alibabacloud_ecs20140526.models import DescribeDisksRequest

from ecs_dr.simulator.model_compute import Disk
from tests.contract.sdk_support import Sdk, Shape, World, check_shape

SOURCE = "i-2zesource0001"
ROW: Shape = {
    "DiskId": str,
    "DiskName": str,
    "Description": str,
    "Type": str,
    "Category": str,
    "PerformanceLevel": str,
    "Size": int,
    "Device": str,
    "Status": str,
    "InstanceId": str,
    "RegionId": str,
    "ZoneId": str,
    "Portable": bool,
    "DeleteWithInstance": bool,
    "DeleteAutoSnapshot": bool,
    "Encrypted": bool,
    "KMSKeyId": str,
    "BurstingEnabled": bool,
    "ProvisionedIops": int,
    "AutoSnapshotPolicyId": str,
    "MultiAttach": str,
    "SourceSnapshotId": str,
    "ImageId": str,
    "DiskChargeType": str,
    "ResourceGroupId": str,
    "CreationTime": str,
    "OperationLocks": {"OperationLock": [{"LockReason": str}]},
    "Tags": {"Tag": [{"TagKey": str, "TagValue": str}]},
}


def request(**changes: object) -> DescribeDisksRequest:
    return DescribeDisksRequest(**{"region_id": "cn-beijing", "instance_id": SOURCE, **changes})


def test_every_field_that_is_read_is_there_with_its_type(sdk: Sdk) -> None:
    body = sdk.send(request(max_results=500))
    check_shape(body, {"Disks": {"Disk": [ROW]}, "NextToken": str, "RequestId": str})
    disks = {str(row["Device"]): row for row in sdk.rows(request(max_results=500), "Disks", "Disk")}
    assert {device: (disk["Category"], disk["PerformanceLevel"]) for device, disk in disks.items()} == {
        "/dev/xvda": ("cloud_essd", "PL0"),
        "/dev/xvdb": ("cloud_essd", "PL1"),
        "/dev/xvdc": ("cloud_auto", ""),
    }
    assert (disks["/dev/xvdc"]["BurstingEnabled"], disks["/dev/xvdc"]["ProvisionedIops"]) == (True, 1000)


def test_ten_disks_are_listed_unless_more_are_asked_for(sdk: Sdk, world: World) -> None:
    for number in range(12):
        disk = Disk(
            disk_id=f"d-more{number:02}",
            instance_id=SOURCE,
            type="data",
            category="cloud_essd",
            size=20,
            zone_id="cn-beijing-h",
            device=f"/dev/xvd{chr(ord('d') + number)}",
        )
        world.state.disks[disk.disk_id] = disk
    assert len(sdk.rows(request(), "Disks", "Disk")) == 10
    first = sdk.send(request(max_results=10))
    assert first["NextToken"] != ""
    rest = sdk.send(request(max_results=10, next_token=first["NextToken"]))
    assert rest["NextToken"] == ""
    assert len(sdk.rows(request(max_results=500), "Disks", "Disk")) == 15


def test_an_unknown_instance_has_no_disks(sdk: Sdk) -> None:
    assert sdk.rows(request(instance_id="i-unknown"), "Disks", "Disk") == []
