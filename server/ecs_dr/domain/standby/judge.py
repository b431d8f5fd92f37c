"""From what was read to a row: fresh or not, launchable where, which tier, and what to do about it."""

from __future__ import annotations

from datetime import datetime

from ecs_dr.domain.standby.model import Finding, FindingCode, Sighting, Standby, Tier
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
    offers = tuple(zone for zone in sighting.zones or () if zone.sells_type and zone.sells_disks)
    return Standby(
        instance_id=sighting.instance.instance_id,
        name=sighting.instance.name,
        zone_id=sighting.instance.zone_id,
        instance_type=sighting.instance.instance_type,
        newest=newest,
        age_hours=None if age is None else round(age, 1),
        fresh=fresh,
        launchable_in=tuple(zone.zone_id for zone in offers),
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
        sorted(
            rows, key=lambda row: (WORST_FIRST.index(row.tier), row.good, -(row.age_hours or 0.0), row.instance_id)
        )
    )


def _points_unknown(sighting: Sighting) -> bool:
    """Whether something newer, or anything at all, may exist unseen: then nothing found is not nothing there."""
    return sighting.points is None or sighting.disks is None or bool(
        {"ecs:DescribeSnapshots", "ecs:DescribeImages"} & set(sighting.unread)
    )


def _tier(sighting: Sighting, *, fresh: bool | None) -> Tier:
    if sighting.replicas:
        return "T4"
    if not sighting.points:
        return "unknown" if _points_unknown(sighting) else "T0"
    if not fresh:
        # A younger one may exist where images or snapshots could not be read.
        return "unknown" if _points_unknown(sighting) else "T1"
    if sighting.zones is None or (
        all(zone.sells_disks is None for zone in sighting.zones if zone.sells_type)
        and any(zone.sells_type for zone in sighting.zones)
    ):
        return "unknown"
    offers = [zone for zone in sighting.zones if zone.sells_type and zone.sells_disks]
    if not offers:
        return "T1"
    if sighting.points[0].kind == "image" and sighting.points[0].available and any(z.vswitch_id for z in offers):
        return "T3"
    return "T2"


def _findings(sighting: Sighting, age: float | None, wanted: float, *, fresh: bool | None) -> tuple[Finding, ...]:
    found: list[Finding] = []

    def say(code: FindingCode, **values: str) -> None:
        found.append(Finding(code=code, values=values))

    local = [disk.device for disk in sighting.disks or () if not disk.is_imageable]
    if sighting.points is not None and not sighting.points and not _points_unknown(sighting):
        say("nothing")
    if age is not None and not fresh:
        say("stale", age=f"{age:.1f}", wanted=f"{wanted:g}")
    if local:
        say("cannot_be_imaged", disks=", ".join(local))
    if sighting.disks is not None and not sighting.disks:
        say("no_disks")
    found += [Finding(code=one.code, values={"id": one.id, "what": one.what}) for one in sighting.spoilt]
    if sighting.zones is not None:
        offers = [zone for zone in sighting.zones if zone.sells_type and zone.sells_disks]
        unread = any(zone.sells_type and zone.sells_disks is None for zone in sighting.zones)
        if not offers and not unread:
            say("not_launchable", type=sighting.instance.instance_type)
        elif offers and all(zone.vswitch_id == "" for zone in offers):
            say("no_vswitch", zones=", ".join(zone.zone_id for zone in offers))
    if sighting.points and sighting.points[0].kind == "snapshots":
        say("snapshots_only")
    if sighting.superseded:
        say("superseded", count=str(len(sighting.superseded)), ids=", ".join(sighting.superseded[:MOST_NAMED]))
    if sighting.drill is not None:
        say("drill", time=f"{sighting.drill.ended_at:%Y-%m-%d}", verdict=sighting.drill.verdict)
    if sighting.unread:
        say("unread", actions=", ".join(sighting.unread))
    return tuple(found)
