"""An image that will never be ready: said with the way on, replaced by a new one, and never forgotten."""

from __future__ import annotations

import pytest

from ecs_dr.domain.questions import ABORT, CONFIRM
from ecs_dr.errors import RecoveryFailed
from ecs_dr.simulator.world import load_world
from tests.support.desk import REGION, SOURCE, Desk
from tests.workflow.bench import NOTHING, key_of, no_requests, session_of, text_of
from tests.workflow.test_adopt_image import made_elsewhere
from tests.workflow.test_resume import restarted


def desk_whose_images_fail(outcome: str = "UnAvailable") -> Desk:
    world = load_world("healthy")
    world.behaviour.image_outcome = outcome  # type: ignore[assignment]
    return Desk(world)


async def fail_an_image(desk: Desk) -> str:
    """Make an image and wait until it has failed; its id."""
    await desk.settle(await desk.collect())
    made = await desk.settle(await desk.call("create_image"))
    with pytest.raises(RecoveryFailed) as failed:
        await desk.settle(await desk.call("wait_for_image"))
    assert failed.value.next_tool == "create_image"
    return str(made.data["image_id"])


@pytest.mark.parametrize("outcome", ["CreateFailed", "UnAvailable"])
async def test_after_a_failed_image_the_session_names_a_new_one_as_the_next_step(outcome: str) -> None:
    async with desk_whose_images_fail(outcome).open() as desk:
        await fail_an_image(desk)
        answer = await desk.call("get_session")
        assert answer.next is not None
        assert answer.next.tool == "create_image"
        assert answer.data["image_status"] == outcome


async def test_a_failed_image_is_replaced_only_after_a_new_question_and_both_are_named() -> None:
    async with desk_whose_images_fail().open() as desk:
        failed = await fail_an_image(desk)
        asked = await desk.call("create_image")
        assert key_of(asked) == "image.name"
        assert failed in text_of(asked)
        assert desk.mutations == {**NOTHING, "CreateImage": 1}
        desk.world.behaviour.image_outcome = "Available"
        done = await desk.answer(asked, CONFIRM)
        assert done.status == "done"
        assert done.data["image_id"] != failed
        assert failed in done.message
        assert str(done.data["image_id"]) in done.message
        assert desk.mutations == {**NOTHING, "CreateImage": 2}
        assert (await desk.call("get_session")).data["failed_image_ids"] == [failed]


async def test_a_recovery_goes_on_to_its_end_with_the_new_image() -> None:
    async with desk_whose_images_fail().open() as desk:
        failed = await fail_an_image(desk)
        desk.world.behaviour.image_outcome = "Available"
        answer = await desk.settle(await desk.call("create_image"))
        new = answer.data["image_id"]
        while answer.next is not None:
            answer = await desk.settle(await desk.go_on(answer))
        assert answer.data["verdict"] == "match"
        replica = session_of(desk).replica
        assert replica is not None
        assert replica.launch.parameters()["ImageId"] == new
        assert failed in answer.message


async def test_stopping_at_the_question_for_a_new_image_makes_none() -> None:
    async with desk_whose_images_fail().open() as desk:
        failed = await fail_an_image(desk)
        stopped = await desk.answer(await desk.call("create_image"), ABORT)
        assert stopped.status == "stopped"
        assert failed in stopped.message
        assert desk.mutations == {**NOTHING, "CreateImage": 1}


async def test_the_launch_is_not_asked_about_on_a_failed_image() -> None:
    async with desk_whose_images_fail().open() as desk:
        await fail_an_image(desk)
        await desk.settle(await desk.call("choose_target"))
        await desk.settle(await desk.call("prepare_vswitch"))
        await desk.settle(await desk.call("check_disks"))
        with no_requests(desk), pytest.raises(RecoveryFailed) as refused:
            await desk.call("create_instance")
        assert (refused.value.code, refused.value.next_tool) == ("ImageFailed", "create_image")


async def test_a_session_that_was_taken_up_makes_a_new_image_instead_of_finding_the_failed_one_again() -> None:
    desk = desk_whose_images_fail()
    async with desk.open():
        failed = await fail_an_image(desk)
    desk.world.behaviour.image_outcome = "Available"
    async with restarted(desk).open():
        resumed = await desk.settle(await desk.call("resume_session", instance_id=SOURCE, region_id=REGION))
        assert resumed.next is not None
        assert resumed.next.tool == "plan_recovery", "the plan comes before an image, whatever failed before"
        done = await desk.settle(await desk.call("create_image"))
        assert done.data["image_id"] != failed
        assert failed in done.message
    assert desk.mutations == {**NOTHING, "CreateImage": 2}


async def test_a_session_that_was_taken_up_after_the_second_image_still_names_the_first() -> None:
    desk = desk_whose_images_fail()
    async with desk.open():
        failed = await fail_an_image(desk)
        desk.world.behaviour.image_outcome = "Available"
        await desk.settle(await desk.call("create_image"))
        await desk.settle(await desk.call("wait_for_image"))
    async with restarted(desk).open():
        resumed = await desk.settle(await desk.call("resume_session", instance_id=SOURCE, region_id=REGION))
        assert failed in resumed.message
        assert resumed.data["failed_image_ids"] == [failed]


async def test_adopting_another_image_does_not_make_the_failed_one_forgotten() -> None:
    desk = desk_whose_images_fail()
    async with desk.open():
        failed = await fail_an_image(desk)
        desk.world.behaviour.image_outcome = "Available"
        image = made_elsewhere(desk, "nightly", tags={"ecs-dr:source": SOURCE})
        desk.clock.advance(600)
        adopted = await desk.call("adopt_image", image_id=image.image_id)
        assert adopted.status == "done"
        assert failed in adopted.message
