"""The cloud says that the launch's token was used with other values: another server sent one, and it is looked for."""

from __future__ import annotations

import pytest

from ecs_dr.cloud.transport import API_VERSIONS, ApiError, ApiRequest
from ecs_dr.domain.steps import Answer
from ecs_dr.errors import CloudRefused
from tests.support.desk import REGION, Desk
from tests.workflow.bench import (
    Fault,
    break_line,
    go_ahead,
    key_of,
    refusal,
    session_of,
    text_of,
    until,
    up_to,
    values_of,
)

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


async def test_a_look_that_is_refused_is_not_taken_for_a_refused_launch() -> None:
    desk = Desk(attempts=0)
    async with desk.open():
        await up_to(desk, "check_disks")
        await desk.settle(await desk.call("wait_for_image"))
        asked = await go_ahead(desk)

        def refuse(request: ApiRequest) -> None:
            if request.action == "DescribeInstances" and request.params.get("Tag"):
                raise ApiError("InvalidParameter", "A parameter is invalid.", http_status=400)

        desk.transport.before.append(refuse)
        with pytest.raises(CloudRefused, match="DescribeInstances"):
            await desk.answer(asked, values_of(asked)[0])
        assert session_of(desk).refusals.latest is None
        desk.transport.before.clear()
        assert (await desk.settle(await desk.call("create_instance"))).status == "done"
    assert desk.mutations["RunInstances"] == 1


async def test_what_another_server_launched_is_taken_up_also_where_a_second_one_would_be_refused() -> None:
    desk = Desk()
    async with desk.open():
        await up_to(desk, "check_disks")
        await desk.settle(await desk.call("wait_for_image"))
        asked = await go_ahead(desk)
        launch = asked.data["launch"]
        assert isinstance(launch, dict)
        sent = {**launch, "ClientToken": "another-server"}
        made = await desk.transport.call(ApiRequest("ecs", API_VERSIONS["ecs"], "RunInstances", REGION, sent))
        desk.clock.advance(30)

        def refuse(request: ApiRequest) -> None:
            if request.action == "RunInstances":
                raise ApiError("InvalidVSwitchId.IpNotEnough", "No address is left.", http_status=403)

        desk.transport.before.append(refuse)
        answer = await desk.answer(asked, values_of(asked)[0])
        assert (answer.step, answer.status) == ("instance", "done"), answer.message
        assert str(answer.data["instance_id"]) in str(made)
