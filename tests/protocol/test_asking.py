"""The three roads of a question, and everything that is no answer."""

from __future__ import annotations

import json

import anyio
import pytest
from mcp.client import ClientRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types import (
    METHOD_NOT_FOUND,
    CallToolResult,
    ElicitRequestFormParams,
    ElicitRequestParams,
    ElicitResult,
    ErrorData,
    InputRequiredResult,
    InputResponses,
)

from ecs_dr.protocol.asking import MAX_FORMS_PER_CALL, MAX_UNUSABLE_PER_CALL
from tests.protocol.fakes import (
    ERAS,
    SESSION,
    Era,
    ScriptedRecovery,
    connected,
    content_of,
    pinned,
    problem_code,
    text_of,
)

MODERN: Era = "2026-07-28"


class Person:
    """Answers forms with what it was given, one after the other (the last one again and again)."""

    def __init__(self, *replies: ElicitResult | ErrorData) -> None:
        self.replies = list(replies)
        self.forms: list[ElicitRequestFormParams] = []

    async def __call__(self, context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult | ErrorData:
        del context
        assert isinstance(params, ElicitRequestFormParams)
        self.forms.append(params)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def chose(choice: str, text: str | None = None) -> ElicitResult:
    return ElicitResult(
        action="accept", content={"choice": choice} if text is None else {"choice": choice, "text": text}
    )


@pytest.mark.parametrize("era", ERAS)
async def test_a_form_reaches_the_person_and_the_answer_goes_on_at_once(era: Era) -> None:
    recovery, person = ScriptedRecovery(pinned(1), pinned(2)), Person(chose("confirm"))
    async with connected(recovery, era, person) as client:
        result = await client.call_tool("create_image", {"session_id": SESSION})
    assert content_of(result)["status"] == "done"
    assert [call[0] for call in recovery.calls] == ["create_image"]
    assert recovery.answered == [(pinned(1).question_id, "confirm", None), (pinned(2).question_id, "confirm", None)]
    assert len(person.forms) == 2


@pytest.mark.parametrize("era", ERAS)
async def test_the_form_is_a_titled_choice_without_a_root_title(era: Era) -> None:
    person = Person(chose("confirm"))
    async with connected(ScriptedRecovery(pinned(1)), era, person) as client:
        await client.call_tool("create_image", {"session_id": SESSION})
    assert person.forms[0].requested_schema == {
        "type": "object",
        "properties": {
            "choice": {
                "type": "string",
                "title": "Your choice",
                "oneOf": [{"const": "confirm", "title": "Go 1 (Recommended)"}, {"const": "abort", "title": "Other"}],
            }
        },
        "required": ["choice"],
    }
    assert person.forms[0].message.splitlines() == [
        "Question 1?",
        "",
        "- Go 1 (Recommended): Goes on with 1",
        "- Other: Does something else",
    ]


@pytest.mark.parametrize("era", ERAS)
async def test_a_typed_value_travels_in_a_second_optional_field(era: Era) -> None:
    recovery, person = ScriptedRecovery(pinned(1, allow_text=True)), Person(chose("custom", " my-name "))
    async with connected(recovery, era, person) as client:
        await client.call_tool("create_image", {"session_id": SESSION})
    assert person.forms[0].requested_schema["properties"]["text"] == {"type": "string", "title": "A name"}
    assert person.forms[0].requested_schema["required"] == ["choice"]
    assert recovery.answered == [(pinned(1).question_id, "custom", "my-name")]


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("action", ["decline", "cancel"])
async def test_a_dismissed_form_stops_and_decides_nothing(era: Era, action: str) -> None:
    recovery = ScriptedRecovery(pinned(1))
    person = Person(ElicitResult.model_validate({"action": action, "content": {"choice": "confirm"}}))
    async with connected(recovery, era, person) as client:
        result = await client.call_tool("create_image", {"session_id": SESSION})
    assert content_of(result)["status"] == "stopped"
    assert not result.is_error
    assert recovery.dismissed == [(pinned(1).question_id, action)]
    assert recovery.answered == []


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(
    "content", [None, {}, {"choice": ""}, {"choice": "yes"}, {"choice": True}, {"text": "confirm"}]
)
async def test_an_accepted_form_without_an_offered_choice_is_no_consent(
    era: Era, content: dict[str, str | int | float | bool | list[str] | None] | None
) -> None:
    recovery, person = ScriptedRecovery(pinned(1)), Person(ElicitResult(action="accept", content=content))
    async with connected(recovery, era, person) as client:
        result = await client.call_tool("create_image", {"session_id": SESSION})
    assert content_of(result)["status"] == "stopped"
    assert not result.is_error
    assert len(person.forms) == MAX_UNUSABLE_PER_CALL
    assert recovery.answered == []


@pytest.mark.parametrize("era", ERAS)
async def test_without_the_capability_the_question_is_a_result(era: Era) -> None:
    recovery = ScriptedRecovery(pinned(1))
    async with connected(recovery, era) as client:
        result = await client.call_tool("create_image", {"session_id": SESSION})
        assert content_of(result)["status"] == "needs_answer"
        assert not result.is_error
        answer = {"session_id": SESSION, "question_id": pinned(1).question_id, "choice": "confirm"}
        result = await client.call_tool("answer_question", answer)
    assert content_of(result)["status"] == "done"
    assert recovery.answered == [(pinned(1).question_id, "confirm", None)]
    assert recovery.came_by == [("answer_question", "answer_question")]


@pytest.mark.parametrize("era", ERAS)
async def test_elicitation_off_never_shows_a_form(era: Era) -> None:
    person = Person(chose("confirm"))
    async with connected(ScriptedRecovery(pinned(1)), era, person, elicitation="off") as client:
        result = await client.call_tool("create_image", {"session_id": SESSION})
    assert content_of(result)["status"] == "needs_answer"
    assert person.forms == []


@pytest.mark.parametrize("era", ERAS)
async def test_where_forms_are_shown_an_answer_given_by_tool_is_a_proposal_and_the_person_is_asked(era: Era) -> None:
    recovery, person = ScriptedRecovery(pinned(1)), Person(ElicitResult(action="decline"))
    async with connected(recovery, era, person) as client:
        answer = {"session_id": SESSION, "question_id": pinned(1).question_id, "choice": "confirm"}
        result = await client.call_tool("answer_question", answer)
    assert content_of(result)["status"] == "stopped"
    assert recovery.proposed == ["confirm"]
    assert recovery.answered == []
    assert len(person.forms) == 1


@pytest.mark.parametrize("era", ERAS)
async def test_a_form_put_by_answer_question_is_an_answer_in_a_call_that_creates_nothing(era: Era) -> None:
    recovery, person = ScriptedRecovery(pinned(1)), Person(chose("confirm"))
    async with connected(recovery, era, person) as client:
        answer = {"session_id": SESSION, "question_id": pinned(1).question_id, "choice": "abort"}
        await client.call_tool("answer_question", answer)
    assert recovery.answered == [(pinned(1).question_id, "confirm", None)]
    assert [called for _, called in recovery.came_by] == ["answer_question"]


async def test_a_client_that_cannot_show_the_form_after_all_has_dismissed_it() -> None:
    recovery, person = ScriptedRecovery(pinned(1)), Person(ErrorData(code=METHOD_NOT_FOUND, message="no forms"))
    async with connected(recovery, "legacy", person) as client:
        result = await client.call_tool("create_image", {"session_id": SESSION})
    assert content_of(result)["status"] == "stopped"
    assert recovery.dismissed == [(pinned(1).question_id, "cancel")]


async def test_a_form_that_nobody_answers_is_dismissed() -> None:
    async def silence(context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        del context, params
        await anyio.sleep_forever()
        raise AssertionError

    recovery = ScriptedRecovery(pinned(1))
    async with connected(recovery, "legacy", silence, form_patience_seconds=0) as client:
        result = await client.call_tool("create_image", {"session_id": SESSION})
    assert content_of(result)["status"] == "stopped"
    assert recovery.dismissed == [(pinned(1).question_id, "cancel")]


@pytest.mark.parametrize("era", [MODERN, "legacy"])
async def test_after_ten_forms_the_call_ends_and_names_the_tool_that_goes_on(era: Era) -> None:
    recovery = ScriptedRecovery(*(pinned(number) for number in range(MAX_FORMS_PER_CALL + 1)))
    person = Person(chose("confirm"))
    async with connected(recovery, era, person) as client:
        result = await client.call_tool("create_image", {"session_id": SESSION})
        content = content_of(result)
        assert (content["status"], content["question"]) == ("in_progress", None)
        assert isinstance(content["next"], dict)
        assert content["next"]["tool"] == "create_image"
        assert pinned(MAX_FORMS_PER_CALL).question_id not in text_of(result)
        assert content_of(await client.call_tool("create_image", {"session_id": SESSION}))["status"] == "done"
    assert len(person.forms) == MAX_FORMS_PER_CALL + 1


async def asked(client_call: ScriptedRecovery) -> tuple[InputRequiredResult, list[object]]:
    """The input request of a first call, and what a retry with `confirm` gives, twice."""
    async with connected(client_call, MODERN, Person(chose("confirm"))) as client:
        arguments = {"session_id": SESSION}
        first = await client.session.call_tool("create_image", arguments, allow_input_required=True)
        assert isinstance(first, InputRequiredResult)
        assert first.input_requests is not None
        replies: InputResponses = dict.fromkeys(first.input_requests, chose("confirm"))
        retries: list[object] = [
            await client.session.call_tool(
                "create_image",
                arguments,
                input_responses=replies,
                request_state=first.request_state,
                allow_input_required=True,
            )
            for _ in range(2)
        ]
    return first, retries


async def test_a_replayed_answer_is_refused_with_a_readable_result() -> None:
    recovery = ScriptedRecovery(pinned(1))
    _, (accepted, replayed) = await asked(recovery)
    assert isinstance(accepted, CallToolResult)
    assert isinstance(replayed, CallToolResult)
    assert not accepted.is_error
    assert replayed.is_error
    assert problem_code(replayed) == "StaleQuestion"
    assert len(recovery.answered) == 1


async def test_the_input_request_is_keyed_by_the_question_and_its_state_is_sealed() -> None:
    first, _ = await asked(ScriptedRecovery(pinned(1)))
    assert list(first.input_requests or {}) == [pinned(1).question_id]
    assert first.request_state is not None
    assert SESSION not in first.request_state


async def test_a_retry_without_a_reply_counts_as_dismissed() -> None:
    recovery = ScriptedRecovery(pinned(1))
    async with connected(recovery, MODERN, Person(chose("confirm"))) as client:
        arguments = {"session_id": SESSION}
        first = await client.session.call_tool("create_image", arguments, allow_input_required=True)
        assert isinstance(first, InputRequiredResult)
        result = await client.session.call_tool("create_image", arguments, request_state=first.request_state)
    assert content_of(result)["status"] == "stopped"
    assert recovery.dismissed == [(pinned(1).question_id, "cancel")]


async def test_a_forged_state_answers_nothing() -> None:
    recovery = ScriptedRecovery(pinned(1))
    forged = json.dumps(
        {"session_id": SESSION, "question_id": pinned(1).question_id, "tool": "create_image", "forms": 0}
    )
    async with connected(recovery, MODERN, Person(chose("confirm"))) as client:
        with pytest.raises(MCPError):
            await client.session.call_tool(
                "create_image",
                {"session_id": SESSION},
                input_responses={pinned(1).question_id: chose("confirm")},
                request_state=forged,
            )
    assert recovery.answered == []


async def test_replies_without_a_state_answer_nothing() -> None:
    recovery = ScriptedRecovery(pinned(1))
    async with connected(recovery, MODERN, Person(chose("confirm"))) as client:
        result = await client.session.call_tool(
            "create_image",
            {"session_id": SESSION},
            input_responses={pinned(1).question_id: chose("confirm")},
            allow_input_required=True,
        )
    assert isinstance(result, InputRequiredResult)
    assert recovery.answered == []


@pytest.mark.parametrize("era", ERAS)
async def test_two_calls_at_once_that_show_the_same_question_get_one_answer(era: Era) -> None:
    recovery, person = ScriptedRecovery(pinned(1)), Person(chose("confirm"))
    statuses: list[object] = []
    async with connected(recovery, era, person) as client:

        async def call() -> None:
            result = await client.call_tool("create_image", {"session_id": SESSION})
            statuses.append(content_of(result)["status"])

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(call)
            tasks.start_soon(call)
    assert len(recovery.answered) == 1
    assert "done" in statuses


@pytest.mark.parametrize("era", ERAS)
async def test_a_chinese_session_asks_in_chinese(era: Era) -> None:
    person = Person(chose("confirm"))
    async with connected(ScriptedRecovery(pinned(1), language="zh"), era, person, simulated=True) as client:
        result = await client.call_tool("create_image", {"session_id": SESSION})
    assert person.forms[0].requested_schema["properties"]["choice"]["title"] == "您的选择"
    assert "模拟环境" in person.forms[0].message
    assert "下一步" in text_of(result)
