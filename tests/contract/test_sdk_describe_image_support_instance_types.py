from __future__ import annotations

from alibabacloud_ecs20140526.models import DescribeImageSupportInstanceTypesRequest

from tests.contract.sdk_support import Sdk, Shape, check_shape

ROW: Shape = {"InstanceTypeId": str, "InstanceTypeFamily": str, "CpuCoreCount": int, "MemorySize": (int, float)}


def test_an_image_runs_on_types_of_its_architecture(sdk: Sdk) -> None:
    request = DescribeImageSupportInstanceTypesRequest(
        region_id="cn-beijing", image_id="aliyun_3_arm64_20G_alibase_20240528.vhd"
    )
    check_shape(sdk.send(request), {"InstanceTypes": {"InstanceType": [ROW]}, "RequestId": str})
    kinds = [row["InstanceTypeId"] for row in sdk.rows(request, "InstanceTypes", "InstanceType")]
    assert kinds == ["ecs.g8y.xlarge"]
