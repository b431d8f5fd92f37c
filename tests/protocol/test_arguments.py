"""What a tool takes, and how it refuses the rest: as a readable result that repeats no value."""

from __future__ import annotations

import pytest

from tests.protocol.fakes import ERAS, SESSION, Era, ScriptedRecovery, connected, content_of, problem_code, text_of

FAKE_KEY_ID = "LTAItestaccesskeyid"
FAKE_SECRET = "TestSecretTestSecretTestSecre7"


async def test_arguments_reach_the_workflow_trimmed_and_blank_ones_as_absent() -> None:
    recovery = ScriptedRecovery()
    async with connected(recovery, "legacy") as client:
        await client.call_tool("choose_target", {"session_id": f" {SESSION}\n", "target_zone_id": "  "})
    assert recovery.calls == [("choose_target", {"session_id": SESSION, "target_zone_id": None, "instance_type": None})]


async def test_null_for_an_optional_argument_counts_as_absent() -> None:
    recovery = ScriptedRecovery()
    async with connected(recovery, "legacy") as client:
        await client.call_tool("get_session", {"session_id": None})
    assert recovery.calls == [("get_session", {"session_id": None})]


@pytest.mark.parametrize("era", ERAS)
async def test_an_unknown_argument_is_refused_with_the_right_ones(era: Era) -> None:
    recovery = ScriptedRecovery()
    async with connected(recovery, era) as client:
        result = await client.call_tool("create_image", {"session_id": SESSION, "instance_id": "i-test0001"})
    assert result.is_error
    assert problem_code(result) == "UnknownArgument"
    assert "`session_id`, `image_name`" in text_of(result)
    assert "i-test0001" not in text_of(result)
    assert recovery.calls == []


@pytest.mark.parametrize("arguments", [{}, {"session_id": ""}, {"session_id": None}])
async def test_a_missing_argument_is_named(arguments: dict[str, str | None]) -> None:
    recovery = ScriptedRecovery()
    async with connected(recovery, "legacy") as client:
        result = await client.call_tool("create_image", arguments)
    assert problem_code(result) == "MissingArgument"
    assert "session_id" in text_of(result)
    assert content_of(result)["next"] == {"tool": "create_image", "why": "call it again with the input corrected"}
    assert recovery.calls == []


@pytest.mark.parametrize("value", [7, True, ["a"], {"a": "b"}])
async def test_an_argument_that_is_no_text_is_refused(value: object) -> None:
    recovery = ScriptedRecovery()
    async with connected(recovery, "legacy") as client:
        result = await client.call_tool("create_image", {"session_id": value})
    assert problem_code(result) == "ArgumentNotText"
    assert recovery.calls == []


async def test_an_argument_of_absurd_length_is_refused() -> None:
    async with connected(ScriptedRecovery(), "legacy") as client:
        result = await client.call_tool("create_image", {"session_id": "a-" * 300})
    assert problem_code(result) == "ArgumentTooLong"
    assert "a-a-" not in text_of(result)


@pytest.mark.parametrize(
    "arguments",
    [
        {"session_id": SESSION, "image_name": FAKE_KEY_ID},
        {"session_id": SESSION, "image_name": f"my secret is {FAKE_SECRET}"},
        {"session_id": SESSION, "access_key_secret": "short"},
        {"session_id": SESSION, "password": ["hunter"]},
        {"session_id": SESSION, FAKE_KEY_ID: "x"},
        {"session_id": {"key": FAKE_KEY_ID}},
    ],
)
@pytest.mark.parametrize("era", ERAS)
async def test_what_looks_like_a_credential_is_refused_and_not_repeated(
    era: Era, arguments: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    recovery = ScriptedRecovery()
    with caplog.at_level("DEBUG"):
        async with connected(recovery, era) as client:
            result = await client.call_tool("create_image", arguments)
    assert problem_code(result) == "SecretInArgument"
    shown = text_of(result) + str(result.structured_content)
    assert FAKE_KEY_ID not in shown
    assert FAKE_SECRET not in shown
    assert recovery.calls == []
    assert all(FAKE_SECRET not in record.getMessage() for record in caplog.records if record.name.startswith("ecs_dr"))


@pytest.mark.parametrize(
    "name", ["Create_from_i-2zesource0001", "prod-web-01", "恢复-镜像", "a" * 30, "0123456789abcdef0123456789abcdef"]
)
async def test_ordinary_names_are_not_taken_for_credentials(name: str) -> None:
    recovery = ScriptedRecovery()
    async with connected(recovery, "legacy") as client:
        await client.call_tool("create_image", {"session_id": SESSION, "image_name": name})
    assert recovery.calls == [("create_image", {"session_id": SESSION, "image_name": name})]


@pytest.mark.parametrize("choice", ["", "  "])
async def test_an_empty_choice_never_reaches_the_workflow(choice: str) -> None:
    recovery = ScriptedRecovery()
    async with connected(recovery, "legacy") as client:
        answer = {"session_id": SESSION, "question_id": "0" * 32, "choice": choice}
        result = await client.call_tool("answer_question", answer)
    assert problem_code(result) == "MissingArgument"
    assert recovery.answered == []
