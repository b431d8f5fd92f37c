from __future__ import annotations

import pytest
from alibabacloud_ecs20140526.models import DescribeRecommendInstanceTypeRequest
from alibabacloud_tea_openapi.exceptions import ClientException

from tests.contract.sdk_support import Sdk, Shape, check_shape

TYPE: Shape = {"InstanceType": str, "InstanceTypeFamily": str, "Cores": int, "Memory": int, "Generation": str}
ROW: Shape = {
    "Priority": int,
    "RegionId": str,
    "ZoneId": str,
    "InstanceChargeType": str,
    "SpotStrategy": str,
    "NetworkType": str,
    "InstanceType": TYPE,
    "Zones": {"zone": [{"ZoneNo": str, "NetworkTypes": {"NetworkType": [str]}}]},
}


def test_every_field_is_there_with_its_type_and_memory_in_mib(sdk: Sdk) -> None:
    request = DescribeRecommendInstanceTypeRequest(
        region_id="cn-beijing", network_type="vpc", instance_type="ecs.g7.xlarge", zone_id="cn-beijing-k"
    )
    check_shape(sdk.send(request), {"Data": {"RecommendInstanceType": [ROW]}, "RequestId": str})
    kinds = [row["InstanceType"] for row in sdk.rows(request, "Data", "RecommendInstanceType")]
    assert all(isinstance(kind, dict) and kind["Memory"] == 16384 for kind in kinds)
    assert len(kinds) == 4


def test_the_network_type_is_needed(sdk: Sdk) -> None:
    with pytest.raises(ClientException) as refused:
        sdk.send(DescribeRecommendInstanceTypeRequest(region_id="cn-beijing", instance_type="ecs.g7.xlarge"))
    assert refused.value.code == "MissingParameter"
