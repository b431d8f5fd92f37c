from __future__ import annotations

from alibabacloud_ecs20140526.models import DescribeKeyPairsRequest

from tests.contract.sdk_support import Sdk, Shape, check_shape

ROW: Shape = {"KeyPairName": str, "KeyPairFingerPrint": str, "CreationTime": str, "ResourceGroupId": str}


def test_key_pairs_are_listed_by_name(sdk: Sdk) -> None:
    request = DescribeKeyPairsRequest(region_id="cn-beijing", key_pair_name="prod-*")
    check_shape(sdk.send(request), {"KeyPairs": {"KeyPair": [ROW]}, "TotalCount": int})
    assert [row["KeyPairName"] for row in sdk.rows(request, "KeyPairs", "KeyPair")] == ["prod-key"]
