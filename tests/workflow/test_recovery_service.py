"""The service: sessions, answers, dismissals, and errors that say where they happened."""

from __future__ import annotations

import pytest

from ecs_dr.domain.questions import ABORT, CONFIRM
from ecs_dr.domain.steps import ToolName
from ecs_dr.errors import InvalidInput, StaleQuestion, UnknownSession
from ecs_dr.workflow.session_store import SessionStore
from tests.support.clock import SteppedClock
from tests.support.desk import REGION, SOURCE, Desk
from tests.support.ids import CountedIds
from tests.workflow.bench import id_of, key_of, no_requests, text_of, up_to

NOBODY = "f" * 32
SESSION_TOOLS: tuple[ToolName, ...] = (
    "create_image",
    "wait_for_image",
    "choose_target",
    "prepare_vswitch",
    "check_disks",
    "create_instance",
    "verify_instance",
)


@pytest.mark.parametrize("tool", SESSION_TOOLS)
async def test_an_unknown_session_is_refused_before_anything_is_sent(tool: ToolName) -> None:
    desk = Desk()
    with no_requests(desk), pytest.raises(UnknownSession) as refused:
        await desk.recovery.call(tool, {"session_id": NOBODY})
    assert refused.value.session_id is None
    assert refused.value.step is not None
    assert refused.value.next_tool == "resume_session"


@pytest.mark.parametrize("tool", SESSION_TOOLS)
@pytest.mark.parametrize("session_id", [None, "", "  "])
async def test_a_missing_session_id_is_refused_before_anything_is_sent(tool: ToolName, session_id: str | None) -> None:
    desk = Desk()
    with no_requests(desk), pytest.raises(InvalidInput) as refused:
        await desk.recovery.call(tool, {"session_id": session_id})
    assert refused.value.code == "MissingSessionId"


async def test_an_answer_to_an_unknown_session_or_question_is_refused_with_its_step() -> None:
    desk = Desk()
    with pytest.raises(UnknownSession) as unknown:
        await desk.recovery.answer(NOBODY, NOBODY, CONFIRM)
    assert (unknown.value.step, unknown.value.session_id) == ("session", None)
    await desk.collect()
    with pytest.raises(StaleQuestion) as stale:
        await desk.recovery.answer(desk.session_id, NOBODY, CONFIRM)
    assert (stale.value.step, stale.value.session_id) == ("session", desk.session_id)


async def test_a_wrong_choice_is_asked_again_with_the_reason_and_names_the_step_that_asked() -> None:
    desk = Desk()
    asked = await desk.collect()
    with no_requests(desk):
        again = await desk.recovery.answer(desk.session_id, id_of(asked), "yes please")
        third = await desk.answer(again, "no thanks")
    assert (again.status, again.step, again.asking) == ("needs_answer", "source", "collect_source")
    assert text_of(again).startswith("“yes please” is none of the options.")
    assert text_of(third).startswith("“no thanks”")
    assert "yes please" not in text_of(third)
    assert text_of(third).endswith(text_of(asked))
    with no_requests(desk), pytest.raises(StaleQuestion):
        await desk.answer(asked, CONFIRM)
    assert (await desk.answer(third, CONFIRM)).status == "done"


async def test_a_second_answer_is_refused_and_changes_nothing() -> None:
    desk = Desk()
    asked = await desk.collect()
    await desk.answer(asked, CONFIRM)
    with no_requests(desk), pytest.raises(StaleQuestion):
        await desk.answer(asked, ABORT)


async def test_a_question_of_one_session_cannot_be_answered_in_another() -> None:
    desk = Desk()
    first = await desk.collect()
    await desk.collect()
    assert desk.session_id != first.session_id
    with pytest.raises(StaleQuestion):
        await desk.recovery.answer(desk.session_id, id_of(first), CONFIRM)


async def test_dismissing_an_unknown_session_or_question_is_refused_with_its_step() -> None:
    desk = Desk()
    with pytest.raises(UnknownSession) as unknown:
        await desk.recovery.dismiss(NOBODY, NOBODY, "cancel")
    assert unknown.value.step == "session"
    await desk.collect()
    with pytest.raises(StaleQuestion) as stale:
        await desk.recovery.dismiss(desk.session_id, NOBODY, "cancel")
    assert (stale.value.step, stale.value.session_id) == ("session", desk.session_id)


