from __future__ import annotations

from alibabacloud_vpc20160428.models import DescribeVpcsRequest

from tests.contract.sdk_support import Sdk, Shape, check_shape

ROW: Shape = {
    "VpcId": str,
    "VpcName": str,
    "CidrBlock": str,
    "SecondaryCidrBlocks": {"SecondaryCidrBlock": [str]},
    "UserCidrs": {"UserCidr": [str]},
    "Ipv6CidrBlock": str,
    "EnabledIpv6": bool,
    "VSwitchIds": {"VSwitchId": [str]},
    "RouterTableIds": {"RouterTableIds": [str]},
    "NatGatewayIds": {"NatGatewayIds": [str]},
    "VRouterId": str,
    "Status": str,
    "CenStatus": str,
    "IsDefault": bool,
    "OwnerId": int,
    "ResourceGroupId": str,
    "CreationTime": str,
    "Tags": {"Tag": [{"Key": str, "Value": str}]},
}


def test_every_field_that_is_read_is_there_with_its_type(sdk: Sdk) -> None:
    request = DescribeVpcsRequest(region_id="cn-beijing", vpc_id="vpc-2zesource0001", page_size=50)
    numbers: dict[str, Shape] = {"TotalCount": int, "PageNumber": int, "PageSize": int, "RequestId": str}
    check_shape(sdk.send(request), {"Vpcs": {"Vpc": [ROW]}, **numbers})
    (row,) = sdk.rows(request, "Vpcs", "Vpc")
    assert (row["CidrBlock"], row["SecondaryCidrBlocks"]) == (
        "172.16.0.0/12",
        {"SecondaryCidrBlock": ["10.8.0.0/16"]},
    )


def test_an_unknown_vpc_is_an_empty_list(sdk: Sdk) -> None:
    assert sdk.rows(DescribeVpcsRequest(region_id="cn-beijing", vpc_id="vpc-unknown"), "Vpcs", "Vpc") == []
