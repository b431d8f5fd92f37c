"""Stopped means quiet: nothing is sent for a recovery that the person ended until one of its tools is called again."""

from __future__ import annotations

import anyio
import anyio.lowlevel

from ecs_dr.domain.questions import ABORT
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.desk import Desk


async def waiting_desk() -> Desk:
    return Desk("slow-image", RecoveryOptions(call_budget_seconds=5, ask_after_seconds=100, simulated=True))


async def pass_time(desk: Desk, seconds: float) -> None:
    await desk.clock.sleep(seconds)
    await anyio.lowlevel.checkpoint()


async def begin(desk: Desk) -> None:
    """An image is being made, and the person is asked whether to keep waiting."""
    await desk.settle(await desk.collect())
    answer = await desk.settle(await desk.call("create_image"))
    while answer.question is None:
        assert answer.next is not None
        answer = await desk.call("wait_for_image")
    await desk.answer(answer, ABORT)


async def test_after_abort_nothing_is_sent() -> None:
    desk = await waiting_desk()
    async with desk.open():
        await begin(desk)
        await pass_time(desk, 70)  # a poll that was under way may end
        before = len(desk.simulator.journal)
        await pass_time(desk, 3600)
        assert len(desk.simulator.journal) == before


async def test_the_next_call_of_a_tool_looks_after_it_again() -> None:
    desk = await waiting_desk()
    async with desk.open():
        await begin(desk)
        await pass_time(desk, 600)
        before = len(desk.simulator.calls("DescribeImages"))
        await desk.call("choose_target")
        await pass_time(desk, 300)
        assert len(desk.simulator.calls("DescribeImages")) > before + 2


async def test_a_form_that_is_dismissed_is_quiet_as_well() -> None:
    desk = await waiting_desk()
    async with desk.open():
        await desk.settle(await desk.collect())
        await desk.settle(await desk.call("create_image"), {"image_wait": "keep_waiting"})
        question = await desk.call("choose_target")
        assert question.question is not None
        await desk.recovery.dismiss(desk.session_id, question.question.question_id, "decline")
        await pass_time(desk, 70)
        before = len(desk.simulator.journal)
        await pass_time(desk, 3600)
        assert len(desk.simulator.journal) == before
