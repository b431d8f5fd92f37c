"""Answers that are none: for another question, without what they need, with too much, or given back too late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from mcp.client import ClientRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, ElicitRequestParams, ElicitResult, InputRequiredResult

from tests.support.host import Heard
from tests.support.person import DECLINED, Person, Reply
from tests.support.ways import ANSWER_LEGACY, ANSWER_MODERN, ELICITATION, INPUT_REQUEST, Stage, Way, in_memory
from tests.support.witness import NOTHING, Made

FORM_WAYS = (INPUT_REQUEST, ELICITATION)
ANSWER_WAYS = (ANSWER_MODERN, ANSWER_LEGACY)
UNUSABLE: Mapping[str, tuple[str, str | None]] = {
    "custom without text": ("custom", None),
    "text beside an option": ("confirm", "web-dr-2"),
    "a refused value": ("custom", "1 bad name!"),
    "the label of another question": ("Keep ecs.g7.xlarge", None),
    "the words of a go-ahead": ("launch it", None),
}
"""What may come back to the go-ahead for the launch, and launches nothing."""


async def ready_to_launch(stage: Stage) -> None:
    """Everything is decided but the launch."""
    await stage.host.follow(await stage.host.collect(), until="create_instance")


@pytest.mark.parametrize("way", FORM_WAYS, ids=str)
@pytest.mark.parametrize("kind", UNUSABLE)
async def test_a_form_that_cannot_be_used_is_shown_again_with_the_reason_on_top(kind: str, way: Way) -> None:
    async with in_memory(way) as stage:
        await ready_to_launch(stage)
        asked = len(stage.person.forms)
        choice, text = UNUSABLE[kind]
        stage.person.first = [Reply("standard"), Reply(choice, text), DECLINED]
        heard = await stage.host.call("create_instance")
        assert heard.status == "stopped"
        _, first, again = stage.person.forms[asked:]
        assert again.options == first.options
        assert len(again.message) > len(first.message)
        named = {"en": "Another name", "zh": "换一个名称"}[way.language] if choice == "custom" else choice
        reason = again.message.replace(first.message.partition("\n")[2], "")
        assert (text or named) in reason
        assert stage.witness.made.instances == 0


@pytest.mark.parametrize("way", ANSWER_WAYS, ids=str)
@pytest.mark.parametrize("kind", UNUSABLE)
async def test_an_answer_that_cannot_be_used_is_asked_again_with_the_reason_on_top(kind: str, way: Way) -> None:
    async with in_memory(way) as stage:
        await ready_to_launch(stage)
        asked = await stage.host.answer(await stage.host.call("create_instance"), "standard")
        assert asked.question is not None
        again = await stage.host.answer(asked, *UNUSABLE[kind])
        if again.status == "in_progress" and again.next is not None:  # a name is looked at by the tool that sends it
            again = await stage.host.call(again.next.tool)
        assert again.question is not None
        assert again.question.options == asked.question.options
        assert again.question.text.endswith(asked.question.text)
        reason, named = again.question.text.removesuffix(asked.question.text), UNUSABLE[kind][1] or UNUSABLE[kind][0]
        custom = asked.question.options[1].label
        assert (custom if named == "custom" else named) in reason
        assert again.question.question_id != asked.question.question_id
        assert stage.witness.made.instances == 0
        assert (await stage.host.answer(asked, "confirm")).status == "failed"  # it was put anew: the old id is dead


async def input_required(stage: Stage, tool: str, **given: str) -> InputRequiredResult:
    """The form that a call puts, which nobody answers yet."""
    arguments = {"session_id": stage.host.session_id, **given}
    asked = await stage.host.client.session.call_tool(tool, dict(arguments), allow_input_required=True)
    assert isinstance(asked, InputRequiredResult)
    return asked


async def handed_back(stage: Stage, tool: str, asked: InputRequiredResult, choice: str) -> Heard | InputRequiredResult:
    """The client's retry with the person's answer."""
    assert asked.input_requests is not None
    (question_id,) = asked.input_requests
    result = await stage.host.client.session.call_tool(
        tool,
        {"session_id": stage.host.session_id},
        input_responses={question_id: ElicitResult(action="accept", content={"choice": choice})},
        request_state=asked.request_state,
        allow_input_required=True,
    )
    return Heard.of(result) if isinstance(result, CallToolResult) else result


async def test_a_form_of_the_old_zone_that_is_handed_back_after_the_mind_was_changed_launches_nothing() -> None:
    async with in_memory(INPUT_REQUEST) as stage:
        await ready_to_launch(stage)
        go_ahead = await handed_back(
            stage, "create_instance", await input_required(stage, "create_instance"), "standard"
        )
        assert isinstance(go_ahead, InputRequiredResult)
        await input_required(stage, "choose_target", target_zone_id="cn-beijing-l")
        late = await handed_back(stage, "create_instance", go_ahead, "confirm")
        assert isinstance(late, Heard)
        assert late.problem is not None
        assert late.problem.code == "StaleQuestion"
        assert stage.witness.made.instances == 0


async def test_the_go_ahead_of_a_launch_is_good_once_however_often_its_state_is_handed_back() -> None:
    async with in_memory(INPUT_REQUEST) as stage:
        await ready_to_launch(stage)
        go_ahead = await handed_back(
            stage, "create_instance", await input_required(stage, "create_instance"), "standard"
        )
        assert isinstance(go_ahead, InputRequiredResult)
        for _ in range(3):
            assert isinstance(await handed_back(stage, "create_instance", go_ahead, "confirm"), Heard)
        while (await stage.host.call("create_instance")).status != "done":
            pass
        assert stage.witness.made == Made(images=1, instances=1)


async def test_a_state_of_one_tool_is_no_answer_to_another() -> None:
    async with in_memory(INPUT_REQUEST) as stage:
        await stage.host.collect()
        asked = await input_required(stage, "create_image")
        with pytest.raises(MCPError, match="requestState"):
            await handed_back(stage, "plan_recovery", asked, "confirm")
        assert stage.witness.made == NOTHING


@dataclass
class ChangesTheirMind(Person):
    """While the launch form is open, the same client asks for another zone; then the old form is confirmed."""

    stage: Stage | None = None
    inner: list[Heard] = field(default_factory=list)

    async def __call__(self, context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        result = await super().__call__(context, params)
        if self.stage is not None and "change" in self.forms[-1].options:
            stage, self.stage = self.stage, None
            self.first = [DECLINED]
            self.inner.append(await stage.host.call("choose_target", target_zone_id="cn-beijing-l"))
        return result


async def test_a_form_that_was_open_while_the_mind_was_changed_launches_nothing() -> None:
    person = ChangesTheirMind()
    async with in_memory(ELICITATION, person=person) as stage:
        await ready_to_launch(stage)
        person.stage = stage
        late = await stage.host.call("create_instance")
        assert [one.status for one in person.inner] == ["stopped"]
        assert late.problem is not None
        assert late.problem.code == "StaleQuestion"
        assert stage.witness.made.instances == 0


@pytest.mark.parametrize("way", [*FORM_WAYS, *ANSWER_WAYS], ids=str)
async def test_a_second_recovery_of_a_source_is_told_in_step_1_before_anything_is_asked(way: Way) -> None:
    async with in_memory(way) as stage:
        await stage.host.collect()
        first = stage.host.session_id
        done = await stage.host.settle(await stage.host.call("create_image"))
        again = await stage.host.collect()
        assert stage.host.session_id != first
        for said in (again.text, again.message):
            assert first in said
            assert done.string("image_id") in said
        assert stage.witness.made == Made(images=1)
