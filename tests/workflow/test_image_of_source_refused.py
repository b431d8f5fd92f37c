"""An image of the source that is refused, or a source that may not be read: its snapshots are named as a way round."""

from __future__ import annotations

import pytest

from ecs_dr.cloud.transport import ApiError, ApiRequest, NoAnswer
from ecs_dr.domain.steps import Answer
from ecs_dr.errors import CloudRefused, NoCredentials, OutcomeUnknown
from ecs_dr.simulator.model_compute import Image
from ecs_dr.simulator.world import World, load_world
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.desk import REGION, SOURCE, Desk
from tests.workflow.bench import Fault, break_line, key_of, text_of
from tests.workflow.snapshot_worlds import take

REFUSED = "image.refused"


def dead_zone(*, throttled: bool = False) -> World:
    """The outage, with a control plane that answers unless said otherwise."""
    world = load_world("zone-outage")
    if not throttled:
        world.outage.failing_call_every = 0
    return world


async def refused(desk: Desk) -> Answer:
    """The question after the image of the source was refused."""
    await desk.settle(await desk.collect())
    asked = await desk.call("create_image")
    while asked.question is None or key_of(asked) != REFUSED:
        if asked.question is None:
            assert asked.next is not None, asked.message
            asked = await desk.call(asked.next.tool)
        else:
            asked = await desk.answer(asked, "confirm")
    return asked


def values_of(asked: Answer) -> list[str]:
    assert asked.question is not None
    return [option.value for option in asked.question.question.options]


async def test_in_a_dead_zone_the_snapshots_are_offered_first_with_their_age() -> None:
    desk = Desk(dead_zone())
    asked = await refused(desk)
    assert values_of(asked) == ["from_snapshots", "retry", "abort"]
    assert "IncorrectInstanceStatus" in text_of(asked)
    assert "2026-11-22 08:06:00" in text_of(asked)
    over = await desk.answer(asked, "from_snapshots")
    assert (over.status, over.next.tool if over.next else "") == ("in_progress", "image_from_snapshots")
    made = await desk.settle(over)
    assert (made.status, made.data["data_as_of"]) == ("done", "2026-11-22T00:06:00+00:00")
    assert desk.mutations["CreateImage"] == 1


async def test_while_the_control_plane_fails_too_the_refusal_is_remembered_until_the_snapshots_are_read() -> None:
    desk = Desk(dead_zone(throttled=True), attempts=8)
    asked = await refused(desk)
    assert asked.question is not None
    assert desk.asked == ["source.confirm", "image.name"]
    assert desk.mutations["CreateImage"] == 0


async def test_calling_again_puts_the_same_question_and_sends_nothing() -> None:
    desk = Desk(dead_zone())
    asked = await refused(desk)
    sent = len(desk.simulator.calls("CreateImage"))
    again = await desk.call("create_image")
    assert key_of(again) == REFUSED
    assert again.question is not None
    assert asked.question is not None
    assert again.question.question_id == asked.question.question_id
    assert len(desk.simulator.calls("CreateImage")) == sent


async def test_once_more_sends_what_was_permitted_and_makes_one_image() -> None:
    world = dead_zone()
    desk = Desk(world)
    asked = await refused(desk)
    world.outage.zones = []
    made = await desk.settle(await desk.answer(asked, "retry"))
    assert (made.step, made.status) == ("image", "done")
    assert desk.asked.count("image.name") == 1
    assert desk.mutations["CreateImage"] == 1


async def test_abort_leaves_it_at_that() -> None:
    desk = Desk(dead_zone())
    stopped = await desk.answer(await refused(desk), "abort")
    assert stopped.status == "stopped"
    assert desk.mutations["CreateImage"] == 0


