"""Snapshots, groups of them, and images made of them."""

from __future__ import annotations

import pytest

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.bench import Bench, rows
from ecs_dr.simulator.errors import Fault, WorldError
from ecs_dr.simulator.world import World

SOURCE = "i-2zesource0001"
SYSTEM, DATA = "d-2zesystem0001", "d-2zedata00001"
SNAPSHOTS = """
extends = "healthy"
[snapshot_groups.ssg-2zegroup0001]
instance_id = "i-2zesource0001"
creation_time = 2026-11-22T01:00:00Z
tags = { plan = "nightly" }
[snapshots.s-2zesys001]
source_disk_id = "d-2zesystem0001"
source_disk_type = "system"
source_disk_size = 40
snapshot_group_id = "ssg-2zegroup0001"
creation_time = 2026-11-22T01:00:05Z
[snapshots.s-2zedat001]
source_disk_id = "d-2zedata00001"
source_disk_type = "data"
source_disk_size = 100
snapshot_group_id = "ssg-2zegroup0001"
creation_time = 2026-11-22T01:00:07Z
[snapshots.s-2zeauto01]
source_disk_id = "d-2zedata00001"
source_disk_type = "data"
source_disk_size = 80
snapshot_name = "auto2.0_20261121_sp-2zedaily0001"
snapshot_type = "timer"
retention_days = 7
creation_time = 2026-11-21T01:00:00Z
vanishes_at = 2026-11-22T09:00:00Z
[snapshots.s-2zerun001]
source_disk_id = "d-2zedata00001"
source_disk_type = "data"
source_disk_size = 100
status = "progressing"
progress = "30%"
available = true
creation_time = 2026-11-22T07:59:00Z
"""


@pytest.fixture
def bench() -> Bench:
    return Bench(World.from_toml(SNAPSHOTS))


def listed(bench: Bench, **params: Json) -> list[Json]:
    return [row["SnapshotId"] for row in rows(bench.ecs("DescribeSnapshots", **params), "Snapshots", "Snapshot")]


def mapped(*entries: dict[str, Json], name: str = "dr-copy") -> dict[str, Json]:
    return {"ImageName": name, "DiskDeviceMapping": list(entries)}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, {"s-2zesys001", "s-2zedat001", "s-2zeauto01", "s-2zerun001"}),
        ({"InstanceId": SOURCE}, {"s-2zesys001", "s-2zedat001", "s-2zeauto01", "s-2zerun001"}),
        ({"DiskId": SYSTEM}, {"s-2zesys001"}),
        ({"SourceDiskType": "SYSTEM"}, {"s-2zesys001"}),
        ({"Status": "progressing"}, {"s-2zerun001"}),
        ({"SnapshotType": "auto"}, {"s-2zeauto01"}),
        ({"SnapshotIds": '["s-2zedat001","s-2zegone01"]'}, {"s-2zedat001"}),
        ({"Encrypted": "false"}, {"s-2zesys001", "s-2zedat001", "s-2zeauto01", "s-2zerun001"}),
        (
            {"Filter": [{"Key": "CreationStartTime", "Value": "2026-11-22T01:00Z"}]},
            {"s-2zesys001", "s-2zedat001", "s-2zerun001"},
        ),
        ({"Tag": [{"Key": "acs:ecs:createFrom", "Value": SOURCE}]}, {"s-2zesys001", "s-2zedat001"}),
    ],
)
def test_every_filter_narrows_the_list(bench: Bench, filters: dict[str, Json], found: set[str]) -> None:
    assert set(listed(bench, MaxResults=100, **filters)) == found


@pytest.mark.parametrize(
    ("filters", "code"),
    [
        ({"Status": "done"}, "InvalidStatus.NotFound"),
        ({"SnapshotType": "timer"}, "InvalidSnapshotType.NotFound"),
        ({"SourceDiskType": "root"}, "InvalidSourceDiskType"),
        ({"SnapshotIds": '["d-1"]'}, "InvalidSnapshotIds.Malformed"),
        ({"Filter": [{"Key": "Age", "Value": "1"}]}, "InvalidFilterKey.NotFound"),
    ],
)
def test_a_filter_that_cannot_be_is_refused(bench: Bench, filters: dict[str, Json], code: str) -> None:
    assert bench.refusal("DescribeSnapshots", **filters)[0] == code


