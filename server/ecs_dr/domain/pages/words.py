"""Words that several pages share: disk kinds, public access, money."""

from __future__ import annotations

from ecs_dr.domain.disks import ReplicaDisk
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.texts import Texts
from ecs_dr.redact import safe_display

HOURS_OF_30_DAYS = 720
MINUTES_OF_AN_HOUR_AND_A_HALF = 90
HOURS_OF_TWO_DAYS = 48


def kind(category: str, level: str | None, texts: Texts) -> str:
    """A disk category as the console calls it, with its performance level: `ESSD PL1`."""
    key = f"disk.{category}"
    name = texts(key) if texts.has(key) else safe_display(category)
    return f"{name} {safe_display(level)}" if level else name


def disk_kind(disk: ReplicaDisk, texts: Texts) -> str:
    """What a disk of the replica is: kind, paid performance, encryption, and what it was where it differs."""
    comma = texts("page.comma")
    parts = [kind(disk.category, disk.performance_level, texts)]
    if disk.category == "cloud_auto":
        if disk.provisioned_iops is not None:
            parts.append(texts("page.disk.iops", iops=disk.provisioned_iops))
        parts.append(texts("page.disk.burst_on" if disk.bursting_enabled else "page.disk.burst_off"))
    if disk.encrypted:
        parts.append(texts("page.disk.encrypted"))
    told = comma.join(parts)
    if disk.substituted:
        told += texts("page.was", value=kind(disk.source_category, disk.source_performance_level, texts))
    return told


def public_access(launch: LaunchRequest, texts: Texts) -> str:
    """A new address with its bandwidth, or none."""
    if launch.internet_max_bandwidth_out == 0:
        return texts("page.no_public_ip")
    paid = f"page.{launch.internet_charge_type}"
    return texts(
        "page.public_ip",
        mbps=launch.internet_max_bandwidth_out,
        paid=texts(paid) if texts.has(paid) else safe_display(launch.internet_charge_type),
    )


def age(seconds: float, texts: Texts) -> str:
    """How long ago, as people say it; the clocks of two machines may differ, so nothing is said to be in the future."""
    minutes = int(max(seconds, 0) // 60)
    if minutes < 1:
        return texts("page.age.now")
    if minutes < MINUTES_OF_AN_HOUR_AND_A_HALF:
        return texts("page.age.minutes", count=minutes)
    hours, rest = divmod(minutes, 60)
    if hours < HOURS_OF_TWO_DAYS:
        return texts("page.age.hours", hours=hours, minutes=rest)
    return texts("page.age.days", days=hours // 24, hours=hours % 24)


def money(total: float, currency: str, unit: str, texts: Texts) -> str:
    """A price in its own unit, and of an hourly one what 30 days come to."""
    coin = texts(f"page.currency.{currency}") if texts.has(f"page.currency.{currency}") else safe_display(currency)
    if unit == "month":
        return texts("page.price.month", total=f"{total:.2f}", coin=coin)
    return texts("page.price.hour", total=f"{total:.4g}", month=f"{total * HOURS_OF_30_DAYS:.0f}", coin=coin)
