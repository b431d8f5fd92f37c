"""A recovery and a simulated cloud on one stepped clock, without protocol or HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from ecs_dr.cloud.adapter import AlibabaCloud
from ecs_dr.cloud.retry import RetryPolicy
from ecs_dr.cloud.transport import ApiRequest, Json, Transport
from ecs_dr.domain.questions import ABORT, CREATE_VSWITCH
from ecs_dr.domain.steps import Answer, ToolName
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.transport import SimulatorTransport
from ecs_dr.simulator.world import World, load_world
from ecs_dr.workflow.recovery import Recovery
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.clock import SteppedClock
from tests.support.ids import CountedIds

SOURCE, REGION = "i-2zesource0001", "cn-beijing"
MUTATING = ("CreateImage", "CreateVSwitch", "RunInstances")


@dataclass
class Interceptor:
    """Lets a test stand between the workflow and the cloud."""

    inner: Transport
    before: list[object] = field(default_factory=list)

    async def call(self, request: ApiRequest) -> Mapping[str, Json]:
        for hook in list(self.before):
            if callable(hook):
                hook(request)
        return await self.inner.call(request)


class Desk:
    """Call tools, answer questions, look at the cloud."""

    def __init__(
        self, world: World | str = "healthy", options: RecoveryOptions | None = None, *, attempts: int = 3
    ) -> None:
        self.world = load_world(world) if isinstance(world, str) else world
        self.clock = SteppedClock(self.world.start_time)
        self.simulator = Simulator(self.world, self.clock)
        self.transport = Interceptor(SimulatorTransport(self.simulator))
        cloud = AlibabaCloud(self.transport, self.clock, RetryPolicy(wait_seconds=15, attempts=attempts))
        self.recovery = Recovery(cloud, self.clock, CountedIds(), options or RecoveryOptions(simulated=True))
        self.session_id = ""
        self.asked: list[str] = []
        self.plans = False
        """Whether this person has the recovery planned, as `next` proposes, or begins with the image at once."""

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Desk]:
        async with self.recovery.running():
            yield self

    async def call(self, tool: ToolName, **arguments: str | None) -> Answer:
        """One tool call, as a host without elicitation makes it."""
        if self.session_id and tool not in {"collect_source", "check_credentials"}:
            arguments.setdefault("session_id", self.session_id)
        answer = await self.recovery.call(tool, arguments)
        self.session_id = answer.session_id or self.session_id
        return answer

    def following(self, answer: Answer) -> ToolName:
        """The tool that this person's host calls next."""
        assert answer.next is not None, answer.message
        tool = answer.next.tool
        if tool != "plan_recovery" or self.plans:
            return tool
        return "create_image" if self.recovery.sessions.get(self.session_id).image is None else "choose_target"

    async def go_on(self, answer: Answer) -> Answer:
        """Call it."""
        return await self.call(self.following(answer))

    async def collect(self, instance_id: str = SOURCE, region_id: str = REGION) -> Answer:
        return await self.call("collect_source", instance_id=instance_id, region_id=region_id)

    async def answer(self, question: Answer, choice: str, text: str | None = None) -> Answer:
        assert question.question is not None, question
        self.asked.append(question.question.key)
        return await self.recovery.answer(self.session_id, question.question.question_id, choice, text)

    async def settle(self, answer: Answer, choices: Mapping[str, str] | None = None) -> Answer:
        """Answer questions until there is none: with `choices` by question key, else with the recommended option."""
        for _ in range(60):
            if answer.status == "in_progress":
                assert answer.next is not None
                answer = await self.call(answer.next.tool)
                continue
            if answer.question is None:
                return answer
            key = answer.question.key
            choice = (choices or {}).get(key, answer.question.question.options[0].value)
            answer = await self.answer(answer, choice)
        raise AssertionError("the questions do not end")

    async def recover(self, choices: Mapping[str, str] | None = None) -> Answer:
        """The whole recovery along `next`; ends with the last answer."""
        answer = await self.settle(await self.collect(), choices)
        for _ in range(30):
            if answer.status != "done" or answer.next is None:
                return answer
            answer = await self.settle(await self.go_on(answer), choices)
        raise AssertionError("the steps do not end")

    def sent(self, action: str) -> int:
        """How many requests of an action were carried out anew (replays of a ClientToken not counted)."""
        return sum(1 for entry in self.simulator.calls(action) if entry.outcome == "OK" and not entry.replayed)

    @property
    def mutations(self) -> dict[str, int]:
        return {action: self.sent(action) for action in MUTATING}


__all__ = ["ABORT", "CREATE_VSWITCH", "REGION", "SOURCE", "Desk"]
