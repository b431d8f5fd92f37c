"""Step 1: confirm which instance, read it, judge it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ecs_dr.domain.questions import ABORT, CONFIRM
from ecs_dr.errors import CloudRefused, ErrorKind, InvalidInput
from ecs_dr.simulator.world import World, load_world
from tests.support.desk import REGION, SOURCE, Desk
from tests.workflow.bench import (
    NOTHING,
    Fault,
    break_line,
    id_of,
    key_of,
    no_requests,
    refusal,
    text_of,
    values_of,
    world_with,
)


@pytest.mark.parametrize(
    "instance_id",
    ["", "   ", "prod-web", "i-", "i-2ze*", 'i-2ze"]', "i-2zesource0001;", "m-2zesource0001", "i-" + "a" * 99],
)
async def test_a_malformed_instance_id_is_refused_before_anything_is_sent(instance_id: str) -> None:
    desk = Desk()
    with no_requests(desk), pytest.raises(InvalidInput) as refused:
        await desk.collect(instance_id)
    assert refused.value.code == "InvalidInstanceId"
    assert refused.value.step == "source"


@pytest.mark.parametrize("region_id", ["", "beijing", "cn-beijing/x", "http://cn-beijing", "CN-BEIJING", "cn beijing"])
async def test_a_malformed_region_id_is_refused_before_anything_is_sent(region_id: str) -> None:
    desk = Desk()
    with no_requests(desk), pytest.raises(InvalidInput) as refused:
        await desk.collect(region_id=region_id)
    assert refused.value.code == "InvalidRegionId"


async def test_instance_and_region_are_confirmed_before_anything_is_sent() -> None:
    desk = Desk()
    with no_requests(desk):
        asked = await desk.collect()
    assert key_of(asked) == "source.confirm"
    assert values_of(asked) == [CONFIRM, ABORT]
    assert SOURCE in text_of(asked)
    assert REGION in text_of(asked)
    assert asked.next is not None
    assert asked.next.tool == "answer_question"


async def test_abort_reads_nothing_and_a_new_call_asks_again() -> None:
    desk = Desk()
    with no_requests(desk):
        stopped = await desk.answer(await desk.collect(), ABORT)
        assert stopped.status == "stopped"
        assert SOURCE in stopped.message
        again = await desk.collect()
    assert key_of(again) == "source.confirm"


@pytest.mark.parametrize("how", ["decline", "cancel"])
async def test_a_dismissed_confirmation_reads_nothing_and_says_how_to_go_on(how: str) -> None:
    desk = Desk()
    with no_requests(desk):
        asked = await desk.collect()
        stopped = await desk.recovery.dismiss(
            desk.session_id, id_of(asked), "decline" if how == "decline" else "cancel"
        )
    assert stopped.status == "stopped"
    assert stopped.step == "source"
    assert "ECS_DR_ELICITATION=off" in stopped.message


async def test_the_source_is_recorded_with_every_disk_and_group() -> None:
    desk = Desk()
    done = await desk.settle(await desk.collect())
    assert (done.status, done.step) == ("done", "source")
    source, disks = done.data["source"], done.data["disks"]
    assert isinstance(source, dict)
    assert isinstance(disks, list)
    assert source["instance_id"] == SOURCE
    assert source["zone_id"] == "cn-beijing-h"
    assert source["instance_type"] == "ecs.g7.xlarge"
    assert source["security_group_ids"] == ["sg-2zeweb00001", "sg-2zeops00001"]
    assert source["internet_max_bandwidth_out"] == 5
    assert source["ram_role_name"] == "ShopWebRole"
    assert [
        (disk["device"], disk["type"], disk["category"], disk["performance_level"], disk["size_gib"])
        for disk in disks
        if isinstance(disk, dict)
    ] == [
        ("/dev/xvda", "system", "cloud_essd", "PL0", 40),
        ("/dev/xvdb", "data", "cloud_essd", "PL1", 100),
        ("/dev/xvdc", "data", "cloud_auto", None, 200),
    ]
    assert done.next is not None
    assert done.next.tool == "plan_recovery"


async def test_user_data_is_noticed_and_never_shown() -> None:
    desk = Desk()
    done = await desk.settle(await desk.collect())
    assert "IyEvYmluL3NoCmVjaG8gc2hvcAo" not in done.model_dump_json()
    source = done.data["source"]
    assert isinstance(source, dict)
    assert source["has_user_data"] is True


async def test_an_unknown_instance_is_told_apart_from_a_missing_permission() -> None:
    desk = Desk()
    with pytest.raises(InvalidInput) as refused:
        await desk.settle(await desk.collect("i-2zenowhere001"))
    assert refused.value.code == "InstanceNotFound"
    assert refused.value.values == {"instance": "i-2zenowhere001", "region": REGION}


async def test_an_instance_of_another_region_is_not_found() -> None:
    desk = Desk()
    with pytest.raises(InvalidInput) as refused:
        await desk.settle(await desk.collect(region_id="cn-hangzhou"))
    assert refused.value.code == "InstanceNotFound"


async def test_a_permission_hidden_behind_an_empty_list_pauses_and_goes_on_when_granted() -> None:
    desk = Desk(world_with(denied=("ecs:DescribeInstances",)))
    paused = await desk.answer(await desk.collect(), CONFIRM)
    assert key_of(paused) == "permission.source"
    assert paused.problem is not None
    assert paused.problem.missing_permission == "ecs:DescribeInstances"
    desk.world.identities["operator"].denied.clear()
    done = await desk.answer(paused, "retry")
    assert done.status == "done"
    assert desk.asked == ["source.confirm", "permission.source"]


@pytest.mark.parametrize(
    ("action", "field", "unread"),
    [
        ("ecs:DescribeInstanceRamRole", "ram_role_name", None),
        ("ecs:DescribeUserData", "has_user_data", None),
    ],
)
async def test_an_optional_read_that_is_denied_is_left_out_visibly(action: str, field: str, unread: object) -> None:
    desk = Desk(world_with(denied=(action,)))
    done = await desk.settle(await desk.collect())
    assert done.status == "done"
    source = done.data["source"]
    assert isinstance(source, dict)
    assert source["unread"] == [action]
    assert source[field] is unread
    assert action in done.message
    warnings = done.data["warnings"]
    assert isinstance(warnings, list)
    assert any(isinstance(warning, dict) and warning["code"] == "NotReadable" for warning in warnings)


async def test_the_renewal_of_a_subscription_is_read_and_may_be_denied() -> None:
    denied = await Desk(world_with("prepaid", denied=("ecs:DescribeInstanceAutoRenewAttribute",))).recover()
    assert denied.status == "done"
    desk = Desk("prepaid")
    done = await desk.settle(await desk.collect())
    source = done.data["source"]
    assert isinstance(source, dict)
    assert isinstance(source["auto_renew"], dict)


async def test_an_optional_read_that_fails_for_another_reason_is_not_swallowed() -> None:
    desk = Desk()
    break_line(desk, Fault("DescribeUserData", refusal("InvalidAccessKeyId.Inactive", http_status=403), times=9))
    with pytest.raises(CloudRefused) as refused:
        await desk.settle(await desk.collect())
    assert refused.value.kind is ErrorKind.CREDENTIALS


def classic(world: World) -> None:
    world.instances[SOURCE].network_type = "classic"


def locked(world: World) -> None:
    world.instances[SOURCE].lock_reasons = ["security"]


def stopping(world: World) -> None:
    world.instances[SOURCE].status = "Stopping"


def expired(world: World) -> None:
    world.instances[SOURCE].instance_charge_type = "PrePaid"
    world.instances[SOURCE].expired_time = datetime(2026, 1, 1, tzinfo=UTC)


def shared(world: World) -> None:
    world.disks["d-2zedata00001"].multi_attach = "Enabled"


def detaching(world: World) -> None:
    world.disks["d-2zedata00001"].status = "Detaching"


def local(world: World) -> None:
    world.instances[SOURCE].instance_type = "ecs.i3.xlarge"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (classic, "ClassicNetwork"),
        (locked, "Locked"),
        (stopping, "TransitionalState"),
        (expired, "SubscriptionExpired"),
        (shared, "SharedDisks"),
        (detaching, "DisksInTransition"),
        (local, "LocalDisks"),
    ],
)
async def test_a_blocker_ends_it_with_the_reason_before_anything_is_created(change: object, code: str) -> None:
    world = load_world("healthy")
    assert callable(change)
    change(world)
    desk = Desk(world)
    failed = await desk.settle(await desk.collect())
    assert failed.status == "failed"
    assert failed.problem is not None
    assert failed.problem.code == "SourceBlocked"
    blockers = failed.data["blockers"]
    assert isinstance(blockers, list)
    codes = [blocker["code"] for blocker in blockers if isinstance(blocker, dict)]
    assert code in codes
    assert failed.next is None or failed.next.tool != "create_image"
    assert desk.mutations == NOTHING


async def test_nothing_can_be_created_for_a_blocked_source() -> None:
    desk = Desk("local-disk")
    await desk.settle(await desk.collect())
    for tool in ("create_image", "choose_target", "check_disks", "prepare_vswitch", "create_instance"):
        with no_requests(desk), pytest.raises(Exception, match="SourceBlocked"):
            await desk.call(tool)
    assert desk.mutations == NOTHING


async def test_two_calls_open_two_recoveries_that_do_not_share_decisions() -> None:
    desk = Desk()
    first = await desk.collect()
    second = await desk.collect()
    assert first.session_id != second.session_id
    assert id_of(first) != id_of(second)
