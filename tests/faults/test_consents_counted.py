"""The harness counts a yes when the product took it for one, and catches a product that sends without."""

from __future__ import annotations

import pytest

from ecs_dr.domain.steps import Answer
from ecs_dr.errors import EcsDrError, InvalidInput, StaleQuestion, UnknownSession
from ecs_dr.workflow.recovery import Recovery
from tests.faults.line import Fault, Kind
from tests.faults.moves import NO_LINE
from tests.faults.rig import CONSENTS, TOOL_OF_KEY, Rig
from tests.faults.truth import check_always

GO_AHEADS = {"image.name": "confirm", "vswitch.create": "create_vswitch", "launch.confirm": "confirm"}


async def asked(key: str) -> Rig:
    """A recovery in a zone without a VSwitch, or of a source that has snapshots alone, up to that question."""
    rig = await Rig.of("snapshots-mixed" if key == "snapshots.set" else "no-vswitch").start()
    for _ in range(60):
        if rig.question is not None and rig.question.key == key:
            return rig
        if rig.question is not None and rig.question.key == "plan.accept":
            await rig.answer("step_by_step")  # an accepted plan settles what is asked for here
        else:
            await rig.step()
    raise AssertionError(f"{key} was never asked")


async def test_a_yes_that_was_spent_counts_also_when_the_call_ends_in_a_refusal() -> None:
    rig = await asked("vswitch.create")
    try:
        # While the VPC cannot be read, any block can be agreed to; the cloud refuses it, and then it can be read.
        rig.line.faults.append(Fault("DescribeVpcs", Kind.FORBIDDEN, 3))
        await rig.call("prepare_vswitch", cidr_block=NO_LINE)
        outcome = await rig.answer("create_vswitch")
        assert isinstance(outcome, Answer)
        assert outcome.problem is not None
        assert [request for request in rig.line.sent if request.action == "CreateVSwitch"]
        assert len(rig.consents["CreateVSwitch"]) == 1
        assert rig.question is not None, "another block is asked for"
        check_always(rig)
    finally:
        await rig.stop()


@pytest.mark.parametrize("key", CONSENTS)
async def test_an_answer_that_was_refused_is_no_consent(key: str) -> None:
    rig = await asked(key)
    try:
        outcome = await rig.answer("custom")
        assert isinstance(outcome, Answer)
        assert outcome.asked_again
        assert rig.consents[CONSENTS[key][0]] == set()
        assert rig.question is not None, "it is still open"
    finally:
        await rig.stop()


REFUSALS: tuple[EcsDrError, ...] = (
    StaleQuestion("StaleQuestion", "stale_question"),
    UnknownSession("UnknownSession", "unknown_since"),
    InvalidInput("UnknownChoice", "unknown_choice"),
    InvalidInput("TextMissing", "text_missing"),
)


@pytest.mark.parametrize("refusal", REFUSALS, ids=str)
@pytest.mark.parametrize("key", CONSENTS)
async def test_a_product_that_refuses_an_answer_and_sends_all_the_same_is_caught(
    key: str, refusal: EcsDrError, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = await asked(key)
    honest = Recovery.answer

    async def sends_all_the_same(self: Recovery, session: str, question: str, choice: str, text: str | None) -> Answer:
        await honest(self, session, question, choice, text)
        raise refusal

    try:
        check_always(rig)
        monkeypatch.setattr(Recovery, "answer", sends_all_the_same)
        assert rig.question is not None
        assert await rig.answer(GO_AHEADS.get(key, rig.question.question.options[0].value)) is refusal
        for _ in range(20):  # a launch waits for its image first
            if not rig.made(CONSENTS[key][0]):
                await rig.call(TOOL_OF_KEY[key.partition(".")[0]])
        with pytest.raises(AssertionError, match="for 0 decisions"):
            check_always(rig)
    finally:
        await rig.stop()
