"""A recovery is taken up again from the cloud alone."""

from __future__ import annotations

import pytest

from ecs_dr.cloud.adapter import AlibabaCloud
from ecs_dr.cloud.retry import RetryPolicy
from ecs_dr.errors import InvalidInput
from ecs_dr.workflow.recovery import Recovery
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.desk import REGION, SOURCE, Desk
from tests.support.ids import CountedIds

LISTS = {"DescribeImages", "DescribeVSwitches", "DescribeInstances"}
"""What it looks through again: another server on the session may have made something meanwhile."""


def restarted(desk: Desk) -> Desk:
    """The same cloud and clock, another process: the old session is known by its id alone."""
    cloud = AlibabaCloud(desk.transport, desk.clock, RetryPolicy(wait_seconds=15, attempts=3))
    desk.recovery = Recovery(cloud, desk.clock, CountedIds(), RecoveryOptions(simulated=True))
    return desk


async def until(desk: Desk, tool: str) -> None:
    """Go on along `next` until that tool would be next."""
    answer = await desk.settle(await desk.collect())
    while answer.next is not None and answer.next.tool != tool:
        answer = await desk.settle(await desk.go_on(answer))


async def resume(desk: Desk) -> str:
    answer = await desk.settle(await desk.call("resume_session", instance_id=SOURCE, region_id=REGION))
    assert answer.status == "done"
    return answer.next.tool if answer.next is not None else ""


async def finish(desk: Desk, tool: str) -> str:
    answer = await desk.settle(await desk.call(tool))  # type: ignore[arg-type]
    while answer.next is not None:
        answer = await desk.settle(await desk.go_on(answer))
    return str(answer.data["verdict"])


async def test_an_image_still_being_built_is_found_and_no_second_one_is_made() -> None:
    desk = Desk()
    async with desk.open():
        await until(desk, "choose_target")
    async with restarted(desk).open():
        following = await resume(desk)
        assert following == "plan_recovery"
        assert await finish(desk, following) == "match"
    assert desk.mutations == {"CreateImage": 1, "CreateVSwitch": 0, "RunInstances": 1}


async def test_a_replica_still_starting_is_found_and_verified() -> None:
    desk = Desk()
    async with desk.open():
        await until(desk, "verify_instance")
    async with restarted(desk).open():
        # Right after the launch the replica is not visible yet.
        desk.clock.advance(3)
        assert await resume(desk) == "verify_instance"
        assert await finish(desk, "verify_instance") == "match"
    assert desk.mutations == {"CreateImage": 1, "CreateVSwitch": 0, "RunInstances": 1}


async def test_disk_substitutions_are_remembered_as_decisions() -> None:
    desk = Desk("disk-unsupported")
    async with desk.open():
        await until(desk, "verify_instance")
    async with restarted(desk).open():
        desk.clock.advance(3)
        assert await finish(desk, await resume(desk)) == "match"


async def test_without_anything_on_the_cloud_it_starts_from_the_plan() -> None:
    desk = Desk()
    desk.session_id = "0123456789abcdef0123456789abcdef"
    async with desk.open():
        assert await resume(desk) == "plan_recovery"


async def test_a_session_that_still_lives_goes_on_where_it_was() -> None:
    desk = Desk()
    async with desk.open():
        await until(desk, "prepare_vswitch")
        before = len(desk.simulator.journal)
        assert await resume(desk) == "prepare_vswitch"
        assert {entry.action for entry in desk.simulator.journal[before:]} <= LISTS


async def test_another_instance_under_the_same_session_is_refused() -> None:
    desk = Desk()
    async with desk.open():
        await until(desk, "create_image")
        with pytest.raises(InvalidInput) as refused:
            await desk.call("resume_session", instance_id="i-2zeother0000001", region_id=REGION)
    assert refused.value.code == "OtherInstance"


@pytest.mark.parametrize("session_id", ["", "abc", "g" * 32, "A" * 32])
async def test_what_is_no_session_id_is_refused_before_anything_is_sent(session_id: str) -> None:
    desk = Desk()
    async with desk.open():
        with pytest.raises(InvalidInput) as refused:
            await desk.call("resume_session", session_id=session_id, instance_id=SOURCE, region_id=REGION)
    assert refused.value.code == "InvalidSessionId"
    assert desk.simulator.journal == []


async def test_without_tags_nobody_says_that_nothing_was_found_where_nothing_was_looked_for() -> None:
    desk = Desk(options=RecoveryOptions(simulated=True, profile_tags=False))
    await desk.settle(await desk.collect())
    before = len(desk.simulator.journal)
    again = await desk.settle(await desk.call("resume_session", instance_id=SOURCE, region_id=REGION))
    assert not LISTS & {entry.action for entry in desk.simulator.journal[before:]}
    assert "was found on the cloud" not in again.message
    assert "nothing was looked for by them" in again.message
    cloud = AlibabaCloud(desk.transport, desk.clock, RetryPolicy(wait_seconds=15, attempts=3))
    desk.recovery = Recovery(cloud, desk.clock, CountedIds(), desk.recovery.options)
    anew = await desk.settle(await desk.call("resume_session", instance_id=SOURCE, region_id=REGION))
    assert "cannot be found by them: look in the console before another image is made" in anew.message
