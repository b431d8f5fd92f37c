"""Security groups that are gone when the launch is sent, with nothing in their place: the person chooses a way on."""

from __future__ import annotations

from ecs_dr.domain.questions import ABORT, CONFIRM, RETRY
from ecs_dr.domain.steps import Answer
from ecs_dr.simulator.world import load_world
from tests.support.desk import Desk
from tests.workflow.bench import go_ahead, key_of, text_of, up_to, values_of
from tests.workflow.test_changing_world import restarted, taken_up

WEB, OPS, ENTERPRISE = "sg-2zeweb00001", "sg-2zeops00001", "sg-2zebig00001"


async def refused_for_its_groups(desk: Desk, *gone: str) -> Answer:
    """The go-ahead is given, and meanwhile these groups were deleted: the question that follows."""
    await up_to(desk, "check_disks")
    await desk.settle(await desk.call("wait_for_image"))
    asked = await go_ahead(desk)
    for group_id in gone:
        del desk.world.security_groups[group_id]
    return await desk.answer(asked, CONFIRM)


def groups_of_the_replica(desk: Desk) -> tuple[str, ...]:
    (replica,) = [one for one in desk.world.instances.values() if one.launched_at is not None]
    return tuple(sorted(replica.security_group_ids))


async def launched(desk: Desk, asked: Answer) -> Answer:
    assert key_of(asked) == "launch.confirm"
    return await desk.settle(await desk.answer(asked, CONFIRM))


async def test_one_that_is_gone_is_left_out_by_decision() -> None:
    desk = Desk()
    question = await refused_for_its_groups(desk, OPS)
    assert values_of(question) == ["leave_out", "choose_group", RETRY, ABORT]
    assert OPS in text_of(question)
    assert "Not found at" in text_of(question)
    again = await go_ahead(desk, await desk.answer(question, "leave_out"))
    assert WEB in text_of(again)
    assert OPS not in text_of(again).partition("Billing")[0].partition("security groups")[2]
    await launched(desk, again)
    assert groups_of_the_replica(desk) == (WEB,)
    end = await desk.settle(await desk.call("verify_instance"))
    assert end.data["verdict"] == "match"
    assert "Security groups" in end.message, "what differs by decision is told"


async def test_without_any_left_the_person_chooses_another() -> None:
    desk = Desk()
    question = await refused_for_its_groups(desk, WEB, OPS)
    assert values_of(question) == ["choose_group", RETRY, ABORT]
    which = await desk.answer(question, "choose_group")
    assert key_of(which) == "launch.groups"
    assert values_of(which) == [ENTERPRISE, ABORT], "neither of another VPC nor a cloud service's own"
    again = await go_ahead(desk, await desk.answer(which, ENTERPRISE))
    await launched(desk, again)
    assert groups_of_the_replica(desk) == (ENTERPRISE,)


async def test_a_recovery_that_is_taken_up_knows_that_its_groups_were_chosen() -> None:
    desk = Desk()
    question = await refused_for_its_groups(desk, OPS)
    await launched(desk, await go_ahead(desk, await desk.answer(question, "leave_out")))
    await taken_up(restarted(desk))
    end = await desk.settle(await desk.call("verify_instance"))
    assert end.data["verdict"] == "match"


async def test_groups_that_cannot_be_listed_are_told_as_such() -> None:
    world = load_world("healthy")
    world.identities[world.default_identity].denied.append("ecs:DescribeSecurityGroups")
    desk = Desk(world)
    question = await refused_for_its_groups(desk, OPS)
    assert values_of(question) == [RETRY, ABORT]
    assert "ecs:DescribeSecurityGroups" in text_of(question)


async def test_whoever_stops_at_the_choice_has_chosen_nothing() -> None:
    desk = Desk()
    question = await refused_for_its_groups(desk, WEB, OPS)
    which = await desk.answer(question, "choose_group")
    stopped = await desk.answer(which, ABORT)
    assert stopped.status == "stopped"
    assert desk.mutations["RunInstances"] == 0
