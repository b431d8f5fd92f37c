"""Instances of a world, with their disks, snapshots and images. Sizes in GiB, bandwidth in Mbps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from pydantic import ConfigDict

from ecs_dr.simulator.bounds import AtLeastOne, Count, Days, GiB, HoursAgo, Moment, Price, Seconds
from ecs_dr.simulator.table import Resource

_STRICT = ConfigDict(extra="forbid")
InstanceStatus = Literal["Pending", "Starting", "Running", "Stopping", "Stopped"]


@dataclass
class MetadataOptions:
    """Instance metadata service settings, shown only to a request that asks for `META_OPTIONS`."""

    http_endpoint: Literal["enabled", "disabled"] = "enabled"
    http_tokens: Literal["optional", "required"] = "optional"
    http_put_response_hop_limit: AtLeastOne = 1

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass
class CpuOptions:
    """Cores and threads; zero cores means the instance type's own number."""

    core_count: Count = 0
    threads_per_core: Count = 0
    numa: str = "ON"
    topology_type: str = ""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass
class Eip:
    """An elastic IP address bound to an instance."""

    allocation_id: str
    ip_address: str
    bandwidth: Count = 5
    internet_charge_type: Literal["PayByTraffic", "PayByBandwidth"] = "PayByTraffic"

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True)
class SecondaryEni:
    """A further network interface of an instance."""

    network_interface_id: str
    vswitch_id: str
    private_ip_address: str
    mac_address: str = "00:16:3e:00:00:02"

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass
class AutoRenew:
    """How a subscription goes on (DescribeInstanceAutoRenewAttribute)."""

    enabled: bool = False
    duration: AtLeastOne = 1
    period_unit: str = "Month"

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass
class Placement:
    """Where an instance is bound to, beyond its zone."""

    deployment_set_id: str = ""
    deployment_set_group_no: Count | None = None
    dedicated_host_id: str = ""
    tenancy: str = ""
    affinity: str = ""
    hpc_cluster_id: str = ""
    storage_set_id: str = ""
    private_pool_id: str = ""
    private_pool_match: str = ""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass
