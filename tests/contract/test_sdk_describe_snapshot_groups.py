from __future__ import annotations

from alibabacloud_ecs20140526.models import DescribeSnapshotGroupsRequest

from ecs_dr.simulator.model_compute import Snapshot, SnapshotGroup
from tests.contract.sdk_support import SOURCE, Sdk, Shape, World, check_shape

MEMBER: Shape = {"SnapshotId": str, "SourceDiskId": str, "SourceDiskType": str, "Progress": str, "Available": bool}
GROUP: Shape = {
    "SnapshotGroupId": str,
    "InstanceId": str,
    "Status": str,
    "CreationTime": str,
    "Name": str,
    "Tags": {"Tag": [{"Key": str, "Value": str}]},
    "Snapshots": {"Snapshot": [MEMBER]},
}


def test_a_group_is_told_with_its_members_and_with_tags_of_another_spelling(sdk: Sdk, world: World) -> None:
    world.state.snapshot_groups["ssg-2ze1"] = SnapshotGroup(
        instance_id=SOURCE, snapshot_group_id="ssg-2ze1", tags={"plan": "nightly"}
    )
    world.state.snapshots["s-2ze1"] = Snapshot(
        "d-2zesystem0001", "system", 40, "s-2ze1", snapshot_group_id="ssg-2ze1", instance_id=SOURCE
    )
    request = DescribeSnapshotGroupsRequest(region_id="cn-beijing", instance_id=SOURCE, max_results=100)
    body = sdk.send(request)
    check_shape(body, {"SnapshotGroups": {"SnapshotGroup": [GROUP]}, "NextToken": str, "RequestId": str})
    (group,) = sdk.rows(request, "SnapshotGroups", "SnapshotGroup")
    assert group["Tags"] == {"Tag": [{"Key": "plan", "Value": "nightly"}]}
