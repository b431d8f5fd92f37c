"""A launch that is refused: a question where the person can choose a way on, the cause where not."""

from __future__ import annotations

import pytest

from ecs_dr.domain.questions import ABORT, CONFIRM, CREATE_VSWITCH, PICK_ANOTHER_ZONE, RETRY
from ecs_dr.domain.steps import Answer
from ecs_dr.errors import CloudRefused, ErrorKind
from ecs_dr.simulator.world import load_world
from tests.support.desk import Desk
from tests.workflow.bench import (
    NOTHING,
    Fault,
    break_line,
    go_ahead,
    id_of,
    key_of,
    refusal,
    sends,
    session_of,
    text_of,
    up_to,
    values_of,
)

KEY = "launch.confirm"
ZONE_K, ZONE_L, TYPE = "cn-beijing-k", "cn-beijing-l", "ecs.g7.xlarge"
ONE_EACH = {**NOTHING, "CreateImage": 1, "RunInstances": 1}


async def ready_to_launch(desk: Desk) -> Answer:
    """The image is ready, everything is settled, the go-ahead is asked for."""
    await up_to(desk, "check_disks")
    await desk.settle(await desk.call("wait_for_image"))
    return await go_ahead(desk)


async def test_sold_out_at_the_last_moment_leads_to_a_question_and_creates_nothing() -> None:
    desk = Desk()
    asked = await ready_to_launch(desk)
    desk.world.stock[ZONE_K][TYPE] = "WithoutStock"
    question = await desk.answer(asked, CONFIRM)
    assert key_of(question) == "launch.refused"
    assert TYPE in text_of(question)
    assert TYPE not in values_of(question)
    assert values_of(question)[-2:] == [PICK_ANOTHER_ZONE, ABORT]
    assert desk.mutations["RunInstances"] == 0


async def test_another_type_goes_through_its_disks_to_a_new_go_ahead() -> None:
    desk = Desk()
    asked = await ready_to_launch(desk)
    desk.world.stock[ZONE_K][TYPE] = "WithoutStock"
    question = await desk.answer(asked, CONFIRM)
    other = values_of(question)[0]
    confirm = await go_ahead(desk, await desk.answer(question, other))
    assert key_of(confirm) == KEY
    assert id_of(confirm) != id_of(asked)
    assert other in text_of(confirm)
    checked = [entry.params["InstanceType"] for entry in desk.simulator.calls("DescribeAvailableResource")[-2:]]
    assert checked == [other, other]
    done = await desk.answer(confirm, CONFIRM)
    assert done.status == "done"
    (sent,) = sends(desk, "RunInstances")
    assert sent.params["InstanceType"] == other
    assert desk.mutations == ONE_EACH
    assert (await desk.settle(await desk.call("verify_instance"))).data["verdict"] == "match"


async def test_another_type_whose_disks_the_zone_lacks_asks_about_them_before_the_go_ahead() -> None:
    desk = Desk()
    desk.world.disk_support[ZONE_K].types["ecs.g8i"] = type(desk.world.disk_support[ZONE_K].types["ecs.g6"])(
        system=["cloud_auto"], data=["cloud_auto"]
    )
    desk.world.stock[ZONE_K]["ecs.g7e.xlarge"] = "WithoutStock"
    asked = await ready_to_launch(desk)
    desk.world.stock[ZONE_K][TYPE] = "WithoutStock"
    question = await desk.answer(asked, CONFIRM)
    following = await desk.answer(question, "ecs.g8i.xlarge")
    assert (following.step, key_of(following)) == ("disks", "disks.system.cloud_essd.PL0")
    settled = await desk.settle(following)
    assert settled.next is not None
    assert settled.next.tool == "create_instance"
    confirm = await go_ahead(desk)
    assert key_of(confirm) == KEY
    assert (await desk.answer(confirm, CONFIRM)).status == "done"
    assert desk.mutations == ONE_EACH


