"""Describing snapshots and groups of them. An image of a whole instance makes one for each cloud disk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.actions import Call, action
from ecs_dr.simulator.clock import timestamp
from ecs_dr.simulator.errors import Fault
from ecs_dr.simulator.lifecycle import image_state
from ecs_dr.simulator.model_compute import Snapshot, SnapshotGroup
from ecs_dr.simulator.paging import by_either, by_token
from ecs_dr.simulator.params import json_list, matches_tags, repeated, text
from ecs_dr.simulator.resources.instance_view import ecs_tags

_STATUSES = frozenset({"progressing", "accomplished", "failed"})
_TYPES = frozenset({"auto", "user", "all"})
_USAGES = frozenset({"image", "disk", "image_disk", "none"})
_TIMES = frozenset({"CreationStartTime", "CreationEndTime"})
_SNAPSHOT_ID = "s-"
CREATED_FROM = "acs:ecs:createFrom"
"""The default tag of a group's members: the instance that they are of."""


@action("ecs", "DescribeSnapshots", dry_run=True)
def describe_snapshots(call: Call) -> dict[str, Json]:
    """List snapshots; every filter that is named must fit."""
    _check_filters(call)
    found = [one for one in _candidates(call) if _matches(call, one)]
    page = by_either(found, call.params, maximum=100)
    views: list[Json] = [_view(call, snapshot) for snapshot in page.items]
    return {**page.fields, "Snapshots": {"Snapshot": views}}


def existing_snapshot(call: Call, snapshot_id: str) -> Snapshot:
    """The snapshot of that id in the call's region.

    Raises:
        Fault: There is none here, or no longer (`InvalidSnapshotId.NotFound`).
    """
    snapshot = call.world.snapshots.get(snapshot_id)
    if snapshot is None or not _exists(call, snapshot):
        raise Fault("InvalidSnapshotId.NotFound", "The specified SnapshotId does not exist.", 404)
    return snapshot


def snapshot_state(call: Call, snapshot: Snapshot) -> tuple[str, str]:
    """Status (`progressing`, `accomplished`, `failed`) and progress of a snapshot."""
    image = call.world.images.get(snapshot.image_id)
    if image is None:
        return snapshot.status, snapshot.progress or {"accomplished": "100%"}.get(snapshot.status, "0%")
    state = image_state(image, call.now)
    if state.status in {"Waiting", "Creating"}:
        return "progressing", state.progress or "0%"
    return ("failed", "0%") if state.status == "CreateFailed" else ("accomplished", "100%")


def _exists(call: Call, snapshot: Snapshot) -> bool:
    gone = snapshot.vanishes_at is not None and snapshot.vanishes_at <= call.now
    return snapshot.region_id == call.region and not gone


def _check_filters(call: Call) -> None:
    params = call.params
    if any(not one.startswith(_SNAPSHOT_ID) for one in json_list(params, "SnapshotIds") or ()):
        raise Fault("InvalidSnapshotIds.Malformed", "The amount of specified snapshot Ids exceeds the limit.", 403)
    if text(params, "Status", "all") not in {*_STATUSES, "all"}:
        raise Fault("InvalidStatus.NotFound", "The specified Status is not found.", 404)
    if text(params, "SnapshotType", "all") not in _TYPES:
        raise Fault("InvalidSnapshotType.NotFound", "The specified SnapshotType is not found.", 404)
    if text(params, "SourceDiskType").lower() not in {"", "system", "data"}:
        raise Fault("InvalidSourceDiskType", "The specified SourceDiskType is not valid.", 404)
    if text(params, "Usage") and text(params, "Usage") not in _USAGES:
        raise Fault("InvalidUsage", "The specified Usage is not valid.", 404)
    keys = {text(params, f"Filter.{number}.Key") for number in (1, 2)} - {""}
    if keys - _TIMES:
        raise Fault("InvalidFilterKey.NotFound", "The specified Filter.Key is not found.", 404)


def _candidates(call: Call) -> Iterable[Snapshot]:
    table = call.world.snapshots
    disk_id = text(call.params, "DiskId")
    ids = json_list(call.params, "SnapshotIds")
    if ids is not None:
        return table.select(ids)
    return table.by_disk.rows(disk_id) if disk_id else table.values()


def _matches(call: Call, snapshot: Snapshot) -> bool:
    params = call.params
    automatic = "user" if snapshot.snapshot_type == "user" else "auto"
    wanted = {
        "DiskId": snapshot.source_disk_id,
        "SnapshotName": snapshot.snapshot_name,
        "KMSKeyId": snapshot.kms_key_id,
        "ResourceGroupId": snapshot.resource_group_id,
    }
    return (
        _exists(call, snapshot)
        and all(text(params, name) in {"", value} for name, value in wanted.items())
        and text(params, "InstanceId") in {"", _instance_id(call, snapshot)}
        and text(params, "SourceDiskType").lower() in {"", snapshot.source_disk_type}
        and text(params, "Status", "all") in {"all", snapshot_state(call, snapshot)[0]}
        and text(params, "SnapshotType", "all") in {"all", automatic}
        and text(params, "Category").lower() in {"", snapshot.category}
        and (text(params, "Encrypted").lower() != "true" or snapshot.encrypted)
        and _in_time(call, snapshot)
        and matches_tags(params, _tags(snapshot))
        and (not text(params, "Usage") or text(params, "Usage") == _usage(call, snapshot))
    )


