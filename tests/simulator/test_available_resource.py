from __future__ import annotations

import pytest

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.bench import Bench, rows

TYPE = "ecs.g7.xlarge"


@pytest.fixture
def bench() -> Bench:
    return Bench()


def zones(bench: Bench, **params: Json) -> dict[str, list[dict[str, Json]]]:
    """The supported resources of each zone of the answer."""
    found = rows(bench.ecs("DescribeAvailableResource", **params), "AvailableZones", "AvailableZone")
    listed: dict[str, list[dict[str, Json]]] = {}
    for zone in found:
        (resource,) = rows(zone, "AvailableResources", "AvailableResource")
        listed[str(zone["ZoneId"])[-1]] = rows(resource, "SupportedResources", "SupportedResource")
    return listed


def levels(bench: Bench, **params: Json) -> dict[str, Json]:
    query: dict[str, Json] = {"DestinationResource": "InstanceType", "InstanceType": TYPE, **params}
    return {zone: found[0]["StatusCategory"] for zone, found in zones(bench, **query).items()}


def values(found: list[dict[str, Json]]) -> list[Json]:
    return [row["Value"] for row in found]


def test_stock_is_told_by_zone_in_four_levels(bench: Bench) -> None:
    assert levels(bench) == {
        "h": "WithStock",
        "i": "ClosedWithStock",
        "j": "WithoutStock",
        "k": "WithStock",
        "l": "WithStock",
    }


def test_status_may_contradict_the_category(bench: Bench) -> None:
    (row,) = zones(bench, DestinationResource="InstanceType", InstanceType=TYPE)["j"]
    assert (row["Status"], row["StatusCategory"]) == ("Available", "WithoutStock")


def test_the_answer_is_for_one_charge_type_alone(bench: Bench) -> None:
    assert levels(bench, InstanceChargeType="PrePaid")["i"] == "WithoutStock"
    assert levels(bench, SpotStrategy="SpotAsPriceGo")["l"] == "WithoutStock"


def test_a_zone_or_a_type_that_is_not_sold_is_absent(bench: Bench) -> None:
    assert levels(bench, InstanceType="ecs.g8y.xlarge") == {"k": "WithStock", "l": "WithStock"}
    assert levels(bench, InstanceType="ecs.none.large") == {}
    assert levels(bench, ZoneId="cn-beijing-k") == {"k": "WithStock"}
    assert levels(bench, RegionId="cn-shanghai") == {}


def test_cores_and_memory_find_types_of_the_same_size(bench: Bench) -> None:
    found = zones(bench, DestinationResource="InstanceType", Cores=4, Memory=16.0, ZoneId="cn-beijing-l")
    assert set(values(found["l"])) == {"ecs.g7.xlarge", "ecs.g7e.xlarge", "ecs.g8i.xlarge", "ecs.g8y.xlarge"}
    refusal = bench.refusal("DescribeAvailableResource", DestinationResource="InstanceType", Cores=4, InstanceType=TYPE)
    assert refusal == ("InvalidParam.TypeAndCpuMem.Conflict", 403)


def test_system_disks_have_a_range_of_sizes(bench: Bench) -> None:
    found = zones(bench, DestinationResource="SystemDisk", InstanceType=TYPE, ZoneId="cn-beijing-k")
    assert values(found["k"]) == ["cloud_essd", "cloud_auto"]
    assert (found["k"][0]["Min"], found["k"][0]["Max"], found["k"][0]["Unit"]) == (1, 2048, "GiB")


def test_without_a_system_category_the_old_default_makes_the_answer_for_data_disks_empty(bench: Bench) -> None:
    query: dict[str, Json] = {"DestinationResource": "DataDisk", "InstanceType": TYPE, "ZoneId": "cn-beijing-k"}
    assert zones(bench, **query)["k"] == []
    assert values(zones(bench, **query, SystemDiskCategory="cloud_essd")["k"]) == ["cloud_essd", "cloud_auto"]


def test_disks_depend_on_the_instance_type(bench: Bench) -> None:
    found = zones(bench, DestinationResource="DataDisk", InstanceType="ecs.g6.xlarge", ZoneId="cn-beijing-k")
    assert values(found["k"]) == ["cloud_efficiency", "cloud_ssd", "cloud_essd"]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, "MissingParameter"),
        ({"DestinationResource": "Moon"}, "Invalid.DestinationResource"),
        ({"DestinationResource": "SystemDisk"}, "Invalid.Param"),
        ({"DestinationResource": "Zone", "InstanceChargeType": "Free"}, "Invalid.InstanceChargeType"),
        ({"DestinationResource": "Zone", "SpotStrategy": "Cheap"}, "Invalid.SpotStrategy"),
        ({"DestinationResource": "Zone", "ResourceType": "boat"}, "Invalid.ResourceType"),
    ],
)
def test_mistakes_have_codes_of_this_actions_own_style(bench: Bench, params: dict[str, Json], code: str) -> None:
    assert bench.refusal("DescribeAvailableResource", **params)[0] == code


@pytest.mark.parametrize(
    ("destination", "expected"),
    [("Zone", ["cn-beijing-k"]), ("IoOptimized", ["optimized"]), ("Network", ["vpc"]), ("ddh", [])],
)
def test_other_destinations_are_answered_too(bench: Bench, destination: str, expected: list[Json]) -> None:
    found = zones(bench, DestinationResource=destination, InstanceType=TYPE, ZoneId="cn-beijing-k")
    assert values(found["k"]) == expected


def test_disks_alone_are_those_of_the_zone(bench: Bench) -> None:
    found = zones(bench, DestinationResource="DataDisk", ResourceType="disk", ZoneId="cn-beijing-j")
    assert values(found["j"]) == ["cloud_essd"]
    assert found["j"][0]["Min"] == 20
