from __future__ import annotations

import pytest

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.bench import Bench, rows

SOURCE = "i-2zesource0001"
PUBLIC_IMAGE = "aliyun_3_x64_20G_alibase_20240528.vhd"
GROUPS: list[Json] = ["sg-2zeweb00001"]
SYSTEM: dict[str, Json] = {"Category": "cloud_essd", "PerformanceLevel": "PL0", "Size": "40"}
DATA: list[dict[str, Json]] = [
    {"Device": "/dev/xvdb", "Category": "cloud_essd", "PerformanceLevel": "PL1", "Size": 100},
    {"Device": "/dev/xvdc", "Category": "cloud_auto", "Size": 200, "BurstingEnabled": True},
]


def with_image(name: str = "healthy") -> tuple[Bench, str]:
    bench = Bench(name)
    image_id = str(bench.ecs("CreateImage", InstanceId=SOURCE, ImageName="dr-1")["ImageId"])
    bench.clock.advance(300)
    return bench, image_id


def request(image_id: str, **params: Json) -> dict[str, Json]:
    base: dict[str, Json] = {
        "ImageId": image_id,
        "InstanceType": "ecs.g7.xlarge",
        "VSwitchId": "vsw-2zek0001",
        "SecurityGroupIds": GROUPS,
        "SystemDisk": SYSTEM,
        "DataDisk": [*DATA],
    }
    return {**base, **params}


def launched_disks(bench: Bench, image_id: str, **params: Json) -> list[dict[str, Json]]:
    answer = bench.ecs("RunInstances", **request(image_id, **params))
    sets = answer["InstanceIdSets"]
    assert isinstance(sets, dict)
    ids = sets["InstanceIdSet"]
    assert isinstance(ids, list)
    bench.clock.advance(60)
    return rows(bench.ecs("DescribeDisks", InstanceId=ids[0], MaxResults=100), "Disks", "Disk")


def changed(number: int, **members: Json) -> list[Json]:
    """The data disks of the request, one of them with other members; None takes a member away."""
    entries: list[Json] = [*DATA]
    entries[number] = {key: value for key, value in {**DATA[number], **members}.items() if value is not None}
    return entries


def test_each_disk_is_made_from_the_images_snapshot_of_its_device() -> None:
    bench, image_id = with_image()
    mappings = {m.device: m.snapshot_id for m in bench.world.images[image_id].mappings if m.type == "data"}
    made = launched_disks(bench, image_id)
    assert {disk["Device"]: disk["SourceSnapshotId"] for disk in made if disk["Type"] == "data"} == mappings
    # As recorded in DescribeDisks: the system disk of a custom image names the image and no snapshot.
    system = next(disk for disk in made if disk["Type"] == "system")
    assert (system["ImageId"], system["SourceSnapshotId"]) == (image_id, "")
    assert [(d["Category"], d["PerformanceLevel"], d["Size"]) for d in made] == [
        ("cloud_essd", "PL0", 40),
        ("cloud_essd", "PL1", 100),
        ("cloud_auto", "", 200),
    ]
    assert {disk["ZoneId"] for disk in made} == {"cn-beijing-k"}


def test_a_disk_that_is_not_named_gets_the_defaults_and_not_those_of_the_source() -> None:
    bench, image_id = with_image()
    made = {disk["Device"]: disk for disk in launched_disks(bench, image_id, DataDisk=[DATA[1]])}
    forgotten = made["/dev/xvdb"]
    assert (forgotten["Category"], forgotten["BurstingEnabled"], forgotten["Size"]) == ("cloud_auto", True, 100)
    assert forgotten["SourceSnapshotId"] != ""


def test_outside_the_china_site_the_default_is_another() -> None:
    bench, image_id = with_image()
    bench.world.behaviour.china_site = False
    refusal = bench.refusal("RunInstances", **request(image_id, DataDisk=[]))
    assert refusal == ("InvalidDiskCategory.NotSupported", 403)


