"""What exactly is blamed: the disk by its number, the option alone, the VSwitch that is full, the block, the name."""

from __future__ import annotations

import pytest

from ecs_dr.domain.network.vswitches import usable_vswitches
from ecs_dr.domain.questions import ABORT, CONFIRM, CREATE_VSWITCH, PICK_ANOTHER_ZONE, RETRY
from ecs_dr.domain.steps import Answer
from ecs_dr.simulator.world import load_world
from ecs_dr.workflow.ports import Scope
from tests.support.desk import Desk
from tests.workflow.bench import (
    Fault,
    break_line,
    go_ahead,
    key_of,
    refusal,
    sends,
    session_of,
    text_of,
    until,
    values_of,
)

SYSTEM, FIRST, SECOND = "/dev/xvda", "/dev/xvdb", "/dev/xvdc"


async def refused(desk: Desk, code: str, message: str = "refused", times: int = 1) -> Answer:
    asked = await until(desk, "launch.confirm")
    break_line(desk, Fault("RunInstances", refusal(code, message, 403), times=times, dry_run=True))
    return await past_the_wait(desk, await desk.answer(asked, CONFIRM))


async def past_the_wait(desk: Desk, answer: Answer) -> Answer:
    while answer.status == "in_progress":
        answer = await desk.call("create_instance")
    return answer


async def test_the_second_data_disk_of_the_request_is_asked_about_alone() -> None:
    desk = Desk()
    code = "InvalidDataDiskCategory.ValueNotSupported"
    question = await refused(desk, code, "The specified parameter DataDisk.2.Category is not valid.")
    assert (key_of(question) or "").startswith("disks.data.")
    assert SECOND in text_of(question)
    assert FIRST not in text_of(question)
    assert "although the zone lists it" in text_of(question)
    await desk.settle(await desk.answer(question, "cloud_auto"))
    plan = session_of(desk).disks
    assert plan is not None
    assert [disk.device for disk in plan.disks if disk.substituted] == [SECOND]


@pytest.mark.parametrize(
    ("code", "message", "devices"),
    [
        ("InvalidDiskSize.TooSmall", "Specified disk size is less than the size of snapshot: DataDisk.2", SECOND),
        ("InvalidSystemDiskSize.LessThanMinSize", "The specified parameter SystemDisk.Size is less", SYSTEM),
        ("InvalidParameter", "The specified parameter DataDisk.1.Size is not valid.", FIRST),
    ],
)
async def test_a_refused_size_names_its_disk_and_offers_another_category_once(
    code: str, message: str, devices: str
) -> None:
    desk = Desk()
    question = await refused(desk, code, message, times=99)
    assert key_of(question) == "launch.refused"
    assert "does not offer" not in text_of(question)
    assert question.question is not None
    option = question.question.question.option("other_category")
    assert option is not None
    assert devices in option.description
    following = await desk.answer(question, "other_category")
    while key_of(following) != "launch.confirm":
        following = (
            await desk.answer(following, values_of(following)[0]) if following.question else await go_ahead(desk)
        )
    again = await past_the_wait(desk, await desk.answer(following, CONFIRM))
    assert key_of(again) == "launch.refused"
    assert "other_category" not in values_of(again), "not category by category"


@pytest.mark.parametrize(
    ("code", "field"),
    [("InvalidProvisionedIops.LimitExceed", "ProvisionedIops"), ("InvalidBurstingEnabled.Named", "BurstingEnabled")],
)
async def test_what_a_disk_can_do_without_is_left_out_of_that_disk_alone(code: str, field: str) -> None:
    world = load_world("healthy")
    for disk in world.disks.values():
        if disk.device == SECOND:
            disk.category, disk.performance_level = "cloud_auto", ""
            disk.provisioned_iops, disk.bursting_enabled = 100, True
    desk = Desk(world)
    question = await refused(desk, code, "DataDisk.2 refused")
    assert values_of(question)[0] == "leave_out"
    assert (await desk.settle(await desk.answer(question, "leave_out"))).status == "done"
    (sent,) = sends(desk, "RunInstances")
    assert sent.params.get(f"DataDisk.2.{field}") in {None, "False"}
    assert sent.params["DataDisk.2.Category"] == "cloud_auto"


