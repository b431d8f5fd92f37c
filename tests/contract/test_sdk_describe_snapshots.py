from __future__ import annotations

from alibabacloud_ecs20140526.models import CreateImageRequest, DescribeSnapshotsRequest

from tests.contract.sdk_support import Sdk, Shape, World, check_shape

ROW: Shape = {
    "SnapshotId": str,
    "SnapshotName": str,
    "SnapshotType": str,
    "Status": str,
    "Progress": str,
    "Available": bool,
    "SourceDiskId": str,
    "SourceDiskType": str,
    "SourceDiskSize": str,
    "Encrypted": bool,
    "Usage": str,
    "CreationTime": str,
    "Tags": {"Tag": [{"TagKey": str, "TagValue": str}]},
}


def test_an_image_makes_a_snapshot_of_each_cloud_disk(sdk: Sdk, world: World) -> None:
    sdk.send(CreateImageRequest(region_id="cn-beijing", instance_id="i-2zesource0001", image_name="dr-copy"))
    request = DescribeSnapshotsRequest(region_id="cn-beijing", instance_id="i-2zesource0001", max_results=100)
    world.advance(60)
    check_shape(sdk.send(request), {"Snapshots": {"Snapshot": [ROW]}, "NextToken": str, "RequestId": str})
    assert {row["Status"] for row in sdk.rows(request, "Snapshots", "Snapshot")} == {"progressing"}
    world.advance(180)
    done = sdk.rows(request, "Snapshots", "Snapshot")
    assert {row["SourceDiskId"] for row in done} == {"d-2zesystem0001", "d-2zedata00001", "d-2zedata00002"}
    assert {(row["Status"], row["Progress"]) for row in done} == {("accomplished", "100%")}
