from __future__ import annotations

from alibabacloud_vpc20160428.models import DescribeRouteEntryListRequest, DescribeRouteTableListRequest

from tests.contract.sdk_support import Sdk, Shape, check_shape

TABLE: Shape = {
    "RouteTableId": str,
    "RouteTableType": str,
    "VpcId": str,
    "Status": str,
    "VSwitchIds": {"VSwitchId": [str]},
}
ENTRY: Shape = {
    "DestinationCidrBlock": str,
    "RouteTableId": str,
    "Status": str,
    "Type": str,
    "NextHops": {"NextHop": [{"NextHopType": str, "NextHopId": str}]},
}


def test_a_vpc_has_its_system_route_table(sdk: Sdk) -> None:
    request = DescribeRouteTableListRequest(region_id="cn-beijing", vpc_id="vpc-2zesource0001", page_size=50)
    check_shape(sdk.send(request), {"RouterTableList": {"RouterTableListType": [TABLE]}, "TotalCount": int})
    rows = sdk.rows(request, "RouterTableList", "RouterTableListType")
    assert [row["RouteTableType"] for row in rows] == ["System"]


def test_custom_entries_have_their_destination(sdk: Sdk) -> None:
    request = DescribeRouteEntryListRequest(region_id="cn-beijing", route_table_id="vtb-2zesystem0001")
    check_shape(sdk.send(request), {"RouteEntrys": {"RouteEntry": [ENTRY]}})
    rows = sdk.rows(request, "RouteEntrys", "RouteEntry")
    assert [row["DestinationCidrBlock"] for row in rows] == ["192.168.100.0/24"]