def _instance_id(call: Call, snapshot: Snapshot) -> str:
    """The instance under which the filter by instance finds a snapshot."""
    disk = call.world.disks.get(snapshot.source_disk_id)
    if disk is not None and disk.instance_id in call.world.instances:
        return disk.instance_id
    return snapshot.instance_id if call.world.behaviour.lists_snapshots_of_gone else ""


def _in_time(call: Call, snapshot: Snapshot) -> bool:
    made = snapshot.creation_time or datetime.min.replace(tzinfo=UTC)
    for number in (1, 2):
        key, value = text(call.params, f"Filter.{number}.Key"), text(call.params, f"Filter.{number}.Value")
        if not key or not value:
            continue
        try:
            moment = datetime.strptime(value, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
        except ValueError:
            raise Fault("InvalidFilterValue", "The specified Filter.Value is not yyyy-MM-ddTHH:mmZ.") from None
        if (made < moment) if key == "CreationStartTime" else (made > moment):
            return False
    return True


def _usage(call: Call, snapshot: Snapshot) -> str:
    """Whether images are made of it."""
    images = call.world.images
    used = snapshot.image_id in images or any(
        mapping.snapshot_id == snapshot.snapshot_id for image in images.values() for mapping in image.mappings
    )
    return "image" if used else "none"


def _tags(snapshot: Snapshot) -> dict[str, str]:
    return {**({CREATED_FROM: snapshot.instance_id} if snapshot.snapshot_group_id else {}), **snapshot.tags}


def _view(call: Call, snapshot: Snapshot) -> dict[str, Json]:
    status, progress = snapshot_state(call, snapshot)
    view: dict[str, Json] = {
        "SnapshotId": snapshot.snapshot_id,
        "SnapshotName": snapshot.snapshot_name,
        "SnapshotType": snapshot.snapshot_type,
        "Description": snapshot.description,
        "Status": status,
        "Progress": progress,
        "Available": status == "accomplished" if snapshot.available is None else snapshot.available,
        "SourceDiskId": snapshot.source_disk_id,
        "SourceDiskType": snapshot.source_disk_type,
        "SourceDiskSize": str(snapshot.source_disk_size),
        "Encrypted": snapshot.encrypted,
        "KMSKeyId": snapshot.kms_key_id,
        "Category": snapshot.category,
        "InstantAccess": False,
        "ProductCode": "",
        "Usage": _usage(call, snapshot),
        "ResourceGroupId": snapshot.resource_group_id,
        "CreationTime": timestamp(snapshot.creation_time),
        "Tags": ecs_tags(_tags(snapshot)),
    }
    if snapshot.retention_days is not None:
        view["RetentionDays"] = snapshot.retention_days
    return view


@action("ecs", "DescribeSnapshotGroups")
def describe_snapshot_groups(call: Call) -> dict[str, Json]:
    """List groups of snapshots with their members; of a member no status, size or time is told."""
    params = call.params
    ids, statuses = repeated(params, "SnapshotGroupId"), repeated(params, "Status")
    if set(statuses) - _STATUSES:
        raise Fault("InvalidStatus.ValueNotSupported", "The specified Status is not supported.", 403)
    found = [
        group
        for group in call.world.snapshot_groups.values()
        if group.region_id == call.region
        and text(params, "InstanceId") in {"", group.instance_id}
        and text(params, "Name") in {"", group.name}
        and text(params, "ResourceGroupId") in {"", group.resource_group_id}
        and (not ids or group.snapshot_group_id in ids)
        and (not statuses or group.status in statuses)
        and matches_tags(params, group.tags)
    ]
    page = by_token(found, params, maximum=100)
    views: list[Json] = [_group_view(call, group) for group in page.items]
    return {"NextToken": page.fields["NextToken"], "SnapshotGroups": {"SnapshotGroup": views}}


def _group_view(call: Call, group: SnapshotGroup) -> dict[str, Json]:
    members = [one for one in call.world.snapshots.by_group.rows(group.snapshot_group_id) if _exists(call, one)]
    return {
        "SnapshotGroupId": group.snapshot_group_id,
        "InstanceId": group.instance_id,
        "Name": group.name,
        "Description": group.description,
        "Status": group.status,
        "ProgressStatus": "",
        "CreationTime": timestamp(group.creation_time),
        "ResourceGroupId": group.resource_group_id,
        "Tags": {"Tag": [{"Key": key, "Value": value} for key, value in group.tags.items()]},
        "Snapshots": {"Snapshot": [_member_view(call, one) for one in members]},
    }


def _member_view(call: Call, snapshot: Snapshot) -> Json:
    status, progress = snapshot_state(call, snapshot)
    return {
        "SnapshotId": snapshot.snapshot_id,
        "SourceDiskId": snapshot.source_disk_id,
        "SourceDiskType": snapshot.source_disk_type,
        "Progress": progress,
        "Available": status == "accomplished" if snapshot.available is None else snapshot.available,
        "InstantAccess": False,
        "InstantAccessRetentionDays": 0,
        "Tags": {"Tag": [{"Key": key, "Value": value} for key, value in _tags(snapshot).items()]},
    }
