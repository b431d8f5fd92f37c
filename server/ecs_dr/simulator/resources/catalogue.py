"""What the cloud offers: DescribeRegions, DescribeZones, DescribeInstanceTypes, DescribeRecommendInstanceType."""

from __future__ import annotations

from collections.abc import Mapping

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.actions import Call, action
from ecs_dr.simulator.errors import Fault, missing_parameter
from ecs_dr.simulator.model_catalogue import InstanceType, StockLevel, Zone
from ecs_dr.simulator.paging import by_token
from ecs_dr.simulator.params import decimal, integer, repeated, required, text

IN_STOCK: frozenset[StockLevel | None] = frozenset({"WithStock", "ClosedWithStock"})

_MOST_TYPES_NAMED = 10
_MOST_TYPES_PER_PAGE = 100
_ENDPOINTS: Mapping[str, str] = {"cn-hangzhou": "ecs-cn-hangzhou.aliyuncs.com"}


@action("ecs", "DescribeRegions", needs_region=False)
def describe_regions(call: Call) -> dict[str, Json]:
    """List the regions; there are no pages."""
    rows: list[Json] = [
        {
            "RegionId": region.region_id,
            "RegionEndpoint": _ENDPOINTS.get(region.region_id, f"ecs.{region.region_id}.aliyuncs.com"),
            "LocalName": region.local_name,
            "Status": region.status,
        }
        for region in call.world.regions.values()
    ]
    return {"Regions": {"Region": rows}}


@action("ecs", "DescribeZones")
def describe_zones(call: Call) -> dict[str, Json]:
    """List the zones of a region with what they sell; there are no pages."""
    zones = [zone for zone in call.world.zones.values() if zone.region_id == call.region]
    return {"Zones": {"Zone": [_zone_row(call, zone) for zone in zones]}}


@action("ecs", "DescribeInstanceTypes", needs_region=False)
def describe_instance_types(call: Call) -> dict[str, Json]:
    """List instance types; unknown ones among `InstanceTypes.N` are left out. Pages have up to 100 rows."""
    named = repeated(call.params, "InstanceTypes")
    if len(named) > _MOST_TYPES_NAMED:
        raise Fault("InvalidParameter", f"At most {_MOST_TYPES_NAMED} InstanceTypes can be given.")
    found = [
        kind
        for kind in call.world.instance_types.values()
        if (not named or kind.instance_type in named) and _matches(call.params, kind)
    ]
    page = by_token(found, call.params, maximum=_MOST_TYPES_PER_PAGE, default=_MOST_TYPES_PER_PAGE)
    return {
        "InstanceTypes": {"InstanceType": [_type_row(kind) for kind in page.items]},
        "NextToken": page.fields["NextToken"],
    }


@action("ecs", "DescribeRecommendInstanceType")
def describe_recommend_instance_type(call: Call) -> dict[str, Json]:
    """Recommend types in stock of the same architecture and size, the plentiful ones first.

    `NetworkType` is mandatory, and either `InstanceType` or `Cores` with `Memory` (GiB). With a `ZoneId` the
    answer stays in that zone (`ZoneMatchMode` Strict, the default).
    """
    if required(call.params, "NetworkType") != "vpc":
        raise Fault("InvalidNetworkType.ValueNotSupported", "The specified parameter NetworkType is not valid.")
    cores, memory, architecture, original = _wanted_size(call)
    charge = text(call.params, "InstanceChargeType", "PostPaid")
    zone_id = text(call.params, "ZoneId")
    candidates = [
        (level, zone, kind)
        for zone in call.world.zones.values()
        if zone.region_id == call.region and zone_id in {"", zone.zone_id}
        for kind in call.world.instance_types.values()
        if (kind.cpu, kind.memory_gib, kind.architecture) == (cores, memory, architecture)
        and kind.instance_type != original
        and (level := call.world.stock_of(zone.zone_id, kind.instance_type, charge)) in IN_STOCK
    ]
    candidates.sort(key=lambda candidate: candidate[0] != "WithStock")
    rows: list[Json] = [
        _recommendation(call, priority, zone, kind, charge)
        for priority, (_, zone, kind) in enumerate(candidates, start=1)
    ]
    return {"Data": {"RecommendInstanceType": rows}}


def _zone_row(call: Call, zone: Zone) -> dict[str, Json]:
    sold = [name for name, level in call.world.stock.get(zone.zone_id, {}).items() if level in IN_STOCK]
    types: list[Json] = [*sold]
    offer = call.world.disk_support.get(zone.zone_id)
    system: list[Json] = [*offer.system] if offer else []
    data: list[Json] = [*offer.data] if offer else []
    generations: list[Json] = [*sorted({call.world.instance_types[name].generation for name in sold})]
    families: list[Json] = [*sorted({call.world.instance_types[name].family for name in sold})]
    resources: dict[str, Json] = {
        "IoOptimized": True,
        "SystemDiskCategories": {"supportedSystemDiskCategory": system},
        "DataDiskCategories": {"supportedDataDiskCategory": data},
        "NetworkTypes": {"supportedNetworkCategory": ["vpc"]},
        "InstanceTypes": {"supportedInstanceType": types},
        "InstanceTypeFamilies": {"supportedInstanceTypeFamily": families},
        "InstanceGenerations": {"supportedInstanceGeneration": generations},
    }
    return {
        "ZoneId": zone.zone_id,
        "LocalName": zone.local_name,
        "ZoneType": zone.zone_type,
        "AvailableResourceCreation": {"ResourceTypes": ["VSwitch", "IoOptimized", "Instance", "Disk"]},
        "AvailableDiskCategories": {"DiskCategories": data},
        "AvailableInstanceTypes": {"InstanceTypes": types},
        "AvailableResources": {"ResourcesInfo": [resources]},
        "AvailableVolumeCategories": {"VolumeCategories": []},
        "AvailableDedicatedHostTypes": {"DedicatedHostType": []},
        "DedicatedHostGenerations": {"DedicatedHostGeneration": []},
    }


