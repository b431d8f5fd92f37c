"""The standby register as an identity whose rights are those of one resource group reads it."""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from ecs_dr.cloud.transport import ApiError, ApiRequest
from ecs_dr.domain.standby.model import Standby
from ecs_dr.domain.standby.page import exit_code
from ecs_dr.simulator.model_compute import Image, ImageMapping, SnapshotGroup
from ecs_dr.simulator.world import World
from tests.support.desk import REGION, SOURCE, Desk
from tests.support.snapshots import snapshot_of
from tests.workflow.test_standbys import region_of, register

GROUP, OTHER = "rg-2zeproduction01", "rg-2zeshared0001"
SCOPES = ("everything", "empty", "denied")


def world_of(scope: str, count: int = 1, *, groups: tuple[str, ...] = (GROUP,)) -> World:
    """So many copies of the source, in these groups by turns, each with a whole group of snapshots of an hour ago."""
    world = region_of(count)
    world.variants["group_scope"] = scope
    world.account.resource_groups = [GROUP, OTHER]
    for number, instance in enumerate(world.instances.values()):
        instance.resource_group_id = groups[number % len(groups)]
        _snapshot(world, instance.instance_id, instance.resource_group_id)
    return world


def _snapshot(world: World, instance_id: str, group_id: str) -> None:
    taken = world.start_time - timedelta(hours=1)
    together = SnapshotGroup(
        snapshot_group_id=f"ssg-{instance_id[2:]}",
        instance_id=instance_id,
        region_id=REGION,
        resource_group_id=group_id,
        creation_time=taken,
    )
    world.snapshot_groups[together.snapshot_group_id] = together
    for disk in [disk for disk in world.disks.values() if disk.instance_id == instance_id]:
        disk.resource_group_id = group_id
        key = f"s-{disk.disk_id[2:]}"
        snapshot = snapshot_of(disk, key, taken, together.snapshot_group_id)
        world.snapshots[key] = replace(snapshot, resource_group_id=group_id)


async def rows_of(desk: Desk) -> dict[str, Standby]:
    """Asked for by id: a list that names no group shows such an identity no instance at all."""
    return await register(desk, instance_ids=",".join(desk.world.instances))


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("count", [1, 12])
async def test_an_identity_of_one_group_reads_the_same_register_as_one_of_the_account(scope: str, count: int) -> None:
    rows = await rows_of(Desk(world_of(scope, count)))
    assert len(rows) == count
    for row in rows.values():
        assert (row.tier, row.fresh, row.unknown) == ("T2", True, False), row
        assert row.newest is not None
        assert (row.newest.kind, len(row.newest.ids), row.newest.consistent) == ("snapshots", 3, True)
        assert any(zone.vswitch_id for zone in row.zones)
    assert exit_code(tuple(rows.values())) == 0


@pytest.mark.parametrize("scope", SCOPES)
async def test_instances_of_several_groups_are_each_looked_for_in_their_own(scope: str) -> None:
    rows = await rows_of(Desk(world_of(scope, 12, groups=(GROUP, OTHER))))
    assert {row.tier for row in rows.values()} == {"T2"}


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("count", [2, 12])
async def test_what_belongs_to_no_group_or_to_another_one_is_joined(scope: str, count: int) -> None:
    world = world_of(scope, count, groups=(GROUP, OTHER))
    for snapshot in world.snapshots.values():
        if snapshot.instance_id == SOURCE:
            in_none = snapshot.source_disk_type == "system" and scope != "denied"
            snapshot.resource_group_id = "" if in_none else OTHER
    newest = (await rows_of(Desk(world)))[SOURCE].newest
    assert newest is not None
    assert len(newest.ids) == 3


@pytest.mark.parametrize("scope", ["empty", "denied"])
async def test_an_image_and_a_replica_of_the_group_are_seen(scope: str) -> None:
    world = world_of(scope)
    world.images["m-2zekept00001"] = Image(
        image_id="m-2zekept00001",
        region_id=REGION,
        image_name="nightly",
        source_instance_id=SOURCE,
        resource_group_id=GROUP,
        outcome="Available",
        creation_time=world.start_time - timedelta(minutes=5),
        tags={"ecs-dr:source": SOURCE},
        mappings=[
            ImageMapping(device=disk.device, type=disk.type, size=disk.size, snapshot_id=f"s-2zekept{number}")
            for number, disk in enumerate(world.disks.by_instance.rows(SOURCE))
        ],
    )
    desk = Desk(world)
    assert (await rows_of(desk))[SOURCE].tier == "T3"
    replica = copy.deepcopy(world.instances[SOURCE])
    replica.instance_id, replica.tags = "i-2zereplica01", {"ecs-dr:source": SOURCE, "ecs-dr:step": "instance"}
    world.instances[replica.instance_id] = replica
    assert (await rows_of(desk))[SOURCE].tier == "T4"


@pytest.mark.parametrize("denied", ["ecs:DescribeDisks", "ecs:DescribeSnapshots", "ecs:DescribeImages"])
async def test_what_is_refused_with_the_group_as_well_is_unknown(denied: str) -> None:
    world = world_of("denied", 12)
    world.identities["operator"].denied.append(denied)
    rows = tuple((await rows_of(Desk(world))).values())
    assert exit_code(rows) == 2
    assert all(
        denied in finding.values["actions"] for row in rows for finding in row.findings if finding.code == "unread"
    )
    assert all(row.unknown for row in rows)


async def test_an_identity_of_the_whole_account_is_asked_nothing_twice() -> None:
    desk = Desk(world_of("everything", 12))
    await rows_of(desk)
    sent = Counter(entry.action for entry in desk.simulator.journal)
    once = ("DescribeInstances", "DescribeDisks", "DescribeSnapshots", "DescribeSnapshotGroups", "DescribeVSwitches")
    assert {name: sent[name] for name in once} == dict.fromkeys(once, 1) | {"DescribeInstances": 2}


@pytest.mark.parametrize("without_a_group", ["denied", "empty"])
@pytest.mark.parametrize("action", ["DescribeSnapshots", "DescribeImages", "DescribeDisks"])
async def test_what_one_group_shows_counts_where_another_may_not_be_read(action: str, without_a_group: str) -> None:
    """All of it was refused then, and instances that can be recovered were told as unknown."""
    world = world_of(without_a_group, 12, groups=(GROUP, OTHER))
    desk = Desk(world)

    def refuse(request: ApiRequest) -> None:
        if request.action == action and request.params.get("ResourceGroupId") == OTHER:
            raise ApiError("Forbidden.RAM", "User not authorized.", http_status=403)

    desk.transport.before.append(refuse)
    rows = await rows_of(desk)
    readable = [rows[one.instance_id] for one in world.instances.values() if one.resource_group_id == GROUP]
    hidden = [rows[one.instance_id] for one in world.instances.values() if one.resource_group_id == OTHER]
    assert all(row.newest is not None for row in readable)
    assert exit_code(tuple(rows.values())) == 2, "something was not read"
    if action == "DescribeImages":
        return  # their snapshots are read
    assert all(row.newest is None for row in hidden)
    assert not any(finding.code == "nothing" for row in hidden for finding in row.findings)
