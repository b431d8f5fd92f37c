"""Step 3: waiting within the call's budget, asking after each span, ending with what the image became."""

from __future__ import annotations

from collections.abc import Mapping

import anyio
import pytest

from ecs_dr.cloud.transport import ApiRequest, Json, Transport
from ecs_dr.domain.questions import ABORT, KEEP_WAITING, OPEN_CONSOLE
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.texts import Texts
from ecs_dr.domain.texts.wording import worded_value
from ecs_dr.errors import RecoveryFailed, StepOutOfOrder
from ecs_dr.simulator.world import load_world
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.desk import REGION, SOURCE, Desk
from tests.workflow.bench import NOTHING, id_of, key_of, no_requests, text_of, up_to, values_of

CONSOLE = f"https://ecs.console.aliyun.com/image/{REGION}/images"


async def wait_until_asked(desk: Desk) -> Answer:
    answer = await desk.call("wait_for_image")
    for _ in range(30):
        if answer.status != "in_progress":
            return answer
        answer = await desk.call("wait_for_image")
    raise AssertionError("nothing but waiting")


async def test_without_an_image_it_names_the_missing_tool() -> None:
    desk = Desk()
    await desk.settle(await desk.collect())
    with no_requests(desk), pytest.raises(StepOutOfOrder) as refused:
        await desk.call("wait_for_image")
    assert refused.value.next_tool == "create_image"


async def test_a_call_answers_in_progress_within_its_budget() -> None:
    async with Desk().open() as desk:
        await up_to(desk, "create_image")
        before = desk.clock.host_seconds()
        waiting = await desk.call("wait_for_image")
        assert waiting.status == "in_progress"
        assert desk.clock.host_seconds() - before == pytest.approx(45, abs=1)
        assert waiting.next is not None
        assert waiting.next.tool == "wait_for_image"
        assert waiting.data["image_status"] == "Creating"
        progress, elapsed = waiting.data["progress"], waiting.data["elapsed_seconds"]
        assert isinstance(progress, int)
        assert 0 < progress < 100
        assert elapsed == pytest.approx(45, abs=1)


async def test_a_smaller_budget_is_kept_as_well() -> None:
    async with Desk(options=RecoveryOptions(call_budget_seconds=3)).open() as desk:
        await up_to(desk, "create_image")
        before = desk.clock.host_seconds()
        assert (await desk.call("wait_for_image")).status == "in_progress"
        assert desk.clock.host_seconds() - before <= 3.5


async def test_while_it_waits_the_other_steps_are_pointed_out() -> None:
    async with Desk().open() as desk:
        await up_to(desk, "create_image")
        assert "choose_target" in (await desk.call("wait_for_image")).message


async def test_an_available_image_is_done_and_stays_done_without_a_request() -> None:
    async with Desk().open() as desk:
        await up_to(desk, "create_image")
        done = await wait_until_asked(desk)
        assert (done.status, done.step) == ("done", "image_wait")
        assert done.data["image_status"] == "Available"
        assert done.data["progress"] == 100
        with no_requests(desk):
            again = await desk.call("wait_for_image")
        assert again.status == "done"


async def test_an_available_image_that_is_not_usable_yet_is_waited_for() -> None:
    world = load_world("healthy")
    world.behaviour.image_seconds = 100
    world.behaviour.image_usable_delay_seconds = 90
    async with Desk(world).open() as desk:
        await up_to(desk, "create_image")
        done = await wait_until_asked(desk)
        assert done.status == "done"
        elapsed = done.data["elapsed_seconds"]
        assert isinstance(elapsed, int | float)
        assert elapsed >= 100 + 90


async def test_an_image_that_is_waiting_for_its_turn_is_still_being_made() -> None:
    world = load_world("healthy")
    world.behaviour.image_waiting_seconds = 120
    async with Desk(world).open() as desk:
        await up_to(desk, "create_image")
        waiting = await desk.call("wait_for_image")
        assert (waiting.status, waiting.data["image_status"]) == ("in_progress", "Waiting")
        assert waiting.data["progress"] is None


@pytest.mark.parametrize("outcome", ["CreateFailed", "UnAvailable"])
async def test_an_image_that_fails_ends_the_recovery_with_the_link(outcome: str) -> None:
    world = load_world("healthy")
    world.behaviour.image_outcome = outcome  # type: ignore[assignment]
    async with Desk(world).open() as desk:
        await up_to(desk, "create_image")
        with pytest.raises(RecoveryFailed) as failed:
            await wait_until_asked(desk)
        assert failed.value.code == "ImageFailed"
        assert failed.value.values["status"] == worded_value(outcome, Texts("en"))
        assert failed.value.values["link"] == CONSOLE
        assert failed.value.data["image_status"] == outcome
        assert (failed.value.step, failed.value.session_id) == ("image_wait", desk.session_id)
        assert failed.value.next_tool == "create_image"
        assert desk.mutations == {**NOTHING, "CreateImage": 1}


async def test_restarting_the_source_while_its_image_is_made_ends_as_a_failed_image() -> None:
    async with Desk().open() as desk:
        await up_to(desk, "create_image")
        await desk.call("wait_for_image")
        desk.world.instances[SOURCE].status = "Stopped"
        with pytest.raises(RecoveryFailed):
            await wait_until_asked(desk)


