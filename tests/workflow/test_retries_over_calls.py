"""Waits before a retry that one tool call has no time for go on in the next call."""

from __future__ import annotations

import pytest

from ecs_dr.cloud.transport import ApiError, ApiRequest
from ecs_dr.domain.steps import Answer
from ecs_dr.errors import OutcomeUnknown
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.desk import Desk


class Unavailable:
    """Answers the first requests for an image with 503."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.tokens: list[object] = []

    def __call__(self, request: ApiRequest) -> None:
        if request.action != "CreateImage":
            return
        self.tokens.append(request.params["ClientToken"])
        if len(self.tokens) <= self.times:
            raise ApiError("ServiceUnavailable", "The service is unavailable.", http_status=503, request_id="R")


async def asked_for_image(desk: Desk) -> Answer:
    await desk.settle(await desk.collect())
    return await desk.call("create_image")


async def call_until_the_end(desk: Desk, answer: Answer) -> None:
    while answer.status == "in_progress":
        answer = await desk.call("create_image")


async def test_a_retry_beyond_the_budget_is_put_off_and_the_next_call_creates_one_image() -> None:
    desk = Desk(options=RecoveryOptions(call_budget_seconds=20, simulated=True))
    outage = Unavailable(2)
    desk.transport.before.append(outage)
    async with desk.open():
        first = await desk.answer(await asked_for_image(desk), "confirm")
        assert first.status == "in_progress"
        assert first.next is not None
        assert first.next.tool == "create_image"
        assert desk.mutations["CreateImage"] == 0
        second = await desk.call("create_image")
    assert second.status == "done"
    assert desk.mutations["CreateImage"] == 1
    assert len(set(outage.tokens)) == 1


async def test_a_call_never_lasts_longer_than_its_budget_while_it_waits_to_retry() -> None:
    desk = Desk(options=RecoveryOptions(call_budget_seconds=10, simulated=True))
    desk.transport.before.append(Unavailable(3))
    async with desk.open():
        question = await asked_for_image(desk)
        before = desk.clock.host_seconds()
        answer = await desk.answer(question, "confirm")
        calls = 1
        while answer.status == "in_progress":
            assert desk.clock.host_seconds() - before <= 10.01
            before = desk.clock.host_seconds()
            answer = await desk.call("create_image")
            calls += 1
    assert answer.status == "done"
    assert calls > 3


async def test_the_retries_of_several_calls_together_are_no_more_than_the_setting() -> None:
    desk = Desk(options=RecoveryOptions(call_budget_seconds=10, simulated=True))
    outage = Unavailable(100)
    desk.transport.before.append(outage)
    async with desk.open():
        answer = await desk.answer(await asked_for_image(desk), "confirm")
        with pytest.raises(OutcomeUnknown):
            await call_until_the_end(desk, answer)
    assert len(outage.tokens) == 4


async def test_every_wait_is_told_to_the_person() -> None:
    desk = Desk()
    desk.transport.before.append(Unavailable(2))
    async with desk.open():
        answer = await desk.answer(await asked_for_image(desk), "confirm")
    assert answer.status == "done"
    assert answer.message.count("ServiceUnavailable") == 2
    assert "waiting 15 s" in answer.message
