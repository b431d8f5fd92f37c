from __future__ import annotations

from alibabacloud_ecs20140526.models import DescribeInstanceStatusRequest

from tests.contract.sdk_support import Sdk, Shape, check_shape

NUMBERS: Shape = {"TotalCount": int, "PageNumber": int, "PageSize": int}


def test_ids_and_statuses_are_listed(sdk: Sdk) -> None:
    request = DescribeInstanceStatusRequest(region_id="cn-beijing", instance_id=["i-2zesource0001", "i-unknown"])
    body = sdk.send(request)
    check_shape(body, NUMBERS)
    assert body["InstanceStatuses"] == {
        "InstanceStatus": [{"InstanceId": "i-2zesource0001", "Status": "Running"}],
    }
