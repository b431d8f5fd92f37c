"""The SDK drops what its models do not know: every field that is read here comes through it unchanged."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecs_dr.cloud.credentials import StaticKey
from ecs_dr.cloud.ecs_readers import (
    read_category,
    read_disk,
    read_image,
    read_instance,
    read_instance_type,
    read_zone_stock,
)
from ecs_dr.cloud.fields import Fields
from ecs_dr.cloud.sdk import SdkTransport
from ecs_dr.cloud.transport import API_VERSIONS, ApiRequest, Json, Product
from tests.cloud.fakes import PATIENT, SESSION
from tests.cloud.tiny_http import Canned, TinyServer

INSTANCE: dict[str, Json] = {
    **dict.fromkeys(
        [
            "InstanceId",
            "InstanceName",
            "Description",
            "HostName",
            "RegionId",
            "ZoneId",
            "Status",
            "InstanceType",
            "ImageId",
            "OSName",
            "OSNameEn",
            "OSType",
            "InstanceNetworkType",
            "InstanceChargeType",
            "ExpiredTime",
            "AutoReleaseTime",
            "SpotStrategy",
            "SpotInterruptionBehavior",
            "StoppedMode",
            "InternetChargeType",
            "CreditSpecification",
            "KeyPairName",
            "ResourceGroupId",
            "DeploymentSetId",
            "HpcClusterId",
            "CreationTime",
        ],
        "text",
    ),
    **dict.fromkeys(
        ["Cpu", "Memory", "InternetMaxBandwidthOut", "InternetMaxBandwidthIn", "SpotDuration", "LocalStorageAmount"], 4
    ),
    "SpotPriceLimit": 0.5,
    "DeletionProtection": True,
    "IoOptimized": True,
    "VpcAttributes": {"VpcId": "v", "VSwitchId": "s", "PrivateIpAddress": {"IpAddress": ["10.0.0.1"]}},
    "PublicIpAddress": {"IpAddress": ["39.105.0.1"]},
    "EipAddress": {"IpAddress": "39.105.0.2", "AllocationId": "eip-1"},
    "NetworkInterfaces": {
        "NetworkInterface": [
            {
                "NetworkInterfaceId": "eni-1",
                "Type": "Primary",
                "Ipv6Sets": {"Ipv6Set": [{"Ipv6Address": "2408::1"}]},
                "PrivateIpSets": {"PrivateIpSet": [{"PrivateIpAddress": "10.0.0.1", "Primary": True}]},
            }
        ]
    },
    "SecurityGroupIds": {"SecurityGroupId": ["sg-1"]},
    "Tags": {"Tag": [{"TagKey": "k", "TagValue": "v"}]},
    "OperationLocks": {"LockReason": [{"LockReason": "financial"}]},
    "MetadataOptions": {"HttpEndpoint": "enabled", "HttpTokens": "required", "HttpPutResponseHopLimit": 2},
    "CpuOptions": {"CoreCount": 2, "ThreadsPerCore": 2, "TopologyType": "DiscreteCoreToHTMapping"},
    "ImageOptions": {"LoginAsNonRoot": True},
    "DeploymentSetGroupNo": 2,
    "EcsCapacityReservationAttr": {"CapacityReservationId": "eap-1", "CapacityReservationPreference": "open"},
    "SecurityOptions": {"EnableSecureBoot": True},
    "PrivateDnsNameOptions": {
        "HostnameType": "IpBased",
        "EnableIpDnsARecord": True,
        "EnableIpDnsPtrRecord": True,
        "EnableInstanceIdDnsARecord": True,
        "EnableInstanceIdDnsAAAARecord": True,
    },
    "DedicatedHostAttribute": {"DedicatedHostId": "dh-1"},
    "DedicatedInstanceAttribute": {"Tenancy": "host"},
}
DISK: dict[str, Json] = {
    **dict.fromkeys(
        [
            "DiskId",
            "DiskName",
            "Description",
            "Type",
            "Device",
            "Category",
            "PerformanceLevel",
            "Status",
            "KMSKeyId",
            "ImageId",
            "AutoSnapshotPolicyId",
            "MultiAttach",
            "DiskChargeType",
            "SourceSnapshotId",
            "ZoneId",
            "ResourceGroupId",
        ],
        "text",
    ),
    **dict.fromkeys(["Encrypted", "BurstingEnabled", "DeleteWithInstance", "DeleteAutoSnapshot", "Portable"], True),
    "Size": 40,
    "ProvisionedIops": 1000,
    "Attachments": {"Attachment": [{"InstanceId": "i-1", "Device": "/dev/xvdb"}]},
    "OperationLocks": {"OperationLock": [{"LockReason": "security"}]},
    "Tags": {"Tag": [{"TagKey": "k", "TagValue": "v"}]},
}
IMAGE: dict[str, Json] = {
    **dict.fromkeys(
        [
            "ImageId",
            "ImageName",
            "Status",
            "Architecture",
            "OSType",
            "OSName",
            "OSNameEn",
            "BootMode",
            "ProductCode",
            "CreationTime",
            "Description",
        ],
        "text",
    ),
    "Usable": True,
    "Progress": "45%",
    "Features": {"ImdsSupport": "v2", "NvmeSupport": "supported"},
    "Tags": {"Tag": [{"TagKey": "k", "TagValue": "v"}]},
    "DiskDeviceMappings": {
        "DiskDeviceMapping": [
            {"Device": "/dev/xvda", "Type": "system", "Size": "40", "SnapshotId": "s-1", "Encrypted": True}
        ]
    },
}
TYPE: dict[str, Json] = {
    "InstanceTypeId": "t",
    "InstanceTypeFamily": "f",
    "CpuCoreCount": 4,
    "MemorySize": 16.0,
    "CpuArchitecture": "X86",
    "GPUAmount": 1,
    "LocalStorageCategory": "local_ssd_pro",
    "NvmeSupport": "required",
    "SupportedBootModes": {"SupportedBootMode": ["UEFI"]},
    "DiskQuantity": 17,
    "CpuOptions": {"HyperThreadingAdjustable": True},
}
RESOURCE: dict[str, Json] = {
    "Value": "cloud_essd",
    "Status": "Available",
    "StatusCategory": "WithStock",
    "Min": 1,
    "Max": 2,
}
VSWITCH: dict[str, Json] = {
    **dict.fromkeys(
        [
            "VSwitchId",
            "VSwitchName",
            "VpcId",
            "ZoneId",
            "CidrBlock",
            "Status",
            "NetworkAclId",
            "ShareType",
            "Ipv6CidrBlock",
        ],
        "x",
    ),
    "AvailableIpAddressCount": 251,
    "IsDefault": True,
    "RouteTable": {"RouteTableId": "vtb-1", "RouteTableType": "System"},
}
VPC: dict[str, Json] = {
    "VpcId": "vpc-1",
    "CidrBlock": "10.0.0.0/8",
    "Status": "Available",
    "EnabledIpv6": True,
    "SecondaryCidrBlocks": {"SecondaryCidrBlock": ["192.168.0.0/16"]},
    "UserCidrs": {"UserCidr": ["172.16.0.0/12"]},
}
DETAIL: dict[str, Json] = {"Resource": "InstanceType", "TradePrice": 0.9}
RENEWAL: dict[str, Json] = {
    "InstanceId": "i-1",
    "AutoRenewEnabled": True,
    "Duration": 1,
    "PeriodUnit": "Month",
    "RenewalStatus": "AutoRenewal",
}
EVENT: dict[str, Json] = {"EventPublishTime": "2026-01-01T00:00:00Z", "EventType": {"Name": "SystemFailure.Delete"}}
ZONE: dict[str, Json] = {
    "ZoneId": "z-1",
    "AvailableResources": {
        "AvailableResource": [{"Type": "SystemDisk", "SupportedResources": {"SupportedResource": [RESOURCE]}}]
    },
}
BODIES: list[tuple[Product, str, dict[str, Json]]] = [
    ("ecs", "DescribeInstances", {"Instances": {"Instance": [INSTANCE]}, "NextToken": "t"}),
    ("ecs", "DescribeDisks", {"Disks": {"Disk": [DISK]}, "NextToken": "t"}),
    ("ecs", "DescribeImages", {"Images": {"Image": [IMAGE]}, "TotalCount": 1}),
    ("ecs", "DescribeInstanceTypes", {"InstanceTypes": {"InstanceType": [TYPE]}, "NextToken": "t"}),
    ("ecs", "DescribeAvailableResource", {"AvailableZones": {"AvailableZone": [ZONE]}}),
    (
        "ecs",
        "DescribePrice",
        {"PriceInfo": {"Price": {"Currency": "CNY", "TradePrice": 1.2, "DetailInfos": {"DetailInfo": [DETAIL]}}}},
    ),
    (
        "ecs",
        "DescribeInstanceRamRole",
        {"InstanceRamRoleSets": {"InstanceRamRoleSet": [{"InstanceId": "i-1", "RamRoleName": "r"}]}, "TotalCount": 1},
    ),
    ("ecs", "DescribeUserData", {"UserData": "eA=="}),
    (
        "ecs",
        "DescribeInstanceAutoRenewAttribute",
        {"InstanceRenewAttributes": {"InstanceRenewAttribute": [RENEWAL]}, "TotalCount": 1},
    ),
    ("ecs", "DescribeInstanceHistoryEvents", {"InstanceSystemEventSet": {"InstanceSystemEventType": [EVENT]}}),
    ("ecs", "CreateImage", {"ImageId": "m-1", "RequestId": "R"}),
    ("ecs", "RunInstances", {"InstanceIdSets": {"InstanceIdSet": ["i-9"]}, "RequestId": "R"}),
    ("ecs", "RunInstances", {"InstanceIdSets": {"InstanceIdSet": [["i-9"]]}, "RequestId": "R"}),
    ("vpc", "DescribeVSwitches", {"VSwitches": {"VSwitch": [VSWITCH]}, "TotalCount": 1}),
    ("vpc", "DescribeVpcs", {"Vpcs": {"Vpc": [VPC]}, "TotalCount": 1}),
    ("vpc", "CreateVSwitch", {"VSwitchId": "vsw-1", "RequestId": "R"}),
]


@pytest.mark.parametrize(("product", "action", "body"), BODIES, ids=[action for _, action, _ in BODIES])
async def test_every_field_that_is_read_survives_the_sdk(product: Product, action: str, body: dict[str, Json]) -> None:
    request = ApiRequest(product, API_VERSIONS[product], action, "cn-beijing", {"RegionId": "cn-beijing"}, SESSION)
    async with TinyServer(Canned(body=json.dumps(body))) as server:
        transport = SdkTransport(server.url, server.url, StaticKey("test-access-key-id", "test-secret"))
        assert await transport.call(request) == body


class Recorder(dict[str, Json]):
    """Notes which fields are asked for."""

    def __init__(self, values: dict[str, Json]) -> None:
        super().__init__(values)
        self.asked: set[str] = set()

    def get(self, key: str, default: Json = None) -> Json:  # type: ignore[override]
        self.asked.add(key)
        return super().get(key, default)


@pytest.mark.parametrize(
    ("reader", "sample"),
    [
        (read_instance, INSTANCE),
        (read_disk, DISK),
        (read_image, IMAGE),
        (read_instance_type, TYPE),
        (read_category, RESOURCE),
    ],
    ids=["instance", "disk", "image", "type", "category"],
)
def test_the_samples_hold_every_field_that_the_readers_ask_for(reader: object, sample: dict[str, Json]) -> None:
    assert callable(reader)
    row = Recorder(sample)
    reader(Fields(row))
    assert row.asked <= set(sample)


NAMES = sorted(
    {*INSTANCE, *DISK, *IMAGE, *TYPE, *RESOURCE, "IpAddress", "Tag", "NetworkInterface", "DiskDeviceMapping"}
)
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["True", "45%", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=20,
)


@settings(PATIENT)
@given(st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=12))
def test_no_answer_however_odd_breaks_a_reader(values: dict[str, Json]) -> None:
    row = Fields(values)
    read_instance(row)
    read_disk(row)
    read_image(row)
    read_instance_type(row)
    read_category(row)
    read_zone_stock("z-1", row)
