"""Waiting: progress arrives, a call ends within its budget, a cancelled one undoes nothing, the person is asked."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import anyio
import pytest

from ecs_dr.cloud.transport import ApiRequest
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.person import Form, Person
from tests.support.ways import ALL_WAYS, ELICITATION, INPUT_REQUEST, OFF_LEGACY, ROADS, Stage, Way, in_memory
from tests.support.witness import Made

WAITING = {"keep_waiting", "open_console", "abort"}
OTHER_WAY = {"from_snapshots"}
PATIENT = RecoveryOptions(call_budget_seconds=3600)
"""One call may wait for as long as the image takes."""


async def with_image(stage: Stage) -> None:
    await stage.host.collect()
    made = await stage.host.settle(await stage.host.call("create_image"))
    assert made.status == "done", made.text


@pytest.mark.parametrize("way", ROADS, ids=str)
async def test_progress_of_the_image_arrives_and_only_grows(way: Way) -> None:
    async with in_memory(way, options=PATIENT) as stage:
        await with_image(stage)
        stage.host.progress.clear()
        ready = await stage.host.settle(await stage.host.call("wait_for_image"))
        assert ready.data["progress"] == 100
        told = [progress for progress, total, _ in stage.host.progress if total == 100]
        assert len(told) >= 2
        assert told == sorted(set(told))
        assert all(message for _, _, message in stage.host.progress)


@pytest.mark.parametrize("way", ROADS, ids=str)
async def test_a_small_call_budget_answers_in_progress_and_the_next_calls_go_on(way: Way) -> None:
    async with in_memory(way, options=RecoveryOptions(call_budget_seconds=20)) as stage:
        await with_image(stage)
        statuses: list[str] = []
        while "done" not in statuses:
            before = stage.clock.host_seconds()
            heard = await stage.host.call("wait_for_image")
            assert stage.clock.host_seconds() - before <= 20 + 60, "one poll more than the budget at most"
            statuses.append(heard.status)
            if heard.status == "in_progress":
                assert heard.next is not None
                assert heard.next.tool == "wait_for_image"
                assert heard.data["image_status"] == "Creating"
        assert len(statuses) >= 3
        last = await stage.host.follow(stage.host.heard[-1])
        assert last.data["verdict"] == "match"
        stage.witness.check_requests(stage.host.session_id)


@pytest.mark.parametrize("way", ROADS, ids=str)
async def test_after_each_five_minutes_the_person_is_asked_whether_to_keep_waiting(way: Way) -> None:
    async with in_memory(way, "slow-image") as stage:
        await with_image(stage)
        asked = len(stage.person.forms)
        ready = await stage.host.settle(await stage.host.call("wait_for_image"))
        assert ready.data["image_status"] == "Available"
        questions = stage.person.forms[asked:]
        # From the second time on there is another way: the snapshots that exist.
        assert set(questions[0].options) == WAITING
        assert [set(form.options) for form in questions[1:]] == [WAITING | OTHER_WAY] * (len(questions) - 1)
        assert 3 <= len(questions) <= 5
        polls = [entry.time for entry in stage.simulator.calls("DescribeImages") if "ImageId" in entry.params]
        gaps = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(polls)]
        assert max(gaps) <= 60


@pytest.mark.parametrize("way", ROADS, ids=str)
async def test_the_console_is_offered_with_its_link_and_abort_leaves_everything_as_it_is(way: Way) -> None:
    person = Person(prefers=("open_console",))
    async with in_memory(way, "slow-image", person) as stage:
        await with_image(stage)
        opened = await stage.host.call("wait_for_image")
        while opened.question is not None:
            opened = await stage.host.answer(opened, person.reply(opened.question.form()).choice or "")
        assert opened.status == "in_progress" or "https://ecs.console.aliyun.com" in opened.text
        person.prefers = ("abort",)
        stopped = await stage.host.settle(await stage.host.call("wait_for_image"))
        assert stopped.status == "stopped"
        (image_id,) = stage.witness.new("images")
        assert image_id in stopped.text
        person.prefers = ()
        last = await stage.host.follow(await stage.host.settle(await stage.host.call("wait_for_image")))
        assert last.data["verdict"] == "match"
        stage.witness.check(stage.host.session_id, Made(images=1, instances=1))


async def test_more_forms_than_a_client_takes_in_one_call_go_on_in_the_next_call() -> None:
    options = replace(PATIENT, ask_after_seconds=60)
    async with in_memory(INPUT_REQUEST, "slow-image", options=options) as stage:
        await with_image(stage)
        handed_over = await stage.host.call("wait_for_image")
        assert (handed_over.status, handed_over.question) == ("in_progress", None)
        assert handed_over.next is not None
        assert handed_over.next.tool == "wait_for_image"
        ready = await stage.host.settle(handed_over)
        assert ready.data["image_status"] == "Available"


@pytest.mark.parametrize("way", ALL_WAYS, ids=str)
async def test_a_cancelled_wait_undoes_nothing_and_the_next_call_goes_on(way: Way) -> None:
    async with in_memory(way) as stage:
        await with_image(stage)
        await stage.host.cancelled_at_first_progress("wait_for_image")
        assert stage.witness.made == Made(images=1)
        last = await stage.host.follow(await stage.host.settle(await stage.host.call("wait_for_image")))
        assert last.data["verdict"] == "match"
        stage.witness.check(stage.host.session_id, Made(images=1, instances=1))


@pytest.mark.parametrize("way", ROADS, ids=str)
async def test_a_cancelled_verification_leaves_the_replica_to_the_next_call(way: Way) -> None:
    async with in_memory(way) as stage:
        await with_image(stage)
        heard = stage.host.heard[-1]
        while heard.next is not None and heard.next.tool != "verify_instance":
            heard = await stage.host.settle(await stage.host.call(heard.next.tool))
        await stage.host.cancelled_at_first_progress("verify_instance")
        assert (await stage.host.call("verify_instance")).data["verdict"] == "match"
        stage.witness.check(stage.host.session_id, Made(images=1, instances=1))


@pytest.mark.parametrize(
    ("action", "kind"), [("CreateImage", "images"), ("CreateVSwitch", "vswitches"), ("RunInstances", "instances")]
)
@pytest.mark.parametrize("way", [INPUT_REQUEST, ELICITATION, OFF_LEGACY], ids=str)
async def test_a_call_cancelled_while_something_is_being_created_creates_it_once(
    way: Way, action: str, kind: str
) -> None:
    """The request is on its way when the host cancels: its outcome is kept, and no second one is sent."""
    async with in_memory(way, "no-vswitch") as stage:
        scope = anyio.CancelScope()

        def cancel(request: ApiRequest) -> None:
            if request.action == action and not request.params.get("DryRun"):
                stage.line.before.clear()
                scope.cancel()

        stage.line.before.append(cancel)
        with scope:
            await stage.host.recover()
        assert scope.cancel_called
        shown = await stage.host.call("get_session")
        (made,) = stage.witness.new(kind)
        assert made in shown.text, "the outcome of the request that was on its way is known"
        last = await stage.host.follow(shown)
        assert last.data["verdict"] == "match", last.text
        stage.witness.check(stage.host.session_id, Made(images=1, vswitches=1, instances=1))


async def test_what_the_person_was_told_of_a_wait_is_what_the_session_shows() -> None:
    async with in_memory(OFF_LEGACY, "slow-image", options=PATIENT) as stage:
        await with_image(stage)
        asked = await stage.host.call("wait_for_image")
        assert asked.question is not None
        shown = await stage.host.call("get_session")
        open_questions = shown.data["open_questions"]
        assert isinstance(open_questions, list)
        assert asked.question.question_id in str(open_questions)
        await stage.host.answer(asked, "keep_waiting")
        decided = (await stage.host.call("get_session")).data["decisions"]
        assert "keep_waiting" in str(decided)


async def test_the_go_ahead_is_given_while_the_image_is_being_made_and_the_launch_follows_at_once() -> None:
    asked_at: list[float] = []
    async with in_memory(INPUT_REQUEST, "slow-image") as stage:

        def note_the_time(form: Form) -> None:
            if not set(form.options) >= WAITING:
                asked_at.append(stage.clock.host_seconds())

        stage.person.on_form = note_the_time
        last = await stage.host.recover()
        assert last.data["verdict"] == "match"
        assert max(asked_at) < 300, "every decision but that to wait is taken early"
        (launch,) = stage.witness.carried_out("RunInstances")
        ready_at = stage.simulator.world.start_time + timedelta(seconds=1500)
        assert 0 <= (launch.time - ready_at).total_seconds() <= 65