def test_a_device_unknown_to_the_image_adds_a_blank_disk() -> None:
    bench, image_id = with_image()
    entries: list[Json] = [*DATA, {"Device": "/dev/xvdz", "Category": "cloud_essd", "Size": 50}]
    made = {disk["Device"]: disk for disk in launched_disks(bench, image_id, DataDisk=entries)}
    assert len(made) == 4
    assert made["/dev/xvdz"]["SourceSnapshotId"] == ""
    assert made["/dev/xvdz"]["PerformanceLevel"] == "PL1"


def test_a_snapshot_id_adds_a_second_copy_and_its_size_is_the_snapshots() -> None:
    bench, image_id = with_image()
    snapshot_id = bench.world.images[image_id].mappings[1].snapshot_id
    extra: dict[str, Json] = {
        "Device": "/dev/xvdb", "SnapshotId": snapshot_id, "Category": "cloud_essd", "Size": 4000,
    }  # fmt: skip
    made = launched_disks(bench, image_id, DataDisk=[extra, DATA[1]])
    copies = [disk for disk in made if disk["SourceSnapshotId"] == snapshot_id]
    assert [(disk["Device"], disk["Size"]) for disk in copies] == [("/dev/xvdb", 100), ("/dev/xvdd", 100)]


def test_disks_of_an_image_without_data_disks_are_blank_and_get_their_devices() -> None:
    bench = Bench()
    entries: list[Json] = [{"Category": "cloud_essd", "Size": 30}, {"Category": "cloud_auto", "Size": 40}]
    made = launched_disks(bench, PUBLIC_IMAGE, DataDisk=entries)
    assert [disk["Device"] for disk in made] == ["/dev/xvda", "/dev/xvdb", "/dev/xvdc"]
    assert {disk["SourceSnapshotId"] for disk in made} == {""}


def test_what_is_not_said_of_a_disk_means_pl1_and_deletion_with_the_instance() -> None:
    bench, image_id = with_image()
    made = launched_disks(bench, image_id, DataDisk=changed(0, PerformanceLevel=None))
    assert (made[1]["PerformanceLevel"], made[1]["DeleteWithInstance"]) == ("PL1", True)


