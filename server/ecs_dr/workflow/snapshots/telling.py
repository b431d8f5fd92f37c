"""Sets of snapshots, told to a person: how old, how far apart, of which kind, and what is not in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ecs_dr.domain.images.adoption import age_parts
from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.snapshots.model import SetMember, SnapshotSet
from ecs_dr.domain.snapshots.sets import Spoiler
from ecs_dr.domain.telling import NO_WORDS, Table, Telling, Words, said, tell
from ecs_dr.domain.times import seconds_between
from ecs_dr.workflow.memory.shown import SnapshotOffer
from ecs_dr.workflow.run import Run


def by_value(sets: Iterable[SnapshotSet]) -> dict[str, SnapshotSet]:
    """Each set by the value of its option: the group's id, else its kind and the moment of its oldest snapshot."""
    named: dict[str, SnapshotSet] = {}
    for one in sets:
        value = one.label if one.kind == "group" else f"{one.kind}_{one.data_as_of:%Y%m%dT%H%M%SZ}"
        while value in named:
            value += "x"
        named[value] = one
    return named


def data_of(one: SnapshotSet) -> JsonObject:
    """A set as `data` has it."""
    return {
        "snapshots": [*one.rows()],
        "data_as_of": one.data_as_of.isoformat(),
        "spread_seconds": one.spread_seconds,
        "kind": one.kind,
        "label": one.label,
    }


def told_age(run: Run, moment: datetime) -> Words:
    """How long ago that was."""
    days, hours, minutes = age_parts(seconds_between(moment, run.clock.now()))
    key = "snapshots.age" if days else "snapshots.age_hours"
    return run.texts(key, days=days, hours=hours, minutes=minutes)


def told_duration(run: Run, seconds: float) -> Words:
    """A span in its largest fitting unit."""
    unit, divisor = ("seconds", 1) if seconds < 60 else ("minutes", 60) if seconds < 3600 else ("hours", 3600)
    return run.texts(f"snapshots.span_{unit}", count=f"{seconds / divisor:.3g}")


def told_offer(run: Run, offer: SnapshotOffer, name: str) -> Telling:
    """The best set in full: its disks, its age, what it does not hold, and what the cloud may refuse."""
    best = offer.findings.sets[0]
    return tell(
        run.texts("question.snapshots", instance=run.session.instance_id, name=name, count=len(best.members)),
        run.texts("snapshots.as_of", time=run.texts.moment(best.data_as_of), age=told_age(run, best.data_as_of)),
        run.texts(f"snapshots.kind_{best.kind}", label=best.label, spread=told_duration(run, best.spread_seconds)),
        _table(run, best),
        *_not_in_it(run, offer, best),
        *_warnings(run, best),
    )


def told_without(run: Run, spoilers: Iterable[Spoiler]) -> Words:
    """Disks, each with what it lacks."""
    told = (
        run.texts(f"snapshots.spoiler_{one.reason}", disk=one.disk.name, snapshot=one.snapshot_id) for one in spoilers
    )
    return run.texts("list.separator").join(told)


def told_origin(run: Run, data_as_of: datetime) -> Words:
    """Beside an image's name: how old the data is that it holds."""
    return run.texts("snapshots.image_as_of", time=run.texts.moment(data_as_of), age=told_age(run, data_as_of))


def _table(run: Run, one: SnapshotSet) -> Table:
    rows = (
        (
            member.disk.name,
            run.texts.moment(member.taken_at),
            _size(run, member),
            said(member.snapshot_id) + _marks(run, member),
        )
        for member in one.members
    )
    return Table(tuple(rows), tuple(run.texts(f"snapshots.column_{name}") for name in _COLUMNS))


_COLUMNS = ("disk", "taken", "size", "snapshot")


def _size(run: Run, member: SetMember) -> Words:
    if member.size_gib is None:
        return run.texts("snapshots.size_unknown")
    if member.was_enlarged and member.snapshot_gib is not None:
        return run.texts("snapshots.size_enlarged", then=member.snapshot_gib, now=member.size_gib)
    return said(f"{member.size_gib} GiB")


def _marks(run: Run, member: SetMember) -> Words:
    return run.texts("snapshots.mark_encrypted") if member.encrypted else NO_WORDS


def _not_in_it(run: Run, offer: SnapshotOffer, best: SnapshotSet) -> Iterable[Words]:
    """What is newer than the set, and why there is no newer one."""
    for member, newer in offer.findings.older_than_newest(best):
        yield run.texts(
            "snapshots.older",
            disk=member.disk.name,
            time=run.texts.moment(newer.taken_at),
            snapshot=newer.snapshot_id,
        )
    if offer.findings.spoilers:
        yield run.texts("snapshots.spoilt", disks=told_without(run, offer.findings.spoilers))


def _warnings(run: Run, best: SnapshotSet) -> Iterable[Words]:
    """What may go wrong, told before anything is paid."""
    separator = run.texts("list.separator")
    if best.enlarged:
        yield run.texts("snapshots.enlarged", disks=separator.join(one.disk.name for one in best.enlarged))
    if any(member.disk.type == "system" and member.encrypted for member in best.members):
        yield run.texts("snapshots.encrypted_system")
    if any(member.retention_days is not None for member in best.members):
        yield run.texts("snapshots.retention")
    made = [member for member in best.members if member.service]
    if made:
        tags = separator.join(dict.fromkeys(member.service for member in made))
        ids = separator.join(member.snapshot_id for member in made)
        yield run.texts("snapshots.of_service", snapshots=ids, tags=tags)
    if run.session.source is None or run.session.source_missing:
        yield run.texts("snapshots.released")
    image = run.session.image
    if image is not None and not image.adopted:
        yield run.texts("snapshots.given_up", image=image.image_id)
    if "image" in run.session.book.in_doubt():
        yield run.texts("snapshots.in_doubt")
    yield run.texts("snapshots.untouched", instance=run.session.instance_id)
