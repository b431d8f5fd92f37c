"""A launch without a clear answer: what the person may do meanwhile, and what never goes out again."""

from __future__ import annotations

import pytest

from ecs_dr.domain.steps import Answer
from ecs_dr.errors import OutcomeUnknown, StepOutOfOrder
from tests.faults.line import Fault, Kind
from tests.faults.rig import Rig


async def launched(rig: Rig, kind: Kind) -> Rig:
    """Up to a launch whose every send meets that fault."""
    await rig.start()
    while rig.question is None or rig.question.key != "launch.confirm":
        await rig.step()
    rig.line.faults.append(Fault("RunInstances", kind, 20, skip=1))
    for _ in range(40):
        outcome = await rig.step()
        if not isinstance(outcome, Answer):
            break
    return rig


async def another_zone(rig: Rig) -> object:
    session = rig.recovery.sessions.get(rig.session_id)
    assert session.target is not None
    zones = ("cn-beijing-l", "cn-beijing-k")
    return await rig.call("choose_target", target_zone_id=next(one for one in zones if one != session.target.zone_id))


@pytest.mark.parametrize("kind", [Kind.LOST, Kind.RESET])
async def test_another_target_waits_until_an_unanswered_launch_is_settled(kind: Kind) -> None:
    rig = await launched(Rig.of("healthy", visibility_seconds=600), kind)
    try:
        assert isinstance(rig.outcomes[-1], OutcomeUnknown)
        assert isinstance(await another_zone(rig), StepOutOfOrder)
        state = await rig.call("get_session")
        assert isinstance(state, Answer)
        assert "the replica" in state.message
        await rig.line.heal()
        settled = await rig.call("create_instance")
        assert isinstance(settled, Answer)
        assert settled.status == "done"
        assert len(rig.made("RunInstances")) == 1
    finally:
        await rig.stop()


async def test_a_launch_that_was_surely_not_carried_out_needs_a_new_go_ahead_once_another_zone_is_proposed() -> None:
    rig = await launched(Rig.of("healthy"), Kind.THROTTLED_USER)
    try:
        assert not rig.made("RunInstances")
        await rig.line.heal()
        asked = await another_zone(rig)
        assert isinstance(asked, Answer)
        sent = len(rig.line.sent)
        again = await rig.call("create_instance")
        assert isinstance(again, Answer)
        assert again.status == "needs_answer", "the old target stands until another is decided; its launch is given up"
        assert not [one for one in rig.line.sent[sent:] if one.action == "RunInstances"]
    finally:
        await rig.stop()
