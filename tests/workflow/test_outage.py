"""The day a zone is down: what is proposed, how it ends, and what it is worth."""

from __future__ import annotations

from ecs_dr.domain.steps import Answer
from ecs_dr.simulator.world import load_world
from tests.support.desk import Desk
from tests.workflow.bench import key_of, text_of


async def planned(desk: Desk) -> Answer:
    await desk.settle(await desk.collect())
    asked = await desk.call("plan_recovery")
    while asked.status == "in_progress":
        asked = await desk.call("plan_recovery")
    return asked


async def test_in_an_outage_the_plan_leads_over_snapshots_and_names_the_status_page() -> None:
    desk = Desk("zone-outage")
    asked = await planned(desk)
    assert key_of(asked) == "plan.accept"
    told = text_of(asked)
    assert "from snapshots that exist" in told
    assert "https://status.aliyun.com" in told
    accepted = await desk.settle(asked)
    assert accepted.next is not None
    assert accepted.next.tool == "image_from_snapshots"


async def test_without_a_whole_set_the_plan_says_so_and_does_not_lead_there() -> None:
    world = load_world("zone-outage")
    world.snapshots.clear()
    desk = Desk(world)
    asked = await planned(desk)
    assert [one["code"] for one in _findings(asked)][:1] == ["ZoneSilent"]
    accepted = await desk.settle(asked)
    assert accepted.next is not None
    assert accepted.next.tool == "create_image"


async def test_a_healthy_zone_is_not_called_down() -> None:
    desk = Desk("healthy")
    asked = await planned(desk)
    assert not [one for one in _findings(asked) if one["code"] == "ZoneSilent"]
    accepted = await desk.settle(asked)
    assert accepted.next is not None
    assert accepted.next.tool == "create_image"


async def test_the_end_of_a_practised_outage_is_scored() -> None:
    # Each third call fails: with jitter in the waits, three retries can all meet a third call.
    desk = Desk("zone-outage", attempts=8)
    desk.plans = True
    done = await desk.recover()
    score = done.data["score"]
    assert isinstance(score, dict)
    assert score["questions"] == len(desk.asked)
    assert len(desk.asked) <= 8
    assert score["ways_failed"] == ["cn-beijing-k"]
    assert "create_image" in str(score["ways_not_offered"])
    assert float(str(score["rto_seconds"])) < 1860
    assert "Practice" in done.message


def _findings(answer: Answer) -> list[dict[str, object]]:
    found = answer.data["findings"]
    assert isinstance(found, list)
    return [dict(one) for one in found if isinstance(one, dict)]
