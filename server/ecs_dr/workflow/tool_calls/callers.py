"""Who calls, where several may: a name that means nothing else, and is shown to nobody."""

from __future__ import annotations

from contextvars import ContextVar

CALLER: ContextVar[str] = ContextVar("caller", default="")
"""Set by the transport for each request; empty where there is one caller alone."""

_SHARED = "at "


def caller_at(address: str) -> str:
    """Whoever calls from an address, where nothing tells the clients there apart."""
    return f"{_SHARED}{address}"


def may_be_several(caller: str) -> bool:
    """Whether this name may stand for several clients: what is its own is then not known to be the caller's own."""
    return caller.startswith(_SHARED)
