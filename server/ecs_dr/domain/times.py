"""Times as the API writes them."""

from __future__ import annotations

from datetime import UTC, datetime


def parse_time(text: str) -> datetime | None:
    """A time as the API writes it (`2026-11-22T03:00Z`, also with seconds), in UTC; None when it is not one."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo is not None else None


def seconds_between(start: datetime, end: datetime) -> float:
    """Seconds from `start` to `end`."""
    return (end - start).total_seconds()
