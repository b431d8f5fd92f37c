from __future__ import annotations

from alibabacloud_ecs20140526.models import DescribeNetworkInterfacesRequest

from tests.contract.sdk_support import Sdk, Shape, check_shape

ROW: Shape = {
    "NetworkInterfaceId": str,
    "Type": str,
    "Status": str,
    "InstanceId": str,
    "VpcId": str,
    "VSwitchId": str,
    "ZoneId": str,
    "PrivateIpAddress": str,
    "PrivateIpSets": {"PrivateIpSet": [{"PrivateIpAddress": str, "Primary": bool}]},
    "Ipv6Sets": {"Ipv6Set": [{"Ipv6Address": str}]},
    "MacAddress": str,
    "SecurityGroupIds": {"SecurityGroupId": [str]},
}


def test_the_interfaces_of_an_instance_are_listed(sdk: Sdk) -> None:
    request = DescribeNetworkInterfacesRequest(region_id="cn-beijing", instance_id="i-2zesource0001", max_results=500)
    check_shape(sdk.send(request), {"NetworkInterfaceSets": {"NetworkInterfaceSet": [ROW]}, "NextToken": str})
    rows = sdk.rows(request, "NetworkInterfaceSets", "NetworkInterfaceSet")
    assert [(row["Type"], row["PrivateIpAddress"]) for row in rows] == [("Primary", "172.16.0.10")]
