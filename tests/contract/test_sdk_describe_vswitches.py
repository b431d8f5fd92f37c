from __future__ import annotations

import pytest
from alibabacloud_tea_openapi.exceptions import ClientException
from alibabacloud_vpc20160428.models import DescribeVSwitchesRequest

from tests.contract.sdk_support import Sdk, Shape, check_shape

VPC = "vpc-2zesource0001"
ROW: Shape = {
    "VSwitchId": str,
    "VSwitchName": str,
    "VpcId": str,
    "ZoneId": str,
    "CidrBlock": str,
    "Ipv6CidrBlock": str,
    "EnabledIpv6": bool,
    "Status": str,
    "AvailableIpAddressCount": int,
    "IsDefault": bool,
    "NetworkAclId": str,
    "RouteTable": {"RouteTableId": str, "RouteTableType": str},
    "ResourceGroupId": str,
    "OwnerId": int,
    "ShareType": str,
    "CreationTime": str,
    "Description": str,
    "Tags": {"Tag": [{"Key": str, "Value": str}]},
}


def request(**changes: object) -> DescribeVSwitchesRequest:
    return DescribeVSwitchesRequest(**{"region_id": "cn-beijing", "vpc_id": VPC, "page_size": 50, **changes})


def test_every_field_that_is_read_is_there_with_its_type(sdk: Sdk) -> None:
    numbers: dict[str, Shape] = {"TotalCount": int, "PageNumber": int, "PageSize": int, "RequestId": str}
    check_shape(sdk.send(request()), {"VSwitches": {"VSwitch": [ROW]}, **numbers})
    counts = {row["VSwitchId"]: row["AvailableIpAddressCount"] for row in sdk.rows(request(), "VSwitches", "VSwitch")}
    assert counts == {"vsw-2zeh0001": 4091, "vsw-2zek0001": 4080, "vsw-2zei0001": 252}


def test_a_zone_without_vswitches_is_an_empty_list(sdk: Sdk) -> None:
    assert sdk.rows(request(zone_id="cn-beijing-l"), "VSwitches", "VSwitch") == []


def test_a_page_of_more_than_fifty_is_refused(sdk: Sdk) -> None:
    with pytest.raises(ClientException) as refused:
        sdk.send(request(page_size=100))
    assert refused.value.code == "InvalidParameter"