class Instance(Resource):
    """One instance.

    Attributes:
        status: The state it rests in; a launched one goes through Pending and Starting first.
        launched_at: When RunInstances made it; None for what was there from the beginning.
        lost: It was taken away for lack of stock after it had been accepted.
        user_data: Base64, as RunInstances took it.
    """

    instance_type: str
    zone_id: str
    image_id: str
    vswitch_id: str
    private_ip_address: str
    instance_id: str = ""
    instance_name: str = ""
    description: str = ""
    host_name: str = ""
    region_id: str = "cn-beijing"
    vpc_id: str = ""
    network_type: Literal["vpc", "classic"] = "vpc"
    status: InstanceStatus = "Running"
    launched_at: Moment | None = None
    lost: bool = False
    creation_time: Moment | None = None
    expired_time: Moment | None = None
    auto_release_time: Moment | None = None
    os_name: str = "Alibaba Cloud Linux  3.2104 LTS 64位"
    os_name_en: str = "Alibaba Cloud Linux  3.2104 LTS 64 bit"
    os_type: Literal["linux", "windows"] = "linux"
    security_group_ids: tuple[str, ...] = ()
    instance_charge_type: Literal["PostPaid", "PrePaid"] = "PostPaid"
    auto_renew: AutoRenew = field(default_factory=AutoRenew)
    spot_strategy: Literal["NoSpot", "SpotWithPriceLimit", "SpotAsPriceGo"] = "NoSpot"
    spot_price_limit: Price = 0.0
    spot_duration: Count = 1
    spot_interruption_behavior: str = "Terminate"
    internet_charge_type: Literal["PayByTraffic", "PayByBandwidth"] = "PayByTraffic"
    internet_max_bandwidth_out: Count = 0
    internet_max_bandwidth_in: Count = 100
    public_ip_address: str = ""
    eip: Eip | None = None
    ipv6_addresses: list[str] = field(default_factory=list)
    network_interface_id: str = "eni-2zesource0001"
    mac_address: str = "00:16:3e:00:00:01"
    secondary_enis: tuple[SecondaryEni, ...] = ()
    stopped_mode: Literal["KeepCharging", "StopCharging", "Not-applicable"] = "Not-applicable"
    key_pair_name: str = ""
    password_set: bool = False
    ram_role_name: str = ""
    user_data: str = ""
    deletion_protection: bool = False
    credit_specification: str = ""
    metadata: MetadataOptions = field(default_factory=MetadataOptions)
    cpu_options: CpuOptions = field(default_factory=CpuOptions)
    placement: Placement = field(default_factory=Placement)
    jumbo_frame: bool = True
    login_as_non_root: bool = False
    secure_boot: bool = False
    security_enhancement_strategy: str = ""
    private_dns: dict[str, str] = field(default_factory=dict)
    lock_reasons: list[str] = field(default_factory=list)
    needs_restart: bool = False
    hibernation_configured: bool = False
    resource_group_id: str = ""
    serial_number: str = "00000000-0000-4000-8000-000000000001"
    tags: Mapping[str, str] = field(default_factory=dict)

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass
class Disk(Resource):
    """One disk. `attached_at` says when a launched instance's disk is attached and listed."""

    instance_id: str
    type: Literal["system", "data"]
    category: str
    size: GiB
    device: str = ""
    disk_id: str = ""
    disk_name: str = ""
    description: str = ""
    region_id: str = "cn-beijing"
    zone_id: str = ""
    performance_level: str = ""
    status: Literal["In_use", "Available", "Attaching", "Detaching", "Creating", "ReIniting"] = "In_use"
    attached_at: Moment | None = None
    creation_time: Moment | None = None
    expired_time: Moment | None = None
    multi_attach: Literal["Disabled", "Enabled"] = "Disabled"
    portable: bool = True
    delete_with_instance: bool = True
    delete_auto_snapshot: bool = True
    auto_snapshot_policy_id: str = ""
    enable_auto_snapshot: bool = True
    encrypted: bool = False
    kms_key_id: str = ""
    bursting_enabled: bool = False
    provisioned_iops: Count = 0
    iops: Count = 0
    throughput: Count = 0
    charge_type: Literal["PostPaid", "PrePaid"] = "PostPaid"
    image_id: str = ""
    source_snapshot_id: str = ""
    storage_cluster_id: str = ""
    storage_set_id: str = ""
    resource_group_id: str = ""
    serial_number: str = ""
    product_code: str = ""
    lock_reasons: list[str] = field(default_factory=list)
    snapshot_in_progress: bool = False
    tags: dict[str, str] = field(default_factory=dict)

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass
class Snapshot(Resource):
    """One snapshot of a disk. Made by an image, it progresses with it (`image_id`).

    Attributes:
        taken_hours_ago: In place of `creation_time`: so long before the cloud begins; `{day}` in its name is that day.
        snapshot_type: What made it: a person (`user`), a policy (`auto`, or `timer`, as some answers say).
        status: The state it rests in; a snapshot that an image makes follows the image instead.
        available: A disk can be made of it before it is finished (instant access); None: as soon as it is finished.
        vanishes_at: When a retention policy takes it away.
        instance_id: The instance whose disk it is of.
        snapshot_group_id: The group that it was taken with.
        os_type: Of a system disk's snapshot whose instance is gone: what an image of it will be.
        architecture: The same.
    """

    source_disk_id: str
    source_disk_type: Literal["system", "data"]
    source_disk_size: GiB
    snapshot_id: str = ""
    snapshot_name: str = ""
    taken_hours_ago: HoursAgo | None = None
    snapshot_type: Literal["user", "auto", "timer"] = "user"
    status: Literal["progressing", "accomplished", "failed"] = "accomplished"
    progress: str = ""
    available: bool | None = None
    retention_days: Days | None = None
    vanishes_at: Moment | None = None
    snapshot_group_id: str = ""
    os_type: Literal["linux", "windows"] = "linux"
    architecture: Literal["x86_64", "arm64"] = "x86_64"
    description: str = ""
    region_id: str = "cn-beijing"
    category: str = "standard"
    encrypted: bool = False
    kms_key_id: str = ""
    creation_time: Moment | None = None
    image_id: str = ""
    instance_id: str = ""
    resource_group_id: str = ""
    tags: dict[str, str] = field(default_factory=dict)

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass
class SnapshotGroup:
    """Snapshots that were taken at one moment: those whose `snapshot_group_id` names it."""

    instance_id: str
    snapshot_group_id: str = ""
    taken_hours_ago: HoursAgo | None = None
    name: str = ""
    description: str = ""
    region_id: str = "cn-beijing"
    status: Literal["progressing", "accomplished", "failed"] = "accomplished"
    creation_time: Moment | None = None
    resource_group_id: str = ""
    tags: dict[str, str] = field(default_factory=dict)

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass
class ImageMapping:
    """One disk of an image. A blank snapshot id means a system disk of a public image."""

    device: str
    type: Literal["system", "data"]
    size: GiB
    snapshot_id: str = ""
    encrypted: bool = False
    kms_key_id: str = ""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass
