from __future__ import annotations

import json

import pytest
from alibabacloud_ecs20140526.models import DescribeInstancesRequest
from alibabacloud_tea_openapi.exceptions import ClientException

from tests.contract.sdk_support import Sdk, Shape, World, check_shape

SOURCE = "i-2zesource0001"
OPTIONS = ["META_OPTIONS", "NETWORK_PRIMARY_ENI_IP", "LOGIN_AS_NON_ROOT"]
ADDRESSES: Shape = {"IpAddress": [str]}
INTERFACE: Shape = {
    "NetworkInterfaceId": str,
    "Type": str,
    "PrimaryIpAddress": str,
    "MacAddress": str,
    "PrivateIpSets": {"PrivateIpSet": [{"PrivateIpAddress": str, "Primary": bool}]},
}
ROW: Shape = {
    "InstanceId": str,
    "InstanceName": str,
    "Description": str,
    "HostName": str,
    "RegionId": str,
    "ZoneId": str,
    "Status": str,
    "InstanceType": str,
    "InstanceTypeFamily": str,
    "Cpu": int,
    "Memory": int,
    "ImageId": str,
    "OSName": str,
    "OSNameEn": str,
    "OSType": str,
    "IoOptimized": bool,
    "InstanceChargeType": str,
    "ExpiredTime": str,
    "AutoReleaseTime": str,
    "SpotStrategy": str,
    "StoppedMode": str,
    "CreditSpecification": str,
    "DeletionProtection": bool,
    "KeyPairName": str,
    "ResourceGroupId": str,
    "InstanceNetworkType": str,
    "InternetChargeType": str,
    "InternetMaxBandwidthOut": int,
    "InternetMaxBandwidthIn": int,
    "VpcAttributes": {"VpcId": str, "VSwitchId": str, "NatIpAddress": str, "PrivateIpAddress": ADDRESSES},
    "InnerIpAddress": ADDRESSES,
    "PublicIpAddress": ADDRESSES,
    "EipAddress": {"AllocationId": str, "IpAddress": str, "InternetChargeType": str},
    "SecurityGroupIds": {"SecurityGroupId": [str]},
    "NetworkInterfaces": {"NetworkInterface": [INTERFACE]},
    "Tags": {"Tag": [{"TagKey": str, "TagValue": str}]},
    "OperationLocks": {"LockReason": [{"LockReason": str}]},
    "MetadataOptions": {"HttpEndpoint": str, "HttpTokens": str, "HttpPutResponseHopLimit": int},
    "CpuOptions": {"CoreCount": int, "ThreadsPerCore": int, "Numa": str},
    "DeploymentSetId": str,
    "HpcClusterId": str,
    "SerialNumber": str,
    "CreationTime": str,
}


def request(**changes: object) -> DescribeInstancesRequest:
    return DescribeInstancesRequest(
        **{"region_id": "cn-beijing", "instance_ids": json.dumps([SOURCE]), "max_results": 100, **changes}
    )


def test_every_field_that_is_read_is_there_with_its_type(sdk: Sdk) -> None:
    body = sdk.send(request(additional_attributes=OPTIONS))
    check_shape(body, {"Instances": {"Instance": [ROW]}, "NextToken": str, "RequestId": str})
    (row,) = sdk.rows(request(additional_attributes=OPTIONS), "Instances", "Instance")
    assert row["SecurityGroupIds"] == {"SecurityGroupId": ["sg-2zeweb00001", "sg-2zeops00001"]}
    assert row["Tags"] == {"Tag": [{"TagKey": "env", "TagValue": "prod"}, {"TagKey": "app", "TagValue": "web"}]}
    assert (row["Memory"], row["Cpu"], row["InternetMaxBandwidthOut"]) == (16384, 4, 5)


def test_metadata_options_are_shown_on_request_alone(sdk: Sdk) -> None:
    (shown,) = sdk.rows(request(additional_attributes=OPTIONS), "Instances", "Instance")
    (hidden,) = sdk.rows(request(), "Instances", "Instance")
    assert shown["MetadataOptions"] == {
        "HttpEndpoint": "enabled",
        "HttpTokens": "required",
        "HttpPutResponseHopLimit": 2,
    }
    assert hidden.get("MetadataOptions", {}) != shown["MetadataOptions"]


@pytest.mark.parametrize(
    "changes",
    [
        {"instance_ids": '["i-unknown"]'},
        {"instance_ids": "[]"},
        {"region_id": "cn-hangzhou"},
        {"zone_id": "cn-beijing-k"},
    ],
)
def test_nothing_found_is_an_empty_list(sdk: Sdk, changes: dict[str, object]) -> None:
    assert sdk.rows(request(**changes), "Instances", "Instance") == []


def test_a_missing_permission_is_an_empty_list_that_a_dry_run_explains(sdk: Sdk, world: World) -> None:
    world.state.identities["operator"].denied = ["ecs:DescribeInstances"]
    assert sdk.rows(request(), "Instances", "Instance") == []
    with pytest.raises(ClientException) as refused:
        sdk.send(request(dry_run=True))
    assert (refused.value.code, refused.value.status_code) == ("Forbidden.RAM", 403)


def test_a_dry_run_with_the_permission_is_answered_400(sdk: Sdk) -> None:
    with pytest.raises(ClientException) as passed:
        sdk.send(request(dry_run=True))
    assert (passed.value.code, passed.value.status_code) == ("DryRunOperation", 400)
