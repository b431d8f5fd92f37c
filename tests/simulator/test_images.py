from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.bench import Bench, rows

SOURCE = "i-2zesource0001"


@pytest.fixture
def bench() -> Bench:
    return Bench()


def make(bench: Bench, **params: Json) -> str:
    answer = bench.ecs("CreateImage", **{"InstanceId": SOURCE, "ImageName": "dr-1", **params})
    return str(answer["ImageId"])


def images(bench: Bench, **params: Json) -> list[dict[str, Json]]:
    return rows(bench.ecs("DescribeImages", **params), "Images", "Image")


def image(bench: Bench, image_id: str) -> dict[str, Json]:
    (only,) = images(bench, ImageId=image_id, Status="ALL")
    return only


def test_an_image_is_invisible_at_first_counts_up_and_becomes_available(bench: Bench) -> None:
    image_id = make(bench, Description="for the drill")
    assert images(bench, ImageId=image_id, Status="ALL") == []
    seen = []
    for seconds in (2.4, 105.6, 131.9, 0.1):
        bench.clock.advance(seconds)
        found = image(bench, image_id)
        seen.append((found["Status"], found["Progress"], found["Usable"]))
    assert seen == [
        ("Creating", "1%", False),
        ("Creating", "45%", False),
        ("Creating", "99%", False),
        ("Available", "100%", True),
    ]
    assert image(bench, image_id)["Description"] == "for the drill"


def test_progress_is_empty_before_it_is_a_percentage(bench: Bench) -> None:
    bench.world.behaviour.visibility_delay_seconds = 0
    image_id = make(bench)
    assert image(bench, image_id)["Progress"] == ""
    bench.clock.advance(1)
    assert image(bench, image_id)["Progress"] == "0%"


def test_an_image_may_wait_before_it_is_created(bench: Bench) -> None:
    bench.world.behaviour.image_waiting_seconds = 30
    image_id = make(bench)
    bench.clock.advance(20)
    assert image(bench, image_id)["Status"] == "Waiting"
    bench.clock.advance(240)
    assert image(bench, image_id)["Status"] == "Creating"
    bench.clock.advance(10)
    assert image(bench, image_id)["Status"] == "Available"


def test_available_does_not_yet_mean_usable(bench: Bench) -> None:
    bench.world.behaviour.image_usable_delay_seconds = 15
    image_id = make(bench)
    bench.clock.advance(245)
    assert (image(bench, image_id)["Status"], image(bench, image_id)["Usable"]) == ("Available", False)
    assert images(bench, ImageId=image_id, Status="Available", Usable=True) == []
    bench.clock.advance(10)
    assert image(bench, image_id)["Usable"] is True
    assert bench.refusal("DescribeImages", Usable=True) == ("MissingParameter", 400)


@pytest.mark.parametrize("outcome", ["CreateFailed", "UnAvailable"])
def test_an_image_may_end_badly_and_then_only_the_right_question_finds_it(bench: Bench, outcome: str) -> None:
    bench.world.behaviour.image_outcome = "CreateFailed" if outcome == "CreateFailed" else "UnAvailable"
    image_id = make(bench)
    bench.clock.advance(300)
    assert image(bench, image_id)["Status"] == outcome
    assert images(bench, ImageId=image_id) == []
    assert len(images(bench, ImageId=image_id, Status=f"Creating,{outcome}")) == 1


def test_only_available_images_are_listed_unless_other_statuses_are_asked_for(bench: Bench) -> None:
    image_id = make(bench)
    bench.clock.advance(60)
    assert images(bench, ImageId=image_id) == []
    assert len(images(bench, ImageId=image_id, Status="Creating,Waiting")) == 1
    assert bench.refusal("DescribeImages", Status="ALL,Creating")[0] == "InvalidStatus.ValueNotSupported"


def test_every_cloud_disk_gets_a_snapshot_and_a_mapping_whose_size_is_a_string(bench: Bench) -> None:
    image_id = make(bench)
    bench.clock.advance(60)
    mappings = rows(image(bench, image_id), "DiskDeviceMappings", "DiskDeviceMapping")
    assert [(m["Device"], m["Type"], m["Size"]) for m in mappings] == [
        ("/dev/xvda", "system", "40"),
        ("/dev/xvdb", "data", "100"),
        ("/dev/xvdc", "data", "200"),
    ]
    snapshots = rows(bench.ecs("DescribeSnapshots", InstanceId=SOURCE), "Snapshots", "Snapshot")
    assert {s["SnapshotId"] for s in snapshots} == {m["SnapshotId"] for m in mappings}
    assert {s["Status"] for s in snapshots} == {"progressing"}
    bench.clock.advance(180)
    finished = rows(bench.ecs("DescribeSnapshots", Status="accomplished"), "Snapshots", "Snapshot")
    assert len(finished) == 3


