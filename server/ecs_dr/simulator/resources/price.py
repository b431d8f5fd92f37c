"""DescribePrice, with the world's invented prices.

Not part of the answer, as on the cloud: traffic (PayByTraffic), snapshots, provisioned IOPS and bursting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.actions import Call, action
from ecs_dr.simulator.errors import Fault
from ecs_dr.simulator.model_catalogue import DISK_CATEGORIES, PERFORMANCE_LEVELS
from ecs_dr.simulator.params import integer, struct, structs, text

_LONGEST_PERIOD: Mapping[str, int] = {"Hour": 1, "Week": 4, "Month": 9, "Year": 5}
_SMALLEST_SIZE: Mapping[str, int] = {"PL0": 1, "PL1": 20, "PL2": 461, "PL3": 1261}
_OTHER_RESOURCES = frozenset({"disk", "bandwidth", "ddh", "diskperformance", "ElasticityAssurance"})
_SPOT_SHARE = 0.2
_WEEKS_PER_MONTH = 4


@dataclass(frozen=True)
class _Item:
    """One row of the price's details: a resource and its price for one hour."""

    resource: str
    hourly: float


@action("ecs", "DescribePrice")
def describe_price(call: Call) -> dict[str, Json]:
    """Price an instance with its disks and bandwidth.

    `PriceUnit=Hour` (the default) is the PostPaid price, the other units are subscriptions.
    """
    resource_type = text(call.params, "ResourceType", "instance")
    if resource_type in _OTHER_RESOURCES:
        raise Fault("NotSimulated", f"This simulator prices instances alone, not {resource_type}.", 501)
    if resource_type != "instance":
        raise Fault("InvalidResourceType.ValueNotSupported", "The specified ResourceType is not valid.")
    hours = _hours(call)
    amount = integer(call.params, "Amount", 1, 1, 1000)
    items = [_instance(call), *_system_disk(call), *_data_disks(call), *_bandwidth(call)]
    rows = [_row(call, item, hours * amount) for item in items]
    details: list[Json] = [
        {"Resource": item.resource, **row, "SubRules": {"Rule": []}} for item, row in zip(items, rows, strict=True)
    ]
    total: dict[str, Json] = {
        name: round(sum(row[name] for row in rows), 4) for name in ("OriginalPrice", "DiscountPrice", "TradePrice")
    }
    price: dict[str, Json] = {
        "Currency": call.world.prices.currency,
        **total,
        "DetailInfos": {"DetailInfo": details},
    }
    return {"PriceInfo": {"Price": price, "Rules": {"Rule": []}}}


def _hours(call: Call) -> float:
    unit = text(call.params, "PriceUnit", "Hour")
    if unit not in _LONGEST_PERIOD or (unit == "Week" and not call.world.behaviour.china_site):
        raise Fault("InvalidPriceUnit.ValueNotSupported", "The specified PriceUnit is not valid.")
    period = integer(call.params, "Period", 1)
    if not 1 <= period <= _LONGEST_PERIOD[unit]:
        raise Fault("InvalidPeriod", "The specified Period is not valid.")
    month = call.world.prices.month_hours
    return period * {"Hour": 1, "Week": month / _WEEKS_PER_MONTH, "Month": month, "Year": 12 * month}[unit]


def _instance(call: Call) -> _Item:
    name = text(call.params, "InstanceType")
    if not name:
        raise Fault("InvalidInstanceType.Missing", "The InstanceType is needed to price an instance.", 404)
    if name not in call.world.instance_types:
        raise Fault("InvalidInstanceType.ValueNotSupported", "The specified InstanceType does not exist.")
    zone_id = text(call.params, "ZoneId")
    if zone_id and call.world.region_of(zone_id) != call.region:
        raise Fault("InvalidZoneId.NotFound", "The specified ZoneId does not exist.", 404)
    hourly = call.world.prices.instance_hour.get(name)
    if hourly is None:
        raise Fault("PriceNotFound", "The price of your queried resource is not available now.")
    if text(call.params, "SpotStrategy", "NoSpot") != "NoSpot":
        if text(call.params, "PriceUnit", "Hour") != "Hour":
            raise Fault("InvalidPriceUnit.ValueNotSupported", "A preemptible instance is priced by the hour.")
        hourly *= _SPOT_SHARE
    return _Item("InstanceType", hourly)


def _system_disk(call: Call) -> list[_Item]:
    members = struct(call.params, "SystemDisk")
    image_gib = _image_size(call)
    if not members.get("Category"):
        return []
    size = integer(members, "Size", max(20, image_gib))
    if size < image_gib:
        raise Fault(
            "InvalidSystemDiskSize.LessThanImageSize",
            "The specified parameter SystemDisk.Size is less than the image size.",
            404,
        )
    return [_Item("SystemDisk", size * _gib_hour(call, members, size))]


def _image_size(call: Call) -> int:
    image_id = text(call.params, "ImageId")
    if not image_id:
        return 0
    image = call.world.images.get(image_id)
    if image is None or image.region_id != call.region:
        raise Fault("InvalidImageId.NotFound", "The specified ImageId does not exist.", 404)
    return next((mapping.size for mapping in image.mappings if mapping.type == "system"), 0)


def _data_disks(call: Call) -> list[_Item]:
    items: list[_Item] = []
    for members in structs(call.params, "DataDisk"):
        if not members.get("Category"):
            raise Fault("InvalidDiskCategory.Missing", "The DataDisk.n.Category is needed to price a disk.", 404)
        size = integer(members, "Size", 20)
        items.append(_Item("DataDisk", size * _gib_hour(call, members, size)))
    return items


def _gib_hour(call: Call, members: Mapping[str, str], size: int) -> float:
    """Return the price of one GiB for one hour."""
    category = members["Category"]
    if category not in DISK_CATEGORIES:
        raise Fault("InvalidDiskCategory.NotSupported", "The specified disk category is not supported.", 403)
    prices = call.world.prices.disk_gib_hour
    key = category
    if category == "cloud_essd":
        level = members.get("PerformanceLevel") or "PL1"
        if level not in PERFORMANCE_LEVELS:
            raise Fault("InvalidPerformanceLevel.Malformed", "The specified PerformanceLevel is not valid.")
        if size < _SMALLEST_SIZE[level]:
            raise Fault("InvalidDiskSize.TooSmall", f"The disk is too small for {level}.", 403)
        key = f"{category}.{level}"
    if key not in prices:
        raise Fault("PriceNotFound", "The price of your queried resource is not available now.")
    return prices[key]


def _bandwidth(call: Call) -> list[_Item]:
    mbps = integer(call.params, "InternetMaxBandwidthOut", 0, 0, 100)
    if not mbps:
        return []
    fixed = text(call.params, "InternetChargeType", "PayByTraffic") == "PayByBandwidth"
    return [_Item("bandwidth", mbps * call.world.prices.bandwidth_mbps_hour if fixed else 0.0)]


def _row(call: Call, item: _Item, hours: float) -> dict[str, float]:
    original = round(item.hourly * hours, 4)
    discount = round(original * call.world.prices.discount, 4)
    return {
        "OriginalPrice": original,
        "DiscountPrice": discount,
        "TradePrice": round(original - discount, 4),
    }
