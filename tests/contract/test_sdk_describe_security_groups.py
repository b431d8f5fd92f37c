from __future__ import annotations

import json

from alibabacloud_ecs20140526.models import DescribeSecurityGroupsRequest

from tests.contract.sdk_support import Sdk, Shape, check_shape

ROW: Shape = {
    "SecurityGroupId": str,
    "SecurityGroupName": str,
    "SecurityGroupType": str,
    "Description": str,
    "VpcId": str,
    "ServiceManaged": bool,
    "ServiceID": int,
    "RuleCount": int,
    "EcsCount": int,
    "AvailableInstanceAmount": int,
    "ResourceGroupId": str,
    "CreationTime": str,
    "Tags": {"Tag": [{"TagKey": str, "TagValue": str}]},
}


def request(**changes: object) -> DescribeSecurityGroupsRequest:
    return DescribeSecurityGroupsRequest(**{"region_id": "cn-beijing", "max_results": 100, **changes})


def test_every_field_that_is_read_is_there_with_its_type(sdk: Sdk) -> None:
    groups: Shape = {"SecurityGroup": [ROW]}
    check_shape(sdk.send(request()), {"SecurityGroups": groups, "NextToken": str, "RegionId": str, "RequestId": str})


def test_groups_are_named_in_a_json_list(sdk: Sdk) -> None:
    named = request(security_group_ids=json.dumps(["sg-2zeweb00001", "sg-2zemanaged1", "sg-unknown"]))
    rows = {row["SecurityGroupId"]: row["ServiceManaged"] for row in sdk.rows(named, "SecurityGroups", "SecurityGroup")}
    assert rows == {"sg-2zeweb00001": False, "sg-2zemanaged1": True}


def test_another_region_has_no_groups(sdk: Sdk) -> None:
    assert sdk.rows(request(region_id="cn-hangzhou"), "SecurityGroups", "SecurityGroup") == []
