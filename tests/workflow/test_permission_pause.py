"""A missing permission pauses the step until the person says that it was granted."""

from __future__ import annotations

import pytest

from ecs_dr.cloud.transport import ApiError
from ecs_dr.denial import Denial
from ecs_dr.domain.questions import ABORT, CONFIRM, CREATE_VSWITCH, PICK_ANOTHER_ZONE, RETRY
from ecs_dr.domain.steps import ToolName
from tests.support.desk import Desk
from tests.workflow.bench import (
    NOTHING,
    Fault,
    break_line,
    id_of,
    key_of,
    refusal,
    sends,
    text_of,
    until,
    values_of,
    world_with,
)


def grant_everything(desk: Desk) -> None:
    desk.world.identities["operator"].denied.clear()


@pytest.mark.parametrize(
    ("world", "action", "question", "choice", "step", "mutation"),
    [
        ("healthy", "ecs:CreateImage", "image.name", CONFIRM, "image", "CreateImage"),
        ("no-vswitch", "vpc:CreateVSwitch", "vswitch.create", CREATE_VSWITCH, "vswitch", "CreateVSwitch"),
        ("healthy", "ecs:RunInstances", "launch.confirm", CONFIRM, "instance", "RunInstances"),
    ],
)
async def test_a_denied_creation_pauses_and_after_granting_goes_on_without_asking_the_same_again(
    world: str, action: str, question: str, choice: str, step: str, mutation: str
) -> None:
    desk = Desk(world_with(world, denied=(action,)))
    paused = await desk.answer(await until(desk, question), choice)
    while paused.status == "in_progress":
        assert paused.next is not None
        paused = await desk.call(paused.next.tool)
    assert key_of(paused) == f"permission.{step}"
    assert paused.step == step
    elsewhere = [PICK_ANOTHER_ZONE] if step == "vswitch" else []
    assert values_of(paused) == [RETRY, *elsewhere, ABORT]
    assert paused.problem is not None
    assert paused.problem.missing_permission == action
    assert (paused.problem.retryable, paused.problem.denied_by) == (False, "implicit_deny")
    assert action in text_of(paused)
    assert desk.mutations[mutation] == 0
    grant_everything(desk)
    done = await desk.answer(paused, RETRY)
    assert (done.status, done.step) == ("done", step)
    assert desk.asked.count(question) == 1
    assert desk.mutations[mutation] == 1


async def test_retry_without_the_permission_pauses_again_with_a_new_question() -> None:
    desk = Desk("denied")
    paused = await until(desk, "permission.instance")
    again = await desk.answer(paused, RETRY)
    assert key_of(again) == "permission.instance"
    assert id_of(again) != id_of(paused)
    assert desk.mutations["RunInstances"] == 0


@pytest.mark.parametrize("called", ["create_instance", "answer_question"])
async def test_the_same_refusal_a_second_time_recommends_to_stop_whichever_way_the_answer_came(
    called: ToolName,
) -> None:
    desk = Desk("denied")
    paused = await until(desk, "permission.instance")
    assert values_of(paused) == [RETRY, ABORT]
    again = await desk.recovery.answer(desk.session_id, id_of(paused), RETRY, called=called)
    if called == "answer_question":
        assert again.status == "in_progress"
        again = await desk.call("create_instance")
    assert values_of(again) == [ABORT, RETRY]
    stopped = await desk.answer(again, ABORT)
    assert stopped.status == "stopped"
    assert values_of(await desk.call("create_instance")) == [RETRY, ABORT]


async def test_abort_stops_and_a_new_call_meets_the_same_pause() -> None:
    desk = Desk("denied")
    paused = await until(desk, "permission.instance")
    stopped = await desk.answer(paused, ABORT)
    assert (stopped.status, stopped.step) == ("stopped", "instance")
    again = await desk.call("create_instance")
    assert key_of(again) == "permission.instance"
    assert id_of(again) != id_of(paused)
    assert desk.mutations["RunInstances"] == 0


async def test_dismissal_stops_and_a_new_call_meets_the_same_pause() -> None:
    desk = Desk("denied")
    paused = await until(desk, "permission.instance")
    stopped = await desk.recovery.dismiss(desk.session_id, id_of(paused), "decline")
    assert (stopped.status, stopped.step) == ("stopped", "instance")
    assert key_of(await desk.call("create_instance")) == "permission.instance"


