"""Source and replica side by side: one row a field, each with what was to be and what is.

What was to be follows the launch, which is what the person saw and confirmed, for the fields that a person may
decide (category, performance level, type, charge type); the source for security groups and for the size and the
fate of a disk; the image for its content. A value that cannot be read never matches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ecs_dr.domain.disks import Disk, ReplicaDisk
from ecs_dr.domain.image import Image
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.model import Model, Tag
from ecs_dr.domain.replica import bandwidth_out
from ecs_dr.domain.source import CpuOptions, Instance, Source

UNKNOWN = "-"
"""What a row shows where there is nothing, or nothing could be read."""


class DiskRow(Model):
    """One field of one disk.

    Attributes:
        device: The disk, by its device name in the image.
        field: `device`, `type`, `category`, `performance_level`, `size_gib`, `content` (the snapshot that the disk
            was made from), `encrypted`, `kms_key_id`, `delete_with_instance`, `bursting_enabled` or
            `provisioned_iops`.
        expected: What it was to be.
        actual: What the cloud reports; `-` for nothing.
        matches: Whether they are the same, and known.
        decided: Whether the expected value differs from the source's because the person chose so.
    """

    device: str
    field: str
    expected: str
    actual: str
    matches: bool
    decided: bool = False


class AttributeRow(Model):
    """One attribute of the instance; the fields mean what they mean in `DiskRow`."""

    field: str
    expected: str
    actual: str
    matches: bool
    decided: bool = False


def disk_rows(
    source: Source, image: Image, launch: LaunchRequest, replica_disks: tuple[Disk, ...]
) -> tuple[DiskRow, ...]:
    """Every disk of the source, of the launch and of the replica: also one that is missing or too many."""
    sources = {disk.disk_id: disk for disk in source.disks}
    contents = {(mapping.type, mapping.device): mapping.snapshot_id for mapping in image.mappings}
    left = list(replica_disks)
    rows: list[DiskRow] = []
    for planned in launch.disks:
        actual = next((disk for disk in left if _is_same(planned, disk)), None)
        if actual is None:
            rows.append(_row(planned.device, "device", planned.device, UNKNOWN))
            continue
        left.remove(actual)
        snapshot_id = contents.get((planned.type, planned.device), "")
        rows += _rows_of_disk(planned, actual, sources.get(planned.source_disk_id), snapshot_id)
    planned_ids = {planned.source_disk_id for planned in launch.disks}
    rows += [
        _row(disk.device, "device", disk.device, UNKNOWN) for disk in source.disks if disk.disk_id not in planned_ids
    ]
    rows += [_row(disk.device or disk.disk_id, "device", UNKNOWN, disk.device or disk.disk_id) for disk in left]
    return tuple(rows)


def instance_rows(source: Instance, launch: LaunchRequest, replica: Instance) -> tuple[AttributeRow, ...]:
    """The instance's own attributes, those alone that the launch set or that must be so."""
    always = {"status", "instance_type", "image_id", "instance_name", "private_ip"}
    expected, actual = _launched(launch), _observed(replica, launch)
    before = {"instance_type": source.instance_type}
    return tuple(
        _attribute(name, expected[name], actual[name], before.get(name))
        for name in expected
        if name in always or expected[name]
    )


def network_rows(source: Instance, launch: LaunchRequest, replica: Instance) -> tuple[AttributeRow, ...]:
    """Where the instance is connected, and how it is paid for."""
    bandwidth = launch.internet_max_bandwidth_out
    rows = [
        _attribute("charge_type", launch.charge_type, replica.charge_type, source.charge_type),
        _attribute(
            "spot_strategy", launch.spot_strategy, replica.spot_strategy or "NoSpot", source.spot_strategy or "NoSpot"
        ),
        _attribute(
            "internet_max_bandwidth_out",
            str(bandwidth),
            str(replica.internet_max_bandwidth_out),
            str(bandwidth_out(source)),
        ),
        _attribute("public_ip", "true" if bandwidth else "false", "true" if replica.public_ips else "false"),
        _attribute("vpc_id", source.vpc_id, replica.vpc_id),
        _attribute("vswitch_id", launch.vswitch_id, replica.vswitch_id),
        _attribute("security_group_ids", _list(source.security_group_ids), _list(replica.security_group_ids)),
    ]
    if bandwidth or launch.internet_charge_type:
        kind, before = launch.internet_charge_type, source.internet_charge_type
        rows.insert(1, _attribute("internet_charge_type", kind, replica.internet_charge_type, before))
    if launch.spot_price_limit is not None:
        limit = launch.spot_price_limit
        rows.append(_attribute("spot_price_limit", _number(limit), _number(replica.spot_price_limit)))
    return tuple(rows)


