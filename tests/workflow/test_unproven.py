"""A recovery without tags, taken up after its process ended: nothing is made a second time unseen."""

from __future__ import annotations

import copy

import pytest

from ecs_dr.domain.questions import ABORT, CONFIRM
from ecs_dr.domain.steps import Answer, ToolName
from ecs_dr.errors import InvalidInput
from ecs_dr.simulator.world import load_world
from tests.support.desk import SOURCE, Desk
from tests.workflow.bench import go_ahead, key_of, text_of, up_to, values_of
from tests.workflow.test_adopt_image import TAGGED, made_elsewhere
from tests.workflow.test_changing_world import release_source, restarted, taken_up


def another_image(desk: Desk, image_id: str, outcome: str = "Available") -> str:
    """One more of the same source, with its id."""
    other = copy.deepcopy(next(one for one in desk.world.images.values() if one.source_instance_id == SOURCE))
    other.image_id, other.image_name = image_id, f"{other.image_name}_20261122_0900"
    other.outcome, other.seconds = outcome, 0  # type: ignore[assignment] # one of the few that it can have
    desk.world.images[image_id] = other
    return image_id


async def ended_after(tool: ToolName) -> tuple[Desk, str, Answer]:
    """No resource has tags, and the process ended after that tool; the image, and what another process finds."""
    desk = Desk(load_world("healthy", {"tags": "refused"}))
    async with desk.open():
        await up_to(desk, tool)
    (image,) = [one.image_id for one in desk.world.images.values() if one.source_instance_id == SOURCE]
    assert not desk.world.images[image].tags
    desk.clock.advance(120)
    return desk, image, await taken_up(restarted(desk))


async def test_an_image_that_no_tag_names_is_told_and_adopted_by_decision() -> None:
    desk, image, answer = await ended_after("create_image")
    assert image in answer.message
    assert answer.next is not None
    assert answer.next.tool == "adopt_image"
    which = await desk.call("adopt_image")
    assert key_of(which) == "image.adopt_which"
    adopted = await desk.settle(await desk.answer(which, image))
    assert adopted.data["image_id"] == image
    assert desk.mutations["CreateImage"] == 1


async def test_an_image_that_failed_is_none_to_go_on_with() -> None:
    desk, image, _ = await ended_after("create_image")
    failed = another_image(desk, "m-2zefailed00001", "CreateFailed")
    answer = await taken_up(restarted(desk))
    assert image in answer.message
    assert failed not in answer.message


async def test_whoever_wants_a_new_one_is_told_of_the_other_in_the_question() -> None:
    desk, image, _ = await ended_after("create_image")
    declined = await desk.answer(await desk.call("adopt_image"), ABORT)
    assert declined.status == "stopped"
    look = await desk.call("get_session")
    assert look.next is not None
    assert look.next.tool == "plan_recovery"
    asked = await desk.call("create_image")
    assert key_of(asked) == "image.name"
    assert image in text_of(asked)


async def test_what_was_launched_from_it_is_told_before_another_launch() -> None:
    desk, image, answer = await ended_after("create_instance")
    (replica,) = [one.instance_id for one in desk.world.instances.values() if one.launched_at is not None]
    assert replica in answer.message
    other = copy.deepcopy(desk.world.instances[replica])
    other.instance_id, other.image_id = "i-2zeofanother01", another_image(desk, "m-2zeofanother01")
    desk.world.instances[other.instance_id] = other
    answer = await taken_up(restarted(desk))
    assert other.instance_id in answer.message
    await desk.settle(await desk.answer(await desk.call("adopt_image"), image))
    for tool in ("choose_target", "prepare_vswitch", "check_disks"):
        await desk.settle(await desk.call(tool))
    asked = await go_ahead(desk)
    assert key_of(asked) == "launch.confirm"
    assert replica in text_of(asked)
    assert other.instance_id not in text_of(asked), "it is of another image"
    assert CONFIRM in values_of(asked)
    assert desk.mutations["RunInstances"] == 1


async def test_a_source_that_is_gone_is_no_reason_to_overlook_its_image() -> None:
    desk = Desk(load_world("healthy", {"tags": "refused"}))
    async with desk.open():
        await up_to(desk, "create_image")
    (image,) = [one.image_id for one in desk.world.images.values() if one.source_instance_id == SOURCE]
    release_source(desk)
    desk.clock.advance(120)
    answer = await taken_up(restarted(desk))
    assert image in answer.message
    assert answer.next is not None
    assert answer.next.tool == "adopt_image"


async def test_another_recoverys_image_is_named_with_that_recovery() -> None:
    """A session id that was mistyped: nothing is of that session, and the source has an image all the same."""
    desk = Desk()
    async with desk.open():
        await up_to(desk, "create_image")
    of, desk.session_id = desk.session_id, "f" * 32
    desk.clock.advance(120)
    answer = await taken_up(restarted(desk))
    assert f"by recovery {of}" in answer.message


async def test_whoever_turns_one_image_down_is_offered_the_others_again() -> None:
    before, image, _ = await ended_after("create_image")
    before.clock.advance(900)
    other = made_elsewhere(before, "nightly")
    other.tags, other.architecture = dict(TAGGED), "arm64"
    before.clock.advance(900)
    desk = restarted(before)
    await taken_up(desk)
    which = await desk.call("adopt_image")
    offered = [other.image_id, image, ABORT]
    assert values_of(which) == offered
    asked = await desk.answer(which, other.image_id)
    assert values_of(asked) == [ABORT, CONFIRM], "another architecture speaks against it"
    await desk.answer(asked, ABORT)
    assert values_of(await desk.call("adopt_image")) == offered


async def test_an_image_that_is_gone_by_then_does_not_lead_back_to_the_same_refusal() -> None:
    before, image, _ = await ended_after("create_image")
    desk = restarted(before)
    await taken_up(desk)
    del desk.world.images[image]
    with pytest.raises(InvalidInput, match="NoImageOfSource"):
        await desk.call("adopt_image")
    assert desk.recovery.way_on(desk.session_id) == "plan_recovery"
