from __future__ import annotations

import pytest
from alibabacloud_ecs20140526.models import DescribeInstanceAttributeRequest
from alibabacloud_tea_openapi.exceptions import ClientException

from tests.contract.sdk_support import Sdk, Shape, check_shape

ROW: Shape = {
    "InstanceId": str,
    "InstanceName": str,
    "Status": str,
    "RegionId": str,
    "ZoneId": str,
    "InstanceType": str,
    "IoOptimized": str,
    "EnableJumboFrame": bool,
    "SecurityGroupIds": {"SecurityGroupId": [str]},
    "VpcAttributes": {"VpcId": str, "VSwitchId": str, "PrivateIpAddress": {"IpAddress": [str]}},
    "OperationLocks": {"LockReason": [{"LockReason": str}]},
}


def test_the_fields_are_at_the_top_level(sdk: Sdk) -> None:
    check_shape(sdk.send(DescribeInstanceAttributeRequest(instance_id="i-2zesource0001")), ROW)


def test_an_unknown_instance_is_an_error_here(sdk: Sdk) -> None:
    with pytest.raises(ClientException) as refused:
        sdk.send(DescribeInstanceAttributeRequest(instance_id="i-unknown"))
    assert (refused.value.code, refused.value.status_code) == ("InvalidInstanceId.NotFound", 404)
