from __future__ import annotations

from alibabacloud_ecs20140526.models import DescribeRegionsRequest

from tests.contract.sdk_support import Sdk, Shape, check_shape

ROW: Shape = {"RegionId": str, "RegionEndpoint": str, "LocalName": str, "Status": str}


def test_every_region_has_its_endpoint(sdk: Sdk) -> None:
    request = DescribeRegionsRequest(accept_language="en-US")
    check_shape(sdk.send(request), {"Regions": {"Region": [ROW]}, "RequestId": str})
    endpoints = {row["RegionId"]: row["RegionEndpoint"] for row in sdk.rows(request, "Regions", "Region")}
    assert endpoints["cn-beijing"] == "ecs.cn-beijing.aliyuncs.com"
