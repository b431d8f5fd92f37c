"""What was decided about a launch is remembered by the replica's tags, and can be decided anew when it is refused."""

from __future__ import annotations

import pytest

from tests.support.desk import Desk
from tests.workflow.bench import key_of, text_of, until, values_of, world_with
from tests.workflow.test_resume import finish, restarted, resume


async def launched(choice: str, words: str | None = None) -> Desk:
    desk = Desk()
    async with desk.open():
        options = await until(desk, "launch.options")
        answer = await desk.settle(await desk.answer(options, choice, words))
        assert answer.step == "instance"
        assert answer.status == "done"
    return desk


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ("like_production", None),
        ("drill", None),
        ("custom", "user_data host_name no_public_ip"),
        ("custom", "release_8h"),
    ],
)
async def test_a_resumed_recovery_judges_by_what_was_decided(choice: str, words: str | None) -> None:
    desk = await launched(choice, words)
    async with restarted(desk).open():
        desk.clock.advance(3)
        assert await resume(desk) == "verify_instance"
        assert await finish(desk, "verify_instance") == "match"


async def test_a_role_that_may_not_be_passed_on_can_be_done_without() -> None:
    desk = Desk(world_with(denied=("ram:PassRole",)))
    async with desk.open():
        options = await until(desk, "launch.options")
        answer = await desk.answer(options, "like_production")
        answer = await desk.answer(answer, "confirm")
        while answer.status == "in_progress":
            answer = await desk.call("create_instance")
        assert (key_of(answer), values_of(answer)) == ("launch.refused", ["leave_out", "retry", "abort"])
        assert "ram:PassRole" in text_of(answer)
        assert answer.problem is not None
        assert answer.problem.code == "InvalidUser.PassRoleForbidden"
        assert desk.mutations["RunInstances"] == 0
        again = await desk.answer(answer, "leave_out")
        assert key_of(again) == "launch.confirm"
        assert "Left out, since Alibaba Cloud refused it: RAM role" in text_of(again)
        done = await desk.settle(again)
        assert (done.step, done.status) == ("instance", "done")
        assert "RamRoleName" not in str(done.data["launch"])
