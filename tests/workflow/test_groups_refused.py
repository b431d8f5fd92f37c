"""Security groups that are gone when the launch is sent, with nothing in their place: the person chooses a way on."""

from __future__ import annotations

from copy import deepcopy

import pytest

from ecs_dr.cloud.transport import ApiError, ApiRequest
from ecs_dr.domain.questions import ABORT, CONFIRM, RETRY
from ecs_dr.domain.steps import Answer
from ecs_dr.errors import CloudRefused
from ecs_dr.simulator.world import load_world
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.desk import SOURCE, Desk
from tests.workflow.bench import go_ahead, key_of, text_of, up_to, values_of
from tests.workflow.test_changing_world import restarted, taken_up

WEB, OPS, ENTERPRISE = "sg-2zeweb00001", "sg-2zeops00001", "sg-2zebig00001"
THIRD = "sg-2zethird0001"
FULL = "SecurityGroupInstanceLimitExceed"


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
    assert values_of(await desk.answer(question, RETRY)) == [ABORT, RETRY], "it was tried"


async def test_whoever_stops_at_the_choice_has_chosen_nothing() -> None:
    desk = Desk()
    question = await refused_for_its_groups(desk, WEB, OPS)
    which = await desk.answer(question, "choose_group")
    stopped = await desk.answer(which, ABORT)
    assert stopped.status == "stopped"
    assert desk.mutations["RunInstances"] == 0


def with_a_third() -> Desk:
    """The VPC has two groups beside those of the source."""
    desk = Desk()
    third = deepcopy(desk.world.security_groups[ENTERPRISE])
    third.security_group_id = THIRD
    desk.world.security_groups[THIRD] = third
    return desk


def refuse_as_full(desk: Desk, *full: str) -> None:
    def refuse(request: ApiRequest) -> None:
        if request.action == "RunInstances" and request.params.get("SecurityGroupIds") == [*full]:
            raise ApiError(FULL, "The security group is full.", http_status=403)

    desk.transport.before.append(refuse)


async def chosen_instead(desk: Desk) -> Answer:
    """The source's groups are gone, and the person chose another: the go-ahead for it."""
    which = await desk.answer(await refused_for_its_groups(desk, WEB, OPS), "choose_group")
    assert values_of(which) == [ENTERPRISE, THIRD, ABORT]
    return await go_ahead(desk, await desk.answer(which, ENTERPRISE))


async def test_a_chosen_one_that_is_refused_as_well_is_not_taken_once_more_without_a_question() -> None:
    desk = with_a_third()
    refuse_as_full(desk, ENTERPRISE)
    question = await desk.answer(await chosen_instead(desk), CONFIRM)
    which = await desk.answer(question, "choose_group")
    assert key_of(which) == "launch.groups"
    assert values_of(which) == [THIRD, ABORT]
    await launched(desk, await go_ahead(desk, await desk.answer(which, THIRD)))
    assert groups_of_the_replica(desk) == (THIRD,)


async def test_the_sources_own_can_be_chosen_again_where_another_was_refused() -> None:
    desk = with_a_third()
    which = await desk.answer(await refused_for_its_groups(desk, WEB), "choose_group")
    refuse_as_full(desk, ENTERPRISE)
    question = await desk.answer(await go_ahead(desk, await desk.answer(which, ENTERPRISE)), CONFIRM)
    assert values_of(await desk.answer(question, "choose_group")) == [OPS, THIRD, ABORT]


async def test_groups_that_are_gone_before_one_is_chosen_end_in_a_question_and_not_in_a_circle() -> None:
    desk = Desk()
    await desk.answer(await refused_for_its_groups(desk, WEB, OPS), "choose_group")
    gone = desk.world.security_groups.pop(ENTERPRISE)
    again = await desk.call("create_instance")
    assert key_of(again) == "launch.confirm"
    assert "had no other security group that can be chosen" in text_of(again)
    desk.world.security_groups[ENTERPRISE] = gone
    assert key_of(await desk.call("create_instance")) == "launch.confirm", "to choose one was given up"


