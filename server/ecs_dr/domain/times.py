"""Times as the API writes them, and as a person reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo

_CHINA = timezone(timedelta(hours=8))


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


def zone_for(wanted: tzinfo | None, region_id: str) -> tzinfo:
    """The zone of the times that a person reads: the one that is set; else China's for its regions, else UTC."""
    return wanted or (_CHINA if region_id.startswith("cn-") else UTC)


def told_time(when: datetime, zone: tzinfo, near: datetime | None = None) -> str:
    """A moment for a person: `2026-11-22 16:08:38 UTC+8`; without its date where it is of the same day as `near`."""
    here = when.astimezone(zone)
    same_day = near is not None and near.astimezone(zone).date() == here.date()
    return f"{here:%H:%M:%S}" if same_day and near is not None else f"{here:%Y-%m-%d %H:%M:%S} {offset_of(here)}"


def told_span(first: datetime, last: datetime, zone: tzinfo, near: datetime | None = None) -> str:
    """From when to when for a person: `2026-11-22 16:08:38–16:11:02 UTC+8`; one moment within the same second.

    Without the date where both are of the same day as `near`.
    """
    here, there = first.astimezone(zone), last.astimezone(zone)
    if here.replace(microsecond=0) >= there.replace(microsecond=0):
        return told_time(last, zone, near)
    if near is not None and {here.date(), there.date()} == {near.astimezone(zone).date()}:
        return f"{here:%H:%M:%S}–{there:%H:%M:%S}"
    if here.date() != there.date() or offset_of(here) != offset_of(there):
        return f"{told_time(first, zone)} – {told_time(last, zone)}"
    return f"{here:%Y-%m-%d %H:%M:%S}–{there:%H:%M:%S} {offset_of(here)}"


def offset_of(moment: datetime) -> str:
    """The offset of a moment in its own zone, as it is told once a page: `UTC+8`, `UTC-3:30`, `UTC`."""
    minutes = int((moment.utcoffset() or timedelta()).total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return "UTC" if minutes == 0 else f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")
