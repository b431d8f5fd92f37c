"""Lists are read to their end, with the largest pages, and never for ever."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import anyio
import pytest

from ecs_dr.cloud import paging
from ecs_dr.cloud.adapter import AlibabaCloud
from ecs_dr.cloud.retry import RetryPolicy
from ecs_dr.cloud.transport import ApiRequest, Json
from ecs_dr.errors import CloudRefused
from tests.cloud.fakes import ScriptedTransport, StepClock, cloud, scope


def disks(*numbers: int, token: str = "") -> Mapping[str, Json]:
    rows: list[Json] = [
        {"DiskId": f"d-{n}", "Type": "data", "Device": f"/dev/xvd{chr(97 + n)}", "Size": 40} for n in numbers
    ]
    return {"Disks": {"Disk": rows}, "NextToken": token, "TotalCount": 0}


def vswitches(count: int, start: int, total: int | None) -> Mapping[str, Json]:
    rows: list[Json] = [
        {"VSwitchId": f"vsw-{n}", "VpcId": "vpc-1", "ZoneId": "z", "CidrBlock": "10.0.0.0/24", "Status": "Available"}
        for n in range(start, start + count)
    ]
    answer: dict[str, Json] = {"VSwitches": {"VSwitch": rows}}
    if total is not None:
        answer["TotalCount"] = total
    return answer


async def test_token_pages_are_followed_until_the_token_is_empty() -> None:
    transport = ScriptedTransport(disks(1, 2, token="t1"), disks(3, token="t2"), disks(4))
    found = await cloud(transport).describe_disks(scope(), "i-1")
    assert [disk.disk_id for disk in found] == ["d-1", "d-2", "d-3", "d-4"]
    assert [request.params.get("NextToken") for request in transport.requests] == [None, "t1", "t2"]
    assert {request.params["MaxResults"] for request in transport.requests} == {500}


async def test_an_empty_page_in_the_middle_does_not_end_a_token_list() -> None:
    transport = ScriptedTransport(disks(1, token="t1"), disks(token="t2"), disks(2))
    assert len(await cloud(transport).describe_disks(scope(), "i-1")) == 2


async def test_a_token_that_comes_back_ends_the_list() -> None:
    transport = ScriptedTransport(disks(1, token="t1"), disks(2, token="t1"))
    assert len(await cloud(transport).describe_disks(scope(), "i-1")) == 2
    assert len(transport.requests) == 2


async def test_a_row_seen_on_two_pages_is_counted_once() -> None:
    transport = ScriptedTransport(disks(1, 2, token="t1"), disks(2, 3))
    assert [d.disk_id for d in await cloud(transport).describe_disks(scope(), "i-1")] == ["d-1", "d-2", "d-3"]


async def test_numbered_pages_are_followed_until_the_total() -> None:
    transport = ScriptedTransport(vswitches(50, 0, 120), vswitches(50, 50, 120), vswitches(20, 100, 120))
    found = await cloud(transport).describe_vswitches(scope(), "vpc-1")
    assert len(found) == 120
    assert [request.params["PageNumber"] for request in transport.requests] == [1, 2, 3]
    assert {request.params["PageSize"] for request in transport.requests} == {50}


async def test_a_service_that_caps_the_page_below_the_size_asked_for_loses_nothing() -> None:
    transport = ScriptedTransport(vswitches(10, 0, 25), vswitches(10, 10, 25), vswitches(5, 20, 25))
    assert len(await cloud(transport).describe_vswitches(scope(), "vpc-1")) == 25


async def test_without_a_total_a_page_that_is_not_full_is_the_last() -> None:
    transport = ScriptedTransport(vswitches(50, 0, None), vswitches(3, 50, None))
    assert len(await cloud(transport).describe_vswitches(scope(), "vpc-1")) == 53
    assert len(transport.requests) == 2


async def test_a_total_that_is_too_high_does_not_loop() -> None:
    transport = ScriptedTransport(vswitches(5, 0, 900), vswitches(0, 0, 900))
    assert len(await cloud(transport).describe_vswitches(scope(), "vpc-1")) == 5
    assert len(transport.requests) == 2


class EndlessTransport:
    """A new token on every page."""

    def __init__(self) -> None:
        self.sent = 0

    async def call(self, request: ApiRequest) -> Mapping[str, Json]:
        self.sent += 1
        assert request.action == "DescribeDisks"
        return disks(1, token=f"t{self.sent}")


async def test_a_list_that_never_ends_is_left_and_its_beginning_is_not_taken_for_all_of_it() -> None:
    transport = EndlessTransport()
    with pytest.raises(CloudRefused, match="DescribeDisks: ListTooLong"):
        await AlibabaCloud(transport, StepClock(), RetryPolicy()).describe_disks(scope(), "i-1")
    assert transport.sent == paging.MOST_PAGES


async def test_a_list_of_numbered_pages_is_left_in_the_same_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST_PAGES", 2)
    transport = ScriptedTransport(*(vswitches(50, start, 500) for start in range(0, 500, 50)))
    with pytest.raises(CloudRefused, match="ListTooLong"):
        await cloud(transport).describe_vswitches(scope(), "vpc-1")


@dataclass
class Paged:
    """Answers any page of a list of VSwitches after one turn of the event loop; counts what is in flight."""

    total: int
    flying: int = 0
    most: int = 0

    async def call(self, request: ApiRequest) -> Mapping[str, Json]:
        number = request.params["PageNumber"]
        assert isinstance(number, int)
        self.flying += 1
        self.most = max(self.most, self.flying)
        await anyio.sleep(0.001)
        self.flying -= 1
        start = (number - 1) * 50
        return vswitches(max(min(50, self.total - start), 0), start, self.total)


async def test_pages_after_the_first_are_read_side_by_side_and_come_in_their_order() -> None:
    pages = Paged(1000)
    cloud = AlibabaCloud(pages, StepClock(), RetryPolicy(attempts=0))
    found = await cloud.describe_vswitches(scope(), "vpc-1")
    assert [vswitch.vswitch_id for vswitch in found] == [f"vsw-{number}" for number in range(1000)]
    assert pages.most > 1