async def test_another_zone_starts_the_choice_of_the_target_again() -> None:
    desk = Desk()
    asked = await ready_to_launch(desk)
    desk.world.stock[ZONE_K][TYPE] = "WithoutStock"
    zones = await desk.answer(await desk.answer(asked, CONFIRM), PICK_ANOTHER_ZONE)
    assert (zones.step, key_of(zones)) == ("target", "target.zone")
    target = await desk.settle(await desk.answer(zones, ZONE_L))
    assert target.data["zone_id"] == ZONE_L
    answer = target
    while answer.next is not None:
        answer = await desk.settle(await desk.go_on(answer))
    assert answer.data["verdict"] == "match"
    assert desk.mutations == {**ONE_EACH, "CreateVSwitch": 1}


async def test_abort_after_a_refusal_creates_nothing_and_a_new_call_asks_for_the_go_ahead() -> None:
    desk = Desk()
    asked = await ready_to_launch(desk)
    desk.world.stock[ZONE_K][TYPE] = "WithoutStock"
    stopped = await desk.answer(await desk.answer(asked, CONFIRM), ABORT)
    assert (stopped.status, stopped.step) == ("stopped", "instance")
    assert key_of(await go_ahead(desk)) == KEY
    assert desk.mutations["RunInstances"] == 0


async def test_sold_out_after_a_clean_rehearsal_leads_to_the_same_question_and_a_new_token() -> None:
    desk = Desk()
    asked = await ready_to_launch(desk)
    break_line(desk, Fault("RunInstances", refusal("OperationDenied.NoStock", http_status=403)))
    question = await desk.answer(asked, CONFIRM)
    assert key_of(question) == "launch.refused"
    confirm = await go_ahead(desk, await desk.answer(question, values_of(question)[0]))
    assert (await desk.answer(confirm, CONFIRM)).status == "done"
    assert desk.mutations == ONE_EACH


async def test_the_disks_of_a_refused_launch_are_asked_about_again_without_what_was_refused() -> None:
    desk = Desk()
    asked = await ready_to_launch(desk)
    code = "InvalidDataDiskCategory.ValueNotSupported"
    break_line(desk, Fault("RunInstances", refusal(code, http_status=400)))
    question = await desk.answer(asked, CONFIRM)
    assert question.step == "disks"
    assert (key_of(question) or "").startswith("disks.data.")
    assert code in question.message
    assert desk.mutations["RunInstances"] == 0
    assert session_of(desk).disks is None


async def test_after_a_refused_system_disk_another_category_goes_to_a_new_go_ahead() -> None:
    desk = Desk()
    asked = await ready_to_launch(desk)
    code = "InvalidSystemDiskCategory.ValueNotSupported"
    break_line(desk, Fault("RunInstances", refusal(code), dry_run=True))
    question = await desk.answer(asked, CONFIRM)
    assert key_of(question) == "disks.system.cloud_essd.PL0"
    assert "cloud_auto" in values_of(question)
    assert not any(value.startswith("cloud_essd") for value in values_of(question))
    settled = await desk.answer(question, "cloud_auto")
    assert settled.status == "done"
    confirm = await go_ahead(desk)
    assert id_of(confirm) != id_of(asked)
    assert (await desk.answer(confirm, CONFIRM)).status == "done"
    (sent,) = sends(desk, "RunInstances")
    assert sent.params["SystemDisk.Category"] == "cloud_auto"
    assert desk.mutations == ONE_EACH


