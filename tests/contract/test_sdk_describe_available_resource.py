from __future__ import annotations

import pytest
from alibabacloud_ecs20140526.models import DescribeAvailableResourceRequest
from alibabacloud_tea_openapi.exceptions import ClientException

from tests.contract.sdk_support import Sdk, Shape, check_shape

SUPPORTED: Shape = {"Value": str, "Status": str, "StatusCategory": str}
DISK: Shape = {"Value": str, "Status": str, "Min": int, "Max": int, "Unit": str}


def body_shape(supported: Shape) -> Shape:
    resource: Shape = {"Type": str, "SupportedResources": {"SupportedResource": [supported]}}
    zone: Shape = {
        "ZoneId": str,
        "RegionId": str,
        "Status": str,
        "StatusCategory": str,
        "AvailableResources": {"AvailableResource": [resource]},
    }
    return {"AvailableZones": {"AvailableZone": [zone]}, "RequestId": str}


def request(**changes: object) -> DescribeAvailableResourceRequest:
    return DescribeAvailableResourceRequest(
        **{
            "region_id": "cn-beijing",
            "destination_resource": "InstanceType",
            "instance_type": "ecs.g7.xlarge",
            "instance_charge_type": "PostPaid",
            **changes,
        }
    )


def found(sdk: Sdk, **changes: object) -> dict[str, dict[str, object]]:
    """The rows of each zone by their value."""
    zones: dict[str, dict[str, object]] = {}
    for zone in sdk.rows(request(**changes), "AvailableZones", "AvailableZone"):
        container = zone["AvailableResources"]
        assert isinstance(container, dict)
        rows = [
            row for each in container["AvailableResource"] for row in each["SupportedResources"]["SupportedResource"]
        ]
        zones[str(zone["ZoneId"])] = {row["Value"]: row for row in rows}
    return zones


def levels(sdk: Sdk, **changes: object) -> dict[str, object]:
    answer: dict[str, object] = {}
    for zone, rows in found(sdk, **changes).items():
        row = rows["ecs.g7.xlarge"]
        assert isinstance(row, dict)
        answer[zone] = row["StatusCategory"]
    return answer


def test_stock_has_its_fields_with_their_types(sdk: Sdk) -> None:
    check_shape(sdk.send(request()), body_shape(SUPPORTED))


def test_stock_is_told_for_each_zone_that_sells_the_type(sdk: Sdk) -> None:
    assert levels(sdk) == {
        "cn-beijing-h": "WithStock",
        "cn-beijing-i": "ClosedWithStock",
        "cn-beijing-j": "WithoutStock",
        "cn-beijing-k": "WithStock",
        "cn-beijing-l": "WithStock",
    }


def test_stock_depends_on_how_it_is_paid(sdk: Sdk) -> None:
    assert levels(sdk, instance_charge_type="PrePaid")["cn-beijing-i"] == "WithoutStock"
    assert levels(sdk, spot_strategy="SpotAsPriceGo")["cn-beijing-l"] == "WithoutStock"


@pytest.mark.parametrize("destination", ["SystemDisk", "DataDisk"])
def test_disks_have_sizes_in_gib(sdk: Sdk, destination: str) -> None:
    wanted = request(
        destination_resource=destination,
        zone_id="cn-beijing-k",
        system_disk_category="cloud_essd",
        resource_type="instance",
    )
    answer = sdk.send(wanted)
    check_shape(answer, body_shape(DISK))
    assert "Min" in str(answer)
    assert str(answer).count("StatusCategory") == 1, "the zone's alone: as recorded, a disk has a Status and no more"


def test_data_disks_are_told_beside_the_system_disk_that_is_named(sdk: Sdk) -> None:
    data = {"destination_resource": "DataDisk", "zone_id": "cn-beijing-k"}
    assert set(found(sdk, **data, system_disk_category="cloud_essd")["cn-beijing-k"]) == {"cloud_essd", "cloud_auto"}
    assert found(sdk, **data)["cn-beijing-k"] == {}


def test_types_of_a_size_are_listed_without_a_type(sdk: Sdk) -> None:
    by_size = {"instance_type": None, "cores": 4, "memory": 16.0, "zone_id": "cn-beijing-k"}
    values = set(found(sdk, **by_size)["cn-beijing-k"])
    assert {"ecs.g7.xlarge", "ecs.g8i.xlarge", "ecs.g8y.xlarge"} <= values
    assert "ecs.c7.xlarge" not in values


def test_a_region_that_sells_nothing_of_it_has_no_zones(sdk: Sdk) -> None:
    assert sdk.rows(request(region_id="cn-shanghai"), "AvailableZones", "AvailableZone") == []


def test_an_unknown_destination_is_refused(sdk: Sdk) -> None:
    with pytest.raises(ClientException) as refused:
        sdk.send(request(destination_resource="Moon"))
    assert (refused.value.code, refused.value.status_code) == ("Invalid.DestinationResource", 404)