def _is_same(planned: ReplicaDisk, actual: Disk) -> bool:
    """The system disk is the one of its type; a data disk is the one at its device."""
    if planned.type == "system":
        return actual.type == "system"
    return actual.type == "data" and actual.device == planned.device


def _rows_of_disk(planned: ReplicaDisk, actual: Disk, source: Disk | None, snapshot_id: str) -> Iterator[DiskRow]:
    device = planned.device
    source_level = planned.source_performance_level
    size = planned.size_gib if source is None else source.size_gib
    yield _row(device, "device", device, actual.device)
    yield _row(device, "type", planned.type, actual.type)
    yield _row(device, "category", planned.category, actual.category, planned.source_category)
    if planned.category == "cloud_essd":
        level = planned.performance_level or ""
        yield _row(device, "performance_level", level, actual.performance_level or "", source_level or "")
    yield _row(device, "size_gib", str(size), str(actual.size_gib))
    yield _row(device, "content", snapshot_id, actual.source_snapshot_id)
    yield _row(device, "encrypted", _bool(planned.encrypted), _bool(actual.encrypted))
    if planned.encrypted and planned.kms_key_id:
        yield _row(device, "kms_key_id", planned.kms_key_id, actual.kms_key_id)
    if planned.type == "data":
        keeps = planned.delete_with_instance if source is None else source.delete_with_instance
        yield _row(device, "delete_with_instance", _bool(keeps), _bool(actual.delete_with_instance))
    if planned.category == "cloud_auto":
        bursts = bool(planned.bursting_enabled)
        yield _row(device, "bursting_enabled", _bool(bursts), _bool(actual.bursting_enabled))
        if planned.provisioned_iops or actual.provisioned_iops:
            iops = _number(planned.provisioned_iops or 0)
            yield _row(device, "provisioned_iops", iops, _number(actual.provisioned_iops or 0))


def _launched(launch: LaunchRequest) -> Mapping[str, str]:
    metadata = launch.metadata_options
    return {
        "status": "Running",
        "private_ip": "true",
        "instance_type": launch.instance_type,
        "image_id": launch.image_id,
        "instance_name": launch.instance_name,
        "description": launch.description,
        "key_pair_name": launch.key_pair_name,
        "resource_group_id": launch.resource_group_id,
        "deletion_protection": "true" if launch.deletion_protection else "",
        "credit_specification": launch.credit_specification,
        "http_endpoint": metadata.http_endpoint if metadata else "",
        "http_tokens": metadata.http_tokens if metadata else "",
        "cpu_options": _cpu(launch.cpu_options),
        "tags": _tags(launch.tags),
    }


def _observed(replica: Instance, launch: LaunchRequest) -> Mapping[str, str]:
    """The same names, from what the cloud reports; of the tags those that the launch asked for."""
    metadata = replica.metadata_options
    return {
        "status": replica.status,
        "private_ip": "true" if replica.private_ips else "false",
        "instance_type": replica.instance_type,
        "image_id": replica.image_id,
        "instance_name": replica.name,
        "description": replica.description,
        "key_pair_name": replica.key_pair_name,
        "resource_group_id": replica.resource_group_id,
        "deletion_protection": "true" if replica.deletion_protection else "",
        "credit_specification": replica.credit_specification,
        "http_endpoint": metadata.http_endpoint if metadata else "",
        "http_tokens": metadata.http_tokens if metadata else "",
        "cpu_options": _cpu(replica.cpu_options),
        "tags": _tags(tuple(tag for tag in replica.tags if tag in launch.tags)),
    }


def _row(device: str, field: str, expected: str, actual: str, source: str | None = None) -> DiskRow:
    row = _attribute(field, expected, actual, source)
    return DiskRow(device=device, **row.model_dump())


def _attribute(field: str, expected: str, actual: str, source: str | None = None) -> AttributeRow:
    """A row; `source` is given for a field that the person may decide."""
    known = expected not in {"", UNKNOWN} and actual not in {"", UNKNOWN}
    return AttributeRow(
        field=field,
        expected=expected or UNKNOWN,
        actual=actual or UNKNOWN,
        matches=known and expected == actual,
        decided=source is not None and source != expected,
    )


def _bool(value: bool | None) -> str:  # noqa: FBT001 - the value that is shown, not a switch
    return UNKNOWN if value is None else str(value).lower()


def _number(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:g}"


def _list(values: tuple[str, ...]) -> str:
    return ", ".join(sorted(values))


def _tags(tags: tuple[Tag, ...]) -> str:
    return _list(tuple(f"{tag.key}={tag.value}" for tag in tags))


def _cpu(options: CpuOptions | None) -> str:
    if options is None or not options.core_count:
        return ""
    return f"{options.core_count} x {options.threads_per_core or '?'}"
