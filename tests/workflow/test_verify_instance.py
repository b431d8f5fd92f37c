"""Step 6: wait until the replica runs, compare it, and read the source once more."""

from __future__ import annotations

import pytest

from ecs_dr.errors import RecoveryFailed, StepOutOfOrder
from ecs_dr.simulator.world import load_world
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.desk import SOURCE, Desk
from tests.workflow.bench import no_requests, up_to

CRITERIA = ["image_creation", "new_instance", "zone_switch", "disk_recovery", "network_billing", "source_integrity"]


def passed(data: dict[str, object]) -> dict[str, bool]:
    criteria = data["criteria"]
    assert isinstance(criteria, list)
    return {str(row["id"]): bool(row["passed"]) for row in criteria if isinstance(row, dict)}


def replica_id(desk: Desk) -> str:
    return next(item.instance_id for item in desk.world.instances.values() if item.launched_at is not None)


async def test_without_a_replica_it_names_the_missing_tool() -> None:
    desk = Desk()
    await desk.settle(await desk.collect())
    with no_requests(desk), pytest.raises(StepOutOfOrder) as refused:
        await desk.call("verify_instance")
    assert refused.value.next_tool == "create_instance"


async def test_a_replica_like_its_source_meets_all_six_criteria_and_a_second_call_reads_anew() -> None:
    desk = Desk()
    await up_to(desk, "create_instance")
    done = await desk.settle(await desk.call("verify_instance"))
    assert (done.status, done.step, done.next) == ("done", "verify", None)
    assert done.data["verdict"] == "match"
    assert passed({**done.data}) == dict.fromkeys(CRITERIA, True)
    disks = done.data["disks"]
    assert isinstance(disks, list)
    assert {str(row["device"]) for row in disks if isinstance(row, dict)} == {"/dev/xvda", "/dev/xvdb", "/dev/xvdc"}
    assert all(row["matches"] for row in disks if isinstance(row, dict))
    desk.world.instances[SOURCE].instance_name = "renamed-since"
    desk.simulator.journal.clear()
    again = await desk.call("verify_instance")
    assert again.data["verdict"] == "differs"
    assert {entry.action for entry in desk.simulator.journal} >= {
        "DescribeInstances",
        "DescribeDisks",
        "DescribeImages",
        "DescribeVSwitches",
    }
    assert "is untouched" not in again.message


async def test_a_replica_that_starts_slowly_is_waited_for_within_the_budget() -> None:
    world = load_world("healthy")
    world.behaviour.instance_start_seconds = 200
    desk = Desk(world, RecoveryOptions(call_budget_seconds=20))
    await up_to(desk, "create_instance")
    before = desk.clock.host_seconds()
    waiting = await desk.call("verify_instance")
    assert waiting.status == "in_progress"
    assert desk.clock.host_seconds() - before <= 26
    assert waiting.next is not None
    assert waiting.next.tool == "verify_instance"
    assert waiting.data["instance_status"] in {"Pending", "Starting"}
    assert (await desk.settle(waiting)).data["verdict"] == "match"


async def test_disks_that_are_attached_late_are_waited_for() -> None:
    world = load_world("healthy")
    world.behaviour.disk_attach_seconds = 120
    desk = Desk(world)
    await up_to(desk, "create_instance")
    assert (await desk.settle(await desk.call("verify_instance"))).data["verdict"] == "match"


@pytest.mark.parametrize("after", [1, 30])
async def test_a_replica_that_vanishes_ends_the_recovery_with_its_event_and_is_not_created_anew(after: int) -> None:
    world = load_world("healthy")
    world.behaviour.instance_vanishes_after_seconds = after
    world.behaviour.instance_start_seconds = 120
    desk = Desk(world)
    await up_to(desk, "create_instance")
    lost = replica_id(desk)
    with pytest.raises(RecoveryFailed) as failed:
        await desk.settle(await desk.call("verify_instance"))
    assert failed.value.code == "ReplicaReleased"
    assert "SystemFailure.Delete" in failed.value.values["events"]
    assert failed.value.values["id"] == lost
    assert (failed.value.step, failed.value.session_id) == ("verify", desk.session_id)
    assert failed.value.next_tool == "create_instance"
    with pytest.raises(StepOutOfOrder):
        await desk.call("verify_instance")
    standing = await desk.call("get_session")
    assert f"replica {lost} (gone" in standing.message
    assert desk.mutations["RunInstances"] == 1


async def test_a_replica_that_vanishes_is_told_also_where_its_events_may_not_be_read() -> None:
    world = load_world("healthy")
    world.behaviour.instance_vanishes_after_seconds = 1
    world.identities["operator"].denied.append("ecs:DescribeInstanceHistoryEvents")
    desk = Desk(world)
    await up_to(desk, "create_instance")
    with pytest.raises(RecoveryFailed) as failed:
        await desk.settle(await desk.call("verify_instance"))
    assert failed.value.code == "ReplicaVanished"
    assert failed.value.values["events"] == "-"


async def test_a_disk_of_another_size_or_level_is_a_difference_that_is_named() -> None:
    desk = Desk()
    await up_to(desk, "create_instance")
    replica = replica_id(desk)
    disk = next(
        disk for disk in desk.world.disks.values() if disk.instance_id == replica and disk.device == "/dev/xvdb"
    )
    disk.performance_level = "PL0"
    done = await desk.settle(await desk.call("verify_instance"))
    assert done.data["verdict"] == "differs"
    assert passed({**done.data})["disk_recovery"] is False
    assert "/dev/xvdb" in done.message


async def test_a_source_that_was_changed_meanwhile_is_a_difference_that_is_named() -> None:
    desk = Desk()
    await up_to(desk, "create_instance")
    desk.world.instances[SOURCE].internet_max_bandwidth_out = 50
    done = await desk.settle(await desk.call("verify_instance"))
    assert done.data["verdict"] == "differs"
    assert passed({**done.data}) == {**dict.fromkeys(CRITERIA, True), "source_integrity": False}


async def test_the_substitution_that_the_person_chose_is_no_difference() -> None:
    desk = Desk("disk-unsupported")
    done = await desk.recover()
    assert done.data["verdict"] == "match"
    assert any(key.startswith("disks.") for key in desk.asked)


async def test_a_replica_that_lost_the_tags_of_its_recovery_matches_and_that_is_told() -> None:
    """Nobody decides about them, and a recovery that is taken up stands on them."""
    desk = Desk()
    await up_to(desk, "create_instance")
    desk.clock.advance(120)
    replica = next(one for one in desk.world.instances.values() if one.launched_at is not None)
    done = await desk.settle(await desk.call("verify_instance"))
    assert "does not carry the tags" not in done.message
    replica.tags = {key: value for key, value in replica.tags.items() if not key.startswith("ecs-dr:")}
    done = await desk.settle(await desk.call("verify_instance"))
    assert done.data["verdict"] == "match"
    assert f"{replica.instance_id} does not carry the tags of this recovery any more" in done.message


async def test_a_replica_that_was_launched_without_tags_has_lost_none() -> None:
    desk = Desk(options=RecoveryOptions(simulated=True, profile_tags=False))
    await up_to(desk, "create_instance")
    desk.clock.advance(120)
    assert "does not carry the tags" not in (await desk.settle(await desk.call("verify_instance"))).message