class Image(Resource):
    """One image.

    Attributes:
        taken_hours_ago: In place of `creation_time`: so long before the cloud begins.
        started_at: When CreateImage made it; None for what was there from the beginning.
        seconds: How long its creation takes.
        outcome: The status in which it ends.
        source_instance_id: The instance it is made of, which must keep its status meanwhile.
        source_status: That instance's status when the creation began.
    """

    image_name: str
    mappings: list[ImageMapping]
    image_id: str = ""
    region_id: str = "cn-beijing"
    owner_alias: Literal["self", "system", "marketplace", "others"] = "self"
    description: str = ""
    image_family: str = ""
    image_version: str = ""
    taken_hours_ago: HoursAgo | None = None
    started_at: Moment | None = None
    waiting_seconds: Seconds = 0
    seconds: Seconds = 0
    usable_delay_seconds: Seconds = 0
    outcome: Literal["Available", "CreateFailed", "UnAvailable", "Deprecated"] = "Available"
    source_instance_id: str = ""
    source_status: str = ""
    architecture: Literal["i386", "x86_64", "arm64"] = "x86_64"
    os_type: Literal["linux", "windows"] = "linux"
    platform: str = "Aliyun"
    os_name: str = "Alibaba Cloud Linux  3.2104 LTS 64位"
    os_name_en: str = "Alibaba Cloud Linux  3.2104 LTS 64 bit"
    boot_mode: Literal["BIOS", "UEFI", "UEFI-Preferred"] = "BIOS"
    imds_support: Literal["v1", "v2"] = "v2"
    nvme_support: Literal["supported", "unsupported"] = "supported"
    detection: bool = False
    preset_password: bool = False
    login_as_non_root: bool = True
    product_code: str = ""
    resource_group_id: str = ""
    creation_time: Moment | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass
class RamRole:
    """A RAM role; only one that trusts ECS can be given to an instance."""

    role_name: str = ""
    trusts: str = "ecs.aliyuncs.com"

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass
class KeyPair:
    """An SSH key pair; the simulator knows its name alone."""

    key_pair_name: str = ""
    region_id: str = "cn-beijing"
    fingerprint: str = "89:f0:ba:62:ac:b8:aa:e1:61:5e:fd:81:69:86:6d:6b"
    resource_group_id: str = ""
    creation_time: Moment | None = None
    tags: dict[str, str] = field(default_factory=dict)

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass
class HistoryEvent:
    """One system event of an instance (DescribeInstanceHistoryEvents)."""

    event_id: str
    instance_id: str
    event_type: str
    cycle_status: str = "Executed"
    reason: str = ""
    region_id: str = "cn-beijing"
    publish_time: Moment | None = None

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
