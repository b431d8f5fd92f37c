"""Whoever would answer in the person's place, or let an old yes do for something new: nothing is created by it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest
from mcp_types import InputRequiredResult

from ecs_dr.domain.questions import PinnedQuestion
from tests.support.host import Heard
from tests.support.person import DECLINED, Reply
from tests.support.ways import ANSWER_LEGACY, ANSWER_MODERN, ELICITATION, INPUT_REQUEST, Stage, Way, in_memory
from tests.support.witness import CREATING, Made

ANSWER_WAYS = (ANSWER_MODERN, ANSWER_LEGACY)
FORM_WAYS = (INPUT_REQUEST, ELICITATION)
GO_AHEAD = "launch.confirm"


def sent(stage: Stage) -> int:
    """Creating requests that were no dry runs."""
    entries = [entry for action in CREATING for entry in stage.simulator.calls(action)]
    return sum(entry.params.get("DryRun") != "True" for entry in entries)


def standing(stage: Stage, key: str) -> PinnedQuestion | None:
    """The open question on a key: what an attacker may have seen of it, by whatever means."""
    book = stage.recovery.sessions.get(stage.host.session_id).book
    return next((one for one in book.open_questions() if one.key == key), None)


def open_question(stage: Stage, key: str) -> PinnedQuestion:
    found = standing(stage, key)
    assert found is not None
    return found


async def up_to(stage: Stage, tool: str) -> None:
    """The recovery, step by step without the plan, until `tool` would be next."""
    await stage.host.collect()
    for step in ("create_image", "wait_for_image", "choose_target", "prepare_vswitch", "check_disks"):
        if step == tool:
            return
        await stage.host.settle(await stage.host.call(step))


async def gave_up(stage: Stage, tool: str, **arguments: str) -> None:
    """A form is put, and the client gives the call up: a timeout, a closed window."""
    given = {"session_id": stage.host.session_id, **arguments}
    if stage.host.client.protocol_version == "2026-07-28":
        asked = await stage.host.client.session.call_tool(tool, given, allow_input_required=True)
        assert isinstance(asked, InputRequiredResult)
        return
    stage.person.is_away = True
    with anyio.move_on_after(0.3):
        await stage.host.call(tool, **arguments)
    stage.person.is_away = False


@asynccontextmanager
async def at_the_launch(way: Way, world: str = "healthy") -> AsyncIterator[Stage]:
    """The go-ahead for the launch is asked for, and the call was given up."""
    async with in_memory(way, world) as stage:
        await up_to(stage, "create_instance")
        while standing(stage, GO_AHEAD) is None:
            if way.shows_forms:
                await gave_up(stage, "create_instance")
            else:
                await stage.host.call("create_instance")
            other = next(iter(stage.recovery.sessions.get(stage.host.session_id).book.open_questions()))
            if other.key != GO_AHEAD:
                assert other.key == "launch.options"
                stage.recovery.sessions.get(stage.host.session_id).book.settle(other.question_id, "standard", None)
        yield stage


async def answered(stage: Stage, question: PinnedQuestion, choice: str, text: str | None = None) -> Heard:
    given = {"question_id": question.question_id, "choice": choice}
    return await stage.host.call("answer_question", **given, **({"text": text} if text else {}))


@pytest.mark.parametrize("way", FORM_WAYS, ids=str)
async def test_where_forms_are_shown_no_question_id_is_given_away(way: Way) -> None:
    async with at_the_launch(way) as stage:
        question = open_question(stage, GO_AHEAD)
        shown = await stage.host.call("get_session")
        assert question.question_id not in shown.text
        assert question.question_id not in shown.model_dump_json()
        uri = f"ecs-dr://session/{stage.host.session_id}"
        read = await stage.host.client.read_resource(uri)
        assert question.question_id not in read.model_dump_json()


@pytest.mark.parametrize("way", FORM_WAYS, ids=str)
async def test_where_forms_are_shown_the_assistant_cannot_answer_for_the_person(way: Way) -> None:
    async with at_the_launch(way) as stage:
        before, forms = sent(stage), len(stage.person.forms)
        stage.person.first = [DECLINED]
        heard = await answered(stage, open_question(stage, GO_AHEAD), "confirm")
        assert heard.status == "stopped"
        assert len(stage.person.forms) == forms + 1
        assert "confirm" in stage.person.forms[-1].options[0]
        assert sent(stage) == before
        assert stage.witness.made.instances == 0


@pytest.mark.parametrize("way", FORM_WAYS, ids=str)
async def test_what_the_assistant_chose_is_only_what_the_form_recommends(way: Way) -> None:
    async with at_the_launch(way) as stage:
        stage.person.first = [DECLINED]
        await answered(stage, open_question(stage, GO_AHEAD), "abort")
        assert stage.person.forms[-1].options[0] == "abort"
        stage.person.first = [DECLINED]
        asked_again = await stage.host.call("create_instance")
        assert asked_again.status == "stopped"
        assert stage.person.forms[-1].options[0] == "confirm"


@pytest.mark.parametrize("way", FORM_WAYS, ids=str)
async def test_a_form_answered_within_answer_question_is_recorded_and_the_creating_tool_creates(way: Way) -> None:
    async with at_the_launch(way) as stage:
        before = sent(stage)
        stage.person.first = [Reply("confirm")]
        heard = await answered(stage, open_question(stage, GO_AHEAD), "confirm")
        assert (heard.status, heard.next and heard.next.tool) == ("in_progress", "create_instance")
        assert sent(stage) == before
        forms = len(stage.person.forms)
        assert (await stage.host.call("create_instance")).status == "done"
        assert len(stage.person.forms) == forms
        assert stage.witness.made.instances == 1


@pytest.mark.parametrize("way", ANSWER_WAYS, ids=str)
async def test_answer_question_creates_nothing_and_the_creating_tool_asks_nothing_more(way: Way) -> None:
    async with in_memory(way, "no-vswitch") as stage:
        await stage.host.collect()
        created = 0
        for tool in ("create_image", "choose_target", "prepare_vswitch", "check_disks", "create_instance"):
            heard = await stage.host.call(tool)
            recorded = False
            while heard.status != "done":
                assert heard.status in {"needs_answer", "in_progress"}, heard.text
                if heard.question is None:
                    assert heard.next is not None
                    assert heard.next.tool == tool
                    heard = await stage.host.call(tool)
                    continue
                before = sent(stage)
                heard = await stage.host.answer(heard, heard.question.options[0].value)
                assert sent(stage) == before
                recorded = recorded or (heard.status == "in_progress" and heard.data == {})
            created += recorded
        assert created >= 2  # a launch may be recorded within a wait for the image
        assert stage.witness.made == Made(1, 1, 1)


@pytest.mark.parametrize("way", ANSWER_WAYS, ids=str)
async def test_a_recorded_go_ahead_is_good_for_one_creation(way: Way) -> None:
    async with in_memory(way) as stage:
        await stage.host.collect()
        asked = await stage.host.call("create_image", image_name="mine-1")
        recorded = await stage.host.answer(asked, "custom", "typed-by-hand")
        assert recorded.status == "in_progress"
        for name in ("typed-by-hand", "typed-by-hand"):
            assert (await stage.host.call("create_image", image_name=name)).status == "done"
        assert stage.witness.made == Made(images=1)
        (entry,) = stage.witness.new("images").values()
        assert entry["image_name"] == "typed-by-hand"


@pytest.mark.parametrize("way", ANSWER_WAYS, ids=str)
async def test_a_recorded_go_ahead_does_not_cover_another_proposal(way: Way) -> None:
    async with in_memory(way) as stage:
        await stage.host.collect()
        await stage.host.answer(await stage.host.call("create_image"), "confirm")
        asked = await stage.host.call("create_image", image_name="another-name")
        assert asked.status == "needs_answer"
        assert sent(stage) == 0


REOPENED = (
    ("choose_target", {"target_zone_id": "cn-beijing-l"}),
    ("prepare_vswitch", {"cidr_block": "172.16.99.0/24"}),
)


@pytest.mark.parametrize("way", ANSWER_WAYS, ids=str)
@pytest.mark.parametrize(("tool", "proposal"), REOPENED, ids=[tool for tool, _ in REOPENED])
async def test_an_old_launch_question_counts_no_longer_once_its_ground_is_asked_about(
    tool: str, proposal: dict[str, str], way: Way
) -> None:
    async with at_the_launch(way) as stage:
        old = open_question(stage, GO_AHEAD)
        anew = await stage.host.call(tool, **proposal)
        assert anew.question is not None
        stale = await answered(stage, old, "confirm")
        assert stale.problem is not None
        assert stale.problem.code == "StaleQuestion"
        assert "anew" in stale.text or "重新选择" in stale.text
        there = await stage.host.call("create_instance")
        assert there.question is not None
        assert there.question.question_id == anew.question.question_id
        assert stage.witness.made.instances == 0


@pytest.mark.parametrize("way", ANSWER_WAYS, ids=str)
@pytest.mark.parametrize(("tool", "proposal"), REOPENED, ids=[tool for tool, _ in REOPENED])
async def test_an_unused_go_ahead_counts_no_longer_either(tool: str, proposal: dict[str, str], way: Way) -> None:
    async with at_the_launch(way) as stage:
        await answered(stage, open_question(stage, GO_AHEAD), "confirm")
        anew = await stage.host.call(tool, **proposal)
        assert anew.question is not None
        there = await stage.host.call("create_instance")
        assert there.question is not None
        assert stage.witness.made.instances == 0


@pytest.mark.parametrize("way", ANSWER_WAYS, ids=str)
async def test_who_keeps_the_zone_after_all_is_asked_for_the_go_ahead_once_more(way: Way) -> None:
    async with at_the_launch(way) as stage:
        await answered(stage, open_question(stage, GO_AHEAD), "confirm")
        zone = await stage.host.call("choose_target", target_zone_id="cn-beijing-l")
        await stage.host.answer(await stage.host.answer(zone, "cn-beijing-k"), "keep_type")
        there = await stage.host.call("create_instance")
        assert standing(stage, GO_AHEAD) is not None, there.text
        assert stage.witness.made.instances == 0


@pytest.mark.parametrize("way", ANSWER_WAYS, ids=str)
async def test_between_the_new_zone_and_its_type_nothing_launches_in_the_old_one(way: Way) -> None:
    async with at_the_launch(way) as stage:
        old = open_question(stage, GO_AHEAD)
        zone = await stage.host.call("choose_target", target_zone_id="cn-beijing-l")
        kind = await stage.host.answer(zone, "cn-beijing-l")
        assert kind.question is not None
        assert (await answered(stage, old, "confirm")).status == "failed"
        there = await stage.host.call("create_instance")
        assert there.question is not None
        assert there.question.question_id == kind.question.question_id
        assert stage.witness.made.instances == 0


@pytest.mark.parametrize("way", FORM_WAYS, ids=str)
async def test_by_forms_too_a_launch_waits_for_what_is_reconsidered(way: Way) -> None:
    async with at_the_launch(way) as stage:
        await gave_up(stage, "choose_target", target_zone_id="cn-beijing-l")
        assert standing(stage, GO_AHEAD) is None
        stage.person.first = [DECLINED]
        forms = len(stage.person.forms)
        assert (await stage.host.call("create_instance")).status == "stopped"
        assert stage.person.forms[forms].options[0] == "cn-beijing-l"
        assert stage.witness.made.instances == 0


@pytest.mark.parametrize("way", ANSWER_WAYS, ids=str)
async def test_text_beside_the_go_ahead_launches_nothing_and_says_why(way: Way) -> None:
    async with at_the_launch(way) as stage:
        heard = await answered(stage, open_question(stage, GO_AHEAD), "confirm", "web-dr-2")
        assert heard.question is not None
        assert "web-dr-2" in heard.question.text.splitlines()[0]
        assert stage.witness.made.instances == 0


@pytest.mark.parametrize("way", [*FORM_WAYS, *ANSWER_WAYS], ids=str)
async def test_each_decision_tells_the_road_it_came_by(way: Way) -> None:
    async with in_memory(way) as stage:
        await stage.host.collect()
        wanted = "answer_question" if not way.shows_forms else "input_request" if way.era != "legacy" else "elicitation"
        (entry,) = stage.recovery.report(stage.host.session_id).decisions
        assert entry.road == wanted
        decided = (await stage.host.call("get_session")).data["decisions"]
        assert isinstance(decided, list)
        assert [one["road"] for one in decided if isinstance(one, dict)] == [wanted]
