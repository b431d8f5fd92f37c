"""A source that has every attribute of the ledger, and the replica that a perfect cloud would make of it."""

from __future__ import annotations

from ecs_dr.domain.attributes.table import PLAIN
from ecs_dr.domain.attributes.terms import Billing, LaunchChoices, Placement
from ecs_dr.domain.disks.model import Disk, DiskMapping
from ecs_dr.domain.disks.plan import bind_to_image, plan_disks
from ecs_dr.domain.images.model import Image
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.model import Tag
from ecs_dr.domain.replica import plan_launch
from ecs_dr.domain.source import CpuOptions, Instance, MetadataOptions, PrivateDns, Source
from ecs_dr.domain.stock.model import Charge
from ecs_dr.domain.verification.verdict import ReplicaReads

SYSTEM = Disk(
    disk_id="d-system",
    name="root",
    description="the root",
    type="system",
    device="/dev/xvda",
    category="cloud_essd",
    performance_level="PL0",
    size_gib=40,
    status="In_use",
    auto_snapshot_policy_id="sp-1",
    tags=(Tag(key="layer", value="os"),),
)
DATA = Disk(
    disk_id="d-data",
    name="database",
    description="orders",
    type="data",
    device="/dev/xvdb",
    category="cloud_essd",
    performance_level="PL1",
    size_gib=100,
    status="In_use",
    encrypted=True,
    kms_key_id="key-1",
    delete_with_instance=False,
    auto_snapshot_policy_id="sp-1",
    tags=(Tag(key="layer", value="os"),),
)
AUTO = Disk(
    disk_id="d-auto",
    name="cache",
    description="a cache",
    type="data",
    device="/dev/xvdc",
    category="cloud_auto",
    size_gib=200,
    status="In_use",
    bursting_enabled=True,
    provisioned_iops=1000,
    auto_snapshot_policy_id="sp-1",
    tags=(Tag(key="layer", value="os"),),
)
INSTANCE = Instance(
    instance_id="i-2zesource0001",
    name="prod-web",
    description="the shop",
    host_name="prod-web-01",
    region_id="cn-beijing",
    zone_id="cn-beijing-h",
    status="Running",
    instance_type="ecs.t6-c1m2.large",
    image_id="m-old",
    vpc_id="vpc-1",
    vswitch_id="vsw-h",
    private_ips=("172.17.0.5",),
    public_ips=("203.0.113.7",),
    ipv6_addresses=("2001:db8::1", "2001:db8::2"),
    security_group_ids=("sg-1", "sg-2"),
    internet_charge_type="PayByTraffic",
    internet_max_bandwidth_out=50,
    internet_max_bandwidth_in=20,
    credit_specification="Unlimited",
    deletion_protection=True,
    key_pair_name="ops",
    resource_group_id="rg-1",
    tags=(Tag(key="env", value="prod"),),
    metadata_options=MetadataOptions(http_endpoint="enabled", http_tokens="required", hop_limit=1),
    cpu_options=CpuOptions(core_count=1, threads_per_core=2, topology_type="ContinuousCoreToHTMapping"),
    login_as_non_root=True,
    private_dns=PrivateDns(hostname_type="IpBased", ip_a=True),
    secure_boot=True,
    deployment_set_id="ds-1",
    tenancy="host",
    creation_time="2026-01-01T00:00Z",
    plain={"affinity": "host"},
)
SOURCE = Source(
    instance=INSTANCE,
    disks=(SYSTEM, DATA, AUTO),
    ram_role_name="ShopRole",
    has_user_data=True,
    auto_renew={"auto_renew_enabled": True, "duration": 1},
    threads_adjustable=True,
)
MAPPINGS = (
    DiskMapping(device="/dev/xvda", type="system", size_gib=40, snapshot_id="s-a"),
    DiskMapping(device="/dev/xvdb", type="data", size_gib=100, snapshot_id="s-b", encrypted=True),
    DiskMapping(device="/dev/xvdc", type="data", size_gib=200, snapshot_id="s-c"),
)
IMAGE = Image(image_id="m-1", name="dr", status="Available", usable=True, mappings=MAPPINGS, imds_support="v2")
EVERYTHING = frozenset(
    {
        "ram_role",
        "user_data",
        "snapshot_policy",
        "host_name",
        "deployment_set",
        "dedicated_host",
        "disk_tags",
        "auto_renew",
    }
)
SUBSCRIPTION = Billing(charge=Charge(charge_type="PrePaid"), period=1)
SPOT = Billing(charge=Charge(spot_strategy="SpotWithPriceLimit"))


