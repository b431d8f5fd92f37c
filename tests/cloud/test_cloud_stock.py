"""Stock and disk categories are judged by the resource's own StatusCategory, asked with the real charge type."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ecs_dr.cloud.transport import Json
from ecs_dr.domain.stock.model import Charge, Stock
from tests.cloud.fakes import ScriptedTransport, cloud, scope


def answer(
    *zones: tuple[str, list[Json]], resource: str = "InstanceType", status: str = "Available"
) -> Mapping[str, Json]:
    rows: list[Json] = [
        {
            "ZoneId": zone,
            "Status": status,
            "StatusCategory": "WithStock",
            "AvailableResources": {
                "AvailableResource": [{"Type": resource, "SupportedResources": {"SupportedResource": supported}}]
            },
        }
        for zone, supported in zones
    ]
    return {"AvailableZones": {"AvailableZone": rows}}


def supported(value: str, category: str | None, status: str = "Available", **more: Json) -> Json:
    return {"Value": value, "Status": status, "StatusCategory": category, **more}


G7 = "ecs.g7.xlarge"


@pytest.mark.parametrize("level", list(Stock))
async def test_the_category_of_the_wanted_type_decides_whatever_the_statuses_say(level: Stock) -> None:
    transport = ScriptedTransport(answer(("z-1", [supported("ecs.other", "WithStock"), supported(G7, level)])))
    (found,) = await cloud(transport).zone_stock(scope(), G7, Charge())
    assert (found.zone_id, found.instance_type, found.stock) == ("z-1", G7, level)


@pytest.mark.parametrize(("status", "stock"), [("Available", Stock.WITH_STOCK), ("SoldOut", Stock.WITHOUT_STOCK)])
async def test_without_a_category_the_resources_own_status_is_read(status: str, stock: Stock) -> None:
    transport = ScriptedTransport(answer(("z-1", [supported(G7, None, status)]), status="Available"))
    assert (await cloud(transport).zone_stock(scope(), G7, Charge()))[0].stock is stock


async def test_a_category_nobody_knows_is_not_taken_for_stock() -> None:
    transport = ScriptedTransport(answer(("z-1", [supported(G7, "Astonishing")])))
    assert (await cloud(transport).zone_stock(scope(), G7, Charge()))[0].stock is Stock.WITHOUT_STOCK


@pytest.mark.parametrize("body", [{}, {"AvailableZones": None}, {"AvailableZones": {"AvailableZone": []}}])
async def test_a_type_that_is_sold_nowhere_has_no_zones(body: Mapping[str, Json]) -> None:
    assert await cloud(ScriptedTransport(body)).zone_stock(scope(), G7, Charge()) == ()


async def test_a_zone_without_the_type_is_absent() -> None:
    transport = ScriptedTransport(answer(("z-1", []), ("z-2", [supported(G7, "WithStock")])))
    assert [stock.zone_id for stock in await cloud(transport).zone_stock(scope(), G7, Charge())] == ["z-2"]


async def test_stock_is_asked_with_the_charge_type_of_the_launch() -> None:
    transport = ScriptedTransport({})
    await cloud(transport).zone_stock(scope(), G7, Charge(charge_type="PrePaid"), "z-1")
    asked = transport.requests[0].params
    assert (asked["InstanceChargeType"], asked["InstanceType"], asked["ZoneId"]) == ("PrePaid", G7, "z-1")
    assert asked["DestinationResource"] == "InstanceType"
    assert "SpotStrategy" not in asked


async def test_spot_is_asked_as_spot() -> None:
    transport = ScriptedTransport({})
    await cloud(transport).zone_stock(scope(), G7, Charge(spot_strategy="SpotAsPriceGo"))
    assert transport.requests[0].params["SpotStrategy"] == "SpotAsPriceGo"


async def test_types_of_a_size_are_asked_without_a_type() -> None:
    transport = ScriptedTransport(
        answer(("z-1", [supported(G7, "WithStock"), supported("ecs.g8i.xlarge", "WithoutStock")]))
    )
    found = await cloud(transport).types_of_size(scope(), "z-1", 4, 16.0, Charge())
    assert [(stock.instance_type, stock.stock.buyable) for stock in found] == [(G7, True), ("ecs.g8i.xlarge", False)]
    asked = transport.requests[0].params
    assert (asked["Cores"], asked["Memory"], asked["ZoneId"]) == (4, 16.0, "z-1")
    assert "InstanceType" not in asked


async def test_system_disk_categories_carry_their_sizes() -> None:
    transport = ScriptedTransport(
        answer(
            (
                "z-1",
                [
                    supported("cloud_essd", "WithStock", Min=20, Max="2048", Unit="GiB"),
                    supported("cloud", "WithoutStock"),
                ],
            ),
            resource="SystemDisk",
        )
    )
    found = await cloud(transport).system_disk_categories(scope(), "z-1", G7, Charge())
    assert [(c.category, c.available, c.min_gib, c.max_gib) for c in found] == [
        ("cloud_essd", True, 20, 2048),
        ("cloud", False, None, None),
    ]


async def test_data_disk_categories_are_asked_beside_the_system_disks_category() -> None:
    transport = ScriptedTransport(answer(("z-1", [supported("cloud_auto", "WithStock")]), resource="DataDisk"))
    found = await cloud(transport).data_disk_categories(scope(), "z-1", G7, Charge(), "cloud_essd")
    assert [category.category for category in found] == ["cloud_auto"]
    asked = transport.requests[0].params
    assert (asked["DestinationResource"], asked["SystemDiskCategory"]) == ("DataDisk", "cloud_essd")


async def test_type_facts_are_asked_ten_at_a_time_and_come_in_the_order_asked() -> None:
    names = tuple(f"ecs.t{n}" for n in range(12))

    def row(name: str) -> Json:
        return {
            "InstanceTypeId": name,
            "InstanceTypeFamily": "ecs.t",
            "CpuCoreCount": 4,
            "MemorySize": 16.0,
            "CpuArchitecture": "ARM",
            "NvmeSupport": "required",
            "SupportedBootModes": {"SupportedBootMode": ["UEFI"]},
        }

    transport = ScriptedTransport(
        {"InstanceTypes": {"InstanceType": [row(name) for name in reversed(names[:10])]}},
        {"InstanceTypes": {"InstanceType": [row(names[10])]}},
    )
    found = await cloud(transport).instance_types(scope(), (*names, names[0]))
    assert [facts.instance_type for facts in found] == list(names[:11])
    asked = [request.params["InstanceTypes"] for request in transport.requests]
    assert asked == [list(names[:10]), list(names[10:])]
    assert (found[0].architecture, found[0].nvme_required, found[0].boot_modes) == ("ARM", True, ("UEFI",))