async def test_calling_the_tool_again_keeps_the_pause_as_it_is() -> None:
    desk = Desk("denied")
    paused = await until(desk, "permission.instance")
    assert id_of(await desk.call("create_instance")) == id_of(paused)


async def test_a_permission_that_the_rehearsal_has_and_the_launch_lacks_is_asked_for_once_more_with_a_new_token() -> (
    None
):
    desk = Desk()
    asked = await until(desk, "launch.confirm")
    break_line(desk, Fault("RunInstances", refusal("Forbidden.RAM", http_status=403)))
    paused = await desk.answer(asked, CONFIRM)
    while paused.status == "in_progress":
        paused = await desk.call("create_instance")
    assert key_of(paused) == "permission.instance"
    done = await desk.answer(paused, RETRY)
    assert done.status == "done"
    assert desk.asked.count("launch.confirm") == 1
    assert desk.mutations["RunInstances"] == 1


@pytest.mark.parametrize(
    ("action", "step"),
    [("ecs:DescribeDisks", "source"), ("ecs:DescribeImages", "image"), ("ecs:DescribeAvailableResource", "target")],
)
async def test_a_denied_core_read_pauses_its_step(action: str, step: str) -> None:
    desk = Desk(world_with(denied=(action,)))
    paused = await until(desk, f"permission.{step}")
    assert paused.problem is not None
    assert paused.problem.missing_permission == action
    grant_everything(desk)
    following = await desk.answer(paused, RETRY)
    assert following.status in {"done", "needs_answer"}
    assert following.step == step


async def test_tags_that_may_not_be_set_are_left_out_and_said() -> None:
    desk = Desk()
    asked = await until(desk, "image.name")
    break_line(desk, Fault("CreateImage", refusal("NoPermission.Tag")))
    done = await desk.answer(asked, CONFIRM)
    assert done.status == "done"
    assert "tags" in done.message
    (sent,) = sends(desk, "CreateImage")
    assert not any(name.startswith("Tag.") for name in sent.params)
    assert desk.mutations == {**NOTHING, "CreateImage": 1}


async def test_an_explicit_deny_says_which_policy_denies_and_that_no_allow_helps() -> None:
    desk = Desk()
    asked = await until(desk, "launch.confirm")
    denied = Denial(
        "ecs:RunInstances", "ExplicitDeny", "ControlPolicy", "SubUser", "dr-operator", "AQIBIAAAA+message/of-the_cloud="
    )
    error = ApiError("Forbidden.RAM", "denied", http_status=403, access_denied=denied)
    break_line(desk, Fault("RunInstances", error))
    paused = await desk.answer(asked, CONFIRM)
    while paused.status == "in_progress":
        paused = await desk.call("create_instance")
    assert paused.problem is not None
    assert (paused.problem.denied_by, paused.problem.retryable) == ("explicit_deny", False)
    text = text_of(paused)
    assert "attaching another policy does not help" in text
    assert '"Effect"' not in text
    for handed_on in (
        "NoPermissionType=ExplicitDeny",
        "PolicyType=ControlPolicy",
        "AuthPrincipalDisplayName=dr-operator",
    ):
        assert handed_on in text
    assert "EncodedDiagnosticMessage=AQIBIAAAA+message/of-the_cloud=" in text
    assert "alibabacloud-ram-permission-diagnose" in text


async def test_a_missing_right_names_the_resource_group_as_a_scope() -> None:
    desk = Desk(world_with(denied=("ecs:CreateImage",)))
    desk.world.instances["i-2zesource0001"].resource_group_id = "rg-2zeproduction01"
    paused = await until(desk, "permission.image")
    assert "rg-2zeproduction01" in text_of(paused)
    assert '"Action": "ecs:CreateImage"' in text_of(paused)


async def test_a_vswitch_that_may_not_be_made_leads_to_another_zone() -> None:
    desk = Desk(world_with("no-vswitch", denied=("vpc:CreateVSwitch",)))
    paused = await desk.answer(await until(desk, "vswitch.create"), CREATE_VSWITCH)
    while paused.status == "in_progress":
        paused = await desk.call("prepare_vswitch")
    zones = await desk.answer(paused, PICK_ANOTHER_ZONE)
    assert (zones.step, key_of(zones)) == ("target", "target.zone")
    assert desk.mutations["CreateVSwitch"] == 0