@pytest.mark.parametrize("hidden", ["none", "denied"])
async def test_without_a_set_that_can_be_read_the_refusal_stands_as_it_is(hidden: str) -> None:
    world = dead_zone()
    if hidden == "none":
        world.snapshots.clear()
    else:
        world.identities["operator"].denied.append("ecs:DescribeSnapshots")
    desk = Desk(world)
    await desk.settle(await desk.collect())
    with pytest.raises(CloudRefused, match="IncorrectInstanceStatus"):
        await desk.settle(await desk.call("create_image"))
    assert desk.recovery.sessions.get(desk.session_id).refusals.image is None


async def test_an_image_of_snapshots_that_would_meet_the_same_is_not_offered() -> None:
    world = dead_zone()
    world.outage.zones = []
    world.account.quotas.images = 0
    desk = Desk(world)
    await desk.settle(await desk.collect())
    asked = await desk.call("create_image")
    asked = await desk.answer(asked, "confirm")
    assert key_of(asked) == "permission.image"


@pytest.mark.parametrize("denied", ["ecs:DescribeInstances", "ecs:DescribeDisks"])
async def test_a_source_that_may_not_be_read_is_recovered_from_its_snapshots_without_a_report(denied: str) -> None:
    world = dead_zone()
    world.identities["operator"].denied.append(denied)
    desk = Desk(world)
    asked = await desk.answer(await desk.collect(), "confirm")
    assert key_of(asked) == "permission.source"
    assert "image_from_snapshots" in text_of(asked)
    assert "adopt_image" in text_of(asked)
    assert values_of(asked) == ["retry", "from_snapshots", "abort"]
    over = await desk.answer(asked, "from_snapshots")
    assert (over.status, over.next.tool if over.next else "") == ("in_progress", "image_from_snapshots")
    known = await desk.call("image_from_snapshots")
    assert (key_of(known) or "").startswith("recall.")
    assert desk.mutations["CreateImage"] == 0


async def test_a_source_that_the_control_plane_does_not_give_out_names_the_same_road() -> None:
    world = dead_zone()
    desk = Desk(world, attempts=0)

    def refuse(request: object) -> None:
        world.outage.failing_call_every = 1 if getattr(request, "action", "") == "DescribeInstances" else 0

    desk.transport.before.append(refuse)
    with pytest.raises(CloudRefused) as failure:
        await desk.answer(await desk.collect(), "confirm")
    context = desk.recovery.diagnosis_context(desk.session_id)
    assert context.source_is_unread
    assert failure.value.retryable


@pytest.mark.parametrize("way", ["abort", "from_snapshots"])
async def test_what_was_refused_for_the_moment_does_not_go_out_after_the_person_chose_otherwise(way: str) -> None:
    desk = Desk(dead_zone(), attempts=0)

    def refuse(request: ApiRequest) -> None:
        if request.action == "CreateImage":
            raise ApiError("Throttling", "Request was denied due to request throttling.", http_status=400)

    desk.transport.before.append(refuse)
    asked = await refused(desk)
    assert values_of(asked) == ["retry", "from_snapshots", "abort"]
    await desk.answer(asked, way)
    desk.transport.before.clear()
    desk.world.outage.zones = []
    again = await desk.call("create_image")
    assert key_of(again) == "image.name"
    assert desk.simulator.calls("CreateImage") == []


async def test_credentials_that_run_out_meanwhile_lose_neither_the_refusal_nor_the_way_round_it() -> None:
    desk = Desk(dead_zone())

    def expire(request: ApiRequest) -> None:
        if request.action == "DescribeSnapshots":
            raise NoCredentials("NoCredentials", "no_credentials")

    desk.transport.before.append(expire)
    with pytest.raises(NoCredentials):
        await refused(desk)
    desk.transport.before.clear()
    assert key_of(await desk.call("create_image")) == REFUSED


async def image_in_doubt(desk: Desk) -> Image:
    """An image of the source was asked for and made, and nobody answered."""
    await desk.settle(await desk.collect())
    break_line(desk, Fault("CreateImage", NoAnswer("no answer in time"), times=2, carried_out=True))
    with pytest.raises(OutcomeUnknown):
        await desk.settle(await desk.call("create_image"))
    return next(one for one in desk.world.images.values() if one.started_at is not None)


