from __future__ import annotations

import pytest

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.bench import Bench, rows

SOURCE = "i-2zesource0001"


@pytest.fixture
def bench() -> Bench:
    return Bench()


def disks(bench: Bench, **params: Json) -> list[dict[str, Json]]:
    return rows(bench.ecs("DescribeDisks", **params), "Disks", "Disk")


def test_the_disks_of_an_instance_are_described_in_full(bench: Bench) -> None:
    system, essd, auto = disks(bench, InstanceId=SOURCE)
    assert (system["Type"], system["Device"], system["PerformanceLevel"]) == ("system", "/dev/xvda", "PL0")
    assert (essd["Category"], essd["Size"], essd["DeleteWithInstance"]) == ("cloud_essd", 100, False)
    assert (auto["BurstingEnabled"], auto["ProvisionedIops"], auto["PerformanceLevel"]) == (True, 1000, "")
    assert auto["SourceSnapshotId"] == ""
    assert auto["OperationLocks"] == {"OperationLock": []}
    assert auto["Tags"] == {"Tag": []}


def test_ten_disks_are_listed_unless_more_are_asked_for() -> None:
    bench = Bench("many")
    assert len(disks(bench, InstanceId=SOURCE)) == 10
    assert len(disks(bench, InstanceId=SOURCE, MaxResults=500)) == 13


@pytest.mark.parametrize("size", [9, 501])
def test_the_page_size_is_10_to_500(bench: Bench, size: int) -> None:
    assert bench.refusal("DescribeDisks", MaxResults=size) == ("InvalidParameter", 400)


@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({"DiskType": "system"}, 1),
        ({"DiskType": "data", "Category": "cloud_auto"}, 1),
        ({"DiskIds": '["d-2zedata00001"]'}, 1),
        ({"DiskIds": "[]"}, 0),
        ({"InstanceId": "i-none"}, 0),
        ({"RegionId": "cn-hangzhou"}, 0),
        ({"Status": "All"}, 3),
        ({"Status": "Available"}, 0),
    ],
)
def test_filters_narrow_the_list(bench: Bench, params: dict[str, Json], count: int) -> None:
    assert len(disks(bench, **params)) == count


def test_unknown_kinds_and_categories_are_refused(bench: Bench) -> None:
    assert bench.refusal("DescribeDisks", DiskType="root")[0] == "InvalidDiskType.ValueNotSupported"
    assert bench.refusal("DescribeDisks", Category="floppy")[0] == "InvalidCategory.ValueNotSupported"


def test_a_shared_disk_names_its_instance_in_its_attachments_alone(bench: Bench) -> None:
    bench.world.disks["d-2zedata00001"].multi_attach = "Enabled"
    (shared,) = disks(bench, DiskIds='["d-2zedata00001"]')
    assert (shared["InstanceId"], shared["Device"]) == ("", "")
    (attachment,) = rows(shared, "Attachments", "Attachment")
    assert attachment["InstanceId"] == SOURCE


def test_a_detached_disk_has_no_device(bench: Bench) -> None:
    bench.world.disks["d-2zedata00001"].status = "Available"
    (detached,) = disks(bench, DiskIds='["d-2zedata00001"]')
    assert detached["Device"] == ""


def test_the_performance_level_of_another_category_may_be_filled_and_means_nothing() -> None:
    filled = [disk for disk in disks(Bench("many"), MaxResults=100) if disk["Category"] == "cloud_auto"]
    assert {disk["PerformanceLevel"] for disk in filled} == {"", "PL1"}


def test_encryption_is_described() -> None:
    encrypted = {disk["DiskId"]: disk["KMSKeyId"] for disk in disks(Bench("encrypted")) if disk["Encrypted"]}
    assert encrypted == {"d-2zedata00001": "0e478b7a-4262-4802-b8cb-00d3fb40826X", "d-2zedata00002": ""}