async def test_after_five_minutes_the_person_is_asked_with_three_options() -> None:
    async with Desk("slow-image").open() as desk:
        await up_to(desk, "create_image")
        asked = await wait_until_asked(desk)
        assert key_of(asked) == "image_wait"
        assert values_of(asked) == [KEEP_WAITING, OPEN_CONSOLE, ABORT]
        assert " 5 minutes" in text_of(asked)
        assert asked.data["image_status"] == "Creating"
        assert desk.clock.host_seconds() == pytest.approx(300, abs=10)
        assert asked.question is not None
        assert CONSOLE in asked.question.question.options[1].description


async def test_the_question_is_the_same_one_until_it_is_answered() -> None:
    async with Desk("slow-image").open() as desk:
        await up_to(desk, "create_image")
        asked = await wait_until_asked(desk)
        desk.clock.advance(60)
        again = await desk.call("wait_for_image")
        assert id_of(again) == id_of(asked)
        assert text_of(again) == text_of(asked)


async def test_keep_waiting_goes_on_and_asks_again_after_the_next_span() -> None:
    async with Desk("slow-image").open() as desk:
        await up_to(desk, "create_image")
        moments: list[float] = []
        answer = await wait_until_asked(desk)
        while key_of(answer) == "image_wait":
            moments.append(desk.clock.host_seconds())
            answer = await desk.answer(answer, KEEP_WAITING)
            if answer.status == "in_progress":
                answer = await wait_until_asked(desk)
        assert answer.status == "done"
        assert [round(moment / 300) for moment in moments[:4]] == [1, 2, 3, 4]
        assert len(moments) <= 5
        assert all(moment % 300 < 5 for moment in moments)


async def test_open_console_gives_the_link_and_goes_on_waiting() -> None:
    async with Desk("slow-image").open() as desk:
        await up_to(desk, "create_image")
        shown = await desk.answer(await wait_until_asked(desk), OPEN_CONSOLE)
        assert shown.status == "in_progress"
        assert CONSOLE in shown.message
        assert shown.next is not None
        assert shown.next.tool == "wait_for_image"
        assert (await desk.call("wait_for_image")).status == "in_progress"


async def test_abort_stops_waiting_deletes_nothing_and_a_new_call_asks_again() -> None:
    async with Desk("slow-image").open() as desk:
        await up_to(desk, "create_image")
        asked = await wait_until_asked(desk)
        stopped = await desk.answer(asked, ABORT)
        assert (stopped.status, stopped.step) == ("stopped", "image_wait")
        image_id = stopped.data["image_id"]
        assert isinstance(image_id, str)
        assert image_id in stopped.message
        assert image_id in desk.world.images
        again = await desk.call("wait_for_image")
        assert key_of(again) == "image_wait"
        assert id_of(again) != id_of(asked)


async def test_dismissal_stops_waiting_and_a_new_call_asks_again() -> None:
    async with Desk("slow-image").open() as desk:
        await up_to(desk, "create_image")
        asked = await wait_until_asked(desk)
        stopped = await desk.recovery.dismiss(desk.session_id, id_of(asked), "decline")
        assert (stopped.status, stopped.step) == ("stopped", "image_wait")
        assert id_of(await desk.call("wait_for_image")) != id_of(asked)


async def test_an_image_that_is_ready_when_the_answer_comes_is_done_whatever_was_chosen() -> None:
    async with Desk("slow-image").open() as desk:
        await up_to(desk, "create_image")
        asked = await wait_until_asked(desk)
        await desk.clock.sleep(1500)
        assert (await desk.answer(asked, KEEP_WAITING)).status == "done"


async def test_the_answer_to_a_wait_that_is_over_creates_no_further_question() -> None:
    async with Desk("slow-image").open() as desk:
        await up_to(desk, "create_image")
        await wait_until_asked(desk)
        await desk.clock.sleep(1500)
        assert (await desk.call("wait_for_image")).status == "done"
        summary = await desk.call("get_session")
        assert summary.data["open_questions"] == []


async def test_nobody_is_asked_to_wait_on_for_an_image_that_the_last_read_did_not_show() -> None:
    desk = Desk(options=RecoveryOptions(simulated=True, call_budget_seconds=1))
    await up_to(desk, "create_image")
    image_id = next(one.image_id for one in desk.world.images.values() if one.source_instance_id == SOURCE)
    while "Creating" not in (await desk.call("wait_for_image")).message:
        desk.clock.advance(1)
    del desk.world.images[image_id]
    desk.clock.advance(400)  # the span after which the person is asked passes with other things
    answer = await desk.call("wait_for_image")
    assert answer.question is None
    assert "not found at" in answer.message
    assert "Creating" not in answer.message
    with pytest.raises(RecoveryFailed):
        await wait_until_asked(desk)


class SilentAboutImages:
    """Never answers what it is asked of an image."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner

    async def call(self, request: ApiRequest) -> Mapping[str, Json]:
        if request.action == "DescribeImages":
            await anyio.sleep_forever()
        return await self._inner.call(request)


async def test_where_no_poll_was_answered_for_a_while_the_last_one_is_told_with_its_time() -> None:
    async with Desk(options=RecoveryOptions(simulated=True, call_budget_seconds=3)).open() as desk:
        await up_to(desk, "create_image")
        while "Creating, " not in (waiting := await desk.call("wait_for_image")).message:
            desk.clock.advance(1)
        assert "read at" not in waiting.message
        desk.transport.inner = SilentAboutImages(desk.transport.inner)
        desk.clock.advance(200)
        answer = await desk.call("wait_for_image")
    assert answer.status == "in_progress"
    assert "Creating, read at " in answer.message
    assert "%" not in answer.message, "how far it was then says nothing of now"