@pytest.mark.parametrize(("asked", "known"), [("", "v2"), ("v1", "v1"), ("v2", "v2")])
def test_an_image_knows_the_metadata_that_was_asked_for_else_that_of_the_sources_own(
    bench: Bench, asked: str, known: str
) -> None:
    features: dict[str, Json] = {"ImdsSupport": asked}
    made = make(bench, Features=features) if asked else make(bench)
    assert bench.world.images[made].imds_support == known


def test_images_are_numbered_in_pages_of_ten(bench: Bench) -> None:
    page = bench.ecs("DescribeImages", PageSize=1, PageNumber=2)
    assert (page["TotalCount"], page["PageNumber"], page["PageSize"]) == (2, 2, 1)
    assert len(rows(page, "Images", "Image")) == 1
    assert bench.refusal("DescribeImages", PageSize=101)[0] == "InvalidParameter"


def test_an_image_can_be_found_by_name_owner_and_tag(bench: Bench) -> None:
    image_id = make(bench, Tag=[{"Key": "dr-session", "Value": "abc"}])
    bench.clock.advance(240)
    for params in ({"ImageName": "dr-*"}, {"ImageOwnerAlias": "self"}, {"Tag": [{"Key": "dr-session"}]}):
        found = images(bench, **params)
        assert [one["ImageId"] for one in found] == [image_id]
    assert image(bench, image_id)["Tags"] == {"Tag": [{"TagKey": "dr-session", "TagValue": "abc"}]}


@pytest.mark.parametrize("name", ["x", "1abc", "http://abc", "a.b", "aliyun-1", "acs:x", "a b", "a" * 129])
def test_a_malformed_name_is_refused(bench: Bench, name: str) -> None:
    refusal = bench.refusal("CreateImage", InstanceId=SOURCE, ImageName=name)
    assert refusal == ("InvalidImageName.Malformed", 400)


def test_a_name_is_used_once_also_while_the_first_image_is_still_being_made(bench: Bench) -> None:
    make(bench)
    bench.clock.advance(300)
    refusal = bench.refusal("CreateImage", InstanceId=SOURCE, ImageName="dr-1")
    assert refusal == ("InvalidImageName.Duplicated", 400)


def test_a_disk_cannot_be_in_two_unfinished_images(bench: Bench) -> None:
    make(bench)
    refusal = bench.refusal("CreateImage", InstanceId=SOURCE, ImageName="dr-2")
    assert refusal == ("IncorrectDiskStatus.CreatingSnapshot", 403)


@pytest.mark.parametrize("status", ["Pending", "Starting", "Stopping"])
def test_an_instance_in_transition_cannot_be_imaged(bench: Bench, status: str) -> None:
    bench.world.instances[SOURCE].status = status  # type: ignore[assignment]
    assert bench.refusal("CreateImage", InstanceId=SOURCE) == ("IncorrectInstanceStatus", 400)


def test_a_stopped_instance_can_be_imaged(bench: Bench) -> None:
    bench.world.instances[SOURCE].status = "Stopped"
    assert make(bench).startswith("m-2ze")


def test_stopping_the_source_meanwhile_spoils_the_image_for_good(bench: Bench) -> None:
    image_id = make(bench)
    bench.clock.advance(60)
    bench.world.instances[SOURCE].status = "Stopping"
    bench.ecs("DescribeInstances")
    bench.world.instances[SOURCE].status = "Running"
    bench.clock.advance(300)
    assert image(bench, image_id)["Status"] == "CreateFailed"


def test_what_the_source_must_not_be(bench: Bench) -> None:
    source = bench.world.instances[SOURCE]
    source.lock_reasons = ["security"]
    assert bench.refusal("CreateImage", InstanceId=SOURCE)[0] == "InstanceLockedForSecurity"
    source.lock_reasons = []
    source.needs_restart = True
    assert bench.refusal("CreateImage", InstanceId=SOURCE)[0] == "IncorrectInstanceStatus.NeedRestart"
    source.needs_restart = False
    source.expired_time = bench.clock.now() - timedelta(days=1)
    assert bench.refusal("CreateImage", InstanceId=SOURCE)[0] == "IncorrectInstanceStatus"


