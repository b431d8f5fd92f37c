"""Errors, bugs, cancellations and progress: what leaves a tool call besides its answer."""

from __future__ import annotations

import anyio
import pytest
from mcp.shared.exceptions import MCPError

from ecs_dr.errors import CloudRefused, EcsDrError, ErrorKind, StepOutOfOrder, UnknownSession
from ecs_dr.workflow.ports import Progress
from tests.protocol.fakes import ERAS, SESSION, Era, ScriptedRecovery, connected, content_of, problem_code, text_of


def in_session(error: EcsDrError) -> EcsDrError:
    error.session_id, error.step = SESSION, "instance"
    return error


@pytest.mark.parametrize("era", ERAS)
async def test_an_api_error_is_a_failed_result_with_everything_for_a_ticket(era: Era) -> None:
    recovery = ScriptedRecovery()
    recovery.error = in_session(
        CloudRefused(
            "ecs:RunInstances",
            ErrorKind.UNKNOWN,
            "Strange.Code",
            "The API said so.",
            http_status=400,
            request_id="REQUEST-0001",
        )
    )
    async with connected(recovery, era) as client:
        result = await client.call_tool("create_instance", {"session_id": SESSION})
    content = content_of(result)
    assert result.is_error
    assert (content["status"], content["session_id"], content["step"]) == ("failed", SESSION, "instance")
    problem = content["problem"]
    assert isinstance(problem, dict)
    assert (problem["code"], problem["http_status"], problem["request_id"]) == ("Strange.Code", 400, "REQUEST-0001")
    assert all(said in text_of(result) for said in ("Strange.Code", "REQUEST-0001", "400", SESSION))


@pytest.mark.parametrize("era", ERAS)
async def test_a_retryable_error_names_the_same_tool_as_next(era: Era) -> None:
    recovery = ScriptedRecovery()
    recovery.error = in_session(CloudRefused("ecs:CreateImage", ErrorKind.TRANSIENT, "InternalError", "Busy."))
    async with connected(recovery, era) as client:
        result = await client.call_tool("create_image", {"session_id": SESSION})
    assert content_of(result)["next"] == {"tool": "create_image", "why": "the same call may succeed now"}


async def test_a_step_out_of_order_names_the_tool_that_supplies_what_is_missing() -> None:
    recovery = ScriptedRecovery()
    recovery.error = in_session(
        StepOutOfOrder("SecretInArgument", "credential_argument", {"tool": "x"}, next_tool="choose_target")
    )
    async with connected(recovery, "legacy") as client:
        result = await client.call_tool("create_instance", {"session_id": SESSION})
    assert content_of(result)["next"] == {"tool": "choose_target", "why": "it supplies what is missing"}


