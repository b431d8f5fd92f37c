"""From what was read to a row: fresh or not, launchable where, which tier, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ecs_dr.domain.standby.model import Point, Standby, StandbyFinding, StandbyReading, Tier, ZoneOffer
from ecs_dr.domain.times import seconds_between

HOUR = 3600.0
WORST_FIRST: tuple[Tier, ...] = ("T0", "unknown", "T1", "T2", "T3", "T4")
MOST_NAMED = 5
"""How many ids a finding names; the rest is counted."""


def judge(read: StandbyReading, now: datetime, max_age_hours: float) -> Standby:
    """The row of one instance.

    What could not be read is never taken for missing, and never for good: only what was read decides.
    """
    newest = read.points[0] if read.points else None
    age = None if newest is None else max(seconds_between(newest.data_as_of, now) / HOUR, 0.0)
    fresh = age <= max_age_hours if age is not None else (None if _points_unknown(read) else False)
    return Standby(
        instance_id=read.instance.instance_id,
        name=read.instance.name,
        zone_id=read.instance.zone_id,
        instance_type=read.instance.instance_type,
        newest=newest,
        age_hours=None if age is None else round(age, 1),
        fresh=fresh,
        launchable_in=tuple(zone.zone_id for zone in _offers(read)),
        tier=_tier(read, fresh=fresh),
        findings=_findings(read, age, max_age_hours, fresh=fresh),
        zones=read.zones or (),
        superseded=read.superseded,
        drill=read.drill,
    )


def not_found(instance_id: str) -> Standby:
    """The row of an id that the region does not list."""
    finding = StandbyFinding(code="not_found", values={"id": instance_id})
    return Standby(instance_id=instance_id, fresh=False, tier="T0", findings=(finding,))


def worst_first(rows: tuple[Standby, ...]) -> tuple[Standby, ...]:
    """What needs somebody first: nothing at all, unknown, then by tier, the oldest data before younger."""
    return tuple(
        sorted(rows, key=lambda row: (WORST_FIRST.index(row.tier), row.good, -(row.age_hours or 0.0), row.instance_id))
    )


def _points_unknown(read: StandbyReading) -> bool:
    """Whether something newer, or anything at all, may exist unseen: then nothing found is not nothing there."""
    return (
        read.points is None
        or read.disks is None
        or bool({"ecs:DescribeSnapshots", "ecs:DescribeImages"} & set(read.unread))
    )


def _tier(read: StandbyReading, *, fresh: bool | None) -> Tier:
    if read.replicas:
        return "T4"
    # Nothing found is not nothing there, and something old is not the newest, while something was not read.
    if not fresh and _points_unknown(read):
        return "unknown"
    if not read.points or not fresh:
        return "T1" if read.points else "T0"
    return _place_tier(read, read.points[0])


def _place_tier(read: StandbyReading, newest: Point) -> Tier:
    """Of one with fresh data: whether it could go anywhere."""
    offers = _offers(read)
    if not offers:
        unread = read.zones is None or any(one.sells_type and one.sells_disks is None for one in read.zones)
        return "unknown" if unread else "T1"
    return "T3" if newest.available and any(zone.vswitch_id for zone in offers) else "T2"


def _offers(read: StandbyReading) -> tuple[ZoneOffer, ...]:
    """The other zones that sell type and disks now."""
    return tuple(zone for zone in read.zones or () if zone.sells_type and zone.sells_disks)


def _findings(
    read: StandbyReading, age: float | None, wanted: float, *, fresh: bool | None
) -> tuple[StandbyFinding, ...]:
    return (
        *_about_data(read, age, wanted, fresh=fresh),
        *(StandbyFinding(code=one.code, values={"id": one.id, "what": one.what}) for one in read.spoilt),
        *_about_place(read),
        *_besides(read),
    )


def _about_data(
    read: StandbyReading, age: float | None, wanted: float, *, fresh: bool | None
) -> Iterator[StandbyFinding]:
    if not read.points and not _points_unknown(read):
        yield StandbyFinding(code="nothing")
    if age is not None and not fresh:
        yield StandbyFinding(code="stale", values={"age": f"{round(age, 1):g}", "wanted": f"{wanted:g}"})
    local = [disk.device for disk in read.disks or () if not disk.is_imageable]
    if local:
        yield StandbyFinding(code="cannot_be_imaged", values={"disks": ", ".join(local)})


def _about_place(read: StandbyReading) -> Iterator[StandbyFinding]:
    """Where it could be launched, as far as that was read."""
    if read.zones is None:
        return
    offers = _offers(read)
    unread = any(zone.sells_type and zone.sells_disks is None for zone in read.zones)
    if not offers and not unread:
        yield StandbyFinding(code="not_launchable", values={"type": read.instance.instance_type})
    elif offers and all(zone.vswitch_id == "" for zone in offers):
        yield StandbyFinding(code="no_vswitch", values={"zones": ", ".join(zone.zone_id for zone in offers)})


def _besides(read: StandbyReading) -> Iterator[StandbyFinding]:
    newest = read.points[0] if read.points else None
    if newest is not None and newest.kind == "snapshots":
        yield StandbyFinding(code="snapshots_only")
        if newest.consistent is False:
            yield StandbyFinding(code="not_one_moment", values={"minutes": f"{newest.spread_seconds / 60:.0f}"})
    if read.superseded:
        named = ", ".join(read.superseded[:MOST_NAMED])
        more = ", …" if len(read.superseded) > MOST_NAMED else ""
        yield StandbyFinding(code="superseded", values={"count": str(len(read.superseded)), "ids": named + more})
    if read.drill is not None:
        drill = read.drill
        values = {"time": drill.ended_at.isoformat(), "verdict": drill.verdict, "report": drill.report}
        yield StandbyFinding(code="drill" if drill.verdict == "match" else "drill_failed", values=values)
    if read.unread:
        yield StandbyFinding(code="unread", values={"actions": ", ".join(read.unread)})
