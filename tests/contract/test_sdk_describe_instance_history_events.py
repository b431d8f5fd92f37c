from __future__ import annotations

from datetime import UTC, datetime

from alibabacloud_ecs20140526.models import DescribeInstanceHistoryEventsRequest

from ecs_dr.simulator.model_compute import HistoryEvent
from tests.contract.sdk_support import Sdk, Shape, World, check_shape

ROW: Shape = {
    "EventId": str,
    "InstanceId": str,
    "EventType": {"Name": str, "Code": int},
    "EventCycleStatus": {"Name": str, "Code": int},
    "EventPublishTime": str,
    "Reason": str,
}
LIST = ("InstanceSystemEventSet", "InstanceSystemEventType")


def test_an_event_outlives_its_instance(sdk: Sdk, world: World) -> None:
    event = HistoryEvent(
        event_id="e-1",
        instance_id="i-gone",
        event_type="SystemFailure.Delete",
        reason="no stock",
        publish_time=datetime(2026, 11, 22, 8, 5, tzinfo=UTC),
    )
    world.state.history_events.append(event)
    request = DescribeInstanceHistoryEventsRequest(region_id="cn-beijing", instance_id="i-gone")
    check_shape(sdk.send(request), {LIST[0]: {LIST[1]: [ROW]}, "TotalCount": int, "RequestId": str})
    (row,) = sdk.rows(request, *LIST)
    assert row["EventType"] == {"Name": "SystemFailure.Delete", "Code": 42}


def test_a_quiet_instance_has_no_events(sdk: Sdk) -> None:
    request = DescribeInstanceHistoryEventsRequest(region_id="cn-beijing", instance_id="i-2zesource0001")
    assert sdk.rows(request, *LIST) == []
