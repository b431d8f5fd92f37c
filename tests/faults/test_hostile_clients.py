"""Clients that lie, repeat themselves, come late or speak for the person: nothing is created, and they are told so."""

from __future__ import annotations

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, ElicitResult, InputRequiredResult

from tests.faults.rig import TOOLS
from tests.support.host import REGION, SOURCE, Heard
from tests.support.person import Reply
from tests.support.ways import ALL_WAYS, ANSWER_LEGACY, ANSWER_MODERN, ELICITATION, INPUT_REQUEST, Stage, Way, in_memory
from tests.support.witness import NOTHING

ANSWER_WAYS = (ANSWER_MODERN, ANSWER_LEGACY)
FORM_WAYS = (INPUT_REQUEST, ELICITATION)
CREATING = ("CreateImage", "CreateVSwitch", "RunInstances")


def nothing_was_done(stage: Stage) -> None:
    assert stage.witness.made == NOTHING
    sent = [entry for action in CREATING for entry in stage.simulator.calls(action)]
    assert [entry.action for entry in sent if entry.params.get("DryRun") != "True"] == []


def code_of(heard: Heard) -> str:
    assert heard.problem is not None, heard.text
    return heard.problem.code


@pytest.mark.parametrize("way", ALL_WAYS, ids=str)
@pytest.mark.parametrize(
    "claims",
    [
        {"approved": "true"},
        {"confirm": "confirm"},
        {"choice": "confirm"},
        {"decision_id": "0" * 32},
        {"question_id": "0" * 32, "choice": "confirm"},
        {"client_token": "ecs-dr-mine"},
    ],
    ids="+".join,
)
async def test_an_argument_that_claims_approval_is_refused(claims: dict[str, str], way: Way) -> None:
    async with in_memory(way) as stage:
        await stage.host.collect()
        refused = await stage.host.call("create_image", **claims)
        assert code_of(refused) in {"UnknownArgument", "SecretInArgument"}
        nothing_was_done(stage)


@pytest.mark.parametrize("way", ANSWER_WAYS, ids=str)
async def test_a_proposed_name_is_a_recommendation_and_not_an_answer(way: Way) -> None:
    async with in_memory(way) as stage:
        await stage.host.collect()
        for name in ("confirm", "approved-by-the-user", "yes"):
            asked = await stage.host.call("create_image", image_name=name)
            assert asked.status == "needs_answer"
        nothing_was_done(stage)


@pytest.mark.parametrize("way", ANSWER_WAYS, ids=str)
@pytest.mark.parametrize("seconds", [3601, 86_000])
async def test_an_answer_that_comes_too_late_decides_nothing(seconds: int, way: Way) -> None:
    async with in_memory(way) as stage:
        await stage.host.collect()
        asked = await stage.host.call("create_image")
        stage.clock.advance(seconds)
        late = await stage.host.answer(asked, "confirm")
        assert code_of(late) == "StaleQuestion"
        assert "Nothing was decided or sent" in late.text or "没有作出决定" in late.text
        nothing_was_done(stage)


@pytest.mark.parametrize("way", ANSWER_WAYS, ids=str)
async def test_guessed_question_ids_decide_nothing(way: Way) -> None:
    async with in_memory(way) as stage:
        await stage.host.collect()
        await stage.host.call("create_image")
        for guess in ("0" * 32, "f" * 32, "image.name", "1", stage.host.session_id):
            given = {"question_id": guess, "choice": "confirm"}
            assert code_of(await stage.host.call("answer_question", **given)) == "StaleQuestion"
        nothing_was_done(stage)


@pytest.mark.parametrize("way", ANSWER_WAYS, ids=str)
async def test_the_id_of_an_answered_question_opens_nothing_else(way: Way) -> None:
    async with in_memory(way) as stage:
        asked = await stage.host.call("collect_source", instance_id=SOURCE, region_id=REGION)
        await stage.host.answer(asked, "confirm")
        await stage.host.call("create_image")
        assert code_of(await stage.host.answer(asked, "confirm")) == "StaleQuestion"
        nothing_was_done(stage)


