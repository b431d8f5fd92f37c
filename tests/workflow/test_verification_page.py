"""The page of the end: as it was confirmed, what differs, what is left to do, and what goes on being billed."""

from __future__ import annotations

import pytest

from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.steps import Answer
from ecs_dr.simulator.world import load_world
from tests.support.desk import Desk
from tests.workflow.bench import up_to

DRILL = {"launch.options": "drill"}


async def end_of(world: str = "healthy", choices: dict[str, str] | None = None) -> tuple[Desk, Answer]:
    desk = Desk(world)
    return desk, await desk.recover(choices)


def told(answer: Answer, name: str) -> list[JsonObject]:
    rows = answer.data[name]
    assert isinstance(rows, list)
    return [row for row in rows if isinstance(row, dict)]


async def test_it_says_where_the_replica_is_reached_and_every_difference_with_its_values() -> None:
    _, done = await end_of()
    assert done.data["addresses"] == {"private": ["172.16.32.1"], "public": ["203.0.113.1"]}
    decided, todo = told(done, "decided"), told(done, "todo")
    assert f"{len(decided)} things differ" in done.message
    assert {"zone_id", "vswitch_id", "instance_name", "ram_role_name", "user_data"} <= {row["field"] for row in decided}
    for row in [*decided, *todo]:
        values = [str(row.get(name, "-")) for name in ("source", "replica")]
        assert all(value in done.message for value in values if value not in {"-", "?", "present"}), row
    assert "private 172.16.32.1; public 203.0.113.1 (new)" in done.message
    assert "release protection off; release the replica; release /dev/xvdb as well" in done.message
    assert "1.378 CNY an hour" in done.message
    assert done.data["report_markdown_uri"] == f"{done.data['report_uri']}/markdown"


@pytest.mark.parametrize("world", ["eip-only", "sold-out", "disk-unsupported", "prepaid"])
async def test_a_match_is_never_said_to_be_like_the_source_where_something_was_decided(world: str) -> None:
    _, done = await end_of(world)
    assert done.data["verdict"] == "match"
    assert "matches the source" not in done.message
    changed = {"eip-only": "zone_id", "sold-out": "instance_type", "disk-unsupported": "category"}
    assert changed.get(world, "charge_type") in {row["field"] for row in told(done, "decided")}
    assert ("as you decided" in done.message) == (world == "disk-unsupported")


async def test_without_a_public_address_nobody_is_sent_to_change_what_names_one() -> None:
    _, drill = await end_of(choices=DRILL)
    _, open_to_all = await end_of()
    names = {"public_address", "dns_records"}
    assert names <= {row["field"] for row in told(open_to_all, "todo")}
    assert not names & {row["field"] for row in told(drill, "todo")}
    assert "DNS" not in drill.message.partition("Also")[0].replace("DNAT", "")
    public = next(row for row in told(drill, "decided") if row["field"] == "public_address")
    assert (public["source"], public["replica"]) == ("39.105.0.10", "-")
    assert "no public IP" in drill.message


async def test_a_drill_says_when_it_ends_and_sends_what_it_says() -> None:
    desk, done = await end_of(choices=DRILL)
    replica = next(item for item in desk.world.instances.values() if item.launched_at is not None)
    assert all(
        disk.delete_with_instance for disk in desk.world.disks.values() if disk.instance_id == replica.instance_id
    )
    assert "a drill: Alibaba Cloud releases the replica with its disks at 2026-" in done.message
    assert "release the replica;" not in done.message
    assert "release protection off" not in done.message
    assert "delete image m-" in done.message


async def test_what_fails_comes_first() -> None:
    desk = Desk()
    await up_to(desk, "create_instance")
    replica = next(item for item in desk.world.instances.values() if item.launched_at is not None)
    disk = next(
        one for one in desk.world.disks.values() if one.instance_id == replica.instance_id and one.device == "/dev/xvdb"
    )
    disk.performance_level = "PL0"
    done = await desk.settle(await desk.call("verify_instance"))
    lines = done.message.split("\n")
    assert lines[0] == "✗ The replica is not what you confirmed:"
    assert lines[1].startswith("- Disk recovery: expected")
    assert "✓" not in done.message


async def test_a_replica_whose_kernel_gave_up_is_not_called_ready() -> None:
    world = load_world("healthy")
    world.behaviour.console = "panic"
    desk = Desk(world)
    done = await desk.recover()
    assert (done.data["verdict"], done.data["boot"]) == ("match", "panic")
    assert done.message.startswith("✗")
    assert "is ready" not in done.message
