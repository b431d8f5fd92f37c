"""What the recovery service needs of applications: who is let in, what the tools do, what is told of one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from ecs_dr.domain.steps import Answer, ToolName
from ecs_dr.domain.telling import tell
from ecs_dr.workflow import exporting
from ecs_dr.workflow.application.desk import open_application
from ecs_dr.workflow.application.driving import Explain, table
from ecs_dr.workflow.exporting import Export
from ecs_dr.workflow.ports import Progress
from ecs_dr.workflow.reads.image_watch import ImageWatcher
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session import Arguments, Session
from ecs_dr.workflow.session_store import SessionStore
from ecs_dr.workflow.steps import plan_application, recover_application
from ecs_dr.workflow.steps.overview import IN_WORDS, told_open

UNHURRIED_SECONDS = 3600.0
"""In a terminal no host waits for a call."""


@dataclass(frozen=True)
class Applications:
    """All applications of this process."""

    sessions: SessionStore
    watcher: ImageWatcher
    new_run: Callable[[Session, ToolName, Arguments, Progress | None], Run]
    carry_out: Callable[[Run], Awaitable[Answer]]
    explain: Explain

    async def plan(self, run: Run) -> Answer:
        """One page and one question for all sources, before anything is spent."""
        return await plan_application.run_step(run, self.sessions)

    async def recover(self, run: Run) -> Answer:
        """Carry the plan out as far as this call lasts: images, wave after wave, each verified before the next."""
        return await recover_application.run_step(run, self.sessions, self.watcher, self._call_member, self.explain)

    def steps(self) -> Mapping[ToolName, Callable[[Run], Awaitable[Answer]]]:
        """The tools of applications."""
        return {
            "plan_application": self.plan,
            "recover_application": self.recover,
            "export_runbook": lambda run: exporting.run_step(run, self.sessions),
        }

    async def export(self, region_id: str, waves: str, target_zone_id: str) -> tuple[Run, Export]:
        """The runbook of sources that nobody has planned yet: read, planned and frozen, with nothing asked.

        Raises:
            RunbookImpossible: It cannot be exported, and why.
            InvalidInput: Something cannot be used, or an id is no instance of the region.
            CloudError: Something could not be read.
        """
        arguments = {"region_id": region_id, "waves": waves, "target_zone_id": target_zone_id}
        session = open_application(self.sessions, arguments, tags=True, may_join=False)
        while True:
            run = self.new_run(session, "export_runbook", {}, None)
            run.options = replace(run.options, call_budget_seconds=UNHURRIED_SECONDS)
            made = await exporting.export(run, plan_application.application_of(run), self.sessions)
            if made is not None:
                return run, made

    async def _call_member(self, run: Run, session: Session, tool: ToolName, arguments: Arguments) -> Answer:
        """Call a tool for a member of an application, within what is left of the application's own call."""
        left = replace(run.options, call_budget_seconds=max(run.budget_left, 0.0))
        own = self.new_run(session, tool, arguments, None)
        return await self.carry_out(replace(own, called=run.called, options=left))

    def describe(self, run: Run, *, may_answer: bool) -> Answer:
        """Where an application stands, and what comes next.

        Args:
            run: The call.
            may_answer: Whether the caller passes answers on: an open question is then told with its id.
        """
        application, session = plan_application.application_of(run), run.session
        # It takes the id alone, and goes on wherever the application stands: also with a plan that nobody answered.
        tool: ToolName | None = "recover_application" if not application.finished else None
        stands, asked = run.texts("application.stands"), told_open(run, may_answer=may_answer)
        telling = tell(stands, table(run, application), run.state_of_the_world(), *asked)
        told = session.summary(may_answer=may_answer)
        data = {**application.data(), "open_questions": told["open_questions"], "decisions": told["decisions"]}
        following = run.go_to(tool) if tool is not None else None
        return run.answer("session", "done", telling, data=data, in_words=IN_WORDS, following=following)
