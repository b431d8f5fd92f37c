"""From an application to its report: one row for each member, with the seal of that member's own report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ecs_dr import __version__
from ecs_dr.domain.application.page import price_data
from ecs_dr.domain.application.report import ApplicationReport, MemberEntry
from ecs_dr.domain.report.model import RecoveryReport
from ecs_dr.domain.texts import Texts
from ecs_dr.domain.uris import report_uri
from ecs_dr.workflow.application.state import Application, Member
from ecs_dr.workflow.reporting.data import PRODUCT
from ecs_dr.workflow.reporting.timeline import decision_label
from ecs_dr.workflow.session import Session


@dataclass(frozen=True)
class MemberReport:
    """A member of an application, its own report, and the head of that one's seal."""

    member: Member
    report: RecoveryReport
    seal: str


def build_application_report(
    session: Session, application: Application, members: Sequence[MemberReport], texts: Texts, *, simulated: bool
) -> ApplicationReport:
    """Everything that is known of an application, finished or not."""
    made = [one.report.made_at for one in members]
    decided = [entry.answered_at for entry in session.book.history]
    cost = application.plan.total_cost if application.plan is not None else None
    verified = sum(member.is_verified for member in application.members)
    left = len(application.members) - verified
    key = "application.done" if left == 0 else "application.done_without"
    return ApplicationReport(
        product=PRODUCT,
        version=__version__,
        language=texts.language,
        utc_offset_minutes=texts.offset_minutes(session.created_at),
        simulated=simulated,
        resumed=application.resumed,
        session_id=session.session_id,
        region_id=application.region_id,
        began_at=session.created_at,
        made_at=max([session.created_at, *made, *decided]),
        headline=texts(key, count=verified, left=left),
        members=tuple(_member(one, texts) for one in members),
        price=price_data(cost),
        decisions=tuple(replace(entry, label=decision_label(texts, entry.key)) for entry in session.book.history),
        leftovers=tuple(entry for one in members for entry in one.report.leftovers),
    )


def _member(one: MemberReport, texts: Texts) -> MemberEntry:
    member, report, session = one.member, one.report, one.member.session
    was_read = session.source is not None
    replica = report.replica
    return MemberEntry(
        wave=member.wave,
        instance_id=session.instance_id,
        name=report.source.name,
        session_id=session.session_id,
        status=member.status,
        label=texts(f"application.status.{member.status}"),
        zone_id=replica.zone_id if replica is not None else "",
        instance_type=replica.instance_type if replica is not None else "",
        image_id=session.image.image_id if session.image is not None else "",
        replica_id=replica.instance_id if replica is not None else "",
        verdict=report.verdict,
        rto_seconds=report.measures.rto_seconds,
        rpo_seconds=report.measures.rpo_seconds,
        report_uri=report_uri(session.session_id) if was_read else "",
        report_seal=one.seal if was_read else "",
    )
