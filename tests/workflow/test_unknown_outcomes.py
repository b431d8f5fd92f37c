"""Transient faults and lost answers: retried with one ClientToken, looked for, never created twice."""

from __future__ import annotations

from dataclasses import dataclass

import anyio
import pytest

from ecs_dr.cloud.transport import ApiError, NoAnswer
from ecs_dr.domain.diagnosis import DiagnosisContext, explain
from ecs_dr.domain.questions import CONFIRM, CREATE_VSWITCH
from ecs_dr.domain.steps import Answer, ToolName
from ecs_dr.domain.telling import tell
from ecs_dr.domain.texts import Texts
from ecs_dr.errors import CloudError, OutcomeUnknown
from tests.support.desk import REGION, SOURCE, Desk
from tests.workflow.bench import Fault, break_line, go_ahead, key_of, refusal, sends, session_of, until
from tests.workflow.test_changing_world import restarted, taken_up

LOST = NoAnswer("no answer in time")


@dataclass(frozen=True)
class Creation:
    """One of the three mutating calls, and how to get there."""

    action: str
    tool: ToolName
    question: str
    choice: str
    world: str
    look: str
    """What is asked of the cloud to find what was made."""


CREATIONS = (
    Creation("CreateImage", "create_image", "image.name", CONFIRM, "healthy", "DescribeImages"),
    Creation("CreateVSwitch", "prepare_vswitch", "vswitch.create", CREATE_VSWITCH, "no-vswitch", "DescribeVSwitches"),
    Creation("RunInstances", "create_instance", "launch.confirm", CONFIRM, "healthy", "DescribeInstances"),
)
each_creation = pytest.mark.parametrize("creation", CREATIONS, ids=[one.action for one in CREATIONS])


async def asked(creation: Creation) -> tuple[Desk, Answer]:
    """The go-ahead is asked for and, for the launch, the image is ready."""
    desk = Desk(creation.world)
    question = await until(desk, creation.question)
    if creation.action == "RunInstances":
        await desk.settle(await desk.call("wait_for_image"))
        question = await go_ahead(desk)
        assert key_of(question) == creation.question
    return desk, question


async def go_on(desk: Desk, creation: Creation, answer: Answer) -> Answer:
    """The last answer, with everything that was told on the way to it."""
    told = [answer.telling]
    while answer.status == "in_progress":
        answer = await desk.call(creation.tool)
        told.append(answer.telling)
    return answer.model_copy(update={"telling": tell(*told)})


def tokens(desk: Desk, action: str) -> set[str]:
    return {entry.params["ClientToken"] for entry in sends(desk, action)}


@each_creation
@pytest.mark.parametrize("carried_out", [False, True])
@pytest.mark.parametrize(
    "error",
    [
        LOST,
        refusal("ServiceUnavailable", http_status=503),
        refusal("InternalError", http_status=500),
        refusal("Throttling.User", http_status=400),
        refusal("LastTokenProcessing", http_status=403),
    ],
    ids=str,
)
async def test_a_transient_fault_is_retried_with_the_same_token_and_makes_one(
    creation: Creation,
    carried_out: bool,  # noqa: FBT001 - parametrized
    error: ApiError | NoAnswer,
) -> None:
    desk, question = await asked(creation)
    break_line(desk, Fault(creation.action, error, carried_out=carried_out))
    done = await go_on(desk, creation, await desk.answer(question, creation.choice))
    assert done.status == "done"
    assert desk.mutations[creation.action] == 1
    assert len(tokens(desk, creation.action)) == 1
    assert desk.asked.count(creation.question) == 1


@each_creation
async def test_every_wait_before_a_retry_is_told(creation: Creation) -> None:
    desk, question = await asked(creation)
    break_line(desk, Fault(creation.action, refusal("ServiceUnavailable", http_status=503)))
    done = await go_on(desk, creation, await desk.answer(question, creation.choice))
    assert "ServiceUnavailable" in done.message
    assert "15 s" in done.message


@each_creation
async def test_what_unanswered_sends_made_is_found_before_anything_is_said_to_have_failed(creation: Creation) -> None:
    desk, question = await asked(creation)
    break_line(desk, Fault(creation.action, LOST, times=99, carried_out=True))
    done = await go_on(desk, creation, await desk.answer(question, creation.choice))
    assert done.status == "done"
    assert "Nothing was created twice" in done.message
    assert desk.mutations[creation.action] == 1


@each_creation
async def test_after_an_unknown_outcome_the_next_call_finds_the_first_result_without_asking_again(
    creation: Creation,
) -> None:
    desk, question = await asked(creation)
    made = Fault(creation.action, LOST, times=99, carried_out=True)
    hidden = Fault(creation.look, LOST, times=0)
    line = break_line(desk, made, hidden)

    def look_fails_once_something_was_made(request: object) -> None:
        if getattr(request, "action", "") == creation.action and made.times < 99:
            hidden.times = 99

    desk.transport.before.append(look_fails_once_something_was_made)
    with pytest.raises(OutcomeUnknown) as unknown:
        await go_on(desk, creation, await desk.answer(question, creation.choice))
    assert unknown.value.retryable
    assert unknown.value.session_id == desk.session_id
    line.faults.clear()
    desk.transport.before.clear()
    done = await go_on(desk, creation, await desk.call(creation.tool))
    assert done.status == "done"
    assert desk.asked.count(creation.question) == 1
    assert desk.mutations[creation.action] == 1
    assert len(tokens(desk, creation.action)) == 1


