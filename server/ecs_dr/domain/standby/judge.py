"""From what was read to a row: fresh or not, launchable where, which tier, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ecs_dr.domain.standby.model import Finding, Point, Sighting, Standby, Tier, ZoneOffer
from ecs_dr.domain.times import seconds_between

HOUR = 3600.0
WORST_FIRST: tuple[Tier, ...] = ("T0", "unknown", "T1", "T2", "T3", "T4")
MOST_NAMED = 5
"""How many ids a finding names; the rest is counted."""


def judge(sighting: Sighting, now: datetime, max_age_hours: float) -> Standby:
    """The row of one instance.

    What could not be read is never taken for missing, and never for good: only what was read decides.
    """
    newest = sighting.points[0] if sighting.points else None
    age = None if newest is None else max(seconds_between(newest.data_as_of, now) / HOUR, 0.0)
    fresh = age <= max_age_hours if age is not None else (None if _points_unknown(sighting) else False)
    return Standby(
        instance_id=sighting.instance.instance_id,
        name=sighting.instance.name,
        zone_id=sighting.instance.zone_id,
        instance_type=sighting.instance.instance_type,
        newest=newest,
        age_hours=None if age is None else round(age, 1),
        fresh=fresh,
        launchable_in=tuple(zone.zone_id for zone in _offers(sighting)),
        tier=_tier(sighting, fresh=fresh),
        findings=_findings(sighting, age, max_age_hours, fresh=fresh),
        zones=sighting.zones or (),
        superseded=sighting.superseded,
        drill=sighting.drill,
    )


def not_found(instance_id: str) -> Standby:
    """The row of an id that the region does not list."""
    finding = Finding(code="not_found", values={"id": instance_id})
    return Standby(instance_id=instance_id, fresh=False, tier="T0", findings=(finding,))


def worst_first(rows: tuple[Standby, ...]) -> tuple[Standby, ...]:
    """What needs somebody first: nothing at all, unknown, then by tier, the oldest data before younger."""
    return tuple(
        sorted(rows, key=lambda row: (WORST_FIRST.index(row.tier), row.good, -(row.age_hours or 0.0), row.instance_id))
    )


def _points_unknown(sighting: Sighting) -> bool:
    """Whether something newer, or anything at all, may exist unseen: then nothing found is not nothing there."""
    return (
        sighting.points is None
        or sighting.disks is None
        or bool({"ecs:DescribeSnapshots", "ecs:DescribeImages"} & set(sighting.unread))
    )


def _tier(sighting: Sighting, *, fresh: bool | None) -> Tier:
    if sighting.replicas:
        return "T4"
    # Nothing found is not nothing there, and something old is not the newest, while something was not read.
    if not fresh and _points_unknown(sighting):
        return "unknown"
    if not sighting.points or not fresh:
        return "T1" if sighting.points else "T0"
    return _place_tier(sighting, sighting.points[0])


def _place_tier(sighting: Sighting, newest: Point) -> Tier:
    """Of one with fresh data: whether it could go anywhere."""
    offers = _offers(sighting)
    if not offers:
        unread = sighting.zones is None or any(one.sells_type and one.sells_disks is None for one in sighting.zones)
        return "unknown" if unread else "T1"
    return "T3" if newest.available and any(zone.vswitch_id for zone in offers) else "T2"


def _offers(sighting: Sighting) -> tuple[ZoneOffer, ...]:
    """The other zones that sell type and disks now."""
    return tuple(zone for zone in sighting.zones or () if zone.sells_type and zone.sells_disks)


def _findings(sighting: Sighting, age: float | None, wanted: float, *, fresh: bool | None) -> tuple[Finding, ...]:
    return (
        *_about_data(sighting, age, wanted, fresh=fresh),
        *(Finding(code=one.code, values={"id": one.id, "what": one.what}) for one in sighting.spoilt),
        *_about_place(sighting),
        *_besides(sighting),
    )


def _about_data(sighting: Sighting, age: float | None, wanted: float, *, fresh: bool | None) -> Iterator[Finding]:
    if not sighting.points and not _points_unknown(sighting):
        yield Finding(code="nothing")
    if age is not None and not fresh:
        yield Finding(code="stale", values={"age": f"{round(age, 1):g}", "wanted": f"{wanted:g}"})
    local = [disk.device for disk in sighting.disks or () if not disk.is_imageable]
    if local:
        yield Finding(code="cannot_be_imaged", values={"disks": ", ".join(local)})


def _about_place(sighting: Sighting) -> Iterator[Finding]:
    """Where it could be launched, as far as that was read."""
    if sighting.zones is None:
        return
    offers = _offers(sighting)
    unread = any(zone.sells_type and zone.sells_disks is None for zone in sighting.zones)
    if not offers and not unread:
        yield Finding(code="not_launchable", values={"type": sighting.instance.instance_type})
    elif offers and all(zone.vswitch_id == "" for zone in offers):
        yield Finding(code="no_vswitch", values={"zones": ", ".join(zone.zone_id for zone in offers)})


def _besides(sighting: Sighting) -> Iterator[Finding]:
    newest = sighting.points[0] if sighting.points else None
    if newest is not None and newest.kind == "snapshots":
        yield Finding(code="snapshots_only")
        if newest.consistent is False:
            yield Finding(code="not_one_moment", values={"minutes": f"{newest.spread_seconds / 60:.0f}"})
    if sighting.superseded:
        named = ", ".join(sighting.superseded[:MOST_NAMED])
        more = ", …" if len(sighting.superseded) > MOST_NAMED else ""
        yield Finding(code="superseded", values={"count": str(len(sighting.superseded)), "ids": named + more})
    if sighting.drill is not None:
        drill = sighting.drill
        values = {"time": drill.ended_at.isoformat(), "verdict": drill.verdict, "report": drill.report}
        yield Finding(code="drill" if drill.verdict == "match" else "drill_failed", values=values)
    if sighting.unread:
        yield Finding(code="unread", values={"actions": ", ".join(sighting.unread)})