async def test_a_snapshot_policy_that_is_gone_leads_to_that_option_alone() -> None:
    world = load_world("healthy")
    world.account.snapshot_policies.clear()
    desk = Desk(world)
    asked = await desk.answer(await until(desk, "launch.options"), "custom", "snapshot_policy")
    question = await past_the_wait(desk, await desk.answer(asked, CONFIRM))
    assert (key_of(question), values_of(question)) == ("launch.refused", ["leave_out", RETRY, ABORT])
    assert "InvalidAutoSnapshotPolicyId.NotFound" in text_of(question)
    assert "does not offer" not in text_of(question)
    confirm = await desk.answer(question, "leave_out")
    assert key_of(confirm) == "launch.confirm", "the options are not asked about again"
    assert (await desk.settle(confirm)).status == "done"
    (sent,) = sends(desk, "RunInstances")
    assert not any("AutoSnapshotPolicyId" in name for name in sent.params)
    assert sent.params["SystemDisk.Category"] == "cloud_essd"
    assert sent.params["SystemDisk.PerformanceLevel"] == "PL0"


async def test_an_attribute_that_was_left_out_is_no_difference_at_the_end() -> None:
    desk = Desk()
    question = await refused(desk, "InvalidKeyPairName.NotFound")
    end = await desk.settle(await desk.answer(question, "leave_out"))
    while end.next is not None:
        end = await desk.settle(await desk.go_on(end))
    assert end.data["verdict"] == "match"
    (sent,) = sends(desk, "RunInstances")
    assert "KeyPairName" not in sent.params


async def test_a_full_vswitch_is_not_taken_again_while_nothing_has_become_free() -> None:
    desk = Desk()
    question = await refused(desk, "InvalidVSwitchId.IpNotEnough", times=99)
    session = session_of(desk)
    assert (question.step, values_of(question)[0]) == ("vswitch", CREATE_VSWITCH)
    assert "vsw-2zek0001" not in values_of(question)
    assert "InvalidVSwitchId.IpNotEnough" in text_of(question)
    again = await desk.call("prepare_vswitch")
    assert key_of(again) == "vswitch.create"
    assert session.vswitch is None
    source = session.source
    assert source is not None
    listed = await desk.recovery._cloud.describe_vswitches(Scope(desk.session_id, "cn-beijing"), source.instance.vpc_id)
    (full,) = usable_vswitches(listed, source.instance, "cn-beijing-k")
    assert session.refusals.is_refused(full)
    assert not session.refusals.is_refused(full.model_copy(update={"available_ip_count": full.available_ip_count + 1}))


async def test_a_refused_block_is_not_proposed_again() -> None:
    desk = Desk("no-vswitch")
    asked = await until(desk, "vswitch.create")
    proposed: list[str] = []
    break_line(desk, Fault("CreateVSwitch", refusal("InvalidCidrBlock.Overlapped", "a custom route"), times=3))
    for _ in range(3):
        proposed.append(text_of(asked))
        asked = await desk.answer(asked, CREATE_VSWITCH)
        while asked.status == "in_progress":
            asked = await desk.call("prepare_vswitch")
        assert "InvalidCidrBlock.Overlapped" in text_of(asked)
        assert "a custom route" in text_of(asked) or "a custom route" in str(asked.problem)
    assert len(session_of(desk).refusals.blocks) == len(set(session_of(desk).refusals.blocks)) == 3
    assert (await desk.settle(asked)).status == "done"


async def test_a_refused_instance_name_is_asked_about_again_with_one_that_is_plain() -> None:
    desk = Desk()
    question = await refused(desk, "InvalidInstanceName.Malformed", "the name is not valid")
    assert key_of(question) == "launch.confirm"
    assert "InvalidInstanceName.Malformed" in text_of(question)
    assert (await desk.settle(question)).status == "done"
    assert desk.mutations["RunInstances"] == 1


async def test_a_zone_that_is_closed_is_left_whatever_the_type() -> None:
    desk = Desk()
    question = await refused(desk, "Zone.NotOnSale")
    assert values_of(question) == [PICK_ANOTHER_ZONE, RETRY, ABORT]
    zones = await desk.answer(question, PICK_ANOTHER_ZONE)
    assert values_of(zones)[0] != "cn-beijing-k"
    assert desk.mutations["CreateImage"] == 1


async def test_a_retry_in_vain_recommends_to_stop() -> None:
    desk = Desk()
    question = await refused(desk, "Account.Arrearage", times=2)
    again = await past_the_wait(desk, await desk.answer(question, RETRY))
    assert values_of(again) == [ABORT, RETRY]
