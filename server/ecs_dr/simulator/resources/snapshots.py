"""Describing snapshots. An image of a whole instance makes one for each cloud disk."""

from __future__ import annotations

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.actions import Call, action
from ecs_dr.simulator.clock import timestamp
from ecs_dr.simulator.lifecycle import image_state
from ecs_dr.simulator.model_compute import Snapshot
from ecs_dr.simulator.paging import by_either
from ecs_dr.simulator.params import json_list, matches_tags, text
from ecs_dr.simulator.resources.instance_view import ecs_tags


@action("ecs", "DescribeSnapshots", dry_run=True)
def describe_snapshots(call: Call) -> dict[str, Json]:
    """List snapshots."""
    params = call.params
    ids = json_list(params, "SnapshotIds")
    found = [
        snapshot
        for snapshot in (call.world.snapshots.values() if ids is None else call.world.snapshots.select(ids))
        if snapshot.region_id == call.region
        and text(params, "DiskId") in {"", snapshot.source_disk_id}
        and text(params, "InstanceId") in {"", snapshot.instance_id}
        and text(params, "SourceDiskType").lower() in {"", snapshot.source_disk_type}
        and text(params, "Status", "all") in {"all", snapshot_state(call, snapshot)[0]}
        and matches_tags(params, snapshot.tags)
    ]
    page = by_either(found, params, maximum=100)
    views: list[Json] = [_view(call, snapshot) for snapshot in page.items]
    return {**page.fields, "Snapshots": {"Snapshot": views}}


def snapshot_state(call: Call, snapshot: Snapshot) -> tuple[str, str]:
    """Status (`progressing`, `accomplished`, `failed`) and progress of a snapshot."""
    image = call.world.images.get(snapshot.image_id)
    if image is None:
        return "accomplished", "100%"
    state = image_state(image, call.now)
    if state.status in {"Waiting", "Creating"}:
        return "progressing", state.progress or "0%"
    return ("failed", "0%") if state.status == "CreateFailed" else ("accomplished", "100%")


def _view(call: Call, snapshot: Snapshot) -> dict[str, Json]:
    status, progress = snapshot_state(call, snapshot)
    return {
        "SnapshotId": snapshot.snapshot_id,
        "SnapshotName": snapshot.snapshot_name,
        "Description": snapshot.description,
        "Status": status,
        "Progress": progress,
        "Available": status == "accomplished",
        "SourceDiskId": snapshot.source_disk_id,
        "SourceDiskType": snapshot.source_disk_type,
        "SourceDiskSize": str(snapshot.source_disk_size),
        "Encrypted": snapshot.encrypted,
        "KMSKeyId": snapshot.kms_key_id,
        "Category": snapshot.category,
        "InstantAccess": False,
        "ProductCode": "",
        "Usage": "image" if snapshot.image_id in call.world.images else "none",
        "ResourceGroupId": snapshot.resource_group_id,
        "CreationTime": timestamp(snapshot.creation_time),
        "Tags": ecs_tags(snapshot.tags),
    }
