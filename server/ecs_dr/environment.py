"""What the process is handed from outside: addresses, and values that a host was to fill in."""

from __future__ import annotations

import ipaddress
import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LOCAL = "local"
FARTHEST_MINUTES = 14 * 60
"""No place on earth is farther from UTC."""

_OFFSET = re.compile(r"(?:UTC|GMT)?(?:([+-])(\d{1,2})(?::?([0-5]\d))?)?", re.ASCII | re.IGNORECASE)
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