def test_what_is_said_of_a_disk_can_be_read_back() -> None:
    bench, image_id = with_image()
    entries = changed(
        1,
        DeleteWithInstance=False,
        DiskName="cache",
        Description="the cache",
        ProvisionedIops=1000,
        AutoSnapshotPolicyId="sp-2zedaily0001",
        Encrypted="true",
        KMSKeyId="0e478b7a-4262-4802-b8cb-00d3fb40826X",
    )
    cache = launched_disks(bench, image_id, DataDisk=entries)[2]
    assert (cache["DeleteWithInstance"], cache["DiskName"], cache["Description"]) == (False, "cache", "the cache")
    assert (cache["ProvisionedIops"], cache["BurstingEnabled"]) == (1000, True)
    assert (cache["AutoSnapshotPolicyId"], cache["Encrypted"]) == ("sp-2zedaily0001", True)
    assert cache["KMSKeyId"] == "0e478b7a-4262-4802-b8cb-00d3fb40826X"


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"Size": 99}, "InvalidDiskSize.TooSmall"),
        ({"PerformanceLevel": "PL2"}, "OperationDenied.PerformanceLevelNotMatch"),
        ({"PerformanceLevel": "PL3", "Size": 1260}, "OperationDenied.PerformanceLevelNotMatch"),
        ({"PerformanceLevel": "PL9"}, "InvalidPerformanceLevel.Malformed"),
        ({"Category": "cloud_auto"}, "InvalidPerformanceLevel.ValueNotSupported"),
        ({"Category": "cloud_ssd", "PerformanceLevel": None}, "InvalidDiskCategory.NotSupported"),
        ({"Category": "tape", "PerformanceLevel": None}, "InvalidDataDiskCategory.ValueNotSupported"),
        ({"Size": 65_537}, "InvalidDataDiskSize.ValueNotSupported"),
        ({"Device": "/dev/vdb"}, "InvalidDataDevice.Malformed"),
        ({"Device": "/dev/xvda"}, "InvalidDevice.InUse"),
        ({"Device": "/dev/xvdc"}, "InvalidDevice.InUse"),
        ({"BurstingEnabled": True}, "BurstingEnabledForDiskCategoryUnsupported"),
        ({"ProvisionedIops": 5}, "ProvisionedIopsForDiskCategoryUnsupported"),
        ({"AutoSnapshotPolicyId": "sp-none"}, "InvalidAutoSnapshotPolicyId.NotFound"),
        ({"KMSKeyId": "key"}, "InvalidEncrypted.NotMatchKmsKeyId"),
        ({"Encrypted": "true", "KMSKeyId": "key"}, "InvalidParameter.KMSKeyId.NotFound"),
        ({"SnapshotId": "s-none"}, "InvalidSnapshotId.NotFound"),
        ({"Device": "/dev/xvdz", "Size": None}, "InvalidDataDiskSize.ValueNotSupported"),
        ({"DeleteWithInstance": "perhaps"}, "InvalidParameter"),
    ],
)
def test_data_disks_that_cannot_be_had(members: dict[str, Json], code: str) -> None:
    bench, image_id = with_image()
    refusal = bench.refusal("RunInstances", **request(image_id, DataDisk=changed(0, **members)))
    assert refusal[0] == code
    assert len(bench.world.instances) == 1


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"Size": "39"}, "InvalidSystemDiskSize.LessThanImageSize"),
        ({"Size": "2049"}, "InvalidSystemDiskSize.MoreThanMaxSize"),
        ({"PerformanceLevel": "PL2"}, "InvalidSystemDiskSize.LessThanMinSize"),
        ({"Category": "cloud_ssd", "PerformanceLevel": ""}, "InvalidSystemDiskCategory.ValueNotSupported"),
        ({"Category": "tape", "PerformanceLevel": ""}, "InvalidSystemDiskCategory.ValueNotSupported"),
        ({"Category": "cloud_auto"}, "InvalidPerformanceLevel.ValueNotSupported"),
        ({"ProvisionedIops": 99}, "ProvisionedIopsForDiskCategoryUnsupported"),
    ],
)
def test_system_disks_that_cannot_be_had(members: dict[str, Json], code: str) -> None:
    bench, image_id = with_image()
    refusal = bench.refusal("RunInstances", **request(image_id, SystemDisk={**SYSTEM, **members}))
    assert refusal[0] == code


def test_the_default_system_disk_of_an_essd_only_type_is_essd_pl0_of_40_gib() -> None:
    made = launched_disks(Bench(), PUBLIC_IMAGE, SystemDisk={}, DataDisk=[])
    assert [(d["Category"], d["PerformanceLevel"], d["Size"]) for d in made] == [("cloud_essd", "PL0", 40)]


def test_an_older_type_has_the_older_default() -> None:
    made = launched_disks(Bench(), PUBLIC_IMAGE, InstanceType="ecs.g6.xlarge", SystemDisk={}, DataDisk=[])
    assert [(d["Category"], d["PerformanceLevel"]) for d in made] == [("cloud_efficiency", "")]


def test_a_category_sold_in_the_zone_may_be_refused_to_the_type() -> None:
    bench = Bench()
    params = request(PUBLIC_IMAGE, InstanceType="ecs.g6.xlarge", SystemDisk={"Category": "cloud_auto"}, DataDisk=[])
    assert bench.refusal("RunInstances", **params) == ("InvalidDiskCategory.NotSupported", 403)


def test_a_zone_without_pl0_refuses_it() -> None:
    bench, image_id = with_image("disk-unsupported")
    vswitch: dict[str, Json] = {
        "RegionId": "cn-beijing", "VpcId": "vpc-2zesource0001", "ZoneId": "cn-beijing-l", "CidrBlock": "172.20.0.0/24",
    }  # fmt: skip
    vswitch_id = bench.vpc("CreateVSwitch", **vswitch)["VSwitchId"]
    bench.clock.advance(10)
    refusal = bench.refusal("RunInstances", **request(image_id, VSwitchId=vswitch_id))
    assert refusal == ("InvalidPerformanceLevel.ValueNotSupported", 400)


