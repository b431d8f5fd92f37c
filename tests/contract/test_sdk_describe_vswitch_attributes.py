from __future__ import annotations

import pytest
from alibabacloud_tea_openapi.exceptions import ClientException
from alibabacloud_vpc20160428.models import DescribeVSwitchAttributesRequest

from tests.contract.sdk_support import Sdk, Shape, check_shape

ROW: Shape = {
    "VSwitchId": str,
    "VSwitchName": str,
    "VpcId": str,
    "ZoneId": str,
    "CidrBlock": str,
    "Status": str,
    "AvailableIpAddressCount": int,
    "IsDefault": bool,
    "NetworkAclId": str,
    "RouteTable": {"RouteTableId": str, "RouteTableType": str},
    "CreationTime": str,
    "RequestId": str,
}


def test_the_fields_are_at_the_top_level(sdk: Sdk) -> None:
    body = sdk.send(DescribeVSwitchAttributesRequest(region_id="cn-beijing", v_switch_id="vsw-2zek0001"))
    check_shape(body, ROW)
    assert (body["Status"], body["CidrBlock"]) == ("Available", "172.16.32.0/20")


def test_an_unknown_vswitch_is_an_error_here(sdk: Sdk) -> None:
    with pytest.raises(ClientException) as refused:
        sdk.send(DescribeVSwitchAttributesRequest(region_id="cn-beijing", v_switch_id="vsw-unknown"))
    assert (refused.value.code, refused.value.status_code) == ("InvalidVswitchID.NotFound", 404)
