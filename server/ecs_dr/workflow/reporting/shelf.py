"""What was written for others to read: runbooks, and the reports of applications."""

from __future__ import annotations

from dataclasses import dataclass

from ecs_dr.domain.application.report import SealedApplication
from ecs_dr.domain.report.seal import seal_application
from ecs_dr.workflow.reporting.reports import Reports
from ecs_dr.workflow.session_store import SessionStore


@dataclass(frozen=True)
class Shelf:
    """Finds them by the session that they are of."""

    sessions: SessionStore
    reports: Reports

    def runbook(self, session_id: str, name: str) -> str | None:
        """A template that `export_runbook` wrote; None where there is none of that name."""
        session = self.sessions.peek(session_id)
        return None if session is None else session.templates.get(name)

    def application(self, session_id: str) -> SealedApplication | None:
        """The report of an application as far as it has come; None where the id is of none."""
        session = self.sessions.peek(session_id)
        if session is None or session.application is None:
            return None
        return seal_application(self.reports.of_application(session, session.application))
