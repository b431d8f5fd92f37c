from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.clock import ManualClock
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.errors import Fault
from ecs_dr.simulator.world import load_world

INSTANCE = {"RegionId": "cn-beijing", "InstanceType": "ecs.g7.xlarge"}
SYSTEM = {"SystemDisk.Category": "cloud_essd", "SystemDisk.Size": "40", "SystemDisk.PerformanceLevel": "PL0"}
DATA = {"DataDisk.1.Category": "cloud_essd", "DataDisk.1.Size": "100", "DataDisk.1.PerformanceLevel": "PL1"}


@pytest.fixture
def cloud() -> Simulator:
    return Simulator(load_world("healthy"), ManualClock(datetime(2026, 11, 22, 8, 0, tzinfo=UTC)))


def price(cloud: Simulator, **params: str) -> dict[str, Json]:
    info = cloud.handle("ecs", "2014-05-26", "DescribePrice", params)["PriceInfo"]
    assert isinstance(info, dict)
    found = info["Price"]
    assert isinstance(found, dict)
    return found


def details(found: dict[str, Json]) -> dict[Json, Json]:
    infos = found["DetailInfos"]
    assert isinstance(infos, dict)
    listed = infos["DetailInfo"]
    assert isinstance(listed, list)
    return {row["Resource"]: row["TradePrice"] for row in listed if isinstance(row, dict)}


def test_an_instance_is_priced_by_the_hour_with_its_disks(cloud: Simulator) -> None:
    found = price(cloud, **INSTANCE, **SYSTEM, **DATA)
    assert details(found) == {"InstanceType": 1.01, "SystemDisk": 0.028, "DataDisk": 0.14}
    assert (found["TradePrice"], found["Currency"]) == (1.178, "CNY")


def test_a_month_costs_what_the_world_says(cloud: Simulator) -> None:
    assert price(cloud, **INSTANCE, PriceUnit="Month", Period="2")["TradePrice"] == round(1.01 * 480 * 2, 4)


def test_a_year_is_twelve_months_and_a_week_a_quarter_of_one(cloud: Simulator) -> None:
    assert price(cloud, **INSTANCE, PriceUnit="Year")["TradePrice"] == round(1.01 * 480 * 12, 4)
    assert price(cloud, **INSTANCE, PriceUnit="Week")["TradePrice"] == round(1.01 * 120, 4)


def test_traffic_is_not_part_of_the_price_and_bandwidth_is(cloud: Simulator) -> None:
    traffic = price(cloud, **INSTANCE, InternetMaxBandwidthOut="5", InternetChargeType="PayByTraffic")
    fixed = price(cloud, **INSTANCE, InternetMaxBandwidthOut="5", InternetChargeType="PayByBandwidth")
    assert traffic["TradePrice"] == 1.01
    assert fixed["TradePrice"] == 1.325


def test_a_discount_is_shown_apart(cloud: Simulator) -> None:
    cloud.world.prices.discount = 0.1
    found = price(cloud, **INSTANCE)
    assert (found["OriginalPrice"], found["DiscountPrice"], found["TradePrice"]) == (1.01, 0.101, 0.909)


def test_several_instances_cost_several_times_as_much(cloud: Simulator) -> None:
    assert price(cloud, **INSTANCE, Amount="3")["TradePrice"] == 3.03


def test_a_preemptible_instance_is_cheaper_and_priced_by_the_hour(cloud: Simulator) -> None:
    assert price(cloud, **INSTANCE, SpotStrategy="SpotAsPriceGo")["TradePrice"] == 0.202
    with pytest.raises(Fault, match="InvalidPriceUnit"):
        price(cloud, **INSTANCE, SpotStrategy="SpotAsPriceGo", PriceUnit="Month")


def test_every_price_is_a_number(cloud: Simulator) -> None:
    found = price(cloud, **INSTANCE, **SYSTEM)
    assert all(isinstance(found[name], float) for name in ("OriginalPrice", "DiscountPrice", "TradePrice"))


def test_a_system_disk_without_a_size_has_that_of_the_image_or_twenty(cloud: Simulator) -> None:
    image = {"ImageId": "aliyun_3_x64_20G_alibase_20240528.vhd"}
    cloud.world.images[image["ImageId"]].mappings[0].size = 60
    category = {"SystemDisk.Category": "cloud_auto"}
    assert details(price(cloud, **INSTANCE, **category))["SystemDisk"] == 0.02
    assert details(price(cloud, **INSTANCE, **category, **image))["SystemDisk"] == 0.06


@pytest.mark.parametrize(
    ("changes", "code", "status"),
    [
        ({"InstanceType": ""}, "InvalidInstanceType.Missing", 404),
        ({"InstanceType": "ecs.unknown.large"}, "InvalidInstanceType.ValueNotSupported", 400),
        ({"ZoneId": "cn-hangzhou-h"}, "InvalidZoneId.NotFound", 404),
        ({"ImageId": "m-unknown"}, "InvalidImageId.NotFound", 404),
        (
            {"ImageId": "aliyun_3_x64_20G_alibase_20240528.vhd", **SYSTEM, "SystemDisk.Size": "10"},
            "InvalidSystemDiskSize.LessThanImageSize",
            404,
        ),
        ({"PriceUnit": "Fortnight"}, "InvalidPriceUnit.ValueNotSupported", 400),
        ({"PriceUnit": "Month", "Period": "10"}, "InvalidPeriod", 400),
        ({"Period": "2"}, "InvalidPeriod", 400),
        ({"DataDisk.1.Size": "100"}, "InvalidDiskCategory.Missing", 404),
        ({**DATA, "DataDisk.1.Category": "cloud_fast"}, "InvalidDiskCategory.NotSupported", 403),
        ({**DATA, "DataDisk.1.PerformanceLevel": "PL9"}, "InvalidPerformanceLevel.Malformed", 400),
        ({**DATA, "DataDisk.1.PerformanceLevel": "PL2"}, "InvalidDiskSize.TooSmall", 403),
        ({"ResourceType": "disk"}, "NotSimulated", 501),
        ({"ResourceType": "nothing"}, "InvalidResourceType.ValueNotSupported", 400),
        ({"InternetMaxBandwidthOut": "101"}, "InvalidParameter", 400),
    ],
)
def test_what_has_no_price_is_refused(cloud: Simulator, changes: dict[str, str], code: str, status: int) -> None:
    with pytest.raises(Fault) as refused:
        price(cloud, **{**INSTANCE, **changes})
    assert (refused.value.code, refused.value.http_status) == (code, status)


def test_what_the_world_has_no_price_for_is_not_found(cloud: Simulator) -> None:
    del cloud.world.prices.instance_hour["ecs.g7.xlarge"]
    with pytest.raises(Fault, match="PriceNotFound"):
        price(cloud, **INSTANCE)


def test_weeks_are_sold_on_the_china_site_alone(cloud: Simulator) -> None:
    cloud.world.behaviour.china_site = False
    with pytest.raises(Fault, match="InvalidPriceUnit"):
        price(cloud, **INSTANCE, PriceUnit="Week")
