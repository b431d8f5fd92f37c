"""What the process is handed from outside: addresses, and values that a host was to fill in."""

from __future__ import annotations

import ipaddress
import re
from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2})(?::?([0-5]\d))?", re.ASCII | re.IGNORECASE)
MOST_HOURS = 14
"""The offset that is furthest from UTC."""
_UNEXPANDED = re.compile(r"^\$\{[^}]*\}$")


def is_unexpanded(value: str) -> bool:
    """Whether a host passed a placeholder on (`${NAME}`) because it does not know the variable: that is "unset"."""
    return _UNEXPANDED.match(value) is not None


def is_loopback(host: str) -> bool:
    """Whether a host name or address leads to this machine alone; an IPv6 address also in brackets."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False


def zone_named(name: str) -> tzinfo | None:
    """The zone with that name: `UTC`, `UTC+8`, `UTC-03:30`, or one of the tz database (`Asia/Shanghai`); None: none."""
    wanted = name.strip()
    if wanted.upper() in {"UTC", "Z", "GMT"}:
        return UTC
    offset = _OFFSET.fullmatch(wanted)
    if offset is not None:
        ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return timezone(-ahead if offset[1] == "-" else ahead) if ahead <= timedelta(hours=MOST_HOURS) else None
    try:
        return ZoneInfo(wanted)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
