"""What was written for others to read: runbooks, and the reports of applications."""

from __future__ import annotations

from dataclasses import dataclass

from ecs_dr.domain.report.seal import Sealed, seal, seal_application
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

    async def report(self, session_id: str) -> Sealed:
        """The report as far as it has come, of a recovery or of an application.

        Raises:
            UnknownSession: There is no such session in this process.
        """
        session = self.sessions.get(session_id)
        if session.application is None:
            return seal(self.reports.of(session))
        return seal_application(await self.reports.of_application(session, session.application))
