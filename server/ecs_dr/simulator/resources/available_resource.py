"""What can be bought where (ECS API, DescribeAvailableResource; its codes have a style of their own)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.actions import Call, action
from ecs_dr.simulator.errors import Fault
from ecs_dr.simulator.model_catalogue import DiskOffer, StockLevel
from ecs_dr.simulator.params import decimal, integer, required, text
from ecs_dr.simulator.resources.disk_limits import size_range

_DESTINATIONS = frozenset({"Zone", "IoOptimized", "InstanceType", "Network", "ddh", "SystemDisk", "DataDisk"})
_IN_STOCK = frozenset({"WithStock", "ClosedWithStock"})


@dataclass(frozen=True)
class _Offer:
    """One instance type in one zone."""

    instance_type: str
    level: StockLevel


@action("ecs", "DescribeAvailableResource", dry_run=True)
def describe_available_resource(call: Call) -> dict[str, Json]:
    """Stock by zone; a zone or a type that is not sold is simply absent."""
    destination = required(call.params, "DestinationResource")
    if destination not in _DESTINATIONS:
        raise Fault("Invalid.DestinationResource", "The specified DestinationResource is not valid.", 404)
    charge = _charge(call)
    _check_type_parameters(call, destination)
    zones: list[Json] = []
    for zone_id in _zones(call):
        offers = list(_offers(call, zone_id, charge))
        if offers:
            zones.append(_zone_view(call, zone_id, offers, destination))
    return {"AvailableZones": {"AvailableZone": zones}}


def _charge(call: Call) -> str:
    charge = text(call.params, "InstanceChargeType", "PostPaid")
    if charge not in {"PostPaid", "PrePaid"}:
        raise Fault("Invalid.InstanceChargeType", "The specified InstanceChargeType is not valid.")
    spot = text(call.params, "SpotStrategy", "NoSpot")
    if spot not in {"NoSpot", "SpotWithPriceLimit", "SpotAsPriceGo"}:
        raise Fault("Invalid.SpotStrategy", "The specified SpotStrategy is not valid.", 404)
    return "Spot" if spot != "NoSpot" else charge


def _check_type_parameters(call: Call, destination: str) -> None:
    params = call.params
    if text(params, "ResourceType", "instance") not in {"instance", "disk", "reservedinstance", "ddh"}:
        raise Fault("Invalid.ResourceType", "The specified ResourceType is not valid.", 404)
    for_disks = destination in {"SystemDisk", "DataDisk"} and text(params, "ResourceType", "instance") == "instance"
    if for_disks and not text(params, "InstanceType"):
        raise Fault("Invalid.Param", "The parameter InstanceType is required for this DestinationResource.")
    by_size = text(params, "Cores") or text(params, "Memory")
    if by_size and text(params, "InstanceType"):
        raise Fault("InvalidParam.TypeAndCpuMem.Conflict", "InstanceType conflicts with Cores and Memory.", 403)


def _zones(call: Call) -> list[str]:
    wanted = text(call.params, "ZoneId")
    return [
        zone.zone_id
        for zone in call.world.zones.values()
        if zone.region_id == call.region and zone.zone_type == "AvailabilityZone" and wanted in {"", zone.zone_id}
    ]


def _offers(call: Call, zone_id: str, charge: str) -> Iterator[_Offer]:
    wanted = text(call.params, "InstanceType")
    cores = integer(call.params, "Cores", 0)
    memory = decimal(call.params, "Memory")
    for name, kind in call.world.instance_types.items():
        level = call.world.stock_of(zone_id, name, charge)
        fits = wanted in {"", name} and cores in {0, kind.cpu} and memory in {0, kind.memory_gib}
        if level is not None and fits:
            yield _Offer(name, level)


def _zone_view(call: Call, zone_id: str, offers: list[_Offer], destination: str) -> dict[str, Json]:
    best = "WithStock" if any(offer.level == "WithStock" for offer in offers) else offers[0].level
    in_stock = any(offer.level in _IN_STOCK for offer in offers)
    resources = _supported(call, zone_id, offers, destination)
    listed: list[Json] = [{"Type": destination, "SupportedResources": {"SupportedResource": resources}}]
    return {
        "RegionId": call.region,
        "ZoneId": zone_id,
        "Status": "Available" if in_stock else "SoldOut",
        "StatusCategory": best,
        "AvailableResources": {"AvailableResource": listed},
    }


def _supported(call: Call, zone_id: str, offers: list[_Offer], destination: str) -> list[Json]:
    if destination == "InstanceType":
        return [_row(offer.instance_type, offer.level) for offer in offers]
    if destination in {"SystemDisk", "DataDisk"}:
        if text(call.params, "ResourceType", "instance") == "disk":
            zone = call.world.disk_support.get(zone_id)
            return _disk_rows(call, zone, destination) if zone else []
        return _disk_rows(call, _disks_beside(call, zone_id, offers[0].instance_type), destination)
    if destination == "Zone":
        return [_row(zone_id, offers[0].level)]
    if destination == "IoOptimized":
        return [_row("optimized", "WithStock")]
    return [_row("vpc", "WithStock")] if destination == "Network" else []


def _disks_beside(call: Call, zone_id: str, instance_type: str) -> DiskOffer:
    """The disks sold with a type; data disks are answered for one system disk category alone.

    Without SystemDiskCategory its default, cloud_efficiency, takes effect: a type that has no such system disk
    is then answered with nothing, although it sells data disks.
    """
    offer = call.world.disk_offer(zone_id, instance_type)
    system = text(call.params, "SystemDiskCategory", "cloud_efficiency")
    return offer if system in offer.system else DiskOffer(system=offer.system, data=[])


def _disk_rows(call: Call, offer: DiskOffer, destination: str) -> list[Json]:
    kind = "system" if destination == "SystemDisk" else "data"
    rows: list[Json] = []
    for category in offer.system if kind == "system" else offer.data:
        smallest, largest = size_range(kind, category, offer.performance_levels)
        row = _row(category, "WithStock")
        if call.world.variants["disk_stock"] == "status":
            row.pop("StatusCategory")
        rows.append({**row, "Min": smallest, "Max": largest, "Unit": "GiB"})
    return rows


def _row(value: str, level: StockLevel) -> dict[str, Json]:
    # As in the official sample, Status may say Available beside a StatusCategory that says sold out: only the
    # category can be relied upon.
    misleading = level == "WithoutStock"
    status = "Available" if level in _IN_STOCK or misleading else "SoldOut"
    return {"Value": value, "Status": status, "StatusCategory": level}
