"""One recovery that went well, as the cloud would report it: tests change one thing about it."""

from __future__ import annotations

from ecs_dr.domain.disks.model import Disk, DiskMapping
from ecs_dr.domain.disks.plan import bind_to_image, plan_disks
from ecs_dr.domain.images.model import Image
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.model import Tag
from ecs_dr.domain.source import Instance, Source

SYSTEM = Disk(
    disk_id="d-system",
    type="system",
    device="/dev/xvda",
    category="cloud_essd",
    performance_level="PL0",
    size_gib=40,
    status="In_use",
    source_snapshot_id="s-old",
)
ESSD = Disk(
    disk_id="d-essd",
    name="database",
    type="data",
    device="/dev/xvdb",
    category="cloud_essd",
    performance_level="PL1",
    size_gib=100,
    status="In_use",
    delete_with_instance=False,
    encrypted=True,
    kms_key_id="key-1",
)
AUTO = Disk(
    disk_id="d-auto",
    type="data",
    device="/dev/xvdc",
    category="cloud_auto",
    size_gib=200,
    status="In_use",
    bursting_enabled=True,
    provisioned_iops=1000,
)

INSTANCE = Instance(
    instance_id="i-2zesource0001",
    name="prod-web",
    region_id="cn-beijing",
    zone_id="cn-beijing-h",
    status="Running",
    instance_type="ecs.g7.xlarge",
    vpc_id="vpc-1",
    vswitch_id="vsw-h",
    private_ips=("172.17.0.5",),
    public_ips=("203.0.113.7",),
    security_group_ids=("sg-1", "sg-2"),
    charge_type="PostPaid",
    internet_charge_type="PayByTraffic",
    internet_max_bandwidth_out=5,
    key_pair_name="ops",
    tags=(Tag(key="env", value="prod"),),
)
SOURCE = Source(instance=INSTANCE, disks=(SYSTEM, ESSD, AUTO), ram_role_name="", has_user_data=False)

MAPPINGS = (
    DiskMapping(device="/dev/xvda", type="system", size_gib=40, snapshot_id="s-a"),
    DiskMapping(device="/dev/xvdb", type="data", size_gib=100, snapshot_id="s-b", encrypted=True),
    DiskMapping(device="/dev/xvdc", type="data", size_gib=200, snapshot_id="s-c"),
)
IMAGE = Image(image_id="m-1", name="Create_from_i-2zesource0001", status="Available", usable=True, mappings=MAPPINGS)

LAUNCH = LaunchRequest(
    region_id="cn-beijing",
    zone_id="cn-beijing-k",
    image_id="m-1",
    instance_type="ecs.g7.xlarge",
    vswitch_id="vsw-k",
    security_group_ids=("sg-1", "sg-2"),
    instance_name="recovery-prod-web",
    internet_charge_type="PayByTraffic",
    internet_max_bandwidth_out=5,
    disks=bind_to_image(plan_disks(SOURCE.disks, {}), MAPPINGS),
    key_pair_name="ops",
    tags=(Tag(key="env", value="prod"),),
)

REPLICA = INSTANCE.model_copy(
    update={
        "instance_id": "i-2zereplica001",
        "name": "recovery-prod-web",
        "zone_id": "cn-beijing-k",
        "vswitch_id": "vsw-k",
        "image_id": "m-1",
        "private_ips": ("172.17.32.9",),
        "public_ips": ("203.0.113.8",),
    }
)
REPLICA_DISKS = tuple(
    disk.model_copy(update={"disk_id": f"{disk.disk_id}-copy", "source_snapshot_id": mapping.snapshot_id})
    for disk, mapping in zip(SOURCE.disks, MAPPINGS, strict=True)
)
