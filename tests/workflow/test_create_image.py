"""Step 2: one image, under a name that the person confirmed."""

from __future__ import annotations

import anyio
import pytest

from ecs_dr.domain.questions import ABORT, CONFIRM, CUSTOM
from ecs_dr.domain.steps import Answer
from ecs_dr.errors import InvalidInput, SourceUnusable, StepOutOfOrder
from ecs_dr.simulator.model_compute import Image
from tests.support.desk import SOURCE, Desk
from tests.workflow.bench import (
    NOTHING,
    Fault,
    break_line,
    id_of,
    key_of,
    no_requests,
    refusal,
    sends,
    text_of,
    until,
    values_of,
)

DEFAULT = f"Create_from_{SOURCE}"
DATED = f"{DEFAULT}_20261122_0800"


def take_name(desk: Desk, name: str, image_id: str = "m-2zetaken00001") -> None:
    """Somebody else makes an image of that name."""
    desk.world.images[image_id] = Image(image_id=image_id, image_name=name, mappings=[])


async def asked_for_name(desk: Desk, name: str | None = None) -> Answer:
    await desk.settle(await desk.collect())
    return await desk.call("create_image", image_name=name)


async def test_without_a_source_it_names_the_missing_tool() -> None:
    desk = Desk()
    await desk.collect()
    with no_requests(desk), pytest.raises(StepOutOfOrder) as refused:
        await desk.call("create_image")
    assert refused.value.next_tool == "collect_source"
    assert refused.value.step == "image"


async def test_the_default_name_is_recommended_and_nothing_is_created_before_the_answer() -> None:
    desk = Desk()
    asked = await asked_for_name(desk)
    assert key_of(asked) == "image.name"
    assert values_of(asked) == [CONFIRM, CUSTOM, ABORT]
    assert DEFAULT in text_of(asked)
    assert asked.question is not None
    assert asked.question.question.allow_text
    assert desk.mutations == NOTHING


async def test_the_confirmed_name_is_created_once_with_the_fixed_description() -> None:
    desk = Desk()
    done = await desk.answer(await asked_for_name(desk), CONFIRM)
    assert (done.status, done.step) == ("done", "image")
    assert done.data["image_name"] == DEFAULT
    (sent,) = sends(desk, "CreateImage")
    assert sent.params["ImageName"] == DEFAULT
    assert sent.params["InstanceId"] == SOURCE
    assert sent.params["Description"] == "System image for AZ disaster recovery"
    assert len(sent.params["ClientToken"]) <= 64
    assert sent.session_id == desk.session_id


async def test_a_created_image_is_not_created_again() -> None:
    desk = Desk()
    done = await desk.answer(await asked_for_name(desk), CONFIRM)
    with no_requests(desk):
        again = await desk.call("create_image", image_name="another-name")
        same = await desk.call("create_image", image_name=DEFAULT)
    assert (again.status, same.status) == ("done", "done")
    assert again.data == done.data
    assert f"another-name was proposed, but {DEFAULT} is in use already" in again.message
    assert "was proposed" not in same.message


async def test_another_name_while_the_image_is_being_asked_for_is_answered_and_changes_nothing() -> None:
    desk = Desk()
    asked = await asked_for_name(desk)
    line = break_line(desk, Fault("CreateImage", refusal("Throttling.User"), times=99))
    assert (await desk.answer(asked, CONFIRM)).status == "in_progress"
    line.faults.clear()
    done = await desk.settle(await desk.call("create_image", image_name="another-name"))
    assert done.data["image_name"] == DEFAULT
    assert "another-name was proposed" in done.message


async def test_two_calls_at_once_create_one_image() -> None:
    desk = Desk()
    asked = await asked_for_name(desk)
    answers: list[Answer] = []

    async def answer() -> None:
        answers.append(await desk.answer(asked, CONFIRM))

    async def call() -> None:
        answers.append(await desk.call("create_image"))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(answer)
        tasks.start_soon(call)
    assert [one.status for one in answers] == ["done", "done"]
    assert len(sends(desk, "CreateImage")) == 1


async def test_abort_creates_nothing_and_a_new_call_asks_again() -> None:
    desk = Desk()
    asked = await asked_for_name(desk)
    stopped = await desk.answer(asked, ABORT)
    assert stopped.status == "stopped"
    again = await desk.call("create_image")
    assert key_of(again) == "image.name"
    assert id_of(again) != id_of(asked)
    assert desk.mutations == NOTHING


async def test_dismissal_creates_nothing_and_a_new_call_asks_again() -> None:
    desk = Desk()
    asked = await asked_for_name(desk)
    stopped = await desk.recovery.dismiss(desk.session_id, id_of(asked), "cancel")
    assert (stopped.status, stopped.step) == ("stopped", "image")
    again = await desk.call("create_image")
    assert id_of(again) != id_of(asked)
    assert desk.mutations == NOTHING


@pytest.mark.parametrize("name", ["1image", "a", "acs:mine", "http://mine", "my image", "x" * 129, "a,b"])
async def test_a_name_that_the_api_would_refuse_is_refused_before_anything_is_sent(name: str) -> None:
    desk = Desk()
    await desk.settle(await desk.collect())
    with no_requests(desk), pytest.raises(InvalidInput) as refused:
        await desk.call("create_image", image_name=name)
    assert refused.value.code == "InvalidImageName"


async def test_a_proposed_name_becomes_the_recommended_option_and_is_still_asked_about() -> None:
    desk = Desk()
    asked = await asked_for_name(desk, "nightly-copy")
    assert key_of(asked) == "image.name"
    assert "nightly-copy" in text_of(asked)
    assert desk.mutations == NOTHING
    done = await desk.answer(asked, CONFIRM)
    assert done.data["image_name"] == "nightly-copy"


