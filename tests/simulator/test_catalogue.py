from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.clock import ManualClock
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.errors import Fault
from ecs_dr.simulator.world import load_world


@pytest.fixture
def cloud() -> Simulator:
    return Simulator(load_world("healthy"), ManualClock(datetime(2026, 11, 22, 8, 0, tzinfo=UTC)))


def call(cloud: Simulator, action: str, **params: str) -> dict[str, Json]:
    return cloud.handle("ecs", "2014-05-26", action, params)


def rows(answer: dict[str, Json], outer: str, inner: str) -> list[dict[str, Json]]:
    container = answer[outer]
    assert isinstance(container, dict)
    found = container[inner]
    assert isinstance(found, list)
    return [row for row in found if isinstance(row, dict)]


def types(cloud: Simulator, **params: str) -> list[dict[str, Json]]:
    return rows(call(cloud, "DescribeInstanceTypes", **params), "InstanceTypes", "InstanceType")


def test_regions_are_listed_with_their_endpoints_and_need_no_region(cloud: Simulator) -> None:
    regions = {
        str(row["RegionId"]): row["RegionEndpoint"] for row in rows(call(cloud, "DescribeRegions"), "Regions", "Region")
    }
    assert regions["cn-beijing"] == "ecs.cn-beijing.aliyuncs.com"
    assert regions["cn-hangzhou"] == "ecs-cn-hangzhou.aliyuncs.com"


def test_zones_belong_to_one_region_and_show_cloud_boxes_as_such(cloud: Simulator) -> None:
    zones = {
        str(row["ZoneId"]): row["ZoneType"]
        for row in rows(call(cloud, "DescribeZones", RegionId="cn-beijing"), "Zones", "Zone")
    }
    assert zones["cn-beijing-k"] == "AvailabilityZone"
    assert zones["cn-beijing-box-1"] == "CloudBoxZone"
    assert "cn-hangzhou-h" not in zones


def test_a_zone_lists_what_it_has_in_stock(cloud: Simulator) -> None:
    zones = rows(call(cloud, "DescribeZones", RegionId="cn-beijing"), "Zones", "Zone")
    zone = next(row for row in zones if row["ZoneId"] == "cn-beijing-j")
    assert zone["AvailableInstanceTypes"] == {"InstanceTypes": ["ecs.g8i.xlarge", "ecs.c7.xlarge"]}
    assert zone["AvailableDiskCategories"] == {"DiskCategories": ["cloud_essd"]}


def test_zones_need_a_region(cloud: Simulator) -> None:
    with pytest.raises(Fault, match="RegionId"):
        call(cloud, "DescribeZones")


def test_memory_is_in_gib_and_a_number_with_a_fraction(cloud: Simulator) -> None:
    (kind,) = types(cloud, **{"InstanceTypes.1": "ecs.g7.xlarge"})
    assert (kind["CpuCoreCount"], kind["MemorySize"], kind["CpuArchitecture"]) == (4, 16.0, "X86")
    assert isinstance(kind["MemorySize"], float)


def test_unknown_types_are_left_out(cloud: Simulator) -> None:
    assert types(cloud, **{"InstanceTypes.1": "ecs.unknown.large"}) == []


def test_at_most_ten_types_can_be_named(cloud: Simulator) -> None:
    with pytest.raises(Fault, match="At most 10"):
        types(cloud, **{f"InstanceTypes.{number}": "ecs.g7.xlarge" for number in range(1, 12)})


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"InstanceTypeFamily": "ecs.g7"}, {"ecs.g7.xlarge", "ecs.g7.2xlarge"}),
        ({"CpuArchitecture": "ARM"}, {"ecs.g8y.xlarge"}),
        ({"MinimumCpuCoreCount": "8"}, {"ecs.g7.2xlarge"}),
        ({"MaximumMemorySize": "8"}, {"ecs.c7.xlarge"}),
        ({"MinimumMemorySize": "32", "MaximumCpuCoreCount": "4"}, {"ecs.i3.xlarge"}),
    ],
)
def test_types_are_filtered_by_family_architecture_and_size(
    cloud: Simulator, filters: dict[str, str], expected: set[str]
) -> None:
    assert {str(kind["InstanceTypeId"]) for kind in types(cloud, **filters)} == expected


def test_local_storage_is_there_for_types_that_have_it_alone(cloud: Simulator) -> None:
    (plain,) = types(cloud, **{"InstanceTypes.1": "ecs.g7.xlarge"})
    (local,) = types(cloud, **{"InstanceTypes.1": "ecs.i3.xlarge"})
    assert "LocalStorageAmount" not in plain
    assert (local["LocalStorageAmount"], local["LocalStorageCategory"]) == (1, "local_ssd_pro")


def test_pages_of_types_are_followed_by_token(cloud: Simulator) -> None:
    seen: list[str] = []
    token = ""
    while True:
        answer = call(cloud, "DescribeInstanceTypes", MaxResults="4", NextToken=token)
        seen += [str(kind["InstanceTypeId"]) for kind in rows(answer, "InstanceTypes", "InstanceType")]
        token = str(answer["NextToken"])
        if not token:
            break
    assert sorted(seen) == sorted(cloud.world.instance_types)


def recommended(cloud: Simulator, **params: str) -> list[tuple[Json, Json]]:
    answer = call(cloud, "DescribeRecommendInstanceType", RegionId="cn-beijing", NetworkType="vpc", **params)
    found: list[tuple[Json, Json]] = []
    for row in rows(answer, "Data", "RecommendInstanceType"):
        kind = row["InstanceType"]
        assert isinstance(kind, dict)
        assert (kind["Cores"], kind["Memory"]) == (4, 16384)
        found.append((row["ZoneId"], kind["InstanceType"]))
    return found


def test_recommendations_have_the_same_size_and_architecture_and_are_in_stock(cloud: Simulator) -> None:
    found = recommended(cloud, InstanceType="ecs.g7.xlarge", ZoneId="cn-beijing-k")
    assert found[0] == ("cn-beijing-k", "ecs.g8i.xlarge")
    assert ("cn-beijing-k", "ecs.g8y.xlarge") not in found
    assert found.index(("cn-beijing-k", "ecs.u1-c1m4.xlarge")) < found.index(("cn-beijing-k", "ecs.g7e.xlarge"))


def test_recommendations_are_given_for_a_size_too(cloud: Simulator) -> None:
    assert ("cn-beijing-j", "ecs.g8i.xlarge") in recommended(cloud, Cores="4", Memory="16")


@pytest.mark.parametrize(
    "params",
    [
        {"InstanceType": "ecs.g7.xlarge"},
        {"NetworkType": "classic", "InstanceType": "ecs.g7.xlarge"},
        {"NetworkType": "vpc"},
        {"NetworkType": "vpc", "InstanceType": "ecs.unknown.large"},
    ],
)
def test_recommendations_need_a_network_type_and_a_size(cloud: Simulator, params: dict[str, str]) -> None:
    with pytest.raises(Fault):
        call(cloud, "DescribeRecommendInstanceType", RegionId="cn-beijing", **params)
