"""Who calls, where several may: a name that means nothing else, and is shown to nobody."""

from __future__ import annotations

from contextvars import ContextVar

CALLER: ContextVar[str] = ContextVar("caller", default="")
"""Set by the transport for each request; empty where there is one caller alone."""
