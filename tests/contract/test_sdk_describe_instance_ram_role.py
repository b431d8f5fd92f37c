from __future__ import annotations

import json

from alibabacloud_ecs20140526.models import DescribeInstanceRamRoleRequest

from tests.contract.sdk_support import Sdk, check_shape


def test_the_role_of_an_instance_is_named(sdk: Sdk) -> None:
    request = DescribeInstanceRamRoleRequest(
        region_id="cn-beijing", instance_ids=json.dumps(["i-2zesource0001"]), page_size=50
    )
    check_shape(sdk.send(request), {"RegionId": str, "TotalCount": int, "RequestId": str})
    assert sdk.rows(request, "InstanceRamRoleSets", "InstanceRamRoleSet") == [
        {"InstanceId": "i-2zesource0001", "RamRoleName": "ShopWebRole"}
    ]
