"""Times as a person reads them: in one zone a page, named with its offset. `data` stays in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LOCAL = "local"
CHINA = timezone(timedelta(hours=8))
FARTHEST_MINUTES = 14 * 60
"""No place on earth is farther from UTC."""

_OFFSET = re.compile(r"(?:UTC|GMT)?(?:([+-])(\d{1,2})(?::?([0-5]\d))?)?", re.ASCII | re.IGNORECASE)


def zone_named(name: str) -> tzinfo | None:
    """A zone by its offset (`UTC`, `UTC+8`, `+05:30`), its name (`Asia/Shanghai`), or `local`: the machine's.

    Returns:
        None where there is no such zone.
    """
    wanted = name.strip()
    if wanted.lower() == LOCAL:
        return datetime.now(UTC).astimezone().tzinfo
    match = _OFFSET.fullmatch(wanted)
    if match and wanted:
        minutes = int(match[2] or 0) * 60 + int(match[3] or 0)
        if minutes > FARTHEST_MINUTES:
            return None
        return timezone(timedelta(minutes=-minutes if match[1] == "-" else minutes))
    try:
        return ZoneInfo(wanted)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def zone_of_region(region_id: str) -> tzinfo:
    """Where the people of a region most likely are: UTC+8 in mainland China, and UTC elsewhere."""
    return CHINA if region_id.startswith("cn-") else UTC


def told_moment(moment: datetime, zone: tzinfo, *, seconds: bool = False) -> str:
    """`2026-11-29 19:31 UTC+8`."""
    there = moment.astimezone(zone)
    return f"{there:%Y-%m-%d %H:%M:%S} {told_offset(there)}" if seconds else f"{there:%Y-%m-%d %H:%M} {told_offset(there)}"


def told_offset(moment: datetime) -> str:
    """`UTC`, `UTC+8`, `UTC-3:30`: of an aware moment."""
    offset = moment.utcoffset() or timedelta(0)
    minutes = round(offset.total_seconds() / 60)
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")
