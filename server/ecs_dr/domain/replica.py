"""What the replica is to be: the source's own values where they carry over safely, the person's choices elsewhere."""

from __future__ import annotations

from ecs_dr.domain.disks import ReplicaDisk
from ecs_dr.domain.image import Image
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.model import JsonObject, JsonValue, Model, Tag
from ecs_dr.domain.source import CpuOptions, Instance, MetadataOptions
from ecs_dr.domain.stock import Charge

MAX_TAGS = 20
"""RunInstances, Tag.N."""

SYSTEM_TAG_PREFIXES = ("acs:", "aliyun")
CLUSTER_TAG_MARKS = ("ack.", "k8s", "kubernetes", "ess.", "cluster-autoscaler")
"""Tags that would enrol the replica into a cluster's or a scaling group's automation."""


class Billing(Model):
    """How the person decided that the replica is paid for. Period in months, PrePaid alone."""

    charge: Charge = Charge()
    period: int | None = None


class Placement(Model):
    """Where the replica goes, and with what type."""

    zone_id: str
    instance_type: str
    vswitch_id: str


def copyable_tags(tags: tuple[Tag, ...], room: int) -> tuple[Tag, ...]:
    """The user's own tags, at most `room`: system tags are refused by the API, cluster tags would act."""
    return tuple(
        tag
        for tag in tags
        if not tag.key.lower().startswith(SYSTEM_TAG_PREFIXES)
        and not any(mark in tag.key.lower() for mark in CLUSTER_TAG_MARKS)
    )[:room]


def bandwidth_out(source: Instance) -> int:
    """Mbps for the replica: the source's, if it has a public IP of its own.

    Anything above 0 makes the API allocate a public address (RunInstances, InternetMaxBandwidthOut), so a source
    that has none, or is reached through an EIP, leads to 0.
    """
    return source.internet_max_bandwidth_out if source.public_ips else 0


def plan_launch(
    source: Instance,
    image: Image,
    placement: Placement,
    disks: tuple[ReplicaDisk, ...],
    billing: Billing,
    name: str,
    lineage: tuple[Tag, ...] = (),
) -> LaunchRequest:
    """Every parameter of the launch, explicit."""
    same_type = placement.instance_type == source.instance_type
    on_demand = billing.charge.charge_type == "PostPaid" and billing.charge.spot_strategy == "NoSpot"
    spot = billing.charge.spot_strategy != "NoSpot"
    return LaunchRequest(
        region_id=source.region_id,
        zone_id=placement.zone_id,
        image_id=image.image_id,
        instance_type=placement.instance_type,
        vswitch_id=placement.vswitch_id,
        security_group_ids=source.security_group_ids,
        instance_name=name,
        description=source.description,
        charge_type=billing.charge.charge_type,
        period=billing.period,
        spot_strategy=billing.charge.spot_strategy,
        spot_price_limit=source.spot_price_limit if spot else None,
        spot_duration=source.spot_duration if spot else None,
        internet_charge_type=source.internet_charge_type,
        internet_max_bandwidth_out=bandwidth_out(source),
        disks=disks,
        key_pair_name=source.key_pair_name if source.os_type == "linux" else "",
        resource_group_id=source.resource_group_id,
        deletion_protection=source.deletion_protection and on_demand,
        credit_specification=source.credit_specification if same_type else "",
        metadata_options=_metadata_options(source, image),
        cpu_options=_cpu_options(source) if same_type else None,
        tags=(*copyable_tags(source.tags, MAX_TAGS - len(lineage)), *lineage),
    )


def _metadata_options(source: Instance, image: Image) -> MetadataOptions | None:
    """IMDS settings that the image can take: `required` tokens need an image that supports v2.

    An image that is still being built is taken to inherit that from the source; it is looked at again when ready.
    """
    options = source.metadata_options
    if options is None:
        return None
    supported = image.imds_support == "v2" or image.phase == "building"
    tokens = options.http_tokens if options.http_tokens != "required" or supported else ""
    return MetadataOptions(http_endpoint=options.http_endpoint, http_tokens=tokens)


def _cpu_options(source: Instance) -> CpuOptions | None:
    options = source.cpu_options
    return options if options is not None and options.core_count and options.threads_per_core else None


def flatten(parameters: JsonObject, prefix: str = "") -> tuple[tuple[str, str], ...]:
    """The parameters as the API's own flat names (`SystemDisk.Category`, `DataDisk.1.Device`), for a person to read."""
    rows: list[tuple[str, str]] = []
    for name, value in parameters.items():
        rows += _flat_value(f"{prefix}{name}", value)
    return tuple(rows)


def _flat_value(name: str, value: JsonValue) -> tuple[tuple[str, str], ...]:
    if isinstance(value, dict):
        return flatten(value, f"{name}.")
    if isinstance(value, list):
        return tuple(row for number, item in enumerate(value, 1) for row in _flat_value(f"{name}.{number}", item))
    if isinstance(value, bool):
        return ((name, str(value).lower()),)
    return ((name, "" if value is None else str(value)),)
