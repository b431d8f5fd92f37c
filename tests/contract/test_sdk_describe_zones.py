from __future__ import annotations

from alibabacloud_ecs20140526.models import DescribeZonesRequest

from tests.contract.sdk_support import Sdk, Shape, check_shape

RESOURCES: Shape = {
    "IoOptimized": bool,
    "SystemDiskCategories": {"supportedSystemDiskCategory": [str]},
    "DataDiskCategories": {"supportedDataDiskCategory": [str]},
    "InstanceTypes": {"supportedInstanceType": [str]},
    "InstanceTypeFamilies": {"supportedInstanceTypeFamily": [str]},
    "NetworkTypes": {"supportedNetworkCategory": [str]},
}
ROW: Shape = {
    "ZoneId": str,
    "LocalName": str,
    "ZoneType": str,
    "AvailableResourceCreation": {"ResourceTypes": [str]},
    "AvailableDiskCategories": {"DiskCategories": [str]},
    "AvailableInstanceTypes": {"InstanceTypes": [str]},
    "AvailableResources": {"ResourcesInfo": [RESOURCES]},
}


def test_every_field_is_there_with_its_type(sdk: Sdk) -> None:
    request = DescribeZonesRequest(region_id="cn-beijing", verbose=True)
    check_shape(sdk.send(request), {"Zones": {"Zone": [ROW]}, "RequestId": str})
    kinds = {row["ZoneId"]: row["ZoneType"] for row in sdk.rows(request, "Zones", "Zone")}
    assert (kinds["cn-beijing-k"], kinds["cn-beijing-box-1"]) == ("AvailabilityZone", "CloudBoxZone")
