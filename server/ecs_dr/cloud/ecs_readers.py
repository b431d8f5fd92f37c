"""What the ECS API answers, as the domain's models."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache, wraps
from typing import NamedTuple, Self, TypeAlias, TypeVar
from weakref import WeakValueDictionary

from ecs_dr.cloud.fields import Fields
from ecs_dr.domain.attributes.table import DISK_PATHS, INSTANCE_PATHS, PLAIN
from ecs_dr.domain.disks.model import CategorySupport, Disk, DiskMapping, DiskType
from ecs_dr.domain.disks.pairs import device_rank, is_system_device
from ecs_dr.domain.images.model import Image
from ecs_dr.domain.model import Model, Plain, Tag, digest
from ecs_dr.domain.source import CpuOptions, Instance, MetadataOptions, PrivateDns
from ecs_dr.domain.stock.model import InstanceTypeFacts, Stock, ZoneStock

M = TypeVar("M", bound=Model)

SHARED_ROWS = 8192
"""Rows of the catalogue that exist once: every session of a region reads the same, and may keep them."""
_STOCKS = {stock.value: stock for stock in Stock}


def read_tags(row: Fields) -> tuple[Tag, ...]:
    """Tags, by key: ECS answers TagKey and TagValue where requests say Key and Value, in no promised order."""
    tags = (
        Tag(key=tag.text("TagKey") or tag.text("Key"), value=tag.text("TagValue") or tag.text("Value"))
        for tag in row.items("Tags", "Tag")
    )
    return tuple(sorted(tags, key=lambda tag: (tag.key, tag.value)))


class _Interfaces(NamedTuple):
    """What the network interfaces carry beyond the primary private address."""

    ipv6_addresses: tuple[str, ...]
    secondary_eni_ids: tuple[str, ...]
    secondary_private_ips: tuple[str, ...]


def _interfaces(row: Fields) -> _Interfaces:
    interfaces = row.items("NetworkInterfaces", "NetworkInterface")
    secondary = tuple(interface for interface in interfaces if interface.text("Type") == "Secondary")
    addresses = tuple(
        address
        for interface in interfaces
        if interface not in secondary
        for address in interface.items("PrivateIpSets", "PrivateIpSet")
    )
    return _Interfaces(
        ipv6_addresses=tuple(
            address.text("Ipv6Address")
            for interface in interfaces
            for address in interface.items("Ipv6Sets", "Ipv6Set")
            if address.has("Ipv6Address")
        ),
        secondary_eni_ids=tuple(interface.text("NetworkInterfaceId") for interface in secondary),
        secondary_private_ips=tuple(
            address.text("PrivateIpAddress") for address in addresses if address.flag("Primary") is False
        ),
    )


Reader: TypeAlias = Callable[[Fields, str], Plain | None]
_READERS: Mapping[object, Reader] = {
    str: Fields.text,
    int: Fields.integer,
    int | None: Fields.optional_integer,
    bool: lambda row, name: row.flag(name) or False,
    bool | None: Fields.flag,
}
"""How a field is read, by what the model says it is."""


class _Plainly(NamedTuple):
    """A field that is filled as it stands: how it is read, and where it is."""

    field: str
    read: Reader
    parents: tuple[str, ...]
    name: str

    @classmethod
    def at(cls, field: str, kind: object, path: str) -> Self:
        *parents, name = path.split(".")
        return cls(field, _READERS.get(kind, Fields.text), tuple(parents), name)


@cache
def _plainly(model: type[Instance | Disk]) -> tuple[_Plainly, ...]:
    paths, fields = INSTANCE_PATHS if model is Instance else DISK_PATHS, model.model_fields
    return tuple(_Plainly.at(field, fields[field].annotation, path) for field, path in paths.items())


_AS_THEY_STAND = tuple(
    _Plainly.at(one.key, str if one.plain is str else one.plain | None, one.read) for one in PLAIN if one.plain
)
"""The attributes without a field of their own: absent is told from false and nought."""


def read_plain(row: Fields, fields: Iterable[_Plainly]) -> dict[str, Plain | None]:
    """The fields that are filled as they stand."""
    return {field: read(row.child(*parents), name) for field, read, parents, name in fields}


def _once(read: Callable[[Fields], M]) -> Callable[[Fields], M]:
    """Rows that say the same are one value for as long as somebody holds it: most reads find a thing as it was."""
    known: WeakValueDictionary[str, M] = WeakValueDictionary()

    @wraps(read)
    def find_or_read(row: Fields) -> M:
        key = digest(dict(row.values))
        found = known.get(key)
        if found is None:
            found = known[key] = read(row)
        return found

    return find_or_read


@_once
def read_instance(row: Fields) -> Instance:
    """One instance (DescribeInstances): what needs a rule here, what stands as it is where its attribute's row says."""
    vpc = row.child("VpcAttributes")
    is_spot = row.text("SpotStrategy", "NoSpot") != "NoSpot"
    instance = Instance(
        instance_id=row.text("InstanceId"),
        name=row.text("InstanceName"),
        region_id=row.text("RegionId"),
        zone_id=row.text("ZoneId"),
        status=row.text("Status"),
        instance_type=row.text("InstanceType"),
        cpu=row.integer("Cpu"),
        memory_mib=row.integer("Memory"),
        os_name=row.text("OSNameEn") or row.text("OSName"),
        os_type=row.text("OSType", "linux"),
        network_type=row.text("InstanceNetworkType", "vpc"),
        private_ips=vpc.texts("PrivateIpAddress", "IpAddress"),
        public_ips=row.texts("PublicIpAddress", "IpAddress"),
        eip_address=row.child("EipAddress").text("IpAddress"),
        eip_allocation_id=row.child("EipAddress").text("AllocationId"),
        **_interfaces(row)._asdict(),
        security_group_ids=row.texts("SecurityGroupIds", "SecurityGroupId"),
        charge_type="PrePaid" if row.text("InstanceChargeType") == "PrePaid" else "PostPaid",
        expired_time=row.text("ExpiredTime"),
        spot_strategy=row.text("SpotStrategy", "NoSpot"),
        # Filled in (0.0, 1) for instances that are not spot, too.
        spot_price_limit=row.number("SpotPriceLimit") if is_spot else None,
        spot_duration=row.optional_integer("SpotDuration") if is_spot else None,
        spot_interruption_behavior=row.text("SpotInterruptionBehavior"),
        stopped_mode=row.text("StoppedMode"),
        tags=read_tags(row),
        locks=tuple(lock.text("LockReason") for lock in row.items("OperationLocks", "LockReason")),
        metadata_options=_metadata_options(row),
        cpu_options=_cpu_options(row),
        private_dns=_private_dns(row),
        deployment_set_group_no=row.optional_integer("DeploymentSetGroupNo"),
        tenancy=row.child("DedicatedInstanceAttribute").text("Tenancy"),
        creation_time=row.text("CreationTime"),
    )
    return instance.model_copy(update={**read_plain(row, _plainly(Instance)), "plain": _as_they_stand(row)})


