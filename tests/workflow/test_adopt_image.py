"""An image that exists already is used instead of a new one, once it is clear where it comes from."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ecs_dr.domain.questions import ABORT, CONFIRM, CUSTOM
from ecs_dr.domain.steps import Answer
from ecs_dr.errors import EcsDrError, InvalidInput, RecoveryFailed, SourceUnusable, StepOutOfOrder
from ecs_dr.simulator.model_compute import Image
from tests.support.desk import REGION, SOURCE, Desk
from tests.workflow.bench import NOTHING, key_of, session_of, source_state, text_of

OWN_NAME = f"Create_from_{SOURCE}"
TAGGED = {"ecs-dr:source": SOURCE}


def made_elsewhere(desk: Desk, name: str = OWN_NAME, *, tags: dict[str, str] | None = None) -> Image:
    """Have somebody else make an image of the source: the console, the CLI, an earlier run."""
    params = {"RegionId": REGION, "InstanceId": SOURCE, "ImageName": name}
    for number, (key, value) in enumerate((tags or {}).items(), 1):
        params |= {f"Tag.{number}.Key": key, f"Tag.{number}.Value": value}
    answer = desk.simulator.handle("ecs", "2014-05-26", "CreateImage", params, "operator", "somebody-else")
    return desk.world.images[str(answer["ImageId"])]


def wait_until_ready(desk: Desk) -> None:
    desk.clock.advance(600)


async def collected(desk: Desk) -> Answer:
    return await desk.settle(await desk.collect())


async def test_a_tagged_image_is_taken_without_a_question_and_no_second_one_is_made() -> None:
    desk = Desk()
    async with desk.open():
        image = made_elsewhere(desk, "nightly", tags=TAGGED)
        wait_until_ready(desk)
        await collected(desk)
        answer = await desk.call("adopt_image", image_id=image.image_id)
        assert (answer.status, answer.step, answer.data["adopted"]) == ("done", "image", True)
        assert "Created so far: nothing (image" in answer.message
        while answer.next is not None:
            answer = await desk.settle(await desk.go_on(answer))
    assert answer.data["verdict"] == "match"
    assert desk.sent("CreateImage") == 1
    assert desk.sent("RunInstances") == 1


async def test_its_age_is_told_as_what_is_lost() -> None:
    desk = Desk()
    async with desk.open():
        image = made_elsewhere(desk, "nightly", tags=TAGGED)
        desk.clock.advance(timedelta(days=2, hours=3, minutes=4).total_seconds())
        await collected(desk)
        answer = await desk.call("adopt_image", image_id=image.image_id)
    assert "UTC+8, 2 days 3 h ago" in answer.message


async def test_an_image_known_by_its_name_alone_is_confirmed_first() -> None:
    desk = Desk()
    async with desk.open():
        image = made_elsewhere(desk)
        wait_until_ready(desk)
        await collected(desk)
        asked = await desk.call("adopt_image", image_id=image.image_id)
        assert key_of(asked) == "image.adopt"
        assert "no tag proves it" in text_of(asked)
        assert "as many disks as the source (3)" in text_of(asked)
        assert session_of(desk).image is None
        answer = await desk.answer(asked, CONFIRM)
        assert (answer.status, answer.data["image_id"]) == ("done", image.image_id)


async def test_an_image_of_unknown_origin_says_so() -> None:
    desk = Desk()
    async with desk.open():
        image = made_elsewhere(desk, "something")
        wait_until_ready(desk)
        await collected(desk)
        asked = await desk.call("adopt_image", image_id=image.image_id)
        assert "Neither a tag nor its name" in text_of(asked)
        stopped = await desk.answer(asked, ABORT)
        assert stopped.status == "stopped"
        assert session_of(desk).image is None


async def test_an_image_still_being_made_is_taken_and_waited_for() -> None:
    desk = Desk()
    async with desk.open():
        image = made_elsewhere(desk)
        desk.clock.advance(60)
        await collected(desk)
        answer = await desk.settle(await desk.call("adopt_image", image_id=image.image_id))
        assert answer.data["image_status"] == "Creating"
        waited = await desk.settle(await desk.call("wait_for_image"))
        assert (waited.status, waited.data["image_status"]) == ("done", "Available")


async def test_an_old_image_does_not_lead_to_the_question_whether_to_keep_waiting() -> None:
    desk = Desk()
    async with desk.open():
        image = made_elsewhere(desk, tags=TAGGED)
        desk.world.images[image.image_id].seconds = 100_000
        desk.clock.advance(90_000)
        await collected(desk)
        await desk.call("adopt_image", image_id=image.image_id)
        assert (await desk.call("wait_for_image")).status == "in_progress"


async def test_calling_it_again_for_the_same_image_does_nothing_more() -> None:
    desk = Desk()
    async with desk.open():
        image = made_elsewhere(desk, tags=TAGGED)
        wait_until_ready(desk)
        await collected(desk)
        await desk.call("adopt_image", image_id=image.image_id)
        before = len(desk.simulator.journal)
        assert (await desk.call("adopt_image", image_id=image.image_id)).status == "done"
        assert len(desk.simulator.journal) == before


async def refused(desk: Desk, image_id: str) -> EcsDrError:
    with pytest.raises(EcsDrError) as caught:
        await desk.call("adopt_image", image_id=image_id)
    assert session_of(desk).image is None
    return caught.value


async def test_an_image_tagged_for_another_source_is_refused() -> None:
    desk = Desk()
    async with desk.open():
        image = made_elsewhere(desk, tags={"ecs-dr:source": "i-2zeother0000001"})
        wait_until_ready(desk)
        await collected(desk)
        error = await refused(desk, image.image_id)
    assert isinstance(error, InvalidInput)
    assert error.code == "ImageOfAnother"
    assert error.values["source"] == "i-2zeother0000001"


async def test_an_image_that_lacks_a_disk_of_the_source_is_refused() -> None:
    desk = Desk()
    async with desk.open():
        image = made_elsewhere(desk, tags=TAGGED)
        wait_until_ready(desk)
        image.mappings.pop()
        await collected(desk)
        error = await refused(desk, image.image_id)
    assert isinstance(error, RecoveryFailed)
    assert error.values["missing"] == "/dev/xvdc"


async def test_an_image_made_before_a_disk_grew_is_refused() -> None:
    desk = Desk()
    async with desk.open():
        image = made_elsewhere(desk, tags=TAGGED)
        wait_until_ready(desk)
        image.mappings[1].size -= 10
        await collected(desk)
        error = await refused(desk, image.image_id)
    assert isinstance(error, RecoveryFailed)
    assert error.values["different"].startswith("/dev/xvdb")


async def test_a_failed_image_is_refused() -> None:
    desk = Desk()
    async with desk.open():
        image = made_elsewhere(desk, tags=TAGGED)
        wait_until_ready(desk)
        image.outcome = "CreateFailed"
        await collected(desk)
        error = await refused(desk, image.image_id)
    assert isinstance(error, InvalidInput)
    assert error.code == "ImageUnusable"


@pytest.mark.parametrize(("image_id", "code"), [("m-2zenothing0001", "ImageNotFound"), ("no id!", "InvalidImageId")])
async def test_what_does_not_exist_is_said_by_name(image_id: str, code: str) -> None:
    desk = Desk()
    async with desk.open():
        await collected(desk)
        error = await refused(desk, image_id)
    assert isinstance(error, InvalidInput)
    assert error.code == code


async def test_a_recovery_that_has_an_image_takes_no_other() -> None:
    desk = Desk()
    async with desk.open():
        other = made_elsewhere(desk, "older", tags=TAGGED)
        wait_until_ready(desk)
        await collected(desk)
        await desk.settle(await desk.call("create_image"))
        with pytest.raises(InvalidInput) as caught:
            await desk.call("adopt_image", image_id=other.image_id)
    assert caught.value.code == "ImageInUse"
    assert caught.value.next_tool not in {None, "adopt_image"}


async def test_after_an_image_of_ours_failed_another_can_be_taken() -> None:
    desk = Desk("image-fails")
    async with desk.open():
        await collected(desk)
        await desk.settle(await desk.call("create_image"))
        with pytest.raises(RecoveryFailed):
            await desk.settle(await desk.call("wait_for_image"))
        desk.world.behaviour.image_outcome = "Available"
        other = made_elsewhere(desk, "by-hand", tags=TAGGED)
        wait_until_ready(desk)
        assert (await desk.call("adopt_image", image_id=other.image_id)).status == "done"


async def test_a_stopped_source_is_no_obstacle() -> None:
    desk = Desk()
    async with desk.open():
        image = made_elsewhere(desk, tags=TAGGED)
        wait_until_ready(desk)
        desk.world.instances[SOURCE].status = "Stopped"
        await collected(desk)
        before = source_state(desk)
        answer = await desk.call("adopt_image", image_id=image.image_id)
        while answer.next is not None:
            answer = await desk.settle(await desk.go_on(answer))
        assert answer.data["verdict"] == "match"
        assert source_state(desk) == before


@pytest.mark.parametrize("state", ["locked", "expired", "stopping"])
async def test_a_source_of_which_no_image_can_be_made_may_still_have_one(state: str) -> None:
    desk = Desk("prepaid" if state == "expired" else "healthy")
    async with desk.open():
        image = made_elsewhere(desk, tags=TAGGED)
        wait_until_ready(desk)
        source = desk.world.instances[SOURCE]
        if state == "locked":
            source.lock_reasons.append("security")
        elif state == "expired":
            source.expired_time = desk.clock.now() - timedelta(days=1)
        else:
            source.status = "Stopping"
        answer = await collected(desk)
        assert answer.status == "failed"
        assert answer.next is not None
        assert answer.next.tool == "image_from_snapshots"
        assert "(adopt_image)" in answer.message
        with pytest.raises(SourceUnusable):
            await desk.call("create_image")
        answer = await desk.call("adopt_image", image_id=image.image_id)
        assert answer.status == "done"
        answer = await desk.settle(await desk.call("choose_target"))
        while answer.next is not None and answer.next.tool != "verify_instance":
            answer = await desk.settle(await desk.go_on(answer))
    assert answer.data["instance_id"]
    assert desk.sent("RunInstances") == 1


async def test_a_source_that_cannot_be_recovered_at_all_stays_refused() -> None:
    desk = Desk("local-disk")
    async with desk.open():
        answer = await collected(desk)
        assert answer.next is None
        error = await refused(desk, "m-2zeanything0001")
    assert isinstance(error, SourceUnusable)


async def test_a_source_that_is_gone_is_recovered_by_what_its_image_knows_and_the_person() -> None:
    desk = Desk()
    async with desk.open():
        image = made_elsewhere(desk, tags=TAGGED)
        wait_until_ready(desk)
        del desk.world.instances[SOURCE]
        with pytest.raises(InvalidInput):
            await collected(desk)
        desk.session_id = desk.recovery.sessions.all()[0].session_id
        asked = await desk.call("adopt_image", image_id=image.image_id)
        assert key_of(asked) == "recall.type"
        asked = await desk.answer(asked, CUSTOM, "no type at all")
        assert "ecs.g7.xlarge" in text_of(asked)
        asked = await desk.answer(asked, CUSTOM, "ecs.g7.xlarge")
        for key in ("recall.group", "recall.charge", "recall.disks"):
            assert key_of(asked) == key
            assert asked.question is not None
            asked = await desk.answer(asked, asked.question.question.options[0].value)
        assert key_of(asked) == "image.adopt"
        for told in ("ecs.g7.xlarge", "40 GiB", "100 GiB", "200 GiB", "your answer", "RAM role"):
            assert told in text_of(asked)
        assert session_of(desk).source is None
        answer = await desk.answer(asked, CONFIRM)
        assert answer.status == "done"
        recalled = session_of(desk).recalled
        assert recalled is not None
        assert recalled.values.zone_id == ""
    assert desk.mutations == {**NOTHING, "CreateImage": 1}


async def test_a_source_that_goes_away_after_it_was_read_can_still_be_recovered_from_its_image() -> None:
    desk = Desk()
    async with desk.open():
        image = made_elsewhere(desk, tags=TAGGED)
        wait_until_ready(desk)
        await collected(desk)
        del desk.world.instances[SOURCE]
        answer = await desk.call("adopt_image", image_id=image.image_id)
        while answer.next is not None and answer.next.tool != "verify_instance":
            answer = await desk.settle(await desk.go_on(answer))
    assert answer.data["instance_id"]


async def test_the_source_comes_first() -> None:
    desk = Desk()
    async with desk.open():
        desk.session_id = desk.recovery.sessions.create(SOURCE, REGION).session_id
        with pytest.raises(StepOutOfOrder):
            await desk.call("adopt_image", image_id="m-2zeanything0001")
