"""The recovery service: tools in, answers out. The protocol and the terminal both sit on this."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Literal

import anyio
from anyio.abc import TaskGroup

from ecs_dr.domain.diagnosis import DiagnosisContext, explain
from ecs_dr.domain.questions import PinnedQuestion, Road
from ecs_dr.domain.report.model import RecoveryReport
from ecs_dr.domain.steps import STEP_OF, Answer, Next, ToolName
from ecs_dr.domain.telling import NO_WORDS, Telling, Words, tell
from ecs_dr.domain.texts import Texts, understood_language
from ecs_dr.domain.times import zone_for
from ecs_dr.errors import CallBudgetSpent, CloudError, EcsDrError, InvalidInput, StaleQuestion
from ecs_dr.workflow.application.service import Applications
from ecs_dr.workflow.choices import about, home_of
from ecs_dr.workflow.decisions import Asking, Recorded
from ecs_dr.workflow.explaining import context_of
from ecs_dr.workflow.following import way_on
from ecs_dr.workflow.ports import Clock, Cloud, Ids, Progress
from ecs_dr.workflow.reads.image_watch import ImageWatcher
from ecs_dr.workflow.reads.recovered_before import recovered_here
from ecs_dr.workflow.reporting.ports import ReportKeeper, ReportShelf
from ecs_dr.workflow.reporting.reports import Reports
from ecs_dr.workflow.reporting.shelf import Shelf
from ecs_dr.workflow.run import RecoveryOptions, Run, refusal_reason
from ecs_dr.workflow.session import Arguments, Session
from ecs_dr.workflow.session_store import SessionStore
from ecs_dr.workflow.standbys.register import Register
from ecs_dr.workflow.standing import standing
from ecs_dr.workflow.steps import overview
from ecs_dr.workflow.steps.table import step_functions
from ecs_dr.workflow.tool_calls.entrance import Entrance, Entry
from ecs_dr.workflow.tool_calls.pause import with_pause
from ecs_dr.workflow.tool_calls.spent import left_behind, requests_in_doubt, told_spent

logger = logging.getLogger(__name__)


class Recovery:
    """All recoveries of this process."""

    def __init__(
        self,
        cloud: Cloud,
        clock: Clock,
        ids: Ids,
        options: RecoveryOptions,
        keeper: ReportKeeper | None = None,
        earlier: ReportShelf | None = None,
    ) -> None:
        self.options = options
        self.texts = Texts(options.language, for_people=options.for_people)
        self.sessions = SessionStore(clock, ids)
        self._entrance = Entrance(self.sessions, options)
        self._cloud = cloud
        self._clock = clock
        self._ids = ids
        self._reports = Reports(cloud, self.texts_for, keeper, simulated=options.simulated)
        self.shelf = Shelf(self.sessions, self._reports)
        self._tasks: TaskGroup | None = None
        self._watcher = ImageWatcher(cloud, clock, options.poll_seconds)
        self.register = Register(cloud, clock, ids, options.call_budget_seconds, keeper, simulated=options.simulated)
        self.applications = Applications(
            self.sessions,
            self._watcher,
            self._new_run,
            self._run,
            lambda error, whose: explain(error, self.texts_for(whose), self.diagnosis_context(whose.session_id)),
        )
        self._steps = {**step_functions(self._watcher, earlier), **self.applications.steps()}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep polling in the background for as long as this context is open."""
        failure: Exception | None = None
        async with anyio.create_task_group() as tasks:
            self._tasks = tasks
            self._watcher.attach(tasks)
            self.register.attach(tasks)
            try:
                yield
            except Exception as error:  # noqa: BLE001 - raised again below, outside the group that would wrap it
                failure = error
            finally:
                self._tasks = None
                self.tell_what_is_left()
                self._watcher.attach(None)
                self.register.attach(None)
                tasks.cancel_scope.cancel()
        if failure is not None:
            raise failure

    def in_doubt(self) -> list[str]:
        """For the log, a line for each request that is under way, or whose outcome nobody knows."""
        return [line for session in self.sessions.all() for line in requests_in_doubt(session)]

    def tell_what_is_left(self) -> None:
        """The process ends: of each recovery under way, what exists goes into the log and the kept report."""
        for session in self.sessions.all():
            lines = left_behind(session) if session.verification is None else []
            for line in lines:
                logger.warning("%s", line)
            if lines:
                self._reports.keep_at_the_end(session)

    async def call(
        self,
        tool: ToolName,
        arguments: Arguments,
        on_progress: Progress | None = None,
        road: Road = "answer_question",
    ) -> Answer:
        """Call a tool.

        Args:
            tool: Which.
            arguments: Its arguments, by name.
            on_progress: Where progress goes.
            road: How the caller's questions reach the person: an open question's id is told on the last one alone.

        Raises:
            EcsDrError: With `session_id` and `step` set.
        """
        with Entry(tool) as entry:
            if tool == "check_credentials":
                patience = self.options.call_budget_seconds
                return await overview.check_credentials(self._cloud, self.texts, patience)
            if tool == "list_standbys":
                texts = self.texts_for(None, arguments.get("language"), arguments.get("region_id") or "")
                return await self.register.call(arguments, texts, on_progress)
            if tool == "get_session":
                return self._get_session((arguments.get("session_id") or "").strip() or None, road)
            entry.session = self._entrance.let_in(tool, arguments)
            return await self._run(self._new_run(entry.session, tool, arguments, on_progress))

    async def answer(
        self,
        session_id: str,
        question_id: str,
        choice: str,
        text: str | None = None,
        on_progress: Progress | None = None,
        *,
        road: Road | None = None,
        called: ToolName | None = None,
    ) -> Answer:
        """Answer an open question and go on with the call that asked it.

        What cannot be understood is asked again, with the reason.

        Args:
            session_id: The session.
            question_id: The question.
            choice: The option's value, or its label.
            text: What was typed, with the choice `custom`.
            on_progress: Where progress goes.
            road: How the answer came.
            called: The tool in whose call it came; None: the tool that asked. One that creates nothing records.

        Raises:
            EcsDrError: With `session_id` and `step` set.
        """
        with Entry("answer_question") as entry:
            session = entry.session = self._entrance.named(session_id)
            entry.tool, arguments = session.asked_by.get(question_id, (entry.tool, {}))
            run = replace(self._new_run(session, entry.tool, arguments, on_progress), called=called or entry.tool)
            try:
                session.book.settle(question_id, choice, text, road)
            except InvalidInput as error:
                pinned = session.book.put_again(question_id, refusal_reason(run.texts, error))
                run.remark = error
                return self._ask(run, pinned, (entry.tool, arguments))
            except StaleQuestion as stale:
                raise _worded(stale, run.texts) from None
            session.asked_by.pop(question_id, None)
            return await self._run(run)

    def propose(self, session_id: str, question_id: str, choice: str) -> Answer:
        """The open question once more, with that choice recommended: nobody answers it in the person's place.

        Raises:
            EcsDrError: With `session_id` and `step` set.
        """
        with Entry("answer_question") as entry:
            session = entry.session = self._entrance.named(session_id)
            entry.tool, arguments = session.asked_by.get(question_id, (entry.tool, {}))
            run = self._new_run(session, entry.tool, arguments, None)
            try:
                pinned = session.book.propose(question_id, choice)
            except StaleQuestion as stale:
                raise _worded(stale, run.texts) from None
            return self._ask(run, pinned, (entry.tool, arguments))

    async def dismiss(
        self,
        session_id: str,
        question_id: str,
        how: Literal["decline", "cancel"],
        road: Road | None = None,
        *,
        key: str = "step.dismissed",
    ) -> Answer:
        """The person declined or closed the question: nothing was decided, and nothing further is done.

        Args:
            session_id: The session.
            question_id: The question.
            how: What the person did.
            road: How that came.
            key: The text that says why this stops.

        Raises:
            EcsDrError: The session or the question does not exist.
        """
        with Entry("answer_question") as entry:
            session = entry.session = self._entrance.named(session_id)
            entry.tool, arguments = session.asked_by.pop(question_id, (entry.tool, {}))
            run = self._new_run(session, entry.tool, arguments, None)
            try:
                session.drop(session.book.dismiss(question_id, how, road).key)
            except StaleQuestion as stale:
                raise _worded(stale, run.texts) from None
        session.quiet = True  # before anything is waited for: a call that comes meanwhile goes on
        await self._reports.keep_unfinished(session)
        return run.stopped(STEP_OF[entry.tool], key=key)

    def report(self, session_id: str) -> RecoveryReport:
        """The report of a session, as far as it has come.

        Raises:
            UnknownSession: There is no such session in this process.
        """
        return self._reports.of(self.sessions.get(session_id))

    def zone_ids(self, region_id: str | None) -> tuple[str, ...]:
        """The zones that the sessions of this process have seen, of one region or of all; none of other people's."""
        seen: list[str] = []
        for session in self.sessions.all() if self.options.lists_sessions else ():
            if region_id in {None, session.region_id}:
                seen += [stock.zone_id for stock in session.plan.stocks] if session.plan is not None else []
                seen += [zone.zone_id for zone in session.target.zones] if session.target is not None else []
        return tuple(dict.fromkeys(seen))

    def _get_session(self, session_id: str | None, road: Road) -> Answer:
        if session_id is None and not self.options.lists_sessions:
            return overview.sessions_not_listed(self.texts)
        if session_id is None:
            return overview.list_sessions(self.sessions.all(), self.texts)
        run = self._new_run(self.sessions.get(session_id), "get_session", {}, None)
        may_answer = road == "answer_question"
        if run.session.application is not None:
            return self.applications.describe(run, may_answer=may_answer)
        return overview.describe_session(run, may_answer=may_answer)

    def _new_run(self, session: Session, tool: ToolName, arguments: Arguments, on_progress: Progress | None) -> Run:
        cloud, clock, ids, tasks = self._cloud, self._clock, self._ids, self._tasks
        session.recovered_here = recovered_here(self.sessions, session)
        texts = self.texts_for(session)
        return Run(session, cloud, clock, ids, self.options, texts, tool, arguments, on_progress, background=tasks)

    def texts_for(self, session: Session | str | None, asked: str | None = None, region_id: str = "") -> Texts:
        """The words in the language of a session (or of its id), else in the one asked for; times of its region."""
        found = self.sessions.peek(session) if isinstance(session, str) else session
        spoken = (found.language if found is not None else None) or understood_language(asked) or self.options.language
        region = region_id or (found.region_id if found is not None else "")
        zone = zone_for(self.options.zone, region)
        return Texts(spoken, zone, for_people=self.options.for_people)

    async def _run(self, run: Run) -> Answer:
        """Carry a call out, and write down for the report when that was."""
        session, step, began_at = run.session, STEP_OF[run.tool], self._clock.now()
        self._rouse(session)
        lock = session.lock(step)
        has_turn = await _has_turn(lock, max(run.budget_left, 0))  # calls of one step are ordered
        try:
            if has_turn:
                answer = await self._in_turn(run)
            else:
                answer = self._retry_later(run, run.texts("step.busy"))
        except EcsDrError:
            session.chronicle.note(step, began_at, self._clock.now())
            await self._reports.keep_unfinished(session)
            raise
        finally:
            if has_turn:
                lock.release()
                session.rest()
        session.chronicle.note(step, began_at, self._clock.now())
        session.quiet = answer.status == "stopped"
        return await self._reports.attach(session, answer)

    def _rouse(self, session: Session) -> None:
        """A tool is called: what was stopped is looked after again."""
        was_quiet, session.quiet = session.quiet, False
        if was_quiet and session.image is not None and session.image.is_building:
            self._watcher.watch(session)

    async def _in_turn(self, run: Run) -> Answer:
        session = run.session
        try:
            if not await run.wait_out():
                return self._retry_later(run, run.texts("step.retry_not_yet"))
            with run.reads.of_one_call(self._clock.host_seconds):
                answer = await with_pause(run, STEP_OF[run.tool], self._steps[run.tool])
        except CallBudgetSpent as spent:
            return self._retry_later(run, told_spent(run, spent))
        except Asking as asking:
            return self._ask(run, asking.pinned)
        except Recorded as recorded:
            return self._recorded(run, recorded.tool)
        except CloudError:
            session.retries.clear()
            raise
        if answer.status == "done":
            session.retries.clear()
        return self._with_way_on(session, answer)

    def _with_way_on(self, session: Session, answer: Answer) -> Answer:
        """A failure that a step words itself names a way on like any other."""
        tool = way_on(session) if answer.status == "failed" and answer.next is None else None
        if tool is None:
            return answer
        return answer.model_copy(update={"next": Next(tool=tool, why=self.texts("result.why_way_on"))})

    def _recorded(self, run: Run, tool: ToolName) -> Answer:
        """What was permitted is written down; the tool that creates carries it out without asking again."""
        told = run.texts("step.recorded", tool=tool)
        return run.answer(STEP_OF[tool], "in_progress", told, following=run.go_to(tool))

    def _retry_later(self, run: Run, message: Words) -> Answer:
        step, told = STEP_OF[run.tool], tell(message, run.state_of_the_world())
        return run.answer(step, "in_progress", told, following=run.go_to(run.tool))

    def _ask(self, run: Run, pinned: PinnedQuestion, owner: tuple[ToolName, Arguments] | None = None) -> Answer:
        tool, arguments = owner or _owner(pinned.key, run)
        run.session.note_asker(pinned.question_id, tool, arguments)
        answer = run.answer(STEP_OF[tool], "needs_answer", Telling(), data=run.shown)
        problem, tells = run.problem, run.tells
        if run.remark is not None:
            tells, problem = "cause", explain(run.remark, run.texts, self.diagnosis_context(run.session.session_id))
        asked: dict[str, object] = {"question": pinned, "asking": tool, "asked_again": run.remark is not None}
        asked |= {"next": run.go_to("answer_question"), "problem": problem, "tells": tells}
        return answer.model_copy(update={**asked, "in_words": run.shown_in_words})

    def standing(self, session_id: str | None) -> Words:
        """What exists and is billed of a session, as it was last read; empty where there is no such session."""
        session, now = self.sessions.peek(session_id or ""), self._clock.now()
        return NO_WORDS if session is None else standing(session, self.texts_for(session), now, is_ending=True)

    def way_on(self, session_id: str | None) -> ToolName | None:
        """The tool that brings a session forward once what it failed for is resolved; None where there is none."""
        return None if (session := self.sessions.peek(session_id or "")) is None else way_on(session)

    def diagnosis_context(self, session_id: str | None) -> DiagnosisContext:
        """What an explanation of an error may name; never raises, also for an unknown session."""
        return context_of(self.sessions.peek(session_id or ""), simulated=self.options.simulated)


async def _has_turn(lock: anyio.Lock, seconds: float) -> bool:
    """Wait for a lock so long, in the host's seconds; whether it is held now."""
    try:
        lock.acquire_nowait()
    except anyio.WouldBlock:
        with anyio.move_on_after(seconds):
            await lock.acquire()
            return True
        return False
    return True


def _owner(key: str, run: Run) -> tuple[ToolName, Arguments]:
    """Which call a question belongs to: a choice may have led from one step into another."""
    tool = home_of(key) or run.tool
    return tool, (run.arguments if tool == run.tool else {})


def _worded(stale: StaleQuestion, texts: Texts) -> StaleQuestion:
    """With a word for what the question rested on, where that was put anew."""
    choice = about(stale.values.get("what", ""))
    if choice is not None:
        stale.values["what"] = texts(f"choice.{choice.value}")
    return stale
