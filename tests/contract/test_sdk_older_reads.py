from __future__ import annotations

import pytest
from alibabacloud_ecs20140526.models import (
    DescribeEipAddressesRequest,
    DescribeInstanceTypeFamiliesRequest,
    DescribeSecurityGroupAttributeRequest,
    DescribeTasksRequest,
    DescribeVpcsRequest,
    DescribeVSwitchesRequest,
)
from alibabacloud_tea_openapi.exceptions import ClientException

from tests.contract.sdk_support import Sdk, Shape, World, check_shape

REGION = "cn-beijing"
GROUP = "sg-2zeweb00001"
VPC: Shape = {
    "VpcId": str,
    "VpcName": str,
    "RegionId": str,
    "CidrBlock": str,
    "UserCidrs": {"UserCidr": [str]},
    "VSwitchIds": {"VSwitchId": [str]},
    "VRouterId": str,
    "Status": str,
    "IsDefault": bool,
}
VSWITCH: Shape = {
    "VSwitchId": str,
    "VpcId": str,
    "ZoneId": str,
    "CidrBlock": str,
    "AvailableIpAddressCount": int,
    "Status": str,
    "IsDefault": bool,
    "ResourceGroupId": str,
}
RULE: Shape = {"Direction": str, "IpProtocol": str, "PortRange": str, "Policy": str, "SecurityGroupRuleId": str}
ADDRESS: Shape = {
    "AllocationId": str,
    "IpAddress": str,
    "InstanceId": str,
    "Bandwidth": str,
    "InternetChargeType": str,
    "OperationLocks": {"LockReason": [str]},
    "Status": str,
}


def test_networks_are_listed_by_ecs_as_well(sdk: Sdk) -> None:
    check_shape(sdk.send(DescribeVpcsRequest(region_id=REGION)), {"Vpcs": {"Vpc": [VPC]}, "TotalCount": int})
    request = DescribeVSwitchesRequest(region_id=REGION, vpc_id="vpc-2zesource0001", page_size=50)
    check_shape(sdk.send(request), {"VSwitches": {"VSwitch": [VSWITCH]}, "TotalCount": int})
    assert {row["VpcId"] for row in sdk.rows(request, "VSwitches", "VSwitch")} == {"vpc-2zesource0001"}


def test_a_security_group_has_as_many_rules_as_its_row_counts(sdk: Sdk, world: World) -> None:
    world.state.security_groups[GROUP].rule_count = 3
    request = DescribeSecurityGroupAttributeRequest(region_id=REGION, security_group_id=GROUP)
    check_shape(sdk.send(request), {"Permissions": {"Permission": [RULE]}, "SecurityGroupId": str})
    assert len(sdk.rows(request, "Permissions", "Permission")) == 3
    request.direction = "egress"
    assert sdk.rows(request, "Permissions", "Permission") == []


def test_an_unknown_security_group_is_refused(sdk: Sdk) -> None:
    with pytest.raises(ClientException) as refused:
        sdk.send(DescribeSecurityGroupAttributeRequest(region_id=REGION, security_group_id="sg-unknown"))
    assert refused.value.code == "InvalidSecurityGroupId.NotFound"


def test_families_are_those_of_the_types(sdk: Sdk, world: World) -> None:
    rows = sdk.rows(DescribeInstanceTypeFamiliesRequest(region_id=REGION), "InstanceTypeFamilies", "InstanceTypeFamily")
    assert {row["InstanceTypeFamilyId"] for row in rows} == {t.family for t in world.state.instance_types.values()}
    other = DescribeInstanceTypeFamiliesRequest(region_id=REGION, generation="ecs-0")
    assert sdk.rows(other, "InstanceTypeFamilies", "InstanceTypeFamily") == []


def test_elastic_addresses_are_those_of_the_instances(sdk: Sdk, world: World) -> None:
    request = DescribeEipAddressesRequest(region_id=REGION)
    bound = {i.eip.ip_address for i in world.state.instances.values() if i.eip is not None}
    assert {row["IpAddress"] for row in sdk.rows(request, "EipAddresses", "EipAddress")} == bound
    if bound:
        check_shape(sdk.send(request), {"EipAddresses": {"EipAddress": [ADDRESS]}, "TotalCount": int})


def test_there_are_no_tasks(sdk: Sdk) -> None:
    body = sdk.send(DescribeTasksRequest(region_id=REGION))
    assert (body["TotalCount"], body["TaskSet"]) == (0, {"Task": []})
