"""An application that cannot be begun, taken up or recovered: what is wrong, and that nothing was made."""

from __future__ import annotations

import pytest

from ecs_dr.domain.questions import PinnedQuestion
from ecs_dr.errors import InvalidInput, UnknownSession
from tests.support.desk import REGION, Desk
from tests.support.shop import shop, waves_of
from tests.support.shopper import Shopper, recommended
from tests.workflow.bench import NOTHING, no_requests

WAVES = waves_of(1, 1)
UNKNOWN = "0" * 31 + "a"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"region_id": "Beijing"}, "InvalidRegionId"),
        ({"region_id": ""}, "InvalidRegionId"),
        ({"target_zone_id": "k"}, "InvalidZoneId"),
        ({"target_zone_id": "cn-shanghai-b"}, "InvalidZoneId"),
        ({"waves": ""}, "WavesMissing"),
    ],
)
async def test_what_cannot_be_planned_is_refused_before_anything_is_sent(arguments: dict[str, str], code: str) -> None:
    desk = Desk(shop(2))
    async with desk.open():
        with no_requests(desk), pytest.raises(InvalidInput) as refused:
            await desk.recovery.call("plan_application", {"region_id": REGION, "waves": WAVES, **arguments})
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"application_id": "mine"}, "InvalidApplicationId"),
        ({"region_id": "Beijing"}, "InvalidRegionId"),
        ({"region_id": "cn-shanghai"}, "OtherRegion"),
        ({"waves": waves_of(2)}, "OtherWaves"),
    ],
)
async def test_what_cannot_be_gone_on_with_is_refused_before_anything_is_sent(
    arguments: dict[str, str], code: str
) -> None:
    desk = Desk(shop(2))
    async with desk.open():
        shopper = Shopper(desk, until=lambda answer: answer.question is None)
        planned = await shopper.go_on(await shopper.plan(WAVES))
        assert planned.status == "done"
        with no_requests(desk), pytest.raises(InvalidInput) as refused:
            await desk.recovery.call("recover_application", {"application_id": planned.session_id, **arguments})
    assert refused.value.code == code
    assert desk.mutations == NOTHING


async def test_an_application_that_nobody_knows_is_not_taken_for_another() -> None:
    desk = Desk(shop(1))
    async with desk.open():
        with no_requests(desk), pytest.raises(UnknownSession):
            await desk.recovery.call("recover_application", {"application_id": UNKNOWN})
        single = await desk.collect()
        with no_requests(desk), pytest.raises(InvalidInput) as refused:
            await desk.recovery.call("recover_application", {"application_id": single.session_id})
    assert refused.value.code == "NoApplication"


async def test_a_type_that_is_not_offered_is_no_change_of_the_plan() -> None:
    desk = Desk(shop(2))
    texts = iter(["i-2zesource0002 type=ecs.g9.64xlarge"])

    def choose(pinned: PinnedQuestion) -> tuple[str, str | None]:
        text = next(texts, None)
        return recommended(pinned) if text is None else ("custom", text)

    async with desk.open():
        shopper = Shopper(desk, choose, until=lambda answer: answer.question is None)
        planned = await shopper.go_on(await shopper.plan(WAVES))
    assert planned.status == "done"
    assert shopper.keys == ["application.plan", "application.plan"]
    assert "i-2zesource0002 cannot be ecs.g9.64xlarge there. Nothing was changed." in shopper.asked[1].question.text
    assert desk.mutations == NOTHING


async def test_where_no_member_can_be_recovered_the_plan_says_why() -> None:
    desk = Desk(shop(2, "local-disk"))
    async with desk.open():
        shopper = Shopper(desk)
        answer = await shopper.go_on(await shopper.plan(WAVES))
    assert (answer.step, answer.status, shopper.keys) == ("application", "failed", [])
    assert answer.problem is not None
    assert (answer.problem.code, answer.problem.missing_permission) == ("RecoveryImpossible", None)
    assert answer.problem.cause is not None
    assert "local" in answer.problem.cause
    assert desk.mutations == NOTHING