def _as_they_stand(row: Fields) -> dict[str, Plain]:
    """What the attributes without a field of their own are, where the answer says it."""
    found = read_plain(row, _AS_THEY_STAND)
    return {key: value for key, value in found.items() if value is not None and value != ""}


def _metadata_options(row: Fields) -> MetadataOptions | None:
    """None unless META_OPTIONS was asked for and answered: absent does not mean "optional"."""
    options = row.child("MetadataOptions")
    if not (options.has("HttpEndpoint") or options.has("HttpTokens")):
        return None
    return MetadataOptions(
        http_endpoint=options.text("HttpEndpoint"),
        http_tokens=options.text("HttpTokens"),
        hop_limit=options.optional_integer("HttpPutResponseHopLimit"),
    )


def _private_dns(row: Fields) -> PrivateDns | None:
    """None unless PRIVATE_DNS_OPTIONS was asked for and answered."""
    options = row.child("PrivateDnsNameOptions")
    if not options.values:
        return None
    return PrivateDns(
        hostname_type=options.text("HostnameType"),
        ip_a=options.flag("EnableIpDnsARecord") or False,
        ip_ptr=options.flag("EnableIpDnsPtrRecord") or False,
        id_a=options.flag("EnableInstanceIdDnsARecord") or False,
        id_aaaa=options.flag("EnableInstanceIdDnsAAAARecord") or False,
    )


def _cpu_options(row: Fields) -> CpuOptions | None:
    options = row.child("CpuOptions")
    if not options.has("CoreCount"):
        return None
    return CpuOptions(
        core_count=options.optional_integer("CoreCount"),
        threads_per_core=options.optional_integer("ThreadsPerCore"),
        topology_type=options.text("TopologyType"),
    )


@_once
def read_disk(row: Fields) -> Disk:
    """One disk (DescribeDisks). Fields that the API fills for categories they mean nothing for are dropped."""
    category = row.text("Category")
    is_auto = category == "cloud_auto"
    attachments = row.items("Attachments", "Attachment")
    device = row.text("Device") or (attachments[0].text("Device") if attachments else "")
    disk = Disk(
        disk_id=row.text("DiskId"),
        type=_disk_type(row.text("Type"), device),
        device=device,
        category=category,
        performance_level=(row.text("PerformanceLevel") or None) if category == "cloud_essd" else None,
        size_gib=row.integer("Size"),
        status=row.text("Status"),
        kms_key_id=row.text("KMSKeyId"),
        provisioned_iops=row.optional_integer("ProvisionedIops") if is_auto else None,
        bursting_enabled=row.flag("BurstingEnabled") if is_auto else None,
        delete_with_instance=row.flag("DeleteWithInstance") is not False,
        multi_attach=row.text("MultiAttach") == "Enabled",
        charge_type=row.text("DiskChargeType"),
        source_snapshot_id=row.text("SourceSnapshotId"),
        image_id=row.text("ImageId"),
        zone_id=row.text("ZoneId"),
        locks=tuple(lock.text("LockReason") for lock in row.items("OperationLocks", "OperationLock")),
        tags=read_tags(row),
    )
    return disk.model_copy(update=read_plain(row, _plainly(Disk)))