async def test_a_question_can_be_dismissed_once() -> None:
    desk = Desk()
    asked = await desk.collect()
    await desk.recovery.dismiss(desk.session_id, id_of(asked), "decline")
    with pytest.raises(StaleQuestion):
        await desk.recovery.dismiss(desk.session_id, id_of(asked), "decline")


async def test_without_a_session_the_list_is_empty_and_points_to_the_first_tool() -> None:
    listed = await Desk().recovery.call("get_session", {})
    assert (listed.status, listed.step, listed.session_id) == ("done", "session", None)
    assert listed.data["sessions"] == []
    assert listed.next is not None
    assert listed.next.tool == "collect_source"


async def test_the_list_names_every_session_newest_first() -> None:
    desk = Desk()
    first = await desk.collect()
    desk.clock.advance(1)
    second = await desk.collect()
    with no_requests(desk):
        listed = await desk.recovery.call("get_session", {})
    sessions = listed.data["sessions"]
    assert isinstance(sessions, list)
    ids = [row["session_id"] for row in sessions if isinstance(row, dict)]
    assert ids == [second.session_id, first.session_id]


async def test_one_session_says_what_exists_what_is_open_what_was_decided_and_what_comes_next() -> None:
    desk = Desk()
    await up_to(desk, "choose_target")
    asked = await desk.call("choose_target", target_zone_id="cn-beijing-i")
    with no_requests(desk):
        shown = await desk.call("get_session")
    assert shown.session_id == desk.session_id
    assert shown.data["instance_id"] == SOURCE
    assert shown.data["region_id"] == REGION
    assert str(shown.data["image_id"]) in shown.message
    assert shown.data["replica_id"] is None
    questions, decisions = shown.data["open_questions"], shown.data["decisions"]
    assert isinstance(questions, list)
    assert isinstance(decisions, list)
    assert [row["question_id"] for row in questions if isinstance(row, dict)] == [id_of(asked)]
    assert [row["key"] for row in decisions if isinstance(row, dict)] == desk.asked
    assert shown.next is not None
    assert shown.next.tool == "choose_target"


async def test_while_a_question_is_open_the_tool_that_put_it_comes_next() -> None:
    desk = Desk()
    await desk.settle(await desk.collect())
    asked = await desk.call("choose_target")
    assert asked.question is not None
    shown = await desk.call("get_session")
    assert shown.next is not None
    assert shown.next.tool == "choose_target"


async def test_an_unknown_session_is_not_described() -> None:
    with pytest.raises(UnknownSession) as refused:
        await Desk().recovery.call("get_session", {"session_id": NOBODY})
    assert refused.value.step == "session"


async def test_a_question_reached_from_another_step_is_answered_where_it_belongs() -> None:
    desk = Desk("no-vswitch")
    await desk.settle(await desk.collect())
    await desk.settle(await desk.call("choose_target"))
    asked = await desk.answer(await desk.call("prepare_vswitch"), "pick_another_zone")
    assert (asked.step, key_of(asked)) == ("target", "target.zone")
    following = await desk.answer(asked, "cn-beijing-l")
    assert following.step == "target"


async def test_the_credentials_are_named_by_provider_and_type_alone() -> None:
    desk = Desk()
    found = await desk.recovery.call("check_credentials", {})
    assert (found.status, found.step) == ("done", "credentials")
    assert set(found.data) == {"provider", "identity_type"}
    assert "test-access-key" not in found.model_dump_json()


async def test_an_error_inside_the_running_service_leaves_it_as_it_is() -> None:
    desk = Desk()
    with pytest.raises(UnknownSession):
        async with desk.open():
            await desk.recovery.call("create_image", {"session_id": NOBODY})


def test_the_session_that_was_idle_longest_makes_room() -> None:
    clock = SteppedClock()
    store = SessionStore(clock, CountedIds(), limit=2)
    first = store.create("i-1", REGION)
    clock.advance(1)
    second = store.create("i-2", REGION)
    clock.advance(1)
    store.get(first.session_id)
    clock.advance(1)
    third = store.create("i-3", REGION)
    assert store.peek(second.session_id) is None
    assert {session.session_id for session in store.all()} == {first.session_id, third.session_id}


def test_looking_at_a_session_does_not_keep_it_alive() -> None:
    clock = SteppedClock()
    store = SessionStore(clock, CountedIds(), limit=2)
    first = store.create("i-1", REGION)
    clock.advance(1)
    second = store.create("i-2", REGION)
    clock.advance(1)
    assert store.peek(first.session_id) is first
    store.create("i-3", REGION)
    assert store.peek(first.session_id) is None
    assert store.peek(second.session_id) is second