async def test_a_vswitch_without_addresses_leads_back_to_the_vswitches() -> None:
    desk = Desk()
    asked = await ready_to_launch(desk)
    desk.world.vswitches["vsw-2zek0001"].used_addresses = 2**12
    question = await desk.answer(asked, CONFIRM)
    assert (question.step, key_of(question)) == ("vswitch", "vswitch.create")
    assert "no free private IP address (QuotaExceeded.PrivateIpAddress)" in text_of(question)
    assert "vsw-2zek0001" in text_of(question)
    created = await desk.answer(question, CREATE_VSWITCH)
    assert created.status == "done"
    confirm = await go_ahead(desk)
    assert str(created.data["vswitch_id"]) in text_of(confirm)
    assert (await desk.answer(confirm, CONFIRM)).status == "done"
    assert desk.mutations == {**ONE_EACH, "CreateVSwitch": 1}


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("QuotaExceeded.AfterpayInstance", [RETRY, "ecs.g7e.xlarge", PICK_ANOTHER_ZONE, ABORT]),
        ("QuotaExceed.ElasticQuota", [RETRY, "ecs.g7e.xlarge", PICK_ANOTHER_ZONE, ABORT]),
        ("Account.Arrearage", [RETRY, ABORT]),
        ("InvalidPayMethod", [RETRY, ABORT]),
        ("InvalidParameter.Conflict", ["ecs.g7e.xlarge", PICK_ANOTHER_ZONE, RETRY, ABORT]),
    ],
)
@pytest.mark.parametrize("dry_run", [True, False])
async def test_what_the_person_must_mend_elsewhere_is_asked_about_with_the_cloud_s_words_and_then_sent_again(
    code: str,
    values: list[str],
    dry_run: bool,  # noqa: FBT001 - parametrized
) -> None:
    desk = Desk()
    asked = await ready_to_launch(desk)
    break_line(desk, Fault("RunInstances", refusal(code, "in so many words", http_status=403), dry_run=dry_run))
    question = await desk.answer(asked, CONFIRM)
    assert (key_of(question), values_of(question)) == ("launch.refused", values)
    assert all(part in text_of(question) for part in (code, "in so many words", "REQUEST-OF-THE-TEST"))
    assert question.problem is not None
    assert (question.problem.code, question.problem.retryable) == (code, False)
    assert desk.mutations["RunInstances"] == 0
    assert (await desk.settle(await desk.answer(question, RETRY))).status == "done"
    assert desk.mutations == ONE_EACH
    assert desk.asked.count(KEY) == 1


async def test_a_code_that_nobody_knows_is_told_as_such_with_a_ticket() -> None:
    desk = Desk()
    asked = await ready_to_launch(desk)
    break_line(desk, Fault("RunInstances", refusal("SomethingNobodyKnows", http_status=403), dry_run=True))
    with pytest.raises(CloudRefused) as refused:
        await desk.answer(asked, CONFIRM)
    assert refused.value.kind is ErrorKind.UNKNOWN
    assert (await desk.settle(await desk.call("create_instance"))).status == "done"
    assert desk.mutations == ONE_EACH


async def test_an_account_in_arrears_is_told_and_launches_once_it_is_mended() -> None:
    world = load_world("healthy")
    desk = Desk(world)
    asked = await ready_to_launch(desk)
    world.account.in_arrears = True
    question = await desk.answer(asked, CONFIRM)
    assert values_of(question) == [RETRY, ABORT]
    world.account.in_arrears = False
    assert (await desk.settle(await desk.answer(question, RETRY))).status == "done"
    assert desk.mutations == ONE_EACH


async def test_an_image_quota_is_told_before_anything_exists_and_waited_for() -> None:
    world = load_world("healthy")
    world.account.quotas.images = 0
    desk = Desk(world)
    await desk.settle(await desk.collect())
    asked = await desk.answer(await desk.call("create_image"), CONFIRM)
    while asked.status == "in_progress":
        asked = await desk.call("create_image")
    assert (key_of(asked), values_of(asked)) == ("permission.image", [RETRY, ABORT])
    assert "QuotaExceed.Image" in text_of(asked)
    assert desk.mutations == NOTHING
    world.account.quotas.images = 10
    assert (await desk.settle(await desk.answer(asked, RETRY))).status == "done"
    assert desk.mutations["CreateImage"] == 1


async def test_a_refusal_that_nobody_answered_is_put_again_and_not_the_launch_without_it() -> None:
    desk = Desk()
    asked = await ready_to_launch(desk)
    desk.world.stock[ZONE_K][TYPE] = "WithoutStock"
    question = await desk.answer(asked, CONFIRM)
    assert key_of(question) == "launch.refused"
    again = await desk.call("create_instance")
    assert id_of(again) == id_of(question)
    renamed = await desk.call("create_instance", instance_name="another-name")
    assert key_of(renamed) == KEY, "another proposal is a change of mind"
