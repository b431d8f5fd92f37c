"""When a report is made, where it is kept, and what an answer says of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

import anyio
import anyio.to_thread
from anyio.lowlevel import checkpoint

from ecs_dr.domain.application.report import ApplicationReport
from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.report.model import RecoveryReport
from ecs_dr.domain.report.seal import head_of
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.telling import Words, tell
from ecs_dr.domain.texts import Texts
from ecs_dr.domain.texts.wording import worded_value
from ecs_dr.domain.uris import report_uri
from ecs_dr.workflow.application.state import Application
from ecs_dr.workflow.ports import Cloud
from ecs_dr.workflow.reporting.application import MemberReport, build_application_report
from ecs_dr.workflow.reporting.data import build_report
from ecs_dr.workflow.reporting.ports import ReportKeeper, ReportNotKept
from ecs_dr.workflow.session import Session

logger = logging.getLogger(__name__)


class Reports:
    """The reports of all sessions. They are made anew each time: a report is a pure function of its session.

    Their pages are drawn when somebody asks for one; where they are kept as files, beside the event loop.
    """

    def __init__(
        self, cloud: Cloud, texts_for: Callable[[Session], Texts], keeper: ReportKeeper | None, *, simulated: bool
    ) -> None:
        self._cloud = cloud
        self._texts_for = texts_for
        self._keeper = keeper
        self._simulated = simulated
        self._writing = anyio.Lock()
        """One after the other, so that the last state is what stays."""

    def of(self, session: Session) -> RecoveryReport:
        """The report of a session, as far as it has come."""
        requests = self._cloud.requests(session.session_id)
        closed_with = session.chronicle.requests_at_end
        if closed_with is not None:
            requests = tuple(record for record in requests if record.number <= closed_with)
        return build_report(session, requests, self._texts_for(session), simulated=self._simulated)

    async def attach(self, session: Session, answer: Answer) -> Answer:
        """The answer, with word of the report where the recovery is complete, or was stopped."""
        if answer.status == "stopped":
            await self.keep_unfinished(session)
        if session.application is not None:
            return await self._attach_whole(session, session.application, answer)
        if answer.step != "verify" or session.verification is None:
            return answer
        if session.chronicle.requests_at_end is None:
            sent = self._cloud.requests(session.session_id)
            session.chronicle.close(sent[-1].number if sent else 0)
        report = self.of(session)
        keep = partial(self._keeper.keep, report) if self._keeper is not None else None
        return await self._told(session, answer, head_of(report), keep)

    async def of_application(self, session: Session, application: Application) -> ApplicationReport:
        """The report of an application, as far as it has come."""
        members: list[MemberReport] = []
        for member in application.members:
            report = self.of(member.session)
            members.append(MemberReport(member, report, head_of(report)))
            await checkpoint()  # each takes 3 ms, and there may be a hundred
        return build_application_report(
            session, application, members, self._texts_for(session), simulated=self._simulated
        )

    async def _attach_whole(self, session: Session, application: Application, answer: Answer) -> Answer:
        """The answer, with word of the application's report once it is finished."""
        if answer.step != "application" or answer.status != "done" or not application.finished:
            return answer
        report = await self.of_application(session, application)
        keep = partial(self._keeper.keep_application, report) if self._keeper is not None else None
        return await self._told(session, answer, head_of(report), keep)

    async def _told(
        self, session: Session, answer: Answer, head: str, keep: Callable[[], tuple[str, ...]] | None
    ) -> Answer:
        """The answer with the report's address and seal, and where it was kept."""
        say, uri = self._texts_for(session), report_uri(session.session_id)
        lines = [] if say.for_people else [say("report.told", uri=uri, digest=head)]
        files: tuple[str, ...] = ()
        if keep is not None:
            try:
                async with self._writing:
                    files = await anyio.to_thread.run_sync(keep)
                if not say.for_people:  # a terminal ends with the file as a link, beside its seal
                    lines += [say("report.kept", path=Words(path)) for path in files[:1]]
            except ReportNotKept as error:
                key = "report.not_kept" if say.for_people else "report.not_kept_but_readable"
                lines.append(say(key, reason=_why_not_kept(error, say)))
        data: JsonObject = {**answer.data, "report_uri": uri, "report_digest": head, "report_files": list(files)}
        return answer.model_copy(update={"telling": tell(answer.telling, *lines), "data": data})

    async def keep_unfinished(self, session: Session) -> None:
        """Keep what there is to tell of a recovery that stopped or failed: above all, what it left behind."""
        if self._keeps(session):
            async with self._writing:
                await anyio.to_thread.run_sync(self._keep, self.of(session))

    def keep_at_the_end(self, session: Session) -> None:
        """The same, where nothing may be waited for: the process ends."""
        if self._keeps(session):
            self._keep(self.of(session))

    def _keeps(self, session: Session) -> bool:
        is_told_of = session.source is not None and session.chronicle.requests_at_end is None
        return self._keeper is not None and is_told_of

    def _keep(self, report: RecoveryReport) -> None:
        if self._keeper is None:
            return
        try:
            self._keeper.keep(report)
        except ReportNotKept as error:
            logger.warning("the report was not kept: %s", error)


def _why_not_kept(error: ReportNotKept, say: Texts) -> Words:
    """Which place, and why."""
    place, _, why = str(error).rpartition(": ")
    told = worded_value(why, say)
    return say("fact.named", name=Words(place), value=told) if place else told
