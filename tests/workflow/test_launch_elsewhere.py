"""The cloud says that the launch's token was used with other values: another server sent one, and it is looked for."""

from __future__ import annotations

from ecs_dr.domain.steps import Answer
from tests.support.desk import Desk
from tests.workflow.bench import Fault, break_line, key_of, refusal, session_of, text_of, until, values_of

MISMATCH = refusal("IdempotentParameterMismatch")


async def launched(desk: Desk, *, carried_out: bool) -> list[Answer]:
    """Every answer from the go-ahead on, until it is no longer looked for."""
    asked = await until(desk, "launch.confirm")
    break_line(desk, Fault("RunInstances", MISMATCH, carried_out=carried_out))
    answers = [await desk.answer(asked, values_of(asked)[0])]
    while answers[-1].status == "in_progress":
        answers.append(await desk.go_on(answers[-1]))
    return answers


async def test_what_another_server_launched_is_the_replica_and_none_is_launched_beside_it() -> None:
    desk = Desk()
    async with desk.open():
        last = (await launched(desk, carried_out=True))[-1]
        assert (last.step, last.status) == ("instance", "done"), last.message
        replica = session_of(desk).replica
        assert replica is not None
        assert desk.world.instances[replica.instance_id].launched_at is not None
        assert "another server launched it meanwhile" in last.message
        assert (await desk.settle(await desk.go_on(last))).data["verdict"] == "match"
    assert desk.mutations["RunInstances"] == 1


async def test_one_that_never_comes_is_told_and_asked_about_anew() -> None:
    desk = Desk()
    async with desk.open():
        *waiting, last = await launched(desk, carried_out=False)
        assert any("is looked for until" in answer.message for answer in waiting)
        assert key_of(last) == "launch.confirm"
        assert "made no replica" in text_of(last)
        assert desk.mutations["RunInstances"] == 0
        assert (await desk.settle(last)).status == "done"
    assert desk.mutations["RunInstances"] == 1
