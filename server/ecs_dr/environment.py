"""What the process is handed from outside: addresses, and values that a host was to fill in."""

from __future__ import annotations

import ipaddress
import re

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
