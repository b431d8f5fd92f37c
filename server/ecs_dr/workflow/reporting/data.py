"""From a session to its report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from ecs_dr import __version__
from ecs_dr.domain import links
from ecs_dr.domain.disks.model import ReplicaDisk, kind_name
from ecs_dr.domain.recall.model import Remembered, remember
from ecs_dr.domain.report.model import (
    BootEntry,
    CriterionEntry,
    DiskEntry,
    FidelityEntry,
    Measures,
    RecoveryReport,
    RequestRecord,
    Subject,
    Verdict,
)
from ecs_dr.domain.texts import Texts
from ecs_dr.domain.texts.wording import worded_facts, worded_value
from ecs_dr.domain.times import parse_time
from ecs_dr.domain.verification.verdict import FidelityRow, Verification
from ecs_dr.errors import NO_ANSWER
from ecs_dr.workflow.reads.console import told_boot
from ecs_dr.workflow.reporting.leftovers import CREATE_IMAGE, leftovers, refused_last, todo
from ecs_dr.workflow.reporting.timeline import build_timeline, decision_label, last_moment
from ecs_dr.workflow.session import Session
from ecs_dr.workflow.standing import in_doubt, told_state

PRODUCT = "ecs-dr"
CREATION_TIME_IS_ROUNDED = timedelta(minutes=1)
"""CreationTime has whole minutes or seconds (DescribeImages)."""


def build_report(
    session: Session, requests: tuple[RequestRecord, ...], texts: Texts, *, simulated: bool
) -> RecoveryReport:
    """Everything that is known of a recovery, finished or not."""
    verification = session.verification
    verdict: Verdict = "not_verified" if verification is None else verification.verdict
    fidelity = () if verification is None else tuple(_fidelity(row, texts) for row in verification.rows)
    timeline = build_timeline(session, texts)
    return RecoveryReport(
        product=PRODUCT,
        version=__version__,
        language=texts.language,
        utc_offset_minutes=texts.offset_minutes(last_moment(session)),
        simulated=simulated,
        resumed=session.resumed,
        drill_until=_released_at(session),
        session_id=session.session_id,
        made_at=last_moment(session),
        source=_source(session),
        replica=_replica(session),
        verdict=verdict,
        headline=_headline(session, requests, texts),
        criteria=() if verification is None else tuple(_criteria(verification, texts)),
        boot=None if verification is None else _boot(session, texts),
        measures=measures(session),
        consistency=_consistency(session, texts),
        timeline=timeline,
        fidelity=fidelity,
        disks=tuple(_disks(session)),
        decisions=tuple(replace(entry, label=decision_label(texts, entry.key)) for entry in session.book.history),
        requests=requests,
        requests_omitted=(requests[-1].number - len(requests)) if requests else 0,
        leftovers=tuple(leftovers(session, texts)),
        todo=tuple(todo(session, fidelity, requests, texts)),
        was=Remembered() if session.source is None else remember(session.source),
        observations={} if verification is None else verification.observations,
    )


def _released_at(session: Session) -> str:
    """When the cloud releases the replica, as it was read; as it was sent, where it was not read yet; else empty."""
    replica = session.replica
    if replica is None:
        return ""
    return (replica.launch if replica.instance is None else replica.instance).auto_release_time


def _source(session: Session) -> Subject:
    link = links.instance(session.region_id, session.instance_id)
    if session.source is None:
        return Subject(
            instance_id=session.instance_id,
            name="",
            region_id=session.region_id,
            zone_id="",
            instance_type="",
            link=link,
        )
    instance = session.source.instance
    eip = (instance.eip_address,) if instance.eip_address else ()
    return Subject(
        instance_id=instance.instance_id,
        name=instance.name,
        region_id=session.region_id,
        zone_id=instance.zone_id,
        instance_type=instance.instance_type,
        status=instance.status,
        os_name=instance.os_name,
        addresses=(*instance.private_ips, *instance.public_ips, *eip),
        link=link,
    )


def _replica(session: Session) -> Subject | None:
    replica = session.replica
    if replica is None:
        return None
    addresses: tuple[str, ...] = ()
    if replica.instance is not None:
        addresses = (*replica.instance.private_ips, *replica.instance.public_ips)
    return Subject(
        instance_id=replica.instance_id,
        name=replica.launch.instance_name,
        region_id=session.region_id,
        zone_id=replica.launch.zone_id,
        instance_type=replica.launch.instance_type,
        status="" if replica.instance is None else replica.instance.status,
        os_name="" if replica.instance is None else replica.instance.os_name,
        addresses=addresses,
        link=links.instance(session.region_id, replica.instance_id),
    )


def _headline(session: Session, requests: tuple[RequestRecord, ...], texts: Texts) -> str:
    if session.verification is not None:
        return texts(f"report.headline.{session.verification.verdict}")
    reached = _reached(session, requests, texts)
    return texts("report.headline.stopped", reached=reached) if session.quiet else reached


def _reached(session: Session, requests: tuple[RequestRecord, ...], texts: Texts) -> str:
    """How far a recovery came that has no verdict, and what keeps it there."""
    if session.replica is not None:
        launched = session.replica.instance_id
        return texts("report.headline.launched", id=launched, state=told_state(session, texts, launched))
    image, refused = session.image, refused_last(requests)
    key = "image" if image is not None else "nothing"
    state = "" if image is None else told_state(session, texts, image.image_id)
    so_far = texts(f"report.headline.{key}", image="" if image is None else image.image_id, state=state)
    if image is not None and image.has_failed:
        status = "gone" if image.gone or image.image is None else image.image.status
        made = next((one.request_id for one in reversed(requests) if one.mutating and one.action == CREATE_IMAGE), None)
        status = worded_value(status, texts)
        return texts("report.headline.image_failed", image=image.image_id, status=status, request_id=made or "-")
    if unsettled := in_doubt(session, texts):
        return texts("report.headline.in_doubt", what=texts("list.separator").join(unsettled))
    if refused is not None:
        told = {"action": refused.action, "code": refused.result, "request_id": refused.request_id or "-"}
        return texts("report.headline.refused", so_far=so_far, **told)
    if requests and requests[-1].result == NO_ANSWER:
        return texts("report.headline.unanswered", so_far=so_far, action=requests[-1].action)
    return so_far


def _criteria(verification: Verification, texts: Texts) -> Iterable[CriterionEntry]:
    for one in verification.criteria:
        yield CriterionEntry(
            name=one.name,
            label=texts(f"criterion.{one.name}"),
            passed=one.passed,
            expected=worded_facts(one.expected, texts),
            actual=worded_facts(one.actual, texts),
        )


def _boot(session: Session, texts: Texts) -> BootEntry | None:
    reading = None if session.replica is None else session.replica.boot
    if reading is None:
        return None
    return BootEntry(verdict=reading.boot, label=texts("boot.label"), text=told_boot(texts, reading))


def _fidelity(row: FidelityRow, texts: Texts) -> FidelityEntry:
    return FidelityEntry(
        key=row.key,
        label=texts(row.label_key),
        group=row.group,
        group_label=texts(f"ledger.group.{row.group}"),
        device=row.device,
        source=row.source,
        decided=row.decided,
        replica=row.replica,
        verdict=row.verdict,
        manual=texts(row.manual_key) if row.manual_key else "",
    )


def _disks(session: Session) -> Iterable[DiskEntry]:
    """The disks as they were launched, or as they are settled so far."""
    planned: tuple[ReplicaDisk, ...] = ()
    if session.replica is not None:
        planned = session.replica.launch.disks
    elif session.disks is not None:
        planned = session.disks.disks
    for disk in planned:
        rows = () if session.verification is None else session.verification.disks
        own = [row for row in rows if row.device == disk.device]
        content = next((row.matches for row in own if row.field == "content"), None)
        yield DiskEntry(
            device=disk.device,
            type=disk.type,
            source_disk_id=disk.source_disk_id,
            size_gib=disk.size_gib,
            source_kind=kind_name(disk.source_category, disk.source_performance_level),
            replica_kind=kind_name(disk.category, disk.performance_level),
            substituted=disk.substituted,
            snapshot_id=disk.snapshot_id,
            content_proven=content,
            matches=all(row.matches for row in own) if own else None,
            differs=tuple(row.field for row in own if not row.matches),
        )


def measures(session: Session) -> Measures:
    """How old the data is, and how long the recovery took."""
    snapshot_at = snapshot_moment(session)
    running_at = None if session.replica is None else session.replica.running_at
    if running_at is None:
        return Measures(snapshot_at=snapshot_at)
    began_at = session.created_at
    if session.resumed and session.image is not None:
        began_at = min(began_at, session.image.started_at)
    return Measures(
        snapshot_at=snapshot_at,
        running_at=running_at,
        rpo_seconds=None if snapshot_at is None else round((running_at - snapshot_at).total_seconds(), 1),
        rto_seconds=round((running_at - began_at).total_seconds(), 1),
    )


def snapshot_moment(session: Session) -> datetime | None:
    """The earliest moment whose data the image can hold.

    When it was asked for; of snapshots when the oldest of them was taken; for an image from before this session, when
    the cloud says that it was created (DescribeImages, CreationTime).
    """
    state = session.image
    if state is None:
        return None
    if state.data_as_of is not None:
        return state.data_as_of
    created = parse_time(state.image.creation_time) if state.image is not None else None
    if created is not None and created + CREATION_TIME_IS_ROUNDED < session.created_at:
        return created
    return state.started_at


_HELD = frozenset({"running", "stopped"})
"""Statuses of a source, when its image was asked for, of which it can be said how its disks lay to one another."""


def _consistency(session: Session, texts: Texts) -> tuple[str, ...]:
    if session.image is None:
        return ()
    origin, status = session.image.origin, session.image.source_status.lower()
    kind = f"snapshots_{origin.kind}" if origin is not None else status if status in _HELD else "unknown"
    recalled = () if session.recalled is None else (texts("report.consistency.recalled"),)
    return (
        *recalled,
        texts(f"report.consistency.{kind}"),
        texts("report.consistency.databases"),
        texts("report.consistency.standby"),
    )
