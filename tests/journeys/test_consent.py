"""What is not answered is not done: declined, dismissed, unknown, repeated and outdated answers."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest
from mcp_types import CallToolResult, ElicitResult, InputRequiredResult

from tests.support.host import REGION, SOURCE, Heard
from tests.support.person import CANCELLED, DECLINED, Reply
from tests.support.ways import (
    ALL_WAYS,
    ANSWER_LEGACY,
    ANSWER_MODERN,
    ELICITATION,
    INPUT_REQUEST,
    ROADS,
    Stage,
    Way,
    in_memory,
)
from tests.support.witness import NOTHING, Made

FORM_WAYS = (INPUT_REQUEST, ELICITATION)


@dataclass(frozen=True)
class Road:
    """What the world `no-vswitch` asks, and after how many answers something exists."""

    name: str
    questions: int
    image_after: int
    vswitch_after: int
    skips_plan: bool = False


ROADS_TO_LAUNCH = (
    Road("planned", questions=4, image_after=2, vswitch_after=2),
    Road("at once", questions=6, image_after=1, vswitch_after=4, skips_plan=True),
)
"""Source, plan with its VSwitch, image name, launch; or source, image name, zone, type, VSwitch, launch, and more."""
STOPS = [(road, answered) for road in ROADS_TO_LAUNCH for answered in range(road.questions)]


async def walk(stage: Stage, *, skips_plan: bool = False) -> Heard:
    """The recovery up to its end or to the first step that does not end well."""
    heard = await stage.host.call("collect_source", instance_id=SOURCE, region_id=REGION)
    if skips_plan and heard.status == "done":
        heard = await stage.host.call("create_image")
    while heard.status in {"done", "in_progress"} and heard.next is not None:
        heard = await stage.host.call(heard.next.tool)
    return heard


@pytest.mark.sweep(5)
@pytest.mark.parametrize("way", FORM_WAYS, ids=str)
@pytest.mark.parametrize("reply", [DECLINED, CANCELLED], ids=["declined", "cancelled"])
@pytest.mark.parametrize("stop", STOPS, ids=[f"{road.name}-{answered}" for road, answered in STOPS])
async def test_a_dismissed_form_stops_at_once_and_the_same_tool_asks_again(
    stop: tuple[Road, int], reply: Reply, way: Way
) -> None:
    road, answered = stop
    async with in_memory(way, "no-vswitch") as stage:
        stage.person.on_form = lambda _: (
            stage.person.first.append(reply) if len(stage.person.forms) > answered else None
        )
        stopped = await walk(stage, skips_plan=road.skips_plan)
        assert stopped.status == "stopped"
        assert not stopped.is_error
        assert "ECS_DR_ELICITATION" in stopped.text
        images, vswitches = int(answered > road.image_after), int(answered > road.vswitch_after)
        assert stage.witness.made == Made(images=images, vswitches=vswitches)
        assert len(stage.person.forms) == answered + 1
        stage.person.on_form = None
        again = await stage.host.settle(await stage.host.call(stage.host.tools[-1], **first_arguments(stage)))
        assert stage.person.forms[answered + 1].options == stage.person.forms[answered].options
        last = await stage.host.follow(again)
        assert last.data["verdict"] == "match"
        assert stage.witness.made == Made(images=1, vswitches=1, instances=1)


def first_arguments(stage: Stage) -> dict[str, str]:
    """What the tool that was called last needs besides the session."""
    return {"instance_id": SOURCE, "region_id": REGION} if stage.host.tools[-1] == "collect_source" else {}


@pytest.mark.parametrize("way", FORM_WAYS, ids=str)
@pytest.mark.parametrize("choice", [None, "", "yes", "Confirm", "keep_type "], ids=repr)
async def test_an_accepted_form_without_an_offered_choice_is_no_consent(choice: str | None, way: Way) -> None:
    async with in_memory(way) as stage:
        await stage.host.collect()
        before = len(stage.person.forms)
        stage.person.first = [Reply(choice)] * 9
        refused = await stage.host.call("create_image")
        assert (refused.status, refused.is_error) == ("stopped", False)
        assert len(stage.person.forms) - before == 5
        assert stage.witness.made == NOTHING
        assert not stage.simulator.calls("CreateImage")


@pytest.mark.parametrize("way", ALL_WAYS, ids=str)
async def test_abort_is_taken_for_an_answer_and_nothing_more_is_done(way: Way) -> None:
    async with in_memory(way) as stage:
        await stage.host.collect()
        stage.person.prefers = ("abort",)
        stopped = await stage.host.settle(await stage.host.call("create_image"))
        assert (stopped.step, stopped.status) == ("image", "stopped")
        assert stage.witness.made == NOTHING


@pytest.mark.parametrize("way", [ANSWER_MODERN, ANSWER_LEGACY], ids=str)
async def test_a_question_is_answered_once_and_a_second_answer_creates_nothing(way: Way) -> None:
    async with in_memory(way) as stage:
        await stage.host.collect()
        asked = await stage.host.call("create_image")
        assert (await stage.host.agree(asked)).status == "done"
        again = await stage.host.answer(asked, "confirm")
        assert again.problem is not None
        assert again.problem.code == "StaleQuestion"
        assert stage.witness.made == Made(images=1)


@pytest.mark.parametrize("way", [ANSWER_MODERN, ANSWER_LEGACY], ids=str)
@pytest.mark.parametrize("choice", ["yes", "CONFIRM", "custom"])
async def test_an_unknown_choice_or_custom_without_text_leaves_the_question_open(choice: str, way: Way) -> None:
    async with in_memory(way) as stage:
        await stage.host.collect()
        asked = await stage.host.call("create_image")
        refused = await stage.host.answer(asked, choice)
        assert (refused.status, refused.is_error) == ("needs_answer", False)
        assert refused.question is not None
        assert asked.question is not None
        assert refused.question.options == asked.question.options
        assert refused.question.text.endswith(asked.question.text)
        assert stage.witness.made == NOTHING
        assert (await stage.host.agree(refused)).status == "done"
        assert stage.witness.made == Made(images=1)


@pytest.mark.parametrize("way", [ANSWER_MODERN, ANSWER_LEGACY], ids=str)
async def test_an_answer_of_another_session_decides_nothing(way: Way) -> None:
    async with in_memory(way) as stage:
        await stage.host.collect()
        asked = await stage.host.call("create_image")
        first = stage.host.session_id
        await stage.host.collect()
        assert stage.host.session_id != first
        refused = await stage.host.answer(asked, "confirm")
        assert refused.problem is not None
        assert refused.problem.code == "StaleQuestion"
        assert stage.witness.made == NOTHING


async def test_a_question_is_the_same_on_every_round_until_the_facts_change() -> None:
    async with in_memory(ANSWER_MODERN) as stage:
        await stage.host.collect()
        asked = await stage.host.call("create_image")
        repeated = await stage.host.call("create_image")
        assert repeated.question == asked.question
        renamed = await stage.host.call("create_image", image_name="another-name")
        assert renamed.question is not None
        assert asked.question is not None
        assert renamed.question.question_id != asked.question.question_id
        outdated = await stage.host.answer(asked, "confirm")
        assert outdated.problem is not None
        assert outdated.problem.code == "StaleQuestion"
        assert stage.witness.made == NOTHING


async def test_sealed_request_state_works_once() -> None:
    async with in_memory(INPUT_REQUEST) as stage:
        await stage.host.collect()
        session, given = stage.host.client.session, {"session_id": stage.host.session_id}
        asked = await session.call_tool("create_image", dict(given), allow_input_required=True)
        assert isinstance(asked, InputRequiredResult)
        assert asked.input_requests is not None
        (question_id,) = asked.input_requests
        reply = ElicitResult(action="accept", content={"choice": "confirm"})
        codes = []
        for _ in range(3):
            result = await session.call_tool(
                "create_image",
                dict(given),
                input_responses={question_id: reply},
                request_state=asked.request_state,
                allow_input_required=True,
            )
            assert isinstance(result, CallToolResult)
            heard = Heard.of(result)
            codes.append(heard.problem.code if heard.problem is not None else heard.status)
        assert codes == ["done", "StaleQuestion", "StaleQuestion"]
        assert stage.witness.made == Made(images=1)


@pytest.mark.parametrize("way", ROADS, ids=str)
async def test_a_tool_whose_work_is_done_answers_done_again_without_repeating_anything(way: Way) -> None:
    async with in_memory(way, "no-vswitch") as stage:
        await stage.host.recover()
        asked = len(stage.person.forms)
        done = [tool for tool, _ in itertools.groupby(stage.host.tools) if tool not in OTHERS]
        for tool in done:
            again = await stage.host.call(tool)
            assert again.status == "done", again.text
        assert len(stage.person.forms) == asked
        stage.witness.check(stage.host.session_id, Made(images=1, vswitches=1, instances=1))


OTHERS = {"check_credentials", "collect_source", "answer_question", "get_session"}