def _matches(params: Mapping[str, str], kind: InstanceType) -> bool:
    exact = (
        ("InstanceTypeFamily", kind.family),
        ("CpuArchitecture", kind.architecture),
        ("NvmeSupport", kind.nvme_support),
    )
    at_least = (("MinimumCpuCoreCount", kind.cpu), ("MinimumMemorySize", kind.memory_gib))
    at_most = (("MaximumCpuCoreCount", kind.cpu), ("MaximumMemorySize", kind.memory_gib))
    return (
        all(text(params, name) in {"", actual} for name, actual in exact)
        and all(decimal(params, name) <= actual for name, actual in at_least)
        and all(not params.get(name) or actual <= decimal(params, name) for name, actual in at_most)
    )


def _type_row(kind: InstanceType) -> dict[str, Json]:
    row: dict[str, Json] = {
        "InstanceTypeId": kind.instance_type,
        "InstanceTypeFamily": kind.family,
        "InstanceFamilyLevel": "EnterpriseLevel",
        "InstanceCategory": "General-purpose",
        "CpuCoreCount": kind.cpu,
        "MemorySize": float(kind.memory_gib),
        "CpuArchitecture": kind.architecture,
        "CpuSpeedFrequency": 2.7,
        "CpuTurboFrequency": 3.5,
        "PhysicalProcessorModel": "Simulated processor",
        "CpuOptions": _cpu_options(kind),
        "DiskQuantity": kind.disk_quantity,
        "EniQuantity": kind.eni_quantity,
        "EniPrivateIpAddressQuantity": kind.private_ip_quantity,
        "EniIpv6AddressQuantity": kind.private_ip_quantity,
        "EniTotalQuantity": kind.eni_quantity,
        "EniTrunkSupported": True,
        "InstanceBandwidthRx": 10240000,
        "InstanceBandwidthTx": 10240000,
        "InstancePpsRx": 1100000,
        "InstancePpsTx": 1100000,
        "LocalStorageCategory": kind.local_storage_category,
        "NvmeSupport": kind.nvme_support,
        "SupportedBootModes": {"SupportedBootMode": [*kind.boot_modes]},
        "GPUAmount": kind.gpu_amount,
        "GPUSpec": kind.gpu_spec,
        "GPUMemorySize": 0.0,
        "JumboFrameSupport": True,
    }
    if kind.local_storage_amount:
        row["LocalStorageAmount"] = kind.local_storage_amount
        row["LocalStorageCapacity"] = kind.local_storage_gib
    return row


def _cpu_options(kind: InstanceType) -> dict[str, Json]:
    return {
        "Core": kind.cpu // kind.threads_per_core,
        "CoreFactor": 1,
        "ThreadsPerCore": kind.threads_per_core,
        "HyperThreadingAdjustable": kind.hyper_threading_adjustable,
        "SupportedTopologyTypes": {"SupportedTopologyType": []},
    }


def _wanted_size(call: Call) -> tuple[int, float, str, str]:
    """Return cores, memory in GiB, the architecture, and the type that is to be replaced."""
    name = text(call.params, "InstanceType")
    if name:
        kind = call.world.instance_types.get(name)
        if kind is None:
            raise Fault("InvalidInstanceType.ValueNotSupported", "The specified InstanceType does not exist.")
        return kind.cpu, kind.memory_gib, kind.architecture, name
    if not call.params.get("Cores") or not call.params.get("Memory"):
        raise missing_parameter("InstanceType, or Cores and Memory,")
    return integer(call.params, "Cores", 0), decimal(call.params, "Memory"), "X86", ""


def _recommendation(call: Call, priority: int, zone: Zone, kind: InstanceType, charge: str) -> dict[str, Json]:
    return {
        "Priority": priority,
        "RegionId": call.region,
        "ZoneId": zone.zone_id,
        "CommodityCode": "ecs",
        "Scene": text(call.params, "Scene", "CREATE"),
        "InstanceChargeType": charge,
        "SpotStrategy": text(call.params, "SpotStrategy", "NoSpot"),
        "NetworkType": "vpc",
        "InstanceType": {
            "InstanceType": kind.instance_type,
            "InstanceTypeFamily": kind.family,
            "Cores": kind.cpu,
            "Memory": round(kind.memory_gib * 1024),
            "Generation": kind.generation,
            "SupportIoOptimized": "optimized",
        },
        "Zones": {"zone": [{"ZoneNo": zone.zone_id, "NetworkTypes": {"NetworkType": ["vpc"]}}]},
    }
