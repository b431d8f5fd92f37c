"""A recovery on a bad line, the person in front of it, and what must be true of both at any time.

The rig knows what the person agreed to (from the answers it gives itself) and what exists (from the simulator), and
nothing else: the product's own books are not asked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import Literal, get_args

from ecs_dr.cloud.adapter import AlibabaCloud
from ecs_dr.cloud.retry import RetryPolicy
from ecs_dr.domain.questions import PinnedQuestion
from ecs_dr.domain.steps import STEP_OF, Answer, ToolName
from ecs_dr.errors import EcsDrError, InvalidInput, RecoveryFailed, UnknownSession, UserError
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.world import World, load_world
from ecs_dr.workflow.recovery import Recovery
from ecs_dr.workflow.run import RecoveryOptions
from tests.faults.life import Life
from tests.faults.line import MUTATING, FaultLine, ProcessDied
from tests.support.clock import SteppedClock
from tests.support.desk import REGION, SOURCE
from tests.support.ids import CountedIds

NOT_A_SET: frozenset[str] = frozenset({"abort", "more_options"})
"""Every other option of that question is a set of snapshots, and a yes."""

CONSENTS: Mapping[str, tuple[str, frozenset[str]]] = {
    "image.name": ("CreateImage", frozenset({"confirm", "custom"})),
    "snapshots.set": ("CreateImage", NOT_A_SET),
    "vswitch.create": ("CreateVSwitch", frozenset({"create_vswitch", "custom"})),
    "launch.confirm": ("RunInstances", frozenset({"confirm", "custom"})),
}
"""Which option of which question is a go-ahead, and for what."""

PLAN_KEY = "plan.accept"
SHOWS_A_NEW_VSWITCH = re.compile(r"VSwitch \d+\.\d+\.\d+\.\d+/\d+, then one instance")
"""Whoever accepts a plan that shows a new VSwitch has agreed to it."""

NOT_AN_ANSWER = frozenset(
    {
        *("StaleQuestion", "UnknownSession", "MissingSessionId"),
        *("UnknownChoice", "TextMissing", "TextTooLong", "TextBesideOption"),
    }
)
"""Codes by which the product says that it did not take an answer. With any other code the answer was taken and
something later went wrong: what the person agreed to was agreed to."""

TOOL_OF_KEY: Mapping[str, ToolName] = {
    "source": "collect_source",
    "image": "create_image",
    "snapshots": "image_from_snapshots",
    "image_wait": "wait_for_image",
    "target": "choose_target",
    "vswitch": "prepare_vswitch",
    "disks": "check_disks",
    "launch": "create_instance",
}
"""Which tool to call again after a question was dismissed (the message says "call the tool again")."""

COLLECTIONS: Mapping[str, str] = {"CreateImage": "images", "CreateVSwitch": "vswitches", "RunInstances": "instances"}
TOOLS: tuple[ToolName, ...] = get_args(ToolName)

Outcome = Answer | EcsDrError


@dataclass
class Rig:
    """Everything of one schedule."""

    world: World
    tags: bool = True
    clock: SteppedClock = field(init=False)
    simulator: Simulator = field(init=False)
    line: FaultLine = field(init=False)
    recovery: Recovery = field(init=False)
    session_id: str = ""
    question: PinnedQuestion | None = None
    old_questions: list[PinnedQuestion] = field(default_factory=list)
    next_tool: ToolName | None = "collect_source"
    consents: dict[str, set[str]] = field(default_factory=lambda: {action: set() for action in MUTATING})
    shown: list[str] = field(default_factory=list)
    """Texts of the launch questions that were agreed to."""
    outcomes: list[Outcome] = field(default_factory=list)
    crashed: bool = False
    crashes: int = 0
    finished: bool = False
    ever: dict[str, set[str]] = field(default_factory=lambda: {action: set() for action in MUTATING})
    """Everything that was made, also what somebody has deleted since."""

    def __post_init__(self) -> None:
        self.clock = SteppedClock(self.world.start_time)
        self.simulator = Simulator(self.world, self.clock)
        self.line = FaultLine(self.simulator, self.clock)
        self._ids = CountedIds()
        self.life = Life()
        self._looked = False
        self._times_asked: Counter[tuple[str, str]] = Counter()
        self._before = {name: self._ids_of(name) for name in COLLECTIONS.values()}
        self._source = self.source_state()

    @classmethod
    def of(cls, name: str, *, visibility_seconds: float | None = None, tags: bool = True) -> Rig:
        world = load_world(name)
        if visibility_seconds is not None:
            world.behaviour.visibility_delay_seconds = visibility_seconds
        return cls(world, tags)

    # -- the process -------------------------------------------------------------------------------------------

    async def start(self) -> Rig:
        cloud = AlibabaCloud(self.line, self.clock, RetryPolicy(wait_seconds=15, attempts=3))
        options = RecoveryOptions(simulated=True, profile_tags=self.tags, zone=UTC)
        self.recovery = Recovery(cloud, self.clock, self._ids, options)
        await self.life.begin(self.recovery)
        return self

    async def stop(self) -> None:
        await self.life.end()

    async def crash(self) -> None:
        """The process ends without a word, and a new one knows nothing."""
        await self.stop()
        self.life = Life()
        await self.start()
        self.crashed, self.crashes = True, self.crashes + 1
        self._turn_over()
        self.next_tool = None

    # -- the person --------------------------------------------------------------------------------------------

    async def call(self, tool: ToolName, **arguments: str | None) -> Outcome:
        if self.session_id and tool != "collect_source":
            arguments.setdefault("session_id", self.session_id)
        if tool in {"collect_source", "resume_session"}:
            arguments.setdefault("instance_id", SOURCE)
            arguments.setdefault("region_id", REGION)
        return await self._take(lambda: self.recovery.call(tool, arguments))

    async def go_on(self) -> Outcome:
        """What a well-meant host does next: resume after a crash, follow `next`, else look where things stand."""
        if self.crashed or (self.next_tool == "collect_source" and any(self.consents.values())):
            outcome = await self.resume()
        elif self.next_tool is not None:
            outcome = await self.call(self.next_tool)
        elif self.session_id:
            outcome = await self.call("verify_instance" if self._looked else "get_session")
        else:
            outcome = await self.call("collect_source")
        return outcome

    async def resume(self) -> Outcome:
        if not self.session_id:
            self.crashed = False
            return await self.call("collect_source")
        return await self.call("resume_session")

    async def answer(
        self,
        choice: str,
        text: str | None = None,
        *,
        question: PinnedQuestion | None = None,
        session: str | None = None,
    ) -> Outcome | None:
        asked = question or self.question
        if asked is None:
            return None
        outcome = await self._take(
            lambda: self.recovery.answer(session or self.session_id, asked.question_id, choice, text), asked, choice
        )
        if question is None and not (isinstance(outcome, InvalidInput) and outcome.code in NOT_AN_ANSWER):
            self._retire(asked)
        return outcome

    async def dismiss(self, how: Literal["decline", "cancel"]) -> Outcome | None:
        asked = self.question
        if asked is None:
            return None
        self._retire(asked)
        tool = TOOL_OF_KEY.get(asked.key.partition(".")[0])
        outcome = await self._take(lambda: self.recovery.dismiss(self.session_id, asked.question_id, how))
        self.next_tool = tool or self.next_tool
        return outcome

    async def recover(self, rounds: int = 150) -> Outcome | None:
        """Go on with the recommended options until the recovery is complete."""
        outcome: Outcome | None = None
        for _ in range(rounds):
            outcome = await self.step()
            if self.finished:
                return outcome
        return outcome

    async def step(self) -> Outcome | None:
        """One answer with the recommended option, or one call."""
        if self.question is not None:
            recommended = self._choice(self.question)
            # A value to type is the recommended way only where nothing could be proposed: look again instead.
            return await (self.dismiss("decline") if recommended == "custom" else self.answer(recommended))
        return await self.go_on()

    def _choice(self, asked: PinnedQuestion) -> str:
        """The recommended option; another one of those that go on, when the same question comes again and again."""
        key = (asked.key, asked.question.text)
        self._times_asked[key] += 1
        values = [option.value for option in asked.question.options if option.value not in {"abort", "custom"}]
        return values[self._times_asked[key] // 3 % len(values)] if values else asked.question.options[0].value

    async def _take(
        self, send: Callable[[], Awaitable[Answer]], asked: PinnedQuestion | None = None, choice: str = ""
    ) -> Outcome:
        """Make a call, and see what a host sees of it; a process that dies in it is started again."""
        newly = asked is not None and self._agree(asked, choice)
        try:
            answer = await send()
            outcome: Outcome = answer
            if newly and asked is not None and answer.problem is not None and answer.problem.code in NOT_AN_ANSWER:
                self._disagree(asked)
        except EcsDrError as error:
            outcome = error
            if newly and asked is not None and isinstance(error, UserError) and error.code in NOT_AN_ANSWER:
                self._disagree(asked)
        except BaseException as error:
            if not _is_death(error):
                raise
            outcome = RecoveryFailed("ProcessDied", "replica_vanished")
            await self.crash()
        self._note(outcome)
        return outcome

    def _agree(self, asked: PinnedQuestion, choice: str) -> bool:
        """The person says yes before anything can be sent; it counts only if the product takes it for an answer."""
        action, yes = _go_ahead(asked)
        is_yes = choice not in yes if yes is NOT_A_SET else choice in yes
        if not is_yes or asked.question_id in self.consents[action]:
            return False
        self.consents[action].add(asked.question_id)
        if action == "RunInstances":
            self.shown.append(asked.question.text)
        return True

    def _disagree(self, asked: PinnedQuestion) -> None:
        """This answer was refused: the person has not agreed to anything by it."""
        action, _ = _go_ahead(asked)
        self.consents[action].discard(asked.question_id)
        if action == "RunInstances":
            self.shown.remove(asked.question.text)

    def _note(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self._looked = isinstance(outcome, Answer) and (outcome.step, outcome.status) == ("session", "done")
        if isinstance(outcome, EcsDrError):
            if isinstance(outcome, UnknownSession):
                self.crashed = True
            supplier = _tool(outcome.next_tool) if isinstance(outcome, UserError) else None
            self.next_tool = supplier or _tool_of(outcome.step)
            return
        self.session_id = outcome.session_id or self.session_id
        self.crashed = False if outcome.session_id else self.crashed
        if outcome.question is not None:
            self._turn_over()
            self.question = outcome.question
        self.next_tool = outcome.next.tool if outcome.next is not None else None
        self.finished = outcome.step == "verify" and outcome.status == "done"

    def _retire(self, asked: PinnedQuestion) -> None:
        if self.question is asked:
            self._turn_over()

    def _turn_over(self) -> None:
        if self.question is not None:
            self.old_questions.append(self.question)
        self.question = None

    # -- the cloud ---------------------------------------------------------------------------------------------

    def _ids_of(self, name: str) -> set[str]:
        found: Mapping[str, object] = getattr(self.world, name)
        return set(found)

    def made(self, action: str) -> set[str]:
        """Ids of what exists now and did not in the beginning."""
        name = COLLECTIONS[action]
        found = self._ids_of(name) - self._before[name]
        self.ever[action] |= found
        return found

    def source_state(self) -> list[str]:
        """Everything about the source, its disks and what guards it, in words."""
        own = sorted(repr(disk) for disk in self.world.disks.values() if disk.instance_id == SOURCE)
        return [repr(self.world.instances.get(SOURCE)), *own, repr(self.world.security_groups)]

    def accept_source(self) -> None:
        """Somebody else changed the source: from now on it is to stay as it is now."""
        self._source = self.source_state()

    @property
    def source_is_untouched(self) -> bool:
        return self.source_state() == self._source


def _go_ahead(asked: PinnedQuestion) -> tuple[str, frozenset[str]]:
    """What an option of that question permits, and which options do."""
    if asked.key == PLAN_KEY and SHOWS_A_NEW_VSWITCH.search(asked.question.text):
        return "CreateVSwitch", frozenset({"confirm"})
    return CONSENTS.get(asked.key, ("", frozenset()))


def _is_death(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return any(_is_death(one) for one in error.exceptions)
    return isinstance(error, ProcessDied)


def _tool_of(step: str | None) -> ToolName | None:
    return next((tool for tool, its_step in STEP_OF.items() if its_step == step and step != "session"), None)


def _tool(name: str | None) -> ToolName | None:
    return next((tool for tool in TOOLS if tool == name), None)
