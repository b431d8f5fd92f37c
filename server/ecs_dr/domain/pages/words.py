"""Words that several pages share: disk kinds, public access, login, lengths of time, money."""

from __future__ import annotations

from collections.abc import Iterator

from ecs_dr.domain.attributes.model import UNREAD
from ecs_dr.domain.attributes.spoken import RELEASE_AT
from ecs_dr.domain.disks.model import ReplicaDisk
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.telling import Words, said
from ecs_dr.domain.texts import Texts
from ecs_dr.domain.texts.wording import told_moment, worded_value

_NAMED_BY_PEOPLE = frozenset(
    {"instance_name", "host_name", "description", "tags", "disk_name", "disk_description", "disk_tags", "ram_role_name"}
)
HOURS_OF_30_DAYS = 720
MINUTES_OF_AN_HOUR_AND_A_HALF = 90
HOURS_OF_TWO_DAYS = 48
MINUTE, HOUR, DAY = 60, 3600, 86400


def kind(category: str, level: str | None, texts: Texts) -> Words:
    """A disk category as the console calls it, with its performance level: `ESSD PL1`."""
    key = f"disk.{category}"
    name = texts(key) if texts.has(key) else said(category)
    return Words(" ").join((name, level)) if level else name


def said_kind(name: str, texts: Texts) -> Words:
    """The same of a category with its level as data names it: `cloud_essd PL1`."""
    category, _, level = name.partition(" ")
    return kind(category, level or None, texts)


def told_value(key: str, value: str, texts: Texts) -> Words:
    """The value of an attribute for a person: the cloud's own terms in words, what people named as it is.

    Args:
        key: The attribute, by its key in the ledger.
        value: As it was read; `-` for none, `?` where it could not be read.
        texts: In which language.
    """
    if value == UNREAD:
        return texts("page.verify.unread")
    if key in _NAMED_BY_PEOPLE or not value:
        return said(value)
    if key == "category":
        return kind(value, None, texts)
    if key == RELEASE_AT:
        return said(told_moment(value, texts))
    months = value.removesuffix(" Month")
    return texts("page.months", count=months) if months != value else worded_value(value, texts)


def disk_kind(disk: ReplicaDisk, texts: Texts) -> Words:
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
    if disk.category and not disk.source_category:
        told = told + texts("page.not_read")
    elif disk.substituted:
        told = told + texts("page.was", value=kind(disk.source_category, disk.source_performance_level, texts))
    return told


def public_access(launch: LaunchRequest, texts: Texts) -> Words:
    """A new address with its bandwidth, or none."""
    key = f"page.{launch.internet_charge_type}"
    paid = texts(key) if texts.has(key) else said(launch.internet_charge_type)
    if launch.internet_max_bandwidth_out:
        return texts("page.public_ip", mbps=launch.internet_max_bandwidth_out, paid=paid)
    return texts("page.no_public_ip_yet", paid=paid) if paid else texts("page.no_public_ip")


def login_ways(launch: LaunchRequest, texts: Texts) -> Iterator[Words]:
    """How a person gets in."""
    if launch.key_pair_name:
        yield texts("page.launch.key_pair", name=launch.key_pair_name)
    if launch.password_inherit:
        yield texts("page.launch.password")
    if launch.login_as_non_root:
        yield texts("page.launch.non_root")


def duration(seconds: float | None, texts: Texts) -> Words:
    """`4.2 s`, `3 min 20 s`, `2 h 5 min`, `1 d 4 h`."""
    if seconds is None:
        return texts("report.measure.none")
    if seconds < MINUTE:
        return texts("report.seconds", seconds=f"{seconds:.1f}".removesuffix(".0"))
    whole = round(seconds)
    if whole < HOUR:
        key = "report.minutes_seconds" if whole % MINUTE else "report.minutes"
        return texts(key, minutes=whole // MINUTE, seconds=whole % MINUTE)
    if whole < DAY:
        return texts("report.hours_minutes", hours=whole // HOUR, minutes=whole % HOUR // MINUTE)
    return texts("report.days_hours", days=whole // DAY, hours=whole % DAY // HOUR)


def age(seconds: float, texts: Texts) -> Words:
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


def coin(currency: str, texts: Texts) -> Words:
    """A currency as a person names it."""
    key = f"page.currency.{currency}"
    return texts(key) if texts.has(key) else said(currency)


def figure(amount: float, unit: str = "hour") -> str:
    """An amount of money, as exact as people need it: an hour's to four figures, any other to the cent."""
    return f"{amount:.4g}" if unit == "hour" else f"{amount:.2f}"


def rate(total: float, currency: str, unit: str, texts: Texts) -> Words:
    """A price in its own unit, and nothing else: `1.378 CNY an hour`."""
    return texts(f"page.rate.{unit}", total=figure(total, unit), coin=coin(currency, texts))


def money(total: float, currency: str, unit: str, texts: Texts) -> Words:
    """The same as a sentence, and of an hourly one what 30 days come to."""
    month = f"{total * HOURS_OF_30_DAYS:.0f}"
    return texts(f"page.price.{unit}", total=figure(total, unit), month=month, coin=coin(currency, texts))