async def test_an_unknown_session_has_no_session_id_in_its_answer() -> None:
    recovery = ScriptedRecovery()
    recovery.error = UnknownSession("UnknownSession", "unknown_since", {"since": "-"}, next_tool="resume_session")
    async with connected(recovery, "legacy") as client:
        result = await client.call_tool("wait_for_image", {"session_id": "0" * 32})
    assert content_of(result)["session_id"] is None
    assert content_of(result)["step"] == "image_wait"
    assert problem_code(result) == "UnknownSession"


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("error", [RuntimeError("sacred text"), ExceptionGroup("sacred", [KeyError("sacred")])])
async def test_a_bug_shows_none_of_its_words_to_the_model_or_the_log(
    era: Era, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    recovery = ScriptedRecovery()
    recovery.error = error
    async with connected(recovery, era) as client:
        result = await client.call_tool("create_image", {"session_id": SESSION})
    assert result.is_error
    assert problem_code(result) == "InternalError"
    assert "sacred" not in text_of(result) + str(result.structured_content) + caplog.text
    assert type(error).__name__ in caplog.text
    assert len(content_of(result)) == 9
    assert content_of(result)["session_id"] == SESSION


async def test_an_error_without_a_text_is_a_bug_and_still_an_answer() -> None:
    recovery = ScriptedRecovery()
    recovery.error = StepOutOfOrder("NoSuchText", "no such key in the catalogue")
    async with connected(recovery, "legacy") as client:
        result = await client.call_tool("create_image", {"session_id": SESSION})
    assert result.is_error
    assert problem_code(result) in {"InternalError", "NoSuchText"}


async def test_an_unknown_tool_is_a_readable_result() -> None:
    async with connected(ScriptedRecovery(), "legacy") as client:
        result = await client.call_tool("delete_instance", {"instance_id": "i-test0001"})
    assert result.is_error
    assert "Unknown tool" in text_of(result)


@pytest.mark.parametrize("era", ERAS)
async def test_progress_reaches_a_client_that_asks_for_it_and_always_increases(era: Era) -> None:
    async def wait(report: Progress | None) -> None:
        assert report is not None
        for progress in (10.0, 10.0, 5.0, 40.0):
            await report(progress, 100.0, f"at {progress}")

    recovery = ScriptedRecovery()
    recovery.before_answer = wait
    seen: list[tuple[float, float | None, str | None]] = []

    async def on_progress(progress: float, total: float | None, message: str | None) -> None:
        seen.append((progress, total, message))

    async with connected(recovery, era) as client:
        await client.call_tool("wait_for_image", {"session_id": SESSION}, progress_callback=on_progress)
    assert [item[0] for item in seen] == [10.0, 10.01, 10.02, 40.0]
    assert seen[0] == (10.0, 100.0, "at 10.0")


@pytest.mark.parametrize("era", ERAS)
async def test_progress_for_a_client_that_did_not_ask_changes_nothing(era: Era) -> None:
    async def wait(report: Progress | None) -> None:
        assert report is not None
        await report(1.0, None, "still waiting")

    recovery = ScriptedRecovery()
    recovery.before_answer = wait
    async with connected(recovery, era) as client:
        result = await client.call_tool("wait_for_image", {"session_id": SESSION})
    assert content_of(result)["status"] == "done"


@pytest.mark.parametrize("era", ERAS)
async def test_a_cancelled_call_ends_as_a_cancellation_inside_the_workflow(era: Era) -> None:
    entered, ended = anyio.Event(), anyio.Event()

    async def wait(report: Progress | None) -> None:
        del report
        entered.set()
        try:
            await anyio.sleep_forever()
        except anyio.get_cancelled_exc_class():
            ended.set()
            raise

    recovery = ScriptedRecovery()
    recovery.before_answer = wait
    async with connected(recovery, era) as client, anyio.create_task_group() as tasks:

        async def call() -> None:
            await client.call_tool("wait_for_image", {"session_id": SESSION})

        tasks.start_soon(call)
        await entered.wait()
        tasks.cancel_scope.cancel()
    assert ended.is_set()


@pytest.mark.parametrize("era", ERAS)
async def test_calls_run_side_by_side(era: Era) -> None:
    gate, waiting = anyio.Event(), anyio.Event()

    async def meet(report: Progress | None) -> None:
        del report
        if waiting.is_set():
            gate.set()
        waiting.set()
        await gate.wait()

    recovery = ScriptedRecovery()
    recovery.before_answer = meet
    async with connected(recovery, era) as client, anyio.create_task_group() as tasks:

        async def call() -> None:
            await client.call_tool("choose_target", {"session_id": SESSION})

        tasks.start_soon(call)
        tasks.start_soon(call)
    assert len(recovery.calls) == 2


@pytest.mark.parametrize("era", ERAS)
async def test_a_session_can_be_read_as_a_resource(era: Era) -> None:
    recovery = ScriptedRecovery()
    async with connected(recovery, era) as client:
        templates = (await client.list_resource_templates()).resource_templates
        read = await client.read_resource(f"ecs-dr://session/{SESSION}")
    assert "ecs-dr://session/{session_id}" in {template.uri_template for template in templates}
    assert recovery.calls == [("get_session", {"session_id": SESSION})]
    assert '"session_id": "5e55' in read.contents[0].model_dump_json().replace('\\"', '"')


async def test_an_unknown_session_is_an_unknown_resource() -> None:
    recovery = ScriptedRecovery()
    recovery.error = UnknownSession("UnknownSession", "unknown_since", {"since": "-"})
    async with connected(recovery, "legacy") as client:
        with pytest.raises(MCPError, match="no such recovery session"):
            await client.read_resource("ecs-dr://session/none")


@pytest.mark.parametrize("era", ERAS)
async def test_the_prompt_names_the_instance_or_has_it_asked_for(era: Era) -> None:
    async with connected(ScriptedRecovery(), era) as client:
        named = await client.get_prompt("recover_instance", {"instance_id": "i-test0001", "region_id": "cn-beijing"})
        open_prompt = await client.get_prompt("recover_instance", {})
    assert "i-test0001 in region cn-beijing" in named.messages[0].model_dump_json()
    assert "ask me for the instance id" in open_prompt.messages[0].model_dump_json()