@pytest.mark.parametrize("tags", [True, False])
async def test_an_image_in_doubt_whose_place_another_took_is_looked_for_until_it_is_found(*, tags: bool) -> None:
    """A recovery that is complete had no way on then: what may exist, and is billed, was never looked for again."""
    world = load_world("healthy")
    take(world, "grp", 2, group=True)
    world.behaviour.visibility_delay_seconds = 60
    desk = Desk(world, RecoveryOptions(simulated=True, profile_tags=tags), attempts=1)
    lost = await image_in_doubt(desk)
    desk.clock.advance(120)
    hidden = world.images.pop(lost.image_id)
    answer = await desk.settle(await desk.call("image_from_snapshots"))
    while answer.next is not None:
        answer = await desk.settle(await desk.go_on(answer))
    assert answer.data["verdict"] == "match"
    standing = await desk.call("get_session")
    assert standing.next is not None
    assert standing.next.tool == "verify_instance"
    assert "so it may exist: the image. Another took its place" in standing.message
    world.images[hidden.image_id] = hidden
    found = await desk.call("verify_instance")
    assert hidden.image_id in found.message
    standing = await desk.call("get_session")
    assert standing.next is None
    assert hidden.image_id in standing.message
    assert "may exist" not in standing.message


async def lost_image(desk: Desk) -> str:
    """An image of the source is in doubt, and then one of snapshots was refused."""
    lost = await image_in_doubt(desk)
    break_line(desk, Fault("CreateImage", ApiError("InvalidParameter", "no such thing", http_status=400)))
    desk.world.behaviour.visibility_delay_seconds = 3600
    with pytest.raises(CloudRefused):
        await desk.settle(await desk.call("image_from_snapshots"))
    desk.world.behaviour.visibility_delay_seconds = 0
    return lost.image_id


@pytest.mark.parametrize("tags", [True, False])
async def test_an_image_in_doubt_that_is_found_when_it_is_taken_up_is_not_forgotten_again(*, tags: bool) -> None:
    world = load_world("healthy")
    take(world, "grp", 2, group=True)
    world.behaviour.visibility_delay_seconds = 60
    desk = Desk(world, RecoveryOptions(simulated=True, profile_tags=tags), attempts=1)
    lost = await lost_image(desk)
    await desk.settle(await desk.call("resume_session", instance_id=SOURCE, region_id=REGION))
    assert lost in (await desk.call("get_session")).message


async def test_of_a_request_that_is_sent_again_it_is_not_said_that_another_took_its_place() -> None:
    world = load_world("healthy")
    take(world, "grp", 2, group=True)
    world.behaviour.visibility_delay_seconds = 60
    desk = Desk(world, attempts=1)
    await lost_image(desk)
    assert "Another took its place" in (await desk.call("get_session")).message
    desk.world.behaviour.visibility_delay_seconds = 3600
    break_line(desk, Fault("CreateImage", NoAnswer("no answer in time"), times=2))
    with pytest.raises(OutcomeUnknown):
        await desk.settle(await desk.call("create_image"))
    assert "Another took its place" not in (await desk.call("get_session")).message


async def test_an_image_of_snapshots_in_doubt_is_not_set_aside_with_that_of_the_source() -> None:
    """Asked about the refused image once more, who chose its snapshots could never send anything again."""
    desk = Desk(dead_zone(), attempts=1)
    await refused(desk)
    hidden = desk.world.behaviour.visibility_delay_seconds
    desk.world.behaviour.visibility_delay_seconds = 3600
    break_line(desk, Fault("CreateImage", NoAnswer("no answer in time"), times=2, carried_out=True))
    with pytest.raises(OutcomeUnknown):
        await desk.settle(await desk.call("image_from_snapshots"))
    desk.world.behaviour.visibility_delay_seconds = hidden
    led = await desk.call("create_image")
    assert led.next is not None
    assert led.next.tool == "image_from_snapshots"
    assert (await desk.settle(led)).status == "done"
    assert len([one for one in desk.world.images.values() if one.started_at is not None]) == 1