def spot_source() -> Source:
    spot = {
        "spot_strategy": "SpotWithPriceLimit",
        "spot_price_limit": 0.5,
        "spot_duration": 1,
        "spot_interruption_behavior": "Stop",
    }
    return SOURCE.model_copy(update={"instance": INSTANCE.model_copy(update=spot)})


def launch_of(
    source: Source = SOURCE, billing: Billing | None = None, choices: LaunchChoices | None = None
) -> LaunchRequest:
    return plan_launch(
        source,
        IMAGE,
        Placement(
            zone_id="cn-beijing-k",
            instance_type=source.instance.instance_type,
            vswitch_id="vsw-k",
            has_ipv6=True,
        ),
        bind_to_image(plan_disks(source.disks, {}), MAPPINGS),
        billing or Billing(),
        "recovery-prod-web",
        (),
        choices or LaunchChoices(carried=EVERYTHING),
    )


def made_of(source: Source, launch: LaunchRequest) -> tuple[Instance, tuple[Disk, ...], ReplicaReads]:
    """What a perfect cloud makes of a launch: every parameter honoured."""
    prepaid, spot = launch.charge_type == "PrePaid", launch.spot_strategy != "NoSpot"
    changes: dict[str, object] = {
        "instance_id": "i-2zereplica001",
        "name": launch.instance_name,
        "zone_id": launch.zone_id,
        "vswitch_id": launch.vswitch_id,
        "image_id": launch.image_id,
        "private_ips": ("172.17.32.9",),
        "public_ips": ("203.0.113.8",) if launch.internet_max_bandwidth_out else (),
        "internet_max_bandwidth_out": launch.internet_max_bandwidth_out,
        "ipv6_addresses": tuple(f"2001:db8:1::{number}" for number in range(launch.ipv6_address_count)),
        "charge_type": launch.charge_type,
        "creation_time": "2026-11-22T08:00Z",
        "expired_time": "2026-12-22T16:00Z" if prepaid else "",
        "spot_strategy": launch.spot_strategy,
        "spot_price_limit": launch.spot_price_limit if spot else None,
        "spot_duration": launch.spot_duration if spot else None,
        "deletion_protection": launch.deletion_protection,
        "auto_release_time": launch.auto_release_time,
        "host_name": launch.host_name or "iZ2zereplica001Z",
        "deployment_set_id": launch.deployment_set_id,
        "tenancy": launch.tenancy,
        "tags": launch.tags,
        "plain": {row.key: launch.plain[row.sets] for row in PLAIN if row.sets in launch.plain},
    }
    disks = tuple(
        disk.model_copy(
            update={
                "disk_id": f"{disk.disk_id}-copy",
                "source_snapshot_id": mapping.snapshot_id,
                "auto_snapshot_policy_id": planned.auto_snapshot_policy_id,
                "tags": launch.tags,
            }
        )
        for disk, mapping, planned in zip(source.disks, MAPPINGS, launch.disks, strict=True)
    )
    reads = ReplicaReads(
        ram_role_name=launch.ram_role_name,
        has_user_data=bool(launch.user_data_from),
        auto_renew={"auto_renew_enabled": launch.auto_renew_months is not None} if prepaid else None,
    )
    return source.instance.model_copy(update=changes), disks, reads
