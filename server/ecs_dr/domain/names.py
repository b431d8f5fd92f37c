"""Names and identifiers: the defaults that are offered, and the shapes that are accepted.

Identifiers are checked before they are sent anywhere or shown: the patterns are wide enough for every id that the
cloud hands out and too narrow for markup, paths, queries or wildcards.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from itertools import count

from ecs_dr.errors import InvalidInput

MAX_NAME = 128

_REPLICA_PREFIX = "recovery-"

_REGION_ID = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,20}){1,4}", re.ASCII)
_OF_A_ZONE = re.compile(
    r"([a-z]{2,3}(?:-[a-z0-9]{1,20}){0,3}-[0-9]+(?=[a-z])|[a-z]{2,3}(?:-[a-z0-9]{1,20}){1,4}(?=-[a-z]$))-?[a-z]",
    re.ASCII,
)
_ZONE_ID = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,20}){1,5}", re.ASCII)
_INSTANCE_ID = re.compile(r"i-[A-Za-z0-9]{4,40}", re.ASCII)
_VSWITCH_ID = re.compile(r"vsw-[A-Za-z0-9]{1,40}(?:-[A-Za-z0-9]{1,40}){0,3}", re.ASCII)
_INSTANCE_TYPE = re.compile(
    r"ecs\.[a-z][a-z0-9]{0,20}(?:-[a-z0-9]{1,20}){0,3}\.[a-z0-9]{1,20}(?:-[a-z0-9]{1,20})?", re.ASCII
)
_IMAGE_ID = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[._-]{1,2}[A-Za-z0-9]+){1,20}", re.ASCII)
_MAX_IMAGE_ID = 128

_UNUSABLE_IN_NAME = re.compile(r"[^\w:.-]")
_INSTANCE_NAME = re.compile(r"[^\W\d_][\w:.-]{1,127}")


def default_image_name(instance_id: str) -> str:
    """`Create_from_<instance id>`, the name that the workflow recommends."""
    return f"Create_from_{instance_id}"


def free_image_name(instance_id: str, taken: Collection[str], now: datetime) -> str:
    """A name that no image of the account has in the region (InvalidImageName.Duplicated otherwise).

    Args:
        instance_id: The source.
        taken: Names of existing images.
        now: The cloud's time, for a name that tells backups apart.

    Returns:
        The default name while it is free, else with the time to the minute, else with a number as well.
    """
    name = default_image_name(instance_id)
    if name not in taken:
        return name
    dated = f"{name}_{now:%Y%m%d_%H%M}"
    numbered = (f"{dated}_{number}" for number in count(2))
    return dated if dated not in taken else next(name for name in numbered if name not in taken)


def replica_name(source_name: str, instance_id: str) -> str:
    """`recovery-<source name>`, cut and cleaned to what RunInstances accepts as InstanceName.

    Brackets and commas would start sequential naming (`web-[1,4]`), so they become hyphens like every other
    character that is not a letter, a digit or one of `:_.-`. A source without a name lends its id.
    """
    cleaned = _UNUSABLE_IN_NAME.sub("-", source_name.strip() or instance_id)
    return f"{_REPLICA_PREFIX}{cleaned}"[:MAX_NAME]


def is_instance_name(text: str) -> bool:
    """Whether RunInstances accepts it as InstanceName and means exactly that one name.

    2-128 characters, a letter first (of any script), then letters, digits and `:_.-`; not a URL.
    """
    return bool(_INSTANCE_NAME.fullmatch(text)) and not text.lower().startswith(("http:", "https:"))


def is_region_id(text: str) -> bool:
    """Whether it has the shape of a region (`cn-beijing`, `ap-southeast-1`, `cn-shanghai-finance-1`)."""
    return bool(_REGION_ID.fullmatch(text)) and region_of_zone(text) is None


def region_of_zone(text: str) -> str | None:
    """The region of what can only be a zone (`cn-beijing-h`, `us-west-1a`); None for anything else.

    A zone is its region with one letter more, behind a dash or behind the region's digit; no region ends so.
    """
    found = _OF_A_ZONE.fullmatch(text)
    return None if found is None else found[1]


def not_a_region(text: str) -> InvalidInput:
    """Why a region id cannot be right: a zone that is given as one is named as such."""
    region = region_of_zone(text)
    if region is None:
        return InvalidInput("InvalidRegionId", "invalid_region_id")
    return InvalidInput("InvalidRegionId", "zone_as_region", {"zone": text, "region": region})


def is_zone_id(text: str) -> bool:
    """Whether it has the shape of a zone (`cn-beijing-h`, `ap-southeast-1a`)."""
    return bool(_ZONE_ID.fullmatch(text))


def is_session_id(text: str) -> bool:
    """Whether it has the form of a session id: 32 lowercase hex characters."""
    return re.fullmatch(r"[0-9a-f]{32}", text) is not None


def is_instance_id(text: str) -> bool:
    """Whether it has the shape of an instance id (`i-bp67acfmxazb4p****` without the asterisks)."""
    return bool(_INSTANCE_ID.fullmatch(text))


def is_vswitch_id(text: str) -> bool:
    """Whether it has the shape of a VSwitch id (`vsw-2ze…`)."""
    return bool(_VSWITCH_ID.fullmatch(text))


def is_instance_type(text: str) -> bool:
    """Whether it has the shape of an instance type (`ecs.g7.xlarge`, `ecs.e-c1m2.large`)."""
    return bool(_INSTANCE_TYPE.fullmatch(text))


def is_image_id(text: str) -> bool:
    """Whether it has the shape of an image id: the account's own (`m-2ze…`) or a public one (`…_20240528.vhd`)."""
    return len(text) <= _MAX_IMAGE_ID and bool(_IMAGE_ID.fullmatch(text))