def test_a_disk_category_missing_in_the_target_is_refused() -> None:
    bench, image_id = with_image("disk-unsupported")
    assert bench.refusal("RunInstances", **request(image_id)) == ("InvalidDiskCategory.NotSupported", 403)


def test_encrypted_snapshots_need_encrypted_disks() -> None:
    bench, image_id = with_image("encrypted")
    assert bench.refusal("RunInstances", **request(image_id))[0] == "InvalidEncrypted.NotMatchSnapshot"
    named: list[Json] = [{**entry, "Encrypted": "true"} for entry in DATA]
    in_i = bench.refusal("RunInstances", **request(image_id, DataDisk=named, VSwitchId="vsw-2zei0001"))
    assert in_i == ("NotSupportSnapshotEncrypted.ZoneId", 403)
    made = launched_disks(bench, image_id, DataDisk=named)
    assert [disk["Encrypted"] for disk in made] == [False, True, True]
    assert made[1]["KMSKeyId"] == "0e478b7a-4262-4802-b8cb-00d3fb40826X"


def test_another_key_than_the_snapshots_is_refused() -> None:
    bench, image_id = with_image("encrypted")
    bench.world.account.kms_keys.append("another-key")
    named: list[Json] = [{**entry, "Encrypted": "true", "KMSKeyId": "another-key"} for entry in DATA]
    refusal = bench.refusal("RunInstances", **request(image_id, DataDisk=named))
    assert refusal == ("InvalidKmsKeyId.NotMatchSnapshot", 400)


def test_an_account_may_encrypt_everything() -> None:
    bench, image_id = with_image()
    bench.world.behaviour.default_encryption = True
    explicit = request(image_id, DataDisk=changed(0, Encrypted="false"))
    assert bench.refusal("RunInstances", **explicit)[0] == "InvalidEncrypted.NotMatchDiskDefaultEncryption"
    assert {disk["Encrypted"] for disk in launched_disks(bench, image_id)} == {True}


def test_sixteen_data_disks_can_be_named_and_no_more() -> None:
    bench = Bench()
    entries: list[Json] = [{"Category": "cloud_essd", "Size": 20} for _ in range(17)]
    refusal = bench.refusal("RunInstances", **request(PUBLIC_IMAGE, DataDisk=entries))
    assert refusal == ("InstanceDiskNumLimitExceed", 403)
    assert len(launched_disks(bench, PUBLIC_IMAGE, DataDisk=entries[:16])) == 17


def test_a_type_with_local_storage_gets_new_empty_local_disks_beside_the_images() -> None:
    bench, image_id = with_image()
    made = launched_disks(bench, image_id, InstanceType="ecs.i3.xlarge")
    local = made[-1]
    assert (local["Category"], local["Device"], local["SourceSnapshotId"]) == ("local_ssd_pro", "/dev/xvdd", "")


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"ProvisionedIops": 50_001}, "InvalidProvisionedIops.LimitExceed"),
        ({"Device": "/dev/xvdz", "Size": 3}, "InvalidBurstingEnabled.DiskSizeTooSmall"),
    ],
)
def test_what_a_cloud_auto_disk_cannot_do(members: dict[str, Json], code: str) -> None:
    bench, image_id = with_image()
    refusal = bench.refusal("RunInstances", **request(image_id, DataDisk=changed(1, **members)))
    assert refusal == (code, 403)


def test_a_small_essd_disk_of_pl1_is_refused() -> None:
    bench = Bench()
    entries: list[Json] = [{"Category": "cloud_essd", "Size": 19}]
    refusal = bench.refusal("RunInstances", **request(PUBLIC_IMAGE, DataDisk=entries))
    assert refusal == ("InvalidDiskSize.TooSmall", 403)


def test_a_type_carries_only_so_many_disks() -> None:
    bench, image_id = with_image()
    bench.world.instance_types["ecs.g7.xlarge"].disk_quantity = 2
    assert bench.refusal("RunInstances", **request(image_id)) == ("InstanceDiskNumLimitExceed", 403)
