"""Which instances the register is asked for, and how fresh is fresh: checked before anything is sent."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from ecs_dr.domain.model import Tag
from ecs_dr.domain.names import is_instance_id, is_region_id, not_a_region
from ecs_dr.errors import InvalidInput
from ecs_dr.workflow.session import Arguments

DEFAULT_MAX_AGE_HOURS = 24.0
LONGEST_MAX_AGE_HOURS = 24.0 * 3660
MOST_IDS = 1000
MOST_TAGS = 20
"""DescribeInstances: Tag.N."""

_AGE = re.compile(r"(?P<number>[0-9]{1,6}(?:\.[0-9]{1,3})?)\s*(?P<unit>m|min|h|d)?", re.ASCII)
_HOURS = {"m": 1 / 60, "min": 1 / 60, "h": 1.0, "d": 24.0, None: 1.0}


@dataclass(frozen=True)
class RegisterQuery:
    """One register.

    Attributes:
        instance_ids: These alone; empty: those that carry `tags`, or without tags the whole region.
        max_age_hours: Data older than this is stale.
    """

    region_id: str
    instance_ids: tuple[str, ...] = ()
    tags: tuple[Tag, ...] = ()
    max_age_hours: float = DEFAULT_MAX_AGE_HOURS


def register_query(arguments: Arguments) -> RegisterQuery:
    """What a call asks for.

    Raises:
        InvalidInput: An argument cannot be used. Nothing was sent.
    """
    region_id = (arguments.get("region_id") or "").strip()
    if not is_region_id(region_id):
        raise not_a_region(region_id)
    instance_ids = _parts(arguments.get("instance_ids"))
    if len(instance_ids) > MOST_IDS or not all(is_instance_id(one) for one in instance_ids):
        raise InvalidInput("InvalidInstanceIds", "standby_ids", {"most": str(MOST_IDS)})
    tags = tuple(_tag(part) for part in _parts(arguments.get("tag")))
    if len(tags) > MOST_TAGS:
        raise InvalidInput("InvalidTag", "standby_tag", {"most": str(MOST_TAGS)})
    if tags and instance_ids:
        raise InvalidInput("IdsAndTags", "standby_ids_and_tags")
    return RegisterQuery(region_id, tuple(dict.fromkeys(instance_ids)), tags, max_age(arguments.get("max_age_hours")))


def max_age(text: str | None) -> float:
    """Hours: a number, or one with a unit (`24h`, `90m`, `2d`).

    Raises:
        InvalidInput: It is none, or not positive.
    """
    if not (text or "").strip():
        return DEFAULT_MAX_AGE_HOURS
    match = _AGE.fullmatch((text or "").strip().lower())
    hours = float(match["number"]) * _HOURS[match["unit"]] if match else math.nan
    if not 0 < hours <= LONGEST_MAX_AGE_HOURS:
        raise InvalidInput("InvalidMaxAge", "standby_max_age")
    return hours


def _parts(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def _tag(part: str) -> Tag:
    key, equals, value = part.partition("=")
    if not key.strip() or not equals:
        raise InvalidInput("InvalidTag", "standby_tag", {"most": str(MOST_TAGS)})
    return Tag(key=key.strip(), value=value.strip())
