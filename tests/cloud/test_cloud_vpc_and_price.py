"""Reading VPCs, VSwitches and prices."""

from __future__ import annotations

import pytest

from ecs_dr.cloud.fields import Fields
from ecs_dr.cloud.pricing import read_price
from ecs_dr.cloud.transport import Json
from ecs_dr.domain.disks.model import ReplicaDisk
from ecs_dr.domain.launch import LaunchRequest
from tests.cloud.fakes import ScriptedTransport, cloud, scope
from tests.domain.ledger_facts import launch_of


def vswitch(name: str, vpc: str = "vpc-1", zone: str = "z-1") -> Json:
    return {
        "VSwitchId": name,
        "VpcId": vpc,
        "ZoneId": zone,
        "CidrBlock": "10.0.0.0/24",
        "Status": "Pending",
        "AvailableIpAddressCount": "251",
        "RouteTable": {"RouteTableId": "vtb-1", "RouteTableType": "Custom"},
        "NetworkAclId": "nacl-1",
        "ShareType": "Shared",
        "IsDefault": False,
    }


async def test_a_vpc_is_read_with_its_secondary_blocks() -> None:
    rows: list[Json] = [
        {"VpcId": "vpc-other", "CidrBlock": "10.0.0.0/8"},
        {
            "VpcId": "vpc-1",
            "CidrBlock": "172.16.0.0/12",
            "Status": "Available",
            "EnabledIpv6": "true",
            "SecondaryCidrBlocks": {"SecondaryCidrBlock": ["10.8.0.0/16"]},
            "UserCidrs": {"UserCidr": []},
        },
    ]
    vpc = await cloud(ScriptedTransport({"Vpcs": {"Vpc": rows}, "TotalCount": 2})).describe_vpc(scope(), "vpc-1")
    assert vpc is not None
    assert (vpc.cidr_block, vpc.secondary_cidr_blocks) == ("172.16.0.0/12", ("10.8.0.0/16",))


async def test_a_vpc_that_is_not_in_the_answer_is_none() -> None:
    assert await cloud(ScriptedTransport({"Vpcs": {"Vpc": []}})).describe_vpc(scope(), "vpc-1") is None


async def test_vswitches_are_those_of_the_vpc_and_zone_even_if_the_answer_holds_others() -> None:
    rows = [vswitch("vsw-1"), vswitch("vsw-2", zone="z-2"), vswitch("vsw-3", vpc="vpc-2")]
    transport = ScriptedTransport({"VSwitches": {"VSwitch": rows}, "TotalCount": 3})
    found = await cloud(transport).describe_vswitches(scope(), "vpc-1", zone_id="z-1")
    assert [v.vswitch_id for v in found] == ["vsw-1"]
    assert (found[0].available_ip_count, found[0].status, found[0].route_table_id) == (251, "Pending", "vtb-1")
    assert (transport.requests[0].params["VpcId"], transport.requests[0].params["ZoneId"]) == ("vpc-1", "z-1")


async def test_one_vswitch_can_be_asked_for_by_id() -> None:
    transport = ScriptedTransport({"VSwitches": {"VSwitch": [vswitch("vsw-1"), vswitch("vsw-2")]}, "TotalCount": 2})
    found = await cloud(transport).describe_vswitches(scope(), "vpc-1", vswitch_id="vsw-2")
    assert [v.vswitch_id for v in found] == ["vsw-2"]
    assert transport.requests[0].params["VSwitchId"] == "vsw-2"


def disk(kind: str, category: str, size: int, level: str | None = None, iops: int | None = None) -> ReplicaDisk:
    return ReplicaDisk(
        device="/dev/xvda",
        type="system" if kind == "system" else "data",
        category=category,
        performance_level=level,
        size_gib=size,
        source_category=category,
        source_performance_level=level,
        source_disk_id="d",
        provisioned_iops=iops,
    )


def launch(charge_type: str = "PostPaid", period: int | None = None, spot: str = "NoSpot") -> LaunchRequest:
    return LaunchRequest(
        region_id="cn-beijing",
        zone_id="z-1",
        image_id="m-1",
        instance_type="ecs.g7.xlarge",
        vswitch_id="vsw-1",
        security_group_ids=("sg-1",),
        instance_name="n",
        charge_type=charge_type,
        period=period,
        spot_strategy=spot,
        internet_charge_type="PayByTraffic",
        internet_max_bandwidth_out=5,
        disks=(disk("system", "cloud_essd", 40, "PL0"), disk("data", "cloud_auto", 200, iops=1000)),
    )


PRICE: dict[str, Json] = {
    "PriceInfo": {
        "Price": {
            "Currency": "CNY",
            "TradePrice": "1.20",
            "DetailInfos": {
                "DetailInfo": [{"Resource": "InstanceType", "TradePrice": 0.9}, {"Resource": "SystemDisk"}]
            },
        }
    }
}


async def test_a_price_is_asked_for_the_whole_launch() -> None:
    transport = ScriptedTransport(PRICE)
    price = await cloud(transport).price(scope(), launch())
    asked = transport.requests[0].params
    assert asked["SystemDisk"] == {"Category": "cloud_essd", "Size": 40, "PerformanceLevel": "PL0"}
    assert asked["DataDisk"] == [{"Category": "cloud_auto", "Size": 200, "ProvisionedIops": 1000}]
    assert (asked["PriceUnit"], asked["Period"], asked["Amount"]) == ("Hour", 1, 1)
    assert (asked["InternetMaxBandwidthOut"], asked["InternetChargeType"]) == (5, "PayByTraffic")
    assert (price.currency, price.total, price.unit) == ("CNY", 1.2, "hour")
    assert price.details == (("InstanceType", 0.9), ("SystemDisk", 0.0))


@pytest.mark.parametrize(
    ("months", "unit", "period", "monthly"),
    [(1, "Month", 1, 1.2), (3, "Month", 3, 0.4), (12, "Year", 1, 0.1), (36, "Year", 3, 1.2 / 36)],
)
async def test_a_subscription_is_asked_for_its_term_and_told_by_the_month(
    months: int, unit: str, period: int, monthly: float
) -> None:
    transport = ScriptedTransport(PRICE)
    price = await cloud(transport).price(scope(), launch("PrePaid", months))
    asked = transport.requests[0].params
    assert (asked["PriceUnit"], asked["Period"]) == (unit, period)
    assert price.unit == "month"
    assert price.total == pytest.approx(monthly)


async def test_a_spot_price_is_asked_for_in_the_zone() -> None:
    transport = ScriptedTransport(PRICE)
    await cloud(transport).price(scope(), launch(spot="SpotAsPriceGo"))
    asked = transport.requests[0].params
    assert (asked["SpotStrategy"], asked["ZoneId"]) == ("SpotAsPriceGo", "z-1")


def test_the_fee_of_a_marketplace_image_is_part_of_the_price() -> None:
    """Documented sample of DescribePrice: the fee stands in RelatedPrice, beside the price."""
    answer = Fields(
        {
            "PriceInfo": {
                "Price": {"Currency": "CNY", "TradePrice": 3712.8, "DetailInfos": {"DetailInfo": []}},
                "RelatedPrice": {"MarketplaceImagePrice": {"OriginalPrice": 100, "TradePrice": 100, "Currency": "CNY"}},
            }
        }
    )
    price = read_price(answer, launch_of())
    assert price.total == pytest.approx(3812.8)
    assert price.details == (("MarketplaceImage", 100.0),)
