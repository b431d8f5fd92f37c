from __future__ import annotations

import pytest
from alibabacloud_ecs20140526.models import DescribeInstanceTypesRequest
from alibabacloud_tea_openapi.exceptions import ClientException

from tests.contract.sdk_support import Sdk, Shape, check_shape

ROW: Shape = {
    "InstanceTypeId": str,
    "InstanceTypeFamily": str,
    "CpuCoreCount": int,
    "MemorySize": float,
    "CpuArchitecture": str,
    "LocalStorageCategory": str,
    "DiskQuantity": int,
    "EniQuantity": int,
    "EniPrivateIpAddressQuantity": int,
    "NvmeSupport": str,
    "SupportedBootModes": {"SupportedBootMode": [str]},
    "GPUAmount": int,
    "GPUSpec": str,
    "JumboFrameSupport": bool,
    "CpuOptions": {"Core": int, "ThreadsPerCore": int, "HyperThreadingAdjustable": bool},
}


def test_every_field_that_is_read_is_there_with_its_type(sdk: Sdk) -> None:
    named = DescribeInstanceTypesRequest(instance_types=["ecs.g7.xlarge", "ecs.g8y.xlarge", "ecs.unknown.large"])
    body = sdk.send(named)
    check_shape(body, {"InstanceTypes": {"InstanceType": [ROW]}, "NextToken": str, "RequestId": str})
    rows = {row["InstanceTypeId"]: row["CpuArchitecture"] for row in sdk.rows(named, "InstanceTypes", "InstanceType")}
    assert rows == {"ecs.g7.xlarge": "X86", "ecs.g8y.xlarge": "ARM"}


def test_local_storage_has_its_amount_and_size(sdk: Sdk) -> None:
    named = DescribeInstanceTypesRequest(instance_types=["ecs.i3.xlarge"])
    (row,) = sdk.rows(named, "InstanceTypes", "InstanceType")
    check_shape(row, {"LocalStorageAmount": int, "LocalStorageCapacity": int})


def test_pages_are_followed_by_token(sdk: Sdk) -> None:
    first = sdk.send(DescribeInstanceTypesRequest(max_results=5))
    second = sdk.send(DescribeInstanceTypesRequest(max_results=5, next_token=first["NextToken"]))
    assert second["NextToken"] == ""


def test_more_than_ten_types_are_refused(sdk: Sdk) -> None:
    with pytest.raises(ClientException) as refused:
        sdk.send(DescribeInstanceTypesRequest(instance_types=["ecs.g7.xlarge"] * 11))
    assert refused.value.code == "InvalidParameter"
