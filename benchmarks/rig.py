"""One simulated cloud on virtual time, and our side of each comparison."""

# An assertion here checks that the measured run went as it should.
# ruff: noqa: S101

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from benchmarks.clock import VirtualClock
from ecs_dr.cloud.adapter import AlibabaCloud
from ecs_dr.cloud.retry import RetryPolicy
from ecs_dr.cloud.transport import ApiError, ApiRequest, Json
from ecs_dr.domain.steps import Answer, ToolName
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.transport import SimulatorTransport
from ecs_dr.simulator.world import load_world
from ecs_dr.workflow.ids import RandomIds
from ecs_dr.workflow.recovery import Recovery
from ecs_dr.workflow.run import RecoveryOptions

SOURCE, REGION = "i-2zesource0001", "cn-beijing"
DEFAULT_BUDGET_SECONDS = RecoveryOptions().call_budget_seconds
LATENCY_SECONDS = 0.3
"""Of every request, for both sides."""


@dataclass
class Line:
    """A line to the simulated cloud that takes its time, and counts."""

    simulator: Simulator
    clock: VirtualClock
    latency: float = LATENCY_SECONDS
    calls: Counter[str] = field(default_factory=Counter)
    sent: list[tuple[float, float, str]] = field(default_factory=list)
    """When each request was sent and answered, in the host's seconds, and its action."""
    command_bytes: int = 0
    response_bytes: int = 0
    weighs: bool = True
    """Whether requests are kept with their times, and weighed as commands of the CLI, and answers as it would print
    them; it takes time and memory."""

    async def call(self, request: ApiRequest) -> Mapping[str, Json]:
        """Carry one request out."""
        began = self.clock.host_seconds()
        try:
            return await self._carry(request)
        finally:
            if self.weighs:
                self.sent.append((began, self.clock.host_seconds(), _name(request)))

    async def _carry(self, request: ApiRequest) -> Mapping[str, Json]:
        await self.clock.sleep(self.latency / 2)
        self.calls[_name(request)] += 1
        try:
            answer = await SimulatorTransport(self.simulator).call(request)
            if self.weighs:
                self.command_bytes += len(_as_command(request).encode())
                self.response_bytes += len(json.dumps(answer, indent="\t", ensure_ascii=False).encode())
        except ApiError:
            await self.clock.sleep(self.latency / 2)
            raise
        await self.clock.sleep(self.latency / 2)
        return answer


def _name(request: ApiRequest) -> str:
    dry = " (dry run)" if request.params.get("DryRun") else ""
    return f"{request.product}:{request.action}{dry}"


def _as_command(request: ApiRequest) -> str:
    """The request as the skill has it typed, with its endpoint and User-Agent."""
    product, region = request.product, request.region_id
    named = " ".join(f"--{name} {json.dumps(value)}" for name, value in request.params.items() if name != "RegionId")
    return (
        f"aliyun {product} {request.action} --biz-region-id {region} --endpoint {product}.{region}.aliyuncs.com "
        f"{named} --user-agent AlibabaCloud-Agent-Skills/alibabacloud-ecs-disaster-recovery-image/{request.session_id}"
    )


class Cloud:
    """A fresh cloud whose images take so many seconds."""

    def __init__(self, image_seconds: float = 240, latency: float = LATENCY_SECONDS) -> None:
        world = load_world("healthy")
        world.behaviour.image_seconds = image_seconds
        self.world = world
        self.clock = VirtualClock(world.start_time)
        self.simulator = Simulator(world, self.clock)
        self.line = Line(self.simulator, self.clock, latency)

    @property
    def parts(self) -> tuple[object, ...]:
        """What belongs to the other side, or to the benchmark: no memory of a recovery."""
        return self.line, self.clock, self.simulator, self.simulator.journal, self.world

    def recovery(self, call_budget_seconds: float = DEFAULT_BUDGET_SECONDS) -> Recovery:
        """Our workflow over this cloud."""
        cloud = AlibabaCloud(self.line, self.clock, RetryPolicy())
        options = RecoveryOptions(simulated=True, call_budget_seconds=call_budget_seconds)
        return Recovery(cloud, self.clock, RandomIds(), options)

    def detection_lag(self) -> float:
        """Seconds from the moment the image was ready to the first request that could see it."""
        image = next(one for one in self.world.images.values() if one.started_at is not None)
        assert image.started_at is not None
        ready = image.started_at + timedelta(seconds=image.waiting_seconds + image.seconds)
        looks = [entry.time for entry in self.simulator.calls("DescribeImages") if entry.time >= ready]
        return (min(looks) - ready).total_seconds()


@dataclass
class Ours:
    """A host that follows `next`, and a person who takes a while for each question and takes what is recommended.

    Without the plan they go from the source to the image at once, as when seconds count.
    """

    cloud: Cloud
    person_seconds: float = 0
    with_plan: bool = False
    source: str = SOURCE
    asked: int = 0
    tool_calls: int = 0

    async def recover(self) -> float:
        """A whole recovery; seconds of the cloud's time."""
        started = self.cloud.clock.host_seconds()
        recovery = self.cloud.recovery()
        async with recovery.running():
            await self.follow(recovery)
        return self.cloud.clock.host_seconds() - started

    async def follow(self, recovery: Recovery) -> None:
        """The same, in a recovery service that others use as well."""
        answer = await self._collect(recovery)
        while answer.next is not None and answer.next.tool == "collect_source":
            # Beside a thousand others the reads of the source outlast the call.
            answer = await self._collect(recovery)
        session_id = str(answer.session_id)
        if not self.with_plan:
            made = await self._call(recovery, "create_image", session_id=session_id)
            answer = await self._settle(recovery, made)
        while answer.next is not None:
            following = await self._call(recovery, answer.next.tool, session_id=session_id)
            answer = await self._settle(recovery, following)
        assert answer.data["verdict"] == "match", answer.message

    async def decide_all(self, recovery: Recovery) -> None:
        """Up to the wait for the image, with everything decided that comes after it."""
        answer = await self._collect(recovery)
        session_id = str(answer.session_id)
        steps: tuple[ToolName, ...] = ("create_image", "choose_target", "prepare_vswitch", "check_disks")
        for tool in (*steps, "create_instance"):
            answer = await self._settle(recovery, await self._call(recovery, tool, session_id=session_id))
        assert answer.status == "in_progress", answer.message

    async def _collect(self, recovery: Recovery) -> Answer:
        made = await self._call(recovery, "collect_source", instance_id=self.source, region_id=REGION)
        return await self._settle(recovery, made)

    async def _call(self, recovery: Recovery, tool: ToolName, **arguments: str) -> Answer:
        self.tool_calls += 1
        return await recovery.call(tool, arguments)

    async def _settle(self, recovery: Recovery, answer: Answer) -> Answer:
        while answer.question is not None:
            self.asked += 1
            await self.cloud.clock.sleep(self.person_seconds)
            first = answer.question.question.options[0].value
            answer = await recovery.answer(str(answer.session_id), answer.question.question_id, first)
        return answer
