"""A tool call lasts no longer than its budget, whatever it does; the next one goes on where it ended."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import anyio
import pytest

from ecs_dr.cloud.adapter import AlibabaCloud
from ecs_dr.cloud.retry import RetryPolicy
from ecs_dr.cloud.transport import ApiRequest, Json, Transport
from ecs_dr.domain.steps import Answer, ToolName
from ecs_dr.workflow.clock import SystemClock
from ecs_dr.workflow.recovery import Recovery
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.desk import Desk
from tests.support.ids import CountedIds

LATENCY = 0.4
BUDGET = 0.5


@dataclass
class Slow:
    """Every answer takes its time: real time, as a host's patience is."""

    inner: Transport
    seconds: float = 0.0
    sent: Counter[str] = field(default_factory=Counter)

    async def call(self, request: ApiRequest) -> Mapping[str, Json]:
        self.sent[f"{request.action} {request.params}"] += 1
        await anyio.sleep(self.seconds)
        return await self.inner.call(request)


class SlowDesk(Desk):
    """A recovery in real time on a slow cloud; one call is measured at a time."""

    def __init__(self, budget: float = BUDGET) -> None:
        super().__init__()
        self.slow = Slow(self.transport)
        clock = SystemClock()
        cloud = AlibabaCloud(self.slow, clock, RetryPolicy(wait_seconds=0.01, attempts=0))
        options = RecoveryOptions(call_budget_seconds=budget, poll_seconds=0.05, ask_after_seconds=3600, simulated=True)
        self.recovery = Recovery(cloud, clock, CountedIds(), options)
        self.longest = 0.0
        self.cut = 0

    async def call(self, tool: ToolName, **arguments: str | None) -> Answer:
        """The cloud's own time passes with each call."""
        self.clock.advance(60)
        return await super().call(tool, **arguments)

    async def settle(self, answer: Answer, choices: Mapping[str, str] | None = None) -> Answer:
        """Of a call that goes on with the same arguments, too."""
        while answer.next is not None and answer.next.tool == "collect_source" and answer.status == "in_progress":
            answer = await self.collect()
        return await super().settle(answer, choices)

    async def measured(self, tool: ToolName) -> Answer:
        """Call a tool until it has an answer; remember how long a call took at most."""
        for _ in range(60):
            began = time.monotonic()
            answer = await self.call(tool)
            self.longest = max(self.longest, time.monotonic() - began)
            if answer.status != "in_progress":
                return answer
            assert answer.next is not None
            assert answer.next.tool == tool
            self.cut += 1
        raise AssertionError("it never ends")


async def test_a_plan_on_a_slow_cloud_is_read_over_several_calls_and_nothing_twice() -> None:
    quick, desk = SlowDesk(), SlowDesk()
    async with quick.open():
        await quick.settle(await quick.collect())
        quick.slow.sent.clear()
        await quick.call("plan_recovery")
    at_once = quick.slow.sent
    async with desk.open():
        await desk.settle(await desk.collect())
        desk.slow.seconds, desk.slow.sent = LATENCY, Counter()
        answer = await desk.measured("plan_recovery")
        assert answer.status == "needs_answer"
        assert desk.cut >= 1
        assert desk.longest < BUDGET + 0.5
        assert desk.slow.sent == at_once


async def test_a_read_that_outlasts_the_call_goes_on_and_is_waited_for_by_the_next() -> None:
    desk = SlowDesk(budget=0.1)
    async with desk.open():
        await desk.settle(await desk.collect())
        desk.slow.seconds, desk.slow.sent = 0.25, Counter()
        assert (await desk.measured("choose_target")).status in {"needs_answer", "done"}
        assert desk.longest < 0.2
        assert set(desk.slow.sent.values()) == {1}


async def test_the_answer_says_that_nothing_is_lost() -> None:
    desk = SlowDesk(budget=0.05)
    async with desk.open():
        await desk.settle(await desk.collect())
        desk.slow.seconds = LATENCY
        answer = await desk.call("plan_recovery")
    assert answer.status == "in_progress"
    assert "the next call goes on from there" in answer.message


async def test_what_a_host_cuts_off_is_not_read_again() -> None:
    desk = SlowDesk(budget=30)
    async with desk.open():
        await desk.settle(await desk.collect())
        desk.slow.seconds, desk.slow.sent = LATENCY, Counter()
        with anyio.move_on_after(0.6):
            await desk.call("plan_recovery")
        await desk.call("plan_recovery")
        assert set(desk.slow.sent.values()) == {1}


async def test_of_a_call_that_came_to_its_end_nothing_is_kept() -> None:
    desk = SlowDesk()
    async with desk.open():
        await desk.settle(await desk.collect())
        await desk.call("plan_recovery")
        kept = desk.recovery.sessions.get(desk.session_id).kept_reads
        assert [reads.answers for reads in kept.values()] == [{}] * len(kept)


async def test_two_calls_of_one_step_are_ordered_and_the_second_says_so_when_its_time_is_over() -> None:
    desk = SlowDesk(budget=0.1)
    answers: list[Answer] = []

    async def call() -> None:
        answers.append(await desk.call("plan_recovery"))

    async with desk.open():
        await desk.settle(await desk.collect())
        desk.slow.seconds = 0.3
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(call)
            tasks.start_soon(call)
    assert [answer.status for answer in answers] == ["in_progress", "in_progress"]


async def test_a_second_call_beside_a_wait_that_was_put_off_is_no_error() -> None:
    desk = Desk(options=RecoveryOptions(call_budget_seconds=45, simulated=True))
    async with desk.open():
        await desk.settle(await desk.collect())
        session = desk.recovery.sessions.get(desk.session_id)
        session.retry_at["choose_target"] = desk.clock.now().replace(year=desk.clock.now().year + 1)
        lock = session.lock("target")
        await lock.acquire()
        answers: list[Answer] = []

        async def call() -> None:
            answers.append(await desk.call("choose_target"))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(call)
            await anyio.sleep(0.01)
            desk.clock.advance(60)  # the whole budget of the one that waits for its turn
            lock.release()
    assert [answer.status for answer in answers] == ["in_progress"]


@pytest.mark.parametrize("budget", [0.05, 0.4])
async def test_a_whole_recovery_on_a_slow_cloud_ends_as_on_a_quick_one(budget: float) -> None:
    desk = SlowDesk(budget)
    desk.slow.seconds = 0.06
    async with desk.open():
        question = await desk.collect()
        assert question.question is not None
        answer = await desk.settle(await desk.answer(question, "confirm"))
        for _ in range(400):
            if answer.status == "done" and answer.next is None:
                break
            answer = await desk.settle(await desk.go_on(answer))
    assert (answer.step, answer.data["verdict"]) == ("verify", "match")
    assert desk.mutations == {"CreateImage": 1, "CreateVSwitch": 0, "RunInstances": 1}