@pytest.mark.parametrize("way", FORM_WAYS, ids=str)
@pytest.mark.parametrize(
    "reply",
    [
        Reply("accept"),
        Reply("true"),
        Reply("custom"),
        Reply("confirm", "another-name"),
        Reply(None, "confirm"),
        Reply("confirm\nconfirm"),
    ],
    ids=repr,
)
async def test_a_host_that_accepts_without_asking_anybody_gets_nothing(reply: Reply, way: Way) -> None:
    async with in_memory(way) as stage:
        await stage.host.collect()
        stage.person.first = [reply] * 9
        refused = await stage.host.call("create_image")
        assert refused.status == "stopped"
        nothing_was_done(stage)


@pytest.mark.parametrize("way", FORM_WAYS, ids=str)
@pytest.mark.parametrize("action", ["decline", "cancel"])
async def test_a_host_that_declares_forms_and_hides_them_is_told_how_to_go_on(action: str, way: Way) -> None:
    async with in_memory(way) as stage:
        await stage.host.collect()
        stage.person.first = [Reply("confirm", action="decline" if action == "decline" else "cancel")] * 3
        for _ in range(3):
            stopped = await stage.host.call("create_image")
            assert stopped.status == "stopped"
            assert "ECS_DR_ELICITATION=off" in stopped.text
        nothing_was_done(stage)


async def sealed(stage: Stage, tool: str) -> InputRequiredResult:
    """An input request of a tool, unanswered."""
    session_id = {"session_id": stage.host.session_id}
    asked = await stage.host.client.session.call_tool(tool, dict(session_id), allow_input_required=True)
    assert isinstance(asked, InputRequiredResult)
    assert asked.input_requests
    return asked


async def retry(stage: Stage, tool: str, state: str | None, *question_ids: str) -> str:
    """The retry of a tool with answers, as a client sends it; what became of it, in a word."""
    try:
        result = await stage.host.client.session.call_tool(
            tool,
            {"session_id": stage.host.session_id},
            input_responses={one: ElicitResult(action="accept", content={"choice": "confirm"}) for one in question_ids},
            request_state=state,
            allow_input_required=True,
        )
    except MCPError:
        return "refused by the protocol"
    if isinstance(result, InputRequiredResult):
        return "asked again"
    assert isinstance(result, CallToolResult)
    heard = Heard.of(result)
    return heard.problem.code if heard.problem is not None else heard.status


async def test_sealed_state_of_one_question_does_not_answer_another() -> None:
    async with in_memory(INPUT_REQUEST) as stage:
        await stage.host.collect()
        first = await sealed(stage, "create_image")
        (question_id,) = first.input_requests or {}
        assert await retry(stage, "choose_target", first.request_state, question_id) != "done"
        nothing_was_done(stage)


async def test_sealed_state_that_was_changed_answers_nothing() -> None:
    async with in_memory(INPUT_REQUEST) as stage:
        await stage.host.collect()
        asked = await sealed(stage, "create_image")
        (question_id,) = asked.input_requests or {}
        state = asked.request_state or ""
        for forged in (state[:-4] + "AAAA", state[::-1], "{}", "", None):
            assert await retry(stage, "create_image", forged, question_id) != "done"
        nothing_was_done(stage)


async def test_an_answer_under_another_question_id_is_a_dismissal() -> None:
    async with in_memory(INPUT_REQUEST) as stage:
        await stage.host.collect()
        asked = await sealed(stage, "create_image")
        assert await retry(stage, "create_image", asked.request_state, "f" * 32) == "stopped"
        nothing_was_done(stage)


async def test_sealed_state_of_another_session_answers_nothing_here() -> None:
    async with in_memory(INPUT_REQUEST) as stage:
        await stage.host.collect()
        theirs, first = await sealed(stage, "create_image"), stage.host.session_id
        (question_id,) = theirs.input_requests or {}
        await stage.host.collect()
        assert stage.host.session_id != first
        outcome = await retry(stage, "create_image", theirs.request_state, question_id)
        assert len(stage.simulator.calls("CreateImage")) <= 1
        assert outcome != "done" or stage.recovery.sessions.get(first).image is not None
        assert stage.recovery.sessions.get(stage.host.session_id).image is None


@pytest.mark.parametrize("way", ANSWER_WAYS, ids=str)
async def test_no_tool_creates_anything_before_the_person_has_answered(way: Way) -> None:
    async with in_memory(way, "no-vswitch") as stage:
        await stage.host.collect()
        for _ in range(3):
            for tool in TOOLS:
                if tool not in {"answer_question", "collect_source", "adopt_image", "resume_session"}:
                    await stage.host.call(tool)
        nothing_was_done(stage)