async def test_a_name_proposed_in_a_later_call_is_recommended_from_then_on() -> None:
    desk = Desk()
    first = await asked_for_name(desk)
    asked = await desk.call("create_image", image_name="nightly-copy")
    assert "nightly-copy" in text_of(asked)
    assert "taken" not in text_of(asked)
    assert id_of(asked) != id_of(first)
    done = await desk.answer(asked, CONFIRM)
    assert done.data["image_name"] == "nightly-copy"


async def test_a_typed_name_is_checked_and_then_used() -> None:
    desk = Desk()
    asked = await asked_for_name(desk)
    for bad in ("1image", "my image", "acs:mine"):
        before = id_of(asked)
        asked = await desk.answer(asked, CUSTOM, bad)
        assert key_of(asked) == "image.name"
        assert id_of(asked) != before
        assert bad in text_of(asked)
        assert asked.problem is not None
        assert asked.problem.code == "InvalidImageName"
    assert desk.mutations == NOTHING
    done = await desk.answer(asked, CUSTOM, "my-own-name")
    assert done.data["image_name"] == "my-own-name"
    assert len(sends(desk, "CreateImage")) == 1


async def test_a_typed_name_that_is_taken_is_asked_about_again() -> None:
    desk = Desk()
    take_name(desk, "my-own-name")
    asked = await desk.answer(await asked_for_name(desk), CUSTOM, "my-own-name")
    assert asked.problem is not None
    assert asked.problem.code == "ImageNameTaken"
    assert "my-own-name" in text_of(asked)
    assert desk.mutations == NOTHING


async def test_what_is_wrong_with_a_typed_name_is_said_also_when_the_proposed_one_was_taken() -> None:
    desk = Desk()
    take_name(desk, "nightly-copy")
    asked = await desk.answer(await asked_for_name(desk, "nightly-copy"), CUSTOM, "my image")
    assert asked.problem is not None
    assert asked.problem.code == "InvalidImageName"


async def test_when_the_default_name_is_taken_a_free_one_is_recommended_on_every_round() -> None:
    desk = Desk()
    take_name(desk, DEFAULT)
    asked = await asked_for_name(desk)
    assert DATED in text_of(asked)
    desk.clock.advance(600)
    again = await desk.call("create_image")
    assert id_of(again) == id_of(asked)
    assert text_of(again) == text_of(asked)
    done = await desk.answer(again, CONFIRM)
    assert done.data["image_name"] == DATED


async def test_a_name_that_is_taken_while_the_person_thinks_makes_a_new_question() -> None:
    desk = Desk()
    asked = await asked_for_name(desk)
    take_name(desk, DEFAULT)
    new = await desk.answer(asked, CONFIRM)
    assert key_of(new) == "image.name"
    assert id_of(new) != id_of(asked)
    assert DATED in text_of(new)
    assert desk.mutations == NOTHING
    done = await desk.answer(new, CONFIRM)
    assert done.data["image_name"] == DATED


async def test_a_name_that_is_taken_at_the_very_last_moment_makes_a_new_question() -> None:
    desk = Desk()
    asked = await asked_for_name(desk)

    def somebody_is_faster(request: object) -> None:
        if getattr(request, "action", "") == "CreateImage" and "m-2zetaken00001" not in desk.world.images:
            take_name(desk, DEFAULT)

    desk.transport.before.append(somebody_is_faster)
    new = await desk.answer(asked, CONFIRM)
    assert key_of(new) == "image.name"
    assert new.problem is not None
    assert new.problem.code == "ImageNameTaken"
    assert DATED in text_of(new)
    done = await desk.answer(new, CONFIRM)
    assert done.data["image_name"] == DATED
    first, second = sends(desk, "CreateImage")
    assert first.params["ClientToken"] != second.params["ClientToken"]
    assert desk.mutations == {**NOTHING, "CreateImage": 1}


@pytest.mark.parametrize("status", ["Stopping", "Starting", "Pending"])
async def test_a_source_that_moved_on_since_it_was_read_is_not_imaged(status: str) -> None:
    desk = Desk()
    asked = await asked_for_name(desk)
    desk.world.instances[SOURCE].status = status  # type: ignore[assignment]
    with pytest.raises(SourceUnusable) as refused:
        await desk.answer(asked, CONFIRM)
    assert refused.value.code == "SourceChanged"
    assert status in refused.value.values["reasons"]
    assert desk.mutations == NOTHING
    desk.world.instances[SOURCE].status = "Running"
    assert key_of(await desk.call("create_image")) == "image.name"


async def test_a_source_that_was_stopped_meanwhile_can_still_be_imaged() -> None:
    desk = Desk()
    asked = await asked_for_name(desk)
    desk.world.instances[SOURCE].status = "Stopped"
    assert (await desk.answer(asked, CONFIRM)).status == "done"


async def test_a_source_that_vanished_is_not_imaged() -> None:
    desk = Desk()
    asked = await asked_for_name(desk)
    desk.world.instances[SOURCE].lost = True
    with pytest.raises(SourceUnusable) as refused:
        await desk.answer(asked, CONFIRM)
    assert refused.value.code == "SourceVanished"
    assert refused.value.session_id == desk.session_id
    assert desk.mutations == NOTHING


async def test_the_image_question_is_reached_along_next() -> None:
    assert key_of(await until(Desk(), "image.name")) == "image.name"
