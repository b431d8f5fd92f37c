"""The price of a launch (DescribePrice), which knows no charge type: the unit of time says it."""

from __future__ import annotations

from ecs_dr.cloud.fields import Fields
from ecs_dr.domain.disks.model import ReplicaDisk
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.model import JsonObject, JsonValue
from ecs_dr.workflow.ports import Price

LONGEST_PERIOD_IN_MONTHS = 9
"""DescribePrice takes 1 to 9 months; longer periods are whole years."""


def price_parameters(launch: LaunchRequest) -> JsonObject:
    """What to ask: the same instance, disks, bandwidth and term as the launch."""
    params: JsonObject = {
        "ResourceType": "instance",
        "InstanceType": launch.instance_type,
        "InstanceNetworkType": "vpc",
        "ImageId": launch.image_id,
        "ZoneId": launch.zone_id,
        "Amount": 1,
        "InternetMaxBandwidthOut": launch.internet_max_bandwidth_out,
        **_term(launch),
    }
    if launch.internet_charge_type:
        params["InternetChargeType"] = launch.internet_charge_type
    for disk in launch.disks:
        if disk.type == "system":
            params["SystemDisk"] = _disk(disk)
    data: list[JsonValue] = [_disk(disk) for disk in launch.disks if disk.type == "data"]
    if data:
        params["DataDisk"] = data
    return params


def _term(launch: LaunchRequest) -> JsonObject:
    if launch.charge_type == "PrePaid":
        months = launch.period or 1
        if months > LONGEST_PERIOD_IN_MONTHS:
            return {"PriceUnit": "Year", "Period": months // 12}
        return {"PriceUnit": "Month", "Period": months}
    term: JsonObject = {"PriceUnit": "Hour", "Period": 1}
    if launch.spot_strategy not in {"", "NoSpot"}:
        term["SpotStrategy"] = launch.spot_strategy
        if launch.spot_duration is not None:
            term["SpotDuration"] = launch.spot_duration
    return term


def _disk(disk: ReplicaDisk) -> JsonObject:
    params: JsonObject = {"Category": disk.category, "Size": disk.size_gib}
    if disk.category == "cloud_essd" and disk.performance_level is not None:
        params["PerformanceLevel"] = disk.performance_level
    if disk.type == "data" and disk.category == "cloud_auto" and disk.provisioned_iops is not None:
        params["ProvisionedIops"] = disk.provisioned_iops
    return params


def read_price(answer: Fields, launch: LaunchRequest) -> Price:
    """The price per unit of time: an hour, or a month of a subscription (its whole term divided by its months).

    The fee of a Marketplace image is documented beside the price, not in it, and is part of what is paid.
    """
    price = answer.child("PriceInfo", "Price")
    fee = answer.child("PriceInfo", "RelatedPrice", "MarketplaceImagePrice")
    months = (launch.period or 1) if launch.charge_type == "PrePaid" else 1
    parts = [
        (detail.text("Resource"), detail.number("TradePrice")) for detail in price.items("DetailInfos", "DetailInfo")
    ]
    if fee.number("TradePrice"):
        parts.append(("MarketplaceImage", fee.number("TradePrice")))
    return Price(
        currency=price.text("Currency"),
        total=((price.number("TradePrice") or 0.0) + (fee.number("TradePrice") or 0.0)) / months,
        unit="month" if launch.charge_type == "PrePaid" else "hour",
        details=tuple((resource, (amount or 0.0) / months) for resource, amount in parts),
    )
