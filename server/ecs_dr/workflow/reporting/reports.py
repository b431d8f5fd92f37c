"""When a report is made, where it is kept, and what an answer says of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from ecs_dr.domain.application.report import ApplicationReport
from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.report.model import RecoveryReport
from ecs_dr.domain.report.seal import seal, seal_application
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.telling import Words, tell
from ecs_dr.domain.texts import Texts
from ecs_dr.domain.uris import report_uri
from ecs_dr.workflow.application.state import Application
from ecs_dr.workflow.ports import Cloud, ReportKeeper, ReportNotKept
from ecs_dr.workflow.reporting.application import build_application_report
from ecs_dr.workflow.reporting.data import build_report
from ecs_dr.workflow.session import Session

logger = logging.getLogger(__name__)


class Reports:
    """The reports of all sessions. They are made anew each time: a report is a pure function of its session."""

    def __init__(
        self, cloud: Cloud, texts_for: Callable[[Session], Texts], keeper: ReportKeeper | None, *, simulated: bool
    ) -> None:
        self._cloud = cloud
        self._texts_for = texts_for
        self._keeper = keeper
        self._simulated = simulated

    def of(self, session: Session) -> RecoveryReport:
        """The report of a session, as far as it has come."""
        requests = self._cloud.requests(session.session_id)
        closed_with = session.chronicle.requests_at_end
        if closed_with is not None:
            requests = tuple(record for record in requests if record.number <= closed_with)
        return build_report(session, requests, self._texts_for(session), simulated=self._simulated)

    def attach(self, session: Session, answer: Answer) -> Answer:
        """The answer, with word of the report where the recovery is complete, or was stopped."""
        if answer.status == "stopped":
            self.keep_unfinished(session)
        if session.application is not None:
            return self._attach_whole(session, session.application, answer)
        if answer.step != "verify" or session.verification is None:
            return answer
        if session.chronicle.requests_at_end is None:
            sent = self._cloud.requests(session.session_id)
            session.chronicle.close(sent[-1].number if sent else 0)
        report = self.of(session)
        keep = partial(self._keeper.keep, report) if self._keeper is not None else None
        return self._told(session, answer, seal(report).seal.head, keep)

    def of_application(self, session: Session, application: Application) -> ApplicationReport:
        """The report of an application, as far as it has come."""
        texts = self._texts_for(session)
        return build_application_report(session, application, self.of, texts, simulated=self._simulated)

    def _attach_whole(self, session: Session, application: Application, answer: Answer) -> Answer:
        """The answer, with word of the application's report once it is finished."""
        if answer.step != "application" or answer.status != "done" or not application.finished:
            return answer
        report = self.of_application(session, application)
        keep = partial(self._keeper.keep_application, report) if self._keeper is not None else None
        return self._told(session, answer, seal_application(report).seal.head, keep)

    def _told(self, session: Session, answer: Answer, head: str, keep: Callable[[], tuple[str, ...]] | None) -> Answer:
        """The answer with the report's address and seal, and where it was kept."""
        say, uri = self._texts_for(session), report_uri(session.session_id)
        lines = [] if say.for_people else [say("report.told", uri=uri, digest=head)]
        files: tuple[str, ...] = ()
        if keep is not None:
            try:
                files = keep()
                lines += [say("report.kept", path=Words(path)) for path in files[:1]]
            except ReportNotKept as error:
                lines.append(say("report.not_kept", reason=Words(error)))
        data: JsonObject = {**answer.data, "report_uri": uri, "report_digest": head, "report_files": list(files)}
        return answer.model_copy(update={"telling": tell(answer.telling, *lines), "data": data})

    def keep_unfinished(self, session: Session) -> None:
        """Keep what there is to tell of a recovery that stopped or failed: above all, what it left behind."""
        if self._keeper is None or session.source is None or session.chronicle.requests_at_end is not None:
            return
        try:
            self._keeper.keep(self.of(session))
        except ReportNotKept as error:
            logger.warning("the report was not kept: %s", error)
