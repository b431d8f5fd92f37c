"""Snapshots as the cloud tells them: paged to the end, and read in every spelling."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ecs_dr.cloud.fields import Fields
from ecs_dr.cloud.snapshots import read_snapshot, read_snapshot_group
from ecs_dr.cloud.transport import Json
from tests.cloud.fakes import ScriptedTransport, cloud, scope

ROW: dict[str, Json] = {
    "SnapshotId": "s-1",
    "Status": "accomplished",
    "Progress": "100%",
    "CreationTime": "2026-11-22T01:00:05Z",
    "SourceDiskId": "d-1",
    "SourceDiskType": "System",
    "SourceDiskSize": "40",
    "SnapshotType": "timer",
    "SnapshotName": "auto2.0_20261122_sp-2zedaily0001",
    "RetentionDays": 7,
    "Encrypted": "True",
    "Tags": {"Tag": [{"TagKey": "a", "TagValue": "b"}]},
}


@pytest.mark.parametrize("size", ["40", 40])
def test_a_row_is_read_whatever_its_spelling(size: Json) -> None:
    read = read_snapshot(Fields({**ROW, "SourceDiskSize": size}))
    assert (read.size_gib, read.disk_type, read.encrypted, read.automatic) == (40, "system", True, True)
    assert read.created_at == datetime(2026, 11, 22, 1, 0, 5, tzinfo=UTC)
    assert read.policy_run == ("sp-2zedaily0001", "20261122")


def test_what_is_absent_is_not_zero_and_not_now() -> None:
    read = read_snapshot(Fields({"SnapshotId": "s-1", "SourceDiskId": "d-1"}))
    assert (read.size_gib, read.created_at, read.automatic, read.retention_days) == (None, None, False, None)


def test_a_group_is_read_by_its_members_ids() -> None:
    group = read_snapshot_group(
        Fields(
            {
                "SnapshotGroupId": "ssg-1",
                "InstanceId": "i-1",
                "CreationTime": "2026-11-22T01:00Z",
                "Snapshots": {"Snapshot": [{"SnapshotId": "s-1", "SourceDiskId": "d-1"}, {"SnapshotId": "s-2"}]},
            }
        )
    )
    assert group.snapshot_ids == ("s-1", "s-2")
    assert group.created_at == datetime(2026, 11, 22, 1, tzinfo=UTC)


async def test_every_page_is_read_a_hundred_rows_at_a_time() -> None:
    pages: list[dict[str, Json]] = [
        {"Snapshots": {"Snapshot": [{**ROW, "SnapshotId": f"s-{number}"}]}, "NextToken": "more" if number == 1 else ""}
        for number in (1, 2)
    ]
    transport = ScriptedTransport(*pages)
    found = await cloud(transport).snapshots_of_instance(scope(), "i-1")
    assert [one.snapshot_id for one in found] == ["s-1", "s-2"]
    assert [request.params["MaxResults"] for request in transport.requests] == [100, 100]


async def test_more_ids_than_a_request_takes_are_asked_for_in_several() -> None:
    transport = ScriptedTransport({}, {})
    await cloud(transport).snapshots(scope(), tuple(f"s-{number}" for number in range(150)))
    assert [str(request.params["SnapshotIds"]).count("s-") for request in transport.requests] == [100, 50]