def test_disks_that_no_image_can_hold_are_refused(bench: Bench) -> None:
    local = Bench("local-disk").refusal("CreateImage", InstanceId=SOURCE)
    assert local == ("InvalidDiskCategory.CreateImage", 400)
    bench.world.disks["d-2zedata00001"].multi_attach = "Enabled"
    assert bench.refusal("CreateImage", InstanceId=SOURCE)[0] == "InvalidDiskCategory.CreateImage"
    bench.world.disks["d-2zedata00001"].multi_attach = "Disabled"
    bench.world.disks["d-2zedata00001"].status = "Detaching"
    assert bench.refusal("CreateImage", InstanceId=SOURCE)[0] == "IncorrectDiskStatus"
    del bench.world.disks["d-2zesystem0001"]
    assert bench.refusal("CreateImage", InstanceId=SOURCE)[0] == "InvalidInstance.NotFoundSystemDisk"


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"Description": "x"}, "InvalidDescription.Malformed"),
        ({"Description": "https://x"}, "InvalidDescription.Malformed"),
        ({"Tag": [{"Key": "acs:x", "Value": "1"}]}, "InvalidTagKey.Malformed"),
        ({"Tag": [{"Key": "a", "Value": "acs:1"}]}, "InvalidTagValue.Malformed"),
        ({"Tag": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]}, "Duplicate.TagKey"),
        ({"Tag": [{"Key": f"k{n}", "Value": ""} for n in range(21)]}, "QuotaExceed.Tags"),
        ({"ResourceGroupId": "rg-none"}, "InvalidResourceGroup.NotFound"),
        ({"InstanceId": "i-none"}, "InvalidInstanceId.NotFound"),
        ({"InstanceId": ""}, "MissingParameter"),
        ({"InstanceId": "", "SnapshotId": "s-1"}, "NotSimulated"),
    ],
)
def test_other_mistakes_in_a_request_for_an_image(bench: Bench, params: dict[str, Json], code: str) -> None:
    request: dict[str, Json] = {"InstanceId": SOURCE, "ImageName": "dr-1", **params}
    assert bench.refusal("CreateImage", **request)[0] == code
    assert bench.world.snapshots == {}


def test_the_account_must_have_quota_and_balance(bench: Bench) -> None:
    bench.world.account.quotas.images = 0
    assert bench.refusal("CreateImage", InstanceId=SOURCE) == ("QuotaExceed.Image", 403)
    bench.world.account.in_arrears = True
    assert bench.refusal("CreateImage", InstanceId=SOURCE)[0] == "InvalidAccountStatus.NotEnoughBalance"


def test_the_types_an_image_supports_share_its_architecture(bench: Bench) -> None:
    answer = bench.ecs("DescribeImageSupportInstanceTypes", ImageId="aliyun_3_arm64_20G_alibase_20240528.vhd")
    assert [row["InstanceTypeId"] for row in rows(answer, "InstanceTypes", "InstanceType")] == ["ecs.g8y.xlarge"]


def test_making_an_image_leaves_the_source_as_it_was(bench: Bench) -> None:
    before = bench.ecs("DescribeInstances"), bench.ecs("DescribeDisks")
    make(bench)
    bench.clock.advance(300)
    after = bench.ecs("DescribeInstances"), bench.ecs("DescribeDisks")
    assert [{**page, "RequestId": ""} for page in after] == [{**page, "RequestId": ""} for page in before]


def test_a_hibernated_instance_cannot_be_imaged(bench: Bench) -> None:
    bench.world.instances[SOURCE].hibernation_configured = True
    bench.world.instances[SOURCE].status = "Stopped"
    refusal = bench.refusal("CreateImage", InstanceId=SOURCE)
    assert refusal == ("HibernationConfigured.InstanceOperationForbidden", 403)


def test_an_instance_with_more_than_sixteen_data_disks_cannot_be_imaged(bench: Bench) -> None:
    disk = bench.world.disks["d-2zedata00001"]
    for number in range(15):
        name = f"d-2zemore{number:05d}"
        bench.world.disks[name] = replace(disk, disk_id=name, device=f"/dev/xvd{chr(ord('d') + number)}")
    assert bench.refusal("CreateImage", InstanceId=SOURCE) == ("QuotaExceed.Snapshot", 403)


def test_the_detection_of_an_image_is_shown_to_who_asked_for_it(bench: Bench) -> None:
    image_id = make(bench, DetectionStrategy="Standard")
    bench.clock.advance(300)
    assert image(bench, image_id)["DetectionOptions"] == {"Status": "Finished", "Items": {"Item": []}}
    plain = images(bench, ImageOwnerAlias="system")
    assert all("DetectionOptions" not in one for one in plain)


def test_an_image_that_failed_leaves_failed_snapshots(bench: Bench) -> None:
    bench.world.behaviour.image_outcome = "CreateFailed"
    make(bench)
    bench.clock.advance(300)
    snapshots = rows(bench.ecs("DescribeSnapshots"), "Snapshots", "Snapshot")
    assert {snapshot["Status"] for snapshot in snapshots} == {"failed"}