def test_ten_rows_are_a_page_unless_more_are_asked_for(bench: Bench) -> None:
    page = bench.ecs("DescribeSnapshots", MaxResults=3)
    following = bench.ecs("DescribeSnapshots", MaxResults=3, NextToken=page["NextToken"])
    assert len(rows(page, "Snapshots", "Snapshot")) == 3
    assert len(rows(following, "Snapshots", "Snapshot")) == 1
    assert following["NextToken"] == ""


def test_retention_takes_a_snapshot_away(bench: Bench) -> None:
    bench.clock.advance(3600)
    assert "s-2zeauto01" not in listed(bench, MaxResults=100)
    entries = mapped({"SnapshotId": "s-2zesys001"}, {"SnapshotId": "s-2zeauto01"})
    assert bench.refusal("CreateImage", **entries) == ("InvalidSnapshotId.NotFound", 404)


@pytest.mark.parametrize("lists", [True, False])
def test_whether_the_instance_filter_knows_a_gone_instance_is_the_world_s_to_say(bench: Bench, lists: bool) -> None:  # noqa: FBT001
    bench.world.behaviour.lists_snapshots_of_gone = lists
    del bench.world.instances[SOURCE]
    assert bool(listed(bench, InstanceId=SOURCE, MaxResults=100)) is lists
    assert listed(bench, DiskId=SYSTEM) == ["s-2zesys001"]


def test_a_group_names_its_members_and_says_little_of_them(bench: Bench) -> None:
    (group,) = rows(bench.ecs("DescribeSnapshotGroups", InstanceId=SOURCE), "SnapshotGroups", "SnapshotGroup")
    assert group["Tags"] == {"Tag": [{"Key": "plan", "Value": "nightly"}]}
    members = rows(group, "Snapshots", "Snapshot")
    assert {row["SnapshotId"] for row in members} == {"s-2zesys001", "s-2zedat001"}
    assert not {"Status", "SourceDiskSize", "CreationTime"} & set(members[0])
    assert bench.refusal("DescribeSnapshotGroups", Status=["done"]) == ("InvalidStatus.ValueNotSupported", 403)


def test_a_world_whose_snapshot_names_a_group_that_is_not_there_is_refused() -> None:
    with pytest.raises(WorldError, match="snapshot_group_id"):
        World.from_toml(SNAPSHOTS.replace("[snapshot_groups.ssg-2zegroup0001]", "[snapshot_groups.ssg-2zeother]"))


def test_an_image_of_snapshots_maps_exactly_these(bench: Bench) -> None:
    image_id = bench.ecs(
        "CreateImage",
        **mapped(
            {"SnapshotId": "s-2zesys001", "Device": "/dev/xvda"},
            {"SnapshotId": "s-2zedat001", "Device": "/dev/xvdc", "Size": 120},
        ),
    )["ImageId"]
    image = bench.world.images[str(image_id)]
    assert [(one.device, one.type, one.size, one.snapshot_id) for one in image.mappings] == [
        ("/dev/xvda", "system", 40, "s-2zesys001"),
        ("/dev/xvdc", "data", 120, "s-2zedat001"),
    ]
    assert image.source_instance_id == ""
    assert len(bench.world.snapshots) == 4, "nothing is copied"
    assert listed(bench, Usage="image") == ["s-2zesys001", "s-2zedat001"]


def test_a_mapping_without_a_device_gets_the_next_and_one_without_a_snapshot_is_empty(bench: Bench) -> None:
    image_id = bench.ecs(
        "CreateImage", **mapped({"SnapshotId": "s-2zesys001"}, {"SnapshotId": "s-2zedat001"}, {"DiskType": "data"})
    )
    image = bench.world.images[str(image_id["ImageId"])]
    assert [(one.device, one.size, one.snapshot_id) for one in image.mappings] == [
        ("/dev/xvda", 40, "s-2zesys001"),
        ("/dev/xvdb", 100, "s-2zedat001"),
        ("/dev/xvdc", 20, ""),
    ]


