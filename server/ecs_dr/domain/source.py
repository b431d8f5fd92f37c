"""The source instance as Step 1 records it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from ecs_dr.domain.disks.model import Disk
from ecs_dr.domain.model import JsonObject, Model, Plain, Tag

ChargeType = Literal["PostPaid", "PrePaid"]


class MetadataOptions(Model):
    """Instance metadata service settings; known only when META_OPTIONS was asked for."""

    http_endpoint: str = ""
    http_tokens: str = ""
    hop_limit: int | None = None


class CpuOptions(Model):
    """Cores, threads per core and topology, where the instance reports them; set at launch for the same type alone."""

    core_count: int | None = None
    threads_per_core: int | None = None
    topology_type: str = ""

    def is_default(self, cpu: int) -> bool:
        """Whether it is what every instance of a type with so many vCPUs reports without having asked for anything."""
        return not self.core_count or not self.threads_per_core or self.core_count * self.threads_per_core == cpu


class PrivateDns(Model):
    """How the instance's private domain names resolve; known only when PRIVATE_DNS_OPTIONS was asked for."""

    hostname_type: str = ""
    """`Custom`, `IpBased` or `InstanceIdBased`."""
    ip_a: bool = False
    """IP-based name to IPv4 address."""
    ip_ptr: bool = False
    """IPv4 address back to the IP-based name."""
    id_a: bool = False
    """Instance-id-based name to IPv4 address."""
    id_aaaa: bool = False
    """Instance-id-based name to IPv6 address."""

    @property
    def is_default(self) -> bool:
        """Whether it is what an instance gets without any of these options."""
        return self.hostname_type in {"", "Custom"} and not (self.ip_a or self.ip_ptr or self.id_a or self.id_aaaa)


class Instance(Model):
    """One instance as DescribeInstances reports it. Bandwidths in Mbps, memory in MiB."""

    instance_id: str
    name: str = ""
    description: str = ""
    host_name: str = ""
    region_id: str
    zone_id: str
    status: str
    instance_type: str
    cpu: int = 0
    memory_mib: int = 0
    image_id: str = ""
    os_name: str = ""
    os_type: str = "linux"
    network_type: str = "vpc"
    vpc_id: str = ""
    vswitch_id: str = ""
    private_ips: tuple[str, ...] = ()
    public_ips: tuple[str, ...] = ()
    eip_address: str = ""
    eip_allocation_id: str = ""
    ipv6_addresses: tuple[str, ...] = ()
    secondary_eni_ids: tuple[str, ...] = ()
    secondary_private_ips: tuple[str, ...] = ()
    security_group_ids: tuple[str, ...] = ()
    charge_type: ChargeType = "PostPaid"
    expired_time: str = ""
    auto_release_time: str = ""
    spot_strategy: str = "NoSpot"
    spot_price_limit: float | None = None
    spot_duration: int | None = None
    spot_interruption_behavior: str = ""
    stopped_mode: str = ""
    internet_charge_type: str = ""
    internet_max_bandwidth_out: int = 0
    internet_max_bandwidth_in: int | None = None
    credit_specification: str = ""
    deletion_protection: bool = False
    key_pair_name: str = ""
    resource_group_id: str = ""
    tags: tuple[Tag, ...] = ()
    locks: tuple[str, ...] = ()
    metadata_options: MetadataOptions | None = None
    cpu_options: CpuOptions | None = None
    login_as_non_root: bool | None = None
    private_dns: PrivateDns | None = None
    secure_boot: bool | None = None
    deployment_set_id: str = ""
    deployment_set_group_no: int | None = None
    dedicated_host_id: str = ""
    tenancy: str = ""
    hpc_cluster_id: str = ""
    local_storage_count: int = 0
    creation_time: str = ""
    plain: dict[str, Plain] = Field(default_factory=dict)
    """What attributes are that are carried as they stand, by their keys; without those that no answer told."""

    @model_serializer(mode="wrap")
    def _told_alike(self, told: SerializerFunctionWrapHandler) -> JsonObject:
        """Told beside the others: whether an attribute has a field of its own is no matter of who reads it."""
        fields: JsonObject = told(self)
        if fields.pop("plain", None):
            fields.update(self.plain)
        return fields

    @property
    def is_spot(self) -> bool:
        """Whether it can be reclaimed."""
        return self.spot_strategy not in {"", "NoSpot"}


RECORDED = frozenset(
    {
        "instance_id",
        "name",
        "region_id",
        "zone_id",
        "status",
        "instance_type",
        "image_id",
        "os_name",
        "vpc_id",
        "vswitch_id",
        "security_group_ids",
        "charge_type",
        "internet_charge_type",
        "internet_max_bandwidth_out",
        "deletion_protection",
    }
)
"""What Step 1 records of an instance whatever its value; the other fields are told where they have one."""


class Source(Model):
    """The source as a whole, at one moment: the instance, its disks, and what the optional reads added."""

    instance: Instance
    disks: tuple[Disk, ...]
    ram_role_name: str | None = None
    """None: not readable. Empty: none attached."""
    has_user_data: bool | None = None
    """None: not readable."""
    auto_renew: JsonObject | None = None
    """None: not readable or not subscription."""
    threads_adjustable: bool | None = None
    """Whether the instance type takes CPU options at all (DescribeInstanceTypes, HyperThreadingAdjustable); None: not
    readable, or of no interest, as the instance has the type's own."""
    unread: tuple[str, ...] = ()
    """Optional actions that were skipped because the identity lacks the permission (`ecs:DescribeUserData`)."""

    def record(self) -> JsonObject:
        """The instance's fields and what the optional reads added, without what is empty or as everywhere."""
        looked_for = {"ram_role_name": self.ram_role_name, "has_user_data": self.has_user_data}
        added = self.model_dump(mode="json", exclude={"instance", "disks", "threads_adjustable"}, exclude_defaults=True)
        return {**self.instance.told(RECORDED), **looked_for, **added}

    @property
    def system_disk(self) -> Disk:
        """The one system disk."""
        return next(disk for disk in self.disks if disk.type == "system")

    @property
    def data_disks(self) -> tuple[Disk, ...]:
        """The data disks in device order."""
        return tuple(disk for disk in self.disks if disk.type == "data")