def _disk_type(told: str, device: str) -> DiskType:
    """The type, also where only the name tells it: older mappings have no Type, `/dev/xvda` is the system."""
    if told:
        return "system" if told == "system" else "data"
    return "system" if is_system_device(device) else "data"


def disk_order(disk: Disk) -> tuple[bool, int, int, str, str]:
    """The system disk first, then in device order: whatever order the API lists them in."""
    return (disk.type != "system", *device_rank(disk.device), disk.disk_id)


def read_image(row: Fields) -> Image:
    """One image (DescribeImages). `Size` is the system disk's alone; each mapping's size is a string."""
    features = row.child("Features")
    return Image(
        image_id=row.text("ImageId"),
        name=row.text("ImageName"),
        status=row.text("Status"),
        usable=row.flag("Usable"),
        progress=row.optional_integer("Progress"),
        architecture=row.text("Architecture"),
        os_type=row.text("OSType"),
        os_name=row.text("OSNameEn") or row.text("OSName"),
        boot_mode=row.text("BootMode"),
        imds_support=features.text("ImdsSupport"),
        nvme_support=features.text("NvmeSupport"),
        product_code=row.text("ProductCode"),
        creation_time=row.text("CreationTime"),
        description=row.text("Description"),
        mappings=tuple(
            DiskMapping(
                device=mapping.text("Device"),
                type=_disk_type(mapping.text("Type"), mapping.text("Device")),
                size_gib=mapping.integer("Size"),
                snapshot_id=mapping.text("SnapshotId"),
                encrypted=mapping.flag("Encrypted") or False,
            )
            for mapping in row.items("DiskDeviceMappings", "DiskDeviceMapping")
        ),
        tags=read_tags(row),
    )


def _stock(resource: Fields) -> Stock:
    """StatusCategory decides; `Status` is read only where a region does not report the category.

    The zone's own pair is never looked at: official samples show it contradicting the resource's.
    """
    category = resource.text("StatusCategory")
    if category in _STOCKS:
        return _STOCKS[category]
    available = not category and resource.text("Status") == "Available"
    return Stock.WITH_STOCK if available else Stock.WITHOUT_STOCK


def read_supported(zones: tuple[Fields, ...], resource_type: str) -> tuple[tuple[str, Fields], ...]:
    """(zone, supported resource) pairs of one resource type (DescribeAvailableResource)."""
    return tuple(
        (zone.text("ZoneId"), supported)
        for zone in zones
        for resource in zone.items("AvailableResources", "AvailableResource")
        if resource.text("Type") == resource_type
        for supported in resource.items("SupportedResources", "SupportedResource")
    )


def read_zone_stock(zone_id: str, supported: Fields) -> ZoneStock:
    """The stock of one type in one zone."""
    return _zone_stock(zone_id, supported.text("Value"), _stock(supported))


@lru_cache(SHARED_ROWS)
def _zone_stock(zone_id: str, instance_type: str, stock: Stock) -> ZoneStock:
    return ZoneStock(zone_id=zone_id, instance_type=instance_type, stock=stock)


def read_category(supported: Fields) -> CategorySupport:
    """One disk category of a zone."""
    return _category(
        supported.text("Value"),
        _stock(supported).buyable,
        supported.optional_integer("Min"),
        supported.optional_integer("Max"),
    )


@lru_cache(SHARED_ROWS)
def _category(category: str, available: bool, min_gib: int | None, max_gib: int | None) -> CategorySupport:  # noqa: FBT001 - a key of the cache
    return CategorySupport(category=category, available=available, min_gib=min_gib, max_gib=max_gib)


def read_instance_type(row: Fields) -> InstanceTypeFacts:
    """One instance type (DescribeInstanceTypes)."""
    return InstanceTypeFacts(
        instance_type=row.text("InstanceTypeId"),
        family=row.text("InstanceTypeFamily"),
        cpu=row.integer("CpuCoreCount"),
        memory_gib=row.number("MemorySize") or 0.0,
        architecture=row.text("CpuArchitecture"),
        gpu_count=row.integer("GPUAmount"),
        local_storage_category=row.text("LocalStorageCategory"),
        nvme_required=row.text("NvmeSupport") == "required",
        boot_modes=row.texts("SupportedBootModes", "SupportedBootMode"),
        max_disks=row.optional_integer("DiskQuantity"),
        threads_adjustable=row.child("CpuOptions").flag("HyperThreadingAdjustable") or False,
    )
