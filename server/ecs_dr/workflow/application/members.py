"""The members of an application: each has a session of its own, and calls that are made for it alone."""

from __future__ import annotations

from dataclasses import dataclass

from ecs_dr.domain.application.lineage import application_tags, waves_digest
from ecs_dr.domain.texts import Language
from ecs_dr.workflow.application.state import Application, Member
from ecs_dr.workflow.ports import Cloud
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session_store import SessionStore


@dataclass(frozen=True)
class Trace:
    """What tags tell of a member of an earlier process."""

    source_id: str
    session_id: str
    wave: int
    members: int
    waves: str
    """The digest of all its waves."""


def enlist(
    sessions: SessionStore, application: Application, language: Language | None, known: dict[str, Trace] | None = None
) -> None:
    """Give every source of the waves its own session: the one of an earlier process where that left a trace."""
    total = application.expected or sum(len(wave) for wave in application.waves)
    of_all = next((trace.waves for trace in (known or {}).values()), "") or waves_digest(application.waves)
    for number, wave in enumerate(application.waves, 1):
        for instance_id in wave:
            trace = (known or {}).get(instance_id)
            session = sessions.create(instance_id, application.region_id, trace.session_id if trace else None)
            session.language = language
            session.further_tags = application_tags(application.application_id, number, total, of_all)
            application.members.append(Member(session, number))


def member_run(run: Run, member: Member, cloud: Cloud | None = None) -> Run:
    """The same call, for one member."""
    own = Run(
        member.session, cloud or run.cloud, run.clock, run.ids, run.options, run.texts, run.tool, {}, run.on_progress
    )
    own.started = run.started
    return own