@each_creation
async def test_sends_that_never_arrived_leave_the_outcome_open_and_the_next_call_makes_one(creation: Creation) -> None:
    desk, question = await asked(creation)
    line = break_line(desk, Fault(creation.action, LOST, times=99))
    with pytest.raises(OutcomeUnknown):
        await go_on(desk, creation, await desk.answer(question, creation.choice))
    assert desk.mutations[creation.action] == 0
    line.faults.clear()
    done = await go_on(desk, creation, await desk.call(creation.tool))
    assert done.status == "done"
    assert desk.mutations[creation.action] == 1
    assert desk.asked.count(creation.question) == 1


@each_creation
async def test_throttling_that_does_not_end_is_told_and_the_same_call_goes_on_later(creation: Creation) -> None:
    desk, question = await asked(creation)
    line = break_line(desk, Fault(creation.action, refusal("Throttling.User"), times=99))
    with pytest.raises(CloudError) as refused:
        await go_on(desk, creation, await desk.answer(question, creation.choice))
    assert refused.value.retryable
    line.faults.clear()
    done = await go_on(desk, creation, await desk.call(creation.tool))
    assert done.status == "done"
    assert desk.mutations[creation.action] == 1


@each_creation
async def test_a_cancelled_call_undoes_nothing_and_its_outcome_is_recorded(creation: Creation) -> None:
    desk, question = await asked(creation)
    with anyio.CancelScope() as scope:

        def cancel_while_it_is_sent(request: object) -> None:
            dry_run = getattr(request, "params", {}).get("DryRun")
            if getattr(request, "action", "") == creation.action and not dry_run:
                scope.cancel()

        desk.transport.before.append(cancel_while_it_is_sent)
        await desk.answer(question, creation.choice)
    desk.transport.before.clear()
    done = await go_on(desk, creation, await desk.call(creation.tool))
    assert done.status == "done"
    assert desk.mutations[creation.action] == 1
    assert desk.asked.count(creation.question) == 1


async def test_a_vswitch_of_unknown_outcome_is_not_used_for_another_zone_chosen_meanwhile() -> None:
    creation = CREATIONS[1]
    desk, question = await asked(creation)
    line = break_line(desk, Fault(creation.action, LOST, times=99))
    with pytest.raises(OutcomeUnknown):
        await go_on(desk, creation, await desk.answer(question, creation.choice))
    line.faults.clear()
    await desk.settle(await desk.call("choose_target", target_zone_id="cn-beijing-l"))
    await desk.settle(await desk.call("prepare_vswitch"))
    chosen = session_of(desk).vswitch
    assert chosen is not None
    assert chosen.vswitch.zone_id == "cn-beijing-l"


async def test_a_block_that_is_refused_for_its_own_sake_after_a_lost_answer_is_asked_about_again() -> None:
    desk = Desk("no-vswitch")
    question = await until(desk, "vswitch.create")
    not_valid = refusal("InvalidParameter", "Specified CIDR block is not valid in VPC.")
    break_line(desk, Fault("CreateVSwitch", LOST), Fault("CreateVSwitch", not_valid))
    answer = await desk.answer(question, CREATE_VSWITCH)
    while answer.status == "in_progress":
        answer = await desk.call("prepare_vswitch")
    assert key_of(answer) == "vswitch.create"
    assert answer.question is not None
    assert answer.question.question_id != question.question.question_id  # type: ignore[union-attr]
    assert desk.mutations["CreateVSwitch"] == 0
    done = await desk.settle(answer)
    assert done.status == "done"
    assert desk.mutations["CreateVSwitch"] == 1


async def test_a_refusal_that_leaves_an_earlier_send_open_is_no_missing_answer() -> None:
    """A session that was taken up may have been at it before: the refusal is told as one, with the permission."""
    desk = Desk()
    async with desk.open():
        await desk.settle(await desk.collect())
    desk.world.identities[desk.world.default_identity].denied.append("ecs:CreateImage")
    async with restarted(desk).open():
        await taken_up(desk)
        with pytest.raises(OutcomeUnknown) as unknown:
            await desk.settle(await desk.call("create_image"))
    problem = explain(unknown.value, Texts("en"), DiagnosisContext(region_id=REGION, source_id=SOURCE))
    assert "answered Forbidden.RAM" in problem.message
    assert "no answer" not in problem.message
    assert "ecs:CreateImage" in problem.actions[0]
    assert problem.missing_permission == "ecs:CreateImage"
