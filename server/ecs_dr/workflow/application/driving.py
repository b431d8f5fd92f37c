"""An application on its way: images side by side, then wave after wave, each verified before the next begins."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

import anyio

from ecs_dr.domain.images.model import unread_image
from ecs_dr.domain.pages.verification import what_differs
from ecs_dr.domain.questions import ABORT, CONFIRM, CREATE_VSWITCH, KEEP_WAITING, LEAVE_OUT, Question
from ecs_dr.domain.steps import Answer, Problem, ToolName
from ecs_dr.domain.telling import Table, Words, spaced, tell
from ecs_dr.domain.times import seconds_between
from ecs_dr.errors import EcsDrError
from ecs_dr.workflow.application import gathering, wording
from ecs_dr.workflow.application.members import member_run
from ecs_dr.workflow.application.state import Application, Failure, Member, Pending
from ecs_dr.workflow.choices import Choice
from ecs_dr.workflow.decisions import Asking
from ecs_dr.workflow.following import next_tool
from ecs_dr.workflow.memory.chosen import ChosenVSwitch
from ecs_dr.workflow.needs import failed_image
from ecs_dr.workflow.planning.checks import rehearsed_launch
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session import Arguments, Session
from ecs_dr.workflow.steps.launch import billing as launch_billing
from ecs_dr.workflow.steps.launch import options as launch_options

MEMBERS_AT_ONCE = 16
"""Members whose requests go out side by side; the account's budget is shared with everything else."""

IMAGE_KEY, SNAPSHOTS_KEY, VSWITCH_KEY, LAUNCH_KEY = "image.name", "snapshots.set", "vswitch.create", "launch.confirm"
CREATING: dict[str, str] = {
    IMAGE_KEY: CONFIRM,
    SNAPSHOTS_KEY: gathering.WHAT_IS_RECOMMENDED,
    VSWITCH_KEY: CREATE_VSWITCH,
    LAUNCH_KEY: CONFIRM,
}
"""Questions whose go-ahead permits a request, and the choice that is one."""

CallMember = Callable[[Run, Session, ToolName, Arguments], Awaitable[Answer]]
"""Call a tool for a member's session, within what is left of the application's own call."""
Explain = Callable[[EcsDrError, Session], Problem]
"""What an error says to a person."""