def test_beside_an_instance_the_mapping_is_not_looked_at(bench: Bench) -> None:
    made = bench.ecs("CreateImage", InstanceId=SOURCE, **mapped({"SnapshotId": "s-2zenowhere"}))
    assert bench.world.images[str(made["ImageId"])].source_instance_id == SOURCE


@pytest.mark.parametrize(
    ("entries", "refusal"),
    [
        ([{"SnapshotId": "s-2zedat001"}], ("OperationDenied", 400)),
        ([{"SnapshotId": "s-2zesys001"}, {"SnapshotId": "s-2zesys001"}], ("OperationDenied", 400)),
        ([{"SnapshotId": "s-2zesys001"}, {"SnapshotId": "s-2zerun001"}], ("InvalidSnapshotId.NotReady", 403)),
        ([{"SnapshotId": "s-2zesys001", "Device": "/dev/xvdb"}], ("InvalidDevice.Malformed", 400)),
        (
            [{"SnapshotId": "s-2zesys001"}, {"SnapshotId": "s-2zedat001", "Size": 99}],
            ("InvalidSize.ValueNotSupported", 400),
        ),
        (
            [
                {"SnapshotId": "s-2zesys001"},
                {"SnapshotId": "s-2zedat001", "Device": "/dev/xvdb"},
                {"SnapshotId": "s-2zeauto01", "Device": "/dev/xvdb"},
            ],
            ("InvalidDevice.InUse", 400),
        ),
        ([{"SnapshotId": "s-2zedat001", "DiskType": "system"}], ("UserNotInTheWhiteList", 403)),
        ([{"SnapshotId": "s-2zesys001"}, {"SnapshotId": "s-2zegone"}], ("InvalidSnapshotId.NotFound", 404)),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(
    bench: Bench, entries: list[dict[str, Json]], refusal: tuple[str, int]
) -> None:
    assert bench.refusal("CreateImage", **mapped(*entries)) == refusal
    assert not [image for image in bench.world.images.values() if image.owner_alias == "self"]


@pytest.mark.parametrize("accepted", [True, False])
def test_the_system_disk_of_a_released_instance_becomes_an_image_as_the_world_says(
    bench: Bench,
    accepted: bool,  # noqa: FBT001
) -> None:
    bench.world.behaviour.images_of_released_system_disks = accepted
    for disk in bench.world.disks.by_instance.rows(SOURCE):
        del bench.world.disks[disk.disk_id]
    del bench.world.instances[SOURCE]
    refusal = bench.refusal("CreateImage", **mapped({"SnapshotId": "s-2zesys001"}))
    assert refusal == (("OK", 200) if accepted else ("OperationDenied", 403))


def test_an_encrypted_system_snapshot_and_an_archived_one_may_be_refused(bench: Bench) -> None:
    bench.world.behaviour.images_of_encrypted_system_disks = False
    bench.world.snapshots["s-2zesys001"].encrypted = True
    with pytest.raises(Fault, match="encrypted"):
        bench.ecs("CreateImage", **mapped({"SnapshotId": "s-2zesys001"}))
    bench.world.snapshots["s-2zesys001"].category = "archive"
    assert bench.refusal("CreateImage", **mapped({"SnapshotId": "s-2zesys001"}))[0] == (
        "OperationDenied.InvalidSnapshotCategory"
    )


def test_an_image_of_snapshots_knows_metadata_v2_only_when_asked_for(bench: Bench) -> None:
    plain = bench.ecs("CreateImage", **mapped({"SnapshotId": "s-2zesys001"}))["ImageId"]
    asked = bench.ecs(
        "CreateImage", Features={"ImdsSupport": "v2"}, **mapped({"SnapshotId": "s-2zesys001"}, name="dr-v2")
    )["ImageId"]
    assert [bench.world.images[str(one)].imds_support for one in (plain, asked)] == ["v1", "v2"]
