"""An application whose answers are lost, whose process dies, and that is taken up again: nothing is made twice."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ecs_dr.cloud.adapter import AlibabaCloud
from ecs_dr.cloud.retry import RetryPolicy
from ecs_dr.cloud.transport import ApiError, ApiRequest, Json, NoAnswer
from ecs_dr.domain.steps import Answer
from ecs_dr.errors import InvalidInput
from ecs_dr.workflow.recovery import Recovery
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.desk import REGION, Desk
from tests.support.ids import CountedIds
from tests.support.shop import shop, waves_of
from tests.support.shopper import Shopper
from tests.workflow.test_application import made


async def elsewhere(desk: Desk) -> Desk:
    """The same cloud, and a process that knows nothing of the first."""
    other = Desk(desk.world)
    other.clock, other.simulator, other.transport = desk.clock, desk.simulator, desk.transport
    cloud = AlibabaCloud(other.transport, other.clock, RetryPolicy(wait_seconds=15, attempts=3))
    other.recovery = Recovery(cloud, other.clock, CountedIds(1000), RecoveryOptions(simulated=True))
    return other


@pytest.mark.parametrize("stop_at", ["application.wave1", "application.wave2"])
async def test_another_process_takes_it_up_and_makes_nothing_twice(stop_at: str) -> None:
    desk, waves = Desk(shop(4)), waves_of(2, 2)
    async with desk.open():
        shopper = Shopper(desk)
        shopper.until = lambda answer: answer.question is not None and answer.question.key == stop_at
        stopped = await shopper.go_on(await shopper.plan(waves))
    other = await elsewhere(desk)
    async with other.open():
        shopper = Shopper(other)
        arguments: dict[str, str | None] = {"application_id": stopped.session_id, "region_id": REGION}
        answer = await shopper.go_on(await other.recovery.call("recover_application", arguments))
    assert answer.status == "done"
    assert desk.mutations == made(4, 0, 4)


def is_about_a_failure(answer: Answer) -> bool:
    return answer.question is not None and answer.question.question.option("leave_out") is not None


async def test_taken_up_without_its_waves_it_says_how_many_have_nothing_and_takes_them_again() -> None:
    desk, waves = Desk(shop(3)), waves_of(1, 2)
    images = 0

    def lose(request: ApiRequest) -> None:
        nonlocal images
        images += request.action == "CreateImage"
        if request.action == "CreateImage" and images == 2:
            raise ApiError("QuotaExceed.Image", "no more", http_status=403, request_id="request-1")

    async with desk.open():
        shopper = Shopper(desk)
        desk.transport.before.append(lose)
        shopper.until = lambda answer: (
            answer.question is not None and answer.question.question.option("leave_out") is not None
        )
        stopped = await shopper.go_on(await shopper.plan(waves))
    other = await elsewhere(desk)
    async with other.open():
        arguments: dict[str, str | None] = {"application_id": stopped.session_id, "region_id": REGION}
        answer = await other.recovery.call("recover_application", arguments)
        assert "2 of 3 members have an image or a replica, 1 have nothing" in answer.message
        assert (answer.status, desk.mutations) == ("in_progress", made(2, 0, 0))
        with pytest.raises(InvalidInput) as refused:
            await other.recovery.call("recover_application", {**arguments, "waves": waves_of(2, 1)})
        assert refused.value.code == "OtherWaves"
        shopper = Shopper(other)
        answer = await shopper.go_on(await other.recovery.call("recover_application", {**arguments, "waves": waves}))
    assert answer.status == "done"
    assert desk.mutations == made(3, 0, 3)


@pytest.mark.parametrize("action", ["CreateImage", "RunInstances", "CreateVSwitch"])
@pytest.mark.parametrize("arrives", [True, False], ids=["carried out", "not carried out"])
async def test_lost_answers_make_nothing_twice(action: str, arrives: bool) -> None:  # noqa: FBT001 - of pytest
    desk = Desk(shop(3, "no-vswitch"))
    lost = 0
    inner = desk.transport.inner

    class Losing:
        async def call(self, request: ApiRequest) -> Mapping[str, Json]:
            nonlocal lost
            is_it = request.action == action and not request.params.get("DryRun")
            if is_it and lost < 2:
                lost += 1
                if arrives:
                    await inner.call(request)
                raise NoAnswer("lost")
            return await inner.call(request)

    desk.transport.inner = Losing()
    async with desk.open():
        shopper = Shopper(desk)
        answer = await shopper.go_on(await shopper.plan(waves_of(1, 2)))
    assert (answer.status, lost) == ("done", 2)
    assert desk.mutations == made(3, 1, 3)


@pytest.mark.parametrize("action", ["CreateImage", "RunInstances"])
@pytest.mark.parametrize("at", [1, 2, 3])
async def test_a_process_that_dies_in_the_middle_leaves_nothing_to_be_made_twice(action: str, at: int) -> None:
    desk, waves = Desk(shop(3)), waves_of(1, 2)
    seen = 0

    class Dying(BaseException):
        """The process is gone."""

    inner = desk.transport.inner

    class Line:
        async def call(self, request: ApiRequest) -> Mapping[str, Json]:
            nonlocal seen
            answer = await inner.call(request)
            seen += request.action == action and not request.params.get("DryRun")
            if seen == at:
                seen += 1
                raise Dying
            return answer

    desk.transport.inner = Line()
    shopper = Shopper(desk)
    first = await desk_dies(desk, shopper, waves)
    desk.transport.inner = inner
    other = await elsewhere(desk)
    async with other.open():
        again = Shopper(other)
        arguments: dict[str, str | None] = {"application_id": first, "region_id": REGION, "waves": waves}
        answer = await again.go_on(await other.recovery.call("recover_application", arguments))
    assert answer.status == "done", answer.message
    assert desk.mutations == made(3, 0, 3)


async def desk_dies(desk: Desk, shopper: Shopper, waves: str) -> str:
    """Drive it until the process is gone; the application's id."""
    begun: list[str] = []

    async def live() -> None:
        async with desk.open():
            answer = await shopper.plan(waves)
            begun.append(answer.session_id or "")
            await shopper.go_on(answer)

    with pytest.raises(BaseException) as death:  # noqa: PT011 - whatever it is wrapped in
        await live()
    assert isinstance(death.value, BaseExceptionGroup) or "Dying" in repr(death.value)
    return begun[0]