async def test_a_list_that_is_refused_when_one_is_to_be_chosen_leads_back_to_the_launch() -> None:
    desk = Desk(attempts=0)
    await desk.answer(await refused_for_its_groups(desk, WEB, OPS), "choose_group")

    def refuse(request: ApiRequest) -> None:
        if request.action == "DescribeSecurityGroups":
            raise ApiError("InternalError", "Please try again later.", http_status=500)

    desk.transport.before.append(refuse)
    with pytest.raises(CloudRefused, match="DescribeSecurityGroups"):
        await desk.call("create_instance")
    assert key_of(await desk.call("create_instance")) == "launch.confirm"


async def test_a_source_that_cannot_be_read_meanwhile_is_no_reason_to_ask_nothing() -> None:
    desk = Desk(attempts=0)
    await up_to(desk, "check_disks")
    await desk.settle(await desk.call("wait_for_image"))
    asked = await go_ahead(desk)
    del desk.world.security_groups[OPS]

    def refuse(request: ApiRequest) -> None:
        if request.action == "DescribeDisks":
            raise ApiError("InternalError", "Please try again later.", http_status=500)

    desk.transport.before.append(refuse)
    question = await desk.answer(asked, CONFIRM)
    assert values_of(question) == ["leave_out", "choose_group", RETRY, ABORT]


async def test_new_groups_of_the_source_take_the_place_of_a_chosen_one() -> None:
    desk = with_a_third()
    asked = await chosen_instead(desk)
    del desk.world.security_groups[ENTERPRISE]
    desk.world.instances[SOURCE].security_group_ids = (THIRD,)
    again = await desk.answer(asked, CONFIRM)
    assert "and the replica is to have these" in text_of(again)
    await launched(desk, again)
    assert groups_of_the_replica(desk) == (THIRD,)


async def test_trying_again_is_not_recommended_after_it_was_tried() -> None:
    desk = Desk()
    refuse_as_full(desk, WEB, OPS)
    await up_to(desk, "check_disks")
    await desk.settle(await desk.call("wait_for_image"))
    question = await desk.answer(await go_ahead(desk), CONFIRM)
    assert values_of(question) == [RETRY, "choose_group", ABORT]
    assert values_of(await desk.answer(question, RETRY)) == [ABORT, "choose_group", RETRY]


@pytest.mark.parametrize("reading", ["empty", "denied"])
async def test_groups_that_a_list_hides_without_their_resource_group_are_not_told_as_gone(reading: str) -> None:
    desk = Desk(load_world("healthy", {"group_scope": reading}))
    for group_id in (WEB, OPS):
        desk.world.security_groups[group_id].resource_group_id = desk.world.instances[SOURCE].resource_group_id
    refuse_as_full(desk, WEB, OPS)
    await up_to(desk, "check_disks")
    await desk.settle(await desk.call("wait_for_image"))
    question = await desk.answer(await go_ahead(desk), CONFIRM)
    assert values_of(question) == [RETRY, "choose_group", ABORT]
    assert "Not found at" not in text_of(question)


async def test_a_list_that_is_put_off_is_not_told_as_one_to_be_put_right() -> None:
    desk = Desk(options=RecoveryOptions(simulated=True, call_budget_seconds=10))
    refuse_as_full(desk, WEB, OPS)

    def refuse(request: ApiRequest) -> None:
        if request.action == "DescribeSecurityGroups":
            raise ApiError("Throttling", "Request was denied due to request throttling.", http_status=400)

    await up_to(desk, "check_disks")
    await desk.settle(await desk.call("wait_for_image"))
    asked = await go_ahead(desk)
    desk.transport.before.append(refuse)
    question = await desk.answer(asked, CONFIRM)
    assert values_of(question) == [RETRY, ABORT]
    assert "not listed yet" in text_of(question)
    assert "console, then try again" not in text_of(question).rpartition("What now?")[2]


async def test_whoever_changes_the_launch_afterwards_gets_the_sources_own_groups_again() -> None:
    desk = Desk()
    question = await refused_for_its_groups(desk, OPS)
    kept = deepcopy(load_world("healthy").security_groups[OPS])
    again = await go_ahead(desk, await desk.answer(question, "leave_out"))
    desk.world.security_groups[OPS] = kept
    what = await desk.answer(again, "change")
    options = await desk.answer(what, "options")
    back = await go_ahead(desk, options)
    assert "is to have the security groups of" in options.message + back.message
    await launched(desk, back)
    assert groups_of_the_replica(desk) == tuple(sorted((WEB, OPS)))
