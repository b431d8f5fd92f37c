"""How attributes are written as text, so that source, launch and replica can be laid side by side."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from ecs_dr.domain.attributes.model import AttributeText
from ecs_dr.domain.model import Tag
from ecs_dr.domain.source import CpuOptions, Instance, PrivateDns
from ecs_dr.domain.times import parse_time

DAYS_PER_MONTH = 30.44


_ITEM = re.compile(r'("(?:[^"\\]|\\.)*"|[^"].*?|)(?:, |\Z)', re.DOTALL)


def as_list(values: Iterable[str]) -> str:
    """In alphabetical order, as the API promises none; an item that could be read as two stands in quotation marks."""
    return ", ".join(json.dumps(one, ensure_ascii=False) if _is_doubtful(one) else one for one in sorted(values))


def _is_doubtful(item: str) -> bool:
    return ", " in item or item.startswith('"')


def items_of(text: str) -> frozenset[str]:
    """What `as_list` has written, item by item as it stands there."""
    return frozenset(filter(None, _ITEM.findall(text)))


def as_tags(tags: Iterable[Tag]) -> str:
    """`key=value`, in alphabetical order."""
    return as_list(f"{tag.key}={tag.value}" for tag in tags)


def has_all(source: str, other: str) -> bool:
    """Whether every item of a list as `as_list` writes it is in the other too."""
    return items_of(source) <= items_of(other)


def as_flag(flag: bool | None) -> AttributeText:  # noqa: FBT001 - the value that is written, not a switch
    """`true` or `false`."""
    return None if flag is None else str(flag).lower()


def as_number(number: float | None) -> str:
    """Without a fraction that says nothing; empty for none."""
    return "" if number is None else f"{number:g}"


def as_cpu(options: CpuOptions | None) -> AttributeText:
    """Cores by threads, with the topology where one is set."""
    if options is None or not options.core_count:
        return None
    topology = f" {options.topology_type}" if options.topology_type else ""
    return f"{options.core_count} x {options.threads_per_core or '?'}{topology}"


def as_dns(options: PrivateDns | None) -> AttributeText:
    """The hostname type and the records that are on."""
    if options is None:
        return None
    records = (
        ("ip-A", options.ip_a),
        ("ip-PTR", options.ip_ptr),
        ("id-A", options.id_a),
        ("id-AAAA", options.id_aaaa),
    )
    return " ".join([options.hostname_type or "Custom", *(name for name, on in records if on)])


def as_minute(text: str) -> str:
    """A time to the minute: the API takes seconds and answers without them."""
    return text[:16]


def within_a_minute(one: str, other: str) -> bool:
    """Whether two times are at most a minute apart: seconds are rounded to the minute, and how is said nowhere."""
    try:
        apart = datetime.fromisoformat(one) - datetime.fromisoformat(other)
    except ValueError:
        return False
    return abs(apart) <= timedelta(minutes=1)


def term(instance: Instance) -> AttributeText:
    """How long a subscription runs from creation to expiry, in months; empty for other instances."""
    if instance.charge_type != "PrePaid":
        return ""
    begins, ends = parse_time(instance.creation_time), parse_time(instance.expired_time)
    if begins is None or ends is None:
        return None
    return months(round((ends - begins).days / DAYS_PER_MONTH))


def months(number: int) -> str:
    """As the API says it."""
    return f"{number} Month"