@dataclass
class Driver:
    """Brings an application forward for as long as one tool call lasts."""

    run: Run
    application: Application
    call: CallMember
    explain: Explain
    waiting: bool = False
    """Something is not ready, and the call's time is over."""

    async def go(self) -> Answer | None:
        """Until it is done (None), a question stands (raises `Asking`), or the call's time is over.

        Raises:
            Asking: The person has to decide something.
        Recorded: What was permitted is created in a call of the tool that creates.
        """
        while True:
            self._note_failed_images()
            if (stopped := self._decide_failures()) is not None:
                return stopped
            if (stopped := self._decide_pending()) is not None:
                return stopped
            if self.waiting:
                return self._in_progress()
            work = self._next_work()
            if work is None:
                return None
            await work()

    # -- what comes next ---------------------------------------------------------------------------------------

    def _next_work(self) -> Callable[[], Awaitable[None]] | None:
        """The next stage in which somebody has something to do; None when every member is verified or left out."""
        application = self.application
        bare = [member for member in application.active if member.session.replica is None]
        unasked = [member for member in bare if not member.exceptions_settled]
        if unasked:
            return partial(self._settle_exceptions, unasked)
        blocks = self._without_vswitch()
        imageless = self._imageless()
        if imageless or blocks:
            return partial(self._make_images, imageless, blocks)
        wave = application.next_wave
        if wave is None:
            return None
        members = application.of_wave(wave)
        building = [one for one in members if one.session.replica is None and one.status != "image_ready"]
        if building:
            return partial(self._each, building, "wait_for_image")
        unlaunched = [one for one in members if one.session.replica is None]
        if unlaunched:
            return partial(self._launch, unlaunched)
        return partial(self._verify, [one for one in members if not one.is_verified])

    async def _settle_exceptions(self, members: Sequence[Member]) -> None:
        """What has to be decided about single sources is asked before anything is made."""
        for member in members:
            try:
                await self._exceptions(member)
            except Asking as asking:
                self.application.pending.append(Pending(member, asking.pinned, {}))
            except EcsDrError as error:
                member.failure = self._failed(error, member)

    async def _exceptions(self, member: Member) -> None:
        own, session, planned = member_run(self.run, member), member.session, member.planned
        source, target = session.source, session.target
        if source is not None and target is not None and planned is not None and planned.target is not None:
            image = session.source_image or unread_image(source.instance.image_id)
            launch_for = partial(rehearsed_launch, own, source, image, planned.place())
            billing = await launch_billing.decide_billing(own, source, target, launch_for)
            if billing is not None:
                launch_options.decide_options(own, source, billing)
        member.exceptions_settled = True

    def _without_vswitch(self) -> dict[str, list[Member]]:
        """By block: the members that wait for a VSwitch which is still to be made."""
        found: dict[str, list[Member]] = {}
        for member in self.application.active:
            block = member.planned.new_block if member.planned is not None else None
            if block is not None and member.session.vswitch is None and member.session.replica is None:
                found.setdefault(f"{block.vpc_id} {block.zone_id} {block.cidr_block}", []).append(member)
        return {key: members for key, members in found.items() if self._adopt_vswitch(members)}

    def _adopt_vswitch(self, members: Sequence[Member]) -> list[Member]:
        """Give the members the VSwitch that one of them has made; those that still wait."""
        wanted = members[0].planned.new_block if members[0].planned is not None else None
        made = next(
            (
                other.session.vswitch.vswitch
                for other in self.application.members
                if other.session.vswitch is not None
                and other.session.vswitch.created
                and wanted is not None
                and (other.session.vswitch.vswitch.vpc_id, other.session.vswitch.vswitch.zone_id)
                == (wanted.vpc_id, wanted.zone_id)
            ),
            None,
        )
        if made is None:
            return list(members)
        for member in members:
            member.session.choose(ChosenVSwitch(vswitch=made, created=False))
            member.session.unchecked |= {Choice.VSWITCH}
        return []

    # -- stages ------------------------------------------------------------------------------------------------

    async def _make_images(self, members: Sequence[Member], blocks: dict[str, list[Member]]) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._each, [one for one in members if not one.needs_snapshots], "create_image")
            tasks.start_soon(self._each, [one for one in members if one.needs_snapshots], "image_from_snapshots")
            for waiting in blocks.values():
                tasks.start_soon(self._make_vswitch, waiting[0])

    async def _make_vswitch(self, lead: Member) -> None:
        block = lead.planned.new_block if lead.planned is not None else None
        arguments = {"cidr_block": block.cidr_block if block is not None else None}
        await self._absorb(lead, partial(self.call, self.run, lead.session, "prepare_vswitch", arguments))

    async def _launch(self, members: Sequence[Member]) -> None:
        await self._side_by_side(members, self._launch_one)

    async def _launch_one(self, member: Member) -> None:
        for _ in range(4):
            tool = next_tool(member.session)
            if tool is None or tool == "verify_instance":
                return
            if not await self._absorb(member, partial(self.call, self.run, member.session, tool, {})):
                return

    async def _verify(self, members: Sequence[Member]) -> None:
        await self._side_by_side(members, self._verify_one, math.inf)

    async def _verify_one(self, member: Member) -> None:
        if await self._absorb(member, partial(self.call, self.run, member.session, "verify_instance", {})):
            verification = member.session.verification
            if verification is not None and verification.verdict != "match":
                lines = [self.run.texts("application.differs"), *what_differs(verification, self.run.texts)]
                member.failure = Failure("Differs", Words(" ").join(lines))

    async def _each(self, members: Sequence[Member], tool: ToolName) -> None:
        await self._side_by_side(
            members,
            lambda member: self._absorb(member, partial(self.call, self.run, member.session, tool, {})),
            math.inf if tool == "wait_for_image" else MEMBERS_AT_ONCE,
        )

    async def _side_by_side(
        self, members: Sequence[Member], work: Callable[[Member], Awaitable[object]], at_once: float = MEMBERS_AT_ONCE
    ) -> None:
        limiter = anyio.CapacityLimiter(at_once)
        asking = {id(one.member) for one in self.application.pending if one.stands}

        async def one(member: Member) -> None:
            async with limiter:
                await work(member)

        async with anyio.create_task_group() as tasks:
            for member in members:
                if id(member) not in asking:
                    tasks.start_soon(one, member)
        await self._tell()

    async def _absorb(self, member: Member, work: Callable[[], Awaitable[Answer]]) -> bool:
        """Do something for a member; True when it is done. What else may come of it is kept for the next decision."""
        try:
            answer = await work()
        except EcsDrError as error:
            member.failure = self._failed(error, member)
            return False
        if answer.status == "done":
            return True
        if answer.question is not None:
            self.application.pending.append(Pending(member, answer.question, answer.data))
        elif answer.status == "in_progress":
            self.waiting = True
        else:
            problem = answer.problem
            text = problem.message if problem is not None else answer.message
            member.failure = Failure(problem.code if problem is not None else "Stopped", text)
        return False

    def _note_failed_images(self) -> None:
        """An image that failed while something else was waited for is decided about before another is proposed."""
        for member in self.application.active:
            state = member.session.image
            is_lost = member.session.replica is None and state is not None and state.has_failed
            if state is not None and is_lost and member.failure is None and state.image_id not in member.lost_images:
                member.failure = self._failed(failed_image(member_run(self.run, member), state), member)

    def _failed(self, error: EcsDrError, member: Member) -> Failure:
        problem = self.explain(error, member.session)
        return Failure(problem.code, spaced(problem.message, problem.cause))

    async def _tell(self) -> None:
        application = self.application
        active = application.active
        done = sum(member.is_verified for member in active)
        counts: dict[str, int] = {}
        for member in active:
            counts[member.status] = counts.get(member.status, 0) + 1
        told = self.run.texts("list.separator").join(
            f"{self.run.texts(f'application.status.{status}')} {count}" for status, count in counts.items()
        )
        await self.run.progress(done, len(active), self.run.texts("application.progress", told=told))

    # -- decisions ---------------------------------------------------------------------------------------------

    def _decide_pending(self) -> Answer | None:
        """Have the members' questions answered, those of one kind at once; the answer to give when the person stops."""
        pending = [one for one in self.application.pending if one.stands and one.member.is_active]
        self.application.pending = pending
        creating = [one for one in pending if one.pinned.key in {IMAGE_KEY, SNAPSHOTS_KEY, VSWITCH_KEY}]
        launches = [one for one in pending if one.pinned.key == LAUNCH_KEY]
        others = [one for one in pending if one not in creating and one not in launches]
        waits = [one for one in others if one.pinned.question.option(KEEP_WAITING) is not None]
        for one in waits:
            one.member.failure = Failure("ImageSlow", one.pinned.question.whole.headline, under_way=True)
            one.member.waits_for = one.pinned.question_id
        if waits:
            return self._decide_failures()
        for group in gathering.groups(others):
            key = f"{group[0].pinned.key}.{len(group[0].pinned.question.options)}"
            if (stopped := self._one(key, group, partial(gathering.alike, self.run, group), {})) is not None:
                return stopped
        if creating and self._all_have_asked(self._imageless()):
            build = partial(wording.images_question, self.run, creating, self.application)
            return self._one("images", creating, build, CREATING)
        wave = launches[0].member.wave if launches else 0
        if launches and self._all_have_asked(
            [one for one in self.application.of_wave(wave) if not one.session.replica]
        ):
            build = partial(wording.launches_question, self.run, launches, wave, self.application)
            return self._one(f"wave{wave}", launches, build, CREATING)
        return None

    def _all_have_asked(self, members: Sequence[Member]) -> bool:
        """Whether the question can be put for all of them at once: nobody is still to be heard."""
        asking = {id(one.member) for one in self.application.pending if one.stands}
        return all(id(member) in asking or member.failure is not None for member in members)

    def _imageless(self) -> list[Member]:
        bare = (member for member in self.application.active if member.session.replica is None)
        return [one for one in bare if one.session.image is None or one.session.image.has_failed]

    def _one(
        self, key: str, group: Sequence[Pending], build: Callable[[], Question], choices: dict[str, str]
    ) -> Answer | None:
        self.run.shown = self.application.data()
        decision = gathering.ask(self.run, key, group, build)
        self.run.shown = {}
        if decision.choice == ABORT:
            return self.run.aborted("application", f"{gathering.PREFIX}.{key}")
        if decision.choice == LEAVE_OUT:
            self.run.session.book.use_up(f"{gathering.PREFIX}.{key}")
            for one in group:
                one.member.session.book.dismiss(one.pinned.question_id, "cancel")
                one.member.excluded = "left_out"
            return None
        gathering.settle(self.run, key, group, decision, choices)
        if choices:
            self.run.hand_over()
        return None

    def _decide_failures(self) -> Answer | None:
        failed = [member for member in self.application.active if member.failure is not None]
        kinds: dict[tuple[str, bool], list[Member]] = {}
        for member in failed:
            if member.failure is not None:
                kinds.setdefault((member.failure.code, member.failure.under_way), []).append(member)
        for members in kinds.values():
            key = f"{gathering.PREFIX}.failed"
            facts = sorted(f"{one.instance_id} {one.failure.code} {one.failure.text}" for one in members if one.failure)
            self.run.shown = self.application.data()
            decision = self.run.decide(key, [*facts], partial(wording.failure_question, self.run, members))
            self.run.shown = {}
            if decision.choice == ABORT:
                return self.run.aborted("application", key)
            self.run.session.book.use_up(key)
            for member in members:
                self._resolve(member, decision.choice)
        return None

    def _resolve(self, member: Member, choice: str) -> None:
        waits_for, member.waits_for = member.waits_for, ""
        failure, member.failure = member.failure, None
        if failure is not None:
            member.told_failures.add((failure.code, failure.text))
        if member.session.image is not None and member.session.image.has_failed:
            member.lost_images.add(member.session.image.image_id)
        member.wants_snapshots |= choice == wording.FROM_SNAPSHOTS
        if choice == LEAVE_OUT:
            member.excluded = "left_out"
            return
        if waits_for and member.session.book.is_open(waits_for):
            member.session.book.settle(waits_for, KEEP_WAITING, None)
            self._all_may_wait(member)
        if member.session.verification is not None and not member.is_verified:
            member.session.verification = None

    def _all_may_wait(self, asked: Member) -> None:
        """Who keeps waiting for one image waits for all that are being made: each span is asked about once."""
        if asked.session.image is None:
            return
        waited = seconds_between(asked.session.image.started_at, self.run.clock.now())
        for member in self.application.active:
            state = member.session.image
            if state is not None and member.status == "imaging":
                spans = int(waited // self.run.options.ask_after_seconds)
                state.asked_spans = max(state.asked_spans, spans)

    def _in_progress(self) -> Answer:
        run, application = self.run, self.application
        message = tell(run.texts("application.under_way"), table(run, application))
        data = application.data()
        return run.answer("application", "in_progress", message, data=data, following=run.go_to("recover_application"))


def table(run: Run, application: Application) -> Table:
    """Every member with its wave, state and replica."""
    say, rows = run.texts, []
    for member in application.members:
        session = member.session
        image = session.image.image_id if session.image is not None else "-"
        replica = session.replica.instance_id if session.replica is not None else "-"
        status = say(f"application.status.{member.status}")
        rows.append((str(member.wave), member.instance_id, status, image, replica))
    heads = ("wave", "source", "status", "image", "replica")
    return Table(tuple(rows), tuple(say(f"application.head.{one}") for one in heads))
