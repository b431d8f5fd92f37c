from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.cidr import check_cidr_block
from ecs_dr.simulator.clock import ManualClock
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.errors import Fault
from ecs_dr.simulator.model_network import VSwitch
from ecs_dr.simulator.vswitches import free_addresses, vswitch_status
from ecs_dr.simulator.world import World, load_world

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
VPC = "vpc-2zesource0001"
CREATE = {"RegionId": "cn-beijing", "ZoneId": "cn-beijing-l", "VpcId": VPC, "CidrBlock": "172.20.0.0/24"}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def cloud(clock: ManualClock) -> Simulator:
    return Simulator(load_world("healthy"), clock)


def call(cloud: Simulator, action: str, **params: str) -> dict[str, Json]:
    return cloud.handle("vpc", "2016-04-28", action, params)


def refusal(cloud: Simulator, action: str, **params: str) -> tuple[str, int]:
    with pytest.raises(Fault) as refused:
        call(cloud, action, **params)
    return refused.value.code, refused.value.http_status


def cidr_refusal(wanted: str, vpc: list[str], taken: list[str], routes: list[str]) -> str:
    try:
        check_cidr_block(wanted, vpc, taken, routes)
    except Fault as fault:
        return fault.code
    return ""


def rows(answer: dict[str, Json], outer: str, inner: str) -> list[dict[str, Json]]:
    container = answer[outer]
    assert isinstance(container, dict)
    found = container[inner]
    assert isinstance(found, list)
    return [row for row in found if isinstance(row, dict)]


def vswitch_ids(answer: dict[str, Json]) -> list[Json]:
    return [row["VSwitchId"] for row in rows(answer, "VSwitches", "VSwitch")]


def make(cloud: Simulator, **changes: str) -> str:
    return str(call(cloud, "CreateVSwitch", **{**CREATE, **changes})["VSwitchId"])


def test_a_new_vswitch_is_pending_and_then_available(cloud: Simulator, clock: ManualClock) -> None:
    vswitch_id = make(cloud, VSwitchName="dr")
    seen = call(cloud, "DescribeVSwitchAttributes", RegionId="cn-beijing", VSwitchId=vswitch_id)
    assert (seen["Status"], seen["AvailableIpAddressCount"], seen["VSwitchName"]) == ("Pending", 252, "dr")
    clock.advance(cloud.world.behaviour.vswitch_pending_seconds)
    seen = call(cloud, "DescribeVSwitchAttributes", RegionId="cn-beijing", VSwitchId=vswitch_id)
    assert seen["Status"] == "Available"


def test_a_new_vswitch_gets_the_system_route_table_and_no_network_acl(cloud: Simulator) -> None:
    seen = call(cloud, "DescribeVSwitchAttributes", VSwitchId=make(cloud))
    assert seen["RouteTable"] == {"RouteTableId": "vtb-2zesystem0001", "RouteTableType": "System"}
    assert seen["NetworkAclId"] == ""


def test_two_vswitches_of_a_vpc_are_not_made_at_once(cloud: Simulator, clock: ManualClock) -> None:
    make(cloud)
    other = {**CREATE, "CidrBlock": "172.21.0.0/24"}
    assert refusal(cloud, "CreateVSwitch", **other) == ("IncorrectVSwitchStatus", 400)
    clock.advance(10)
    make(cloud, CidrBlock="172.21.0.0/24")


def test_a_client_token_makes_one_vswitch(cloud: Simulator) -> None:
    first = make(cloud, ClientToken="token-1")
    assert make(cloud, ClientToken="token-1") == first
    assert [row for row in vswitch_ids(_all(cloud)) if row == first] == [first]


def test_a_client_token_with_another_block_is_a_mismatch(cloud: Simulator) -> None:
    make(cloud, ClientToken="token-1")
    changed = {**CREATE, "CidrBlock": "172.21.0.0/24", "ClientToken": "token-1"}
    assert refusal(cloud, "CreateVSwitch", **changed) == ("IdempotentParameterMismatch", 400)


def test_without_a_token_the_second_request_overlaps_the_first(cloud: Simulator, clock: ManualClock) -> None:
    make(cloud)
    clock.advance(10)
    assert refusal(cloud, "CreateVSwitch", **CREATE)[0] == "InvalidCidrBlock.Overlapped"


def test_a_dry_run_makes_nothing(cloud: Simulator) -> None:
    before = len(cloud.world.vswitches)
    assert refusal(cloud, "CreateVSwitch", **CREATE, DryRun="True") == ("DryRunOperation", 400)
    assert len(cloud.world.vswitches) == before


@pytest.mark.parametrize(
    ("changes", "code", "status"),
    [
        ({"CidrBlock": "172.20.0.1/24"}, "InvalidCidrBlock.Malformed", 400),
        ({"CidrBlock": "a block"}, "InvalidCidrBlock.Malformed", 400),
        ({"CidrBlock": "172.20.0.0"}, "InvalidCidrBlock.Malformed", 400),
        ({"CidrBlock": "172.16.0.0/15"}, "InvalidCirdrBlock.MaskLength", 400),
        ({"CidrBlock": "172.20.0.0/30"}, "InvalidCirdrBlock.MaskLength", 400),
        ({"CidrBlock": "10.9.0.0/24"}, "InvalidParameter", 400),
        ({"CidrBlock": "172.16.0.0/21"}, "InvalidCidrBlock.Overlapped", 400),
        ({"CidrBlock": "172.16.0.0/19"}, "InvalidCidrBlock.Overlapped", 400),
        ({"VpcId": "vpc-unknown"}, "InvalidVpcId.NotFound", 404),
        ({"RegionId": "cn-hangzhou"}, "InvalidVpcId.NotFound", 404),
        ({"ZoneId": "cn-beijing-z"}, "InvalidZoneId.NotFound", 404),
        ({"ZoneId": "cn-hangzhou-h"}, "InvalidZoneId.NotFound", 404),
        ({"ZoneId": "cn-beijing-box-1"}, "ResourceNotAvailable", 400),
        ({"ZoneId": ""}, "MissingParameter", 400),
        ({"CidrBlock": ""}, "MissingParameter", 400),
        ({"VSwitchName": "http://name"}, "InvalidVSwitchName.Malformed", 400),
        ({"Description": "x" * 257}, "InvalidVSwitchDiscription.Malformed", 400),
        ({"Tag.1.Key": "acs:tag", "Tag.1.Value": "x"}, "InvalidTagKey.Malformed", 400),
        ({"CidrMask": "24"}, "NotSimulated", 501),
    ],
)
def test_a_vswitch_that_may_not_be_is_refused(
    cloud: Simulator, changes: dict[str, str], code: str, status: int
) -> None:
    before = len(cloud.world.vswitches)
    assert refusal(cloud, "CreateVSwitch", **{**CREATE, **changes}) == (code, status)
    assert len(cloud.world.vswitches) == before


def test_a_block_of_the_secondary_range_is_allowed(cloud: Simulator) -> None:
    make(cloud, CidrBlock="10.8.4.0/24")


def test_a_vpc_holds_no_more_vswitches_than_its_quota(cloud: Simulator) -> None:
    cloud.world.account.quotas.vswitches_per_vpc = 3
    assert refusal(cloud, "CreateVSwitch", **CREATE) == ("QuotaExceeded.VSwitch", 400)


def test_a_vpc_that_is_pending_takes_no_vswitch(cloud: Simulator) -> None:
    cloud.world.vpcs[VPC].status = "Pending"
    assert refusal(cloud, "CreateVSwitch", **CREATE) == ("IncorrectVpcStatus", 400)


@pytest.mark.parametrize(
    ("wanted", "route", "allowed"),
    [
        ("172.20.0.0/24", "172.20.0.0/24", False),
        ("172.20.0.0/24", "172.20.0.128/25", False),
        ("172.20.0.0/24", "172.20.0.0/16", True),
        ("172.20.0.0/24", "172.21.0.0/24", True),
    ],
)
def test_a_block_may_be_a_part_of_a_route_but_not_hold_one(wanted: str, route: str, *, allowed: bool) -> None:
    code = cidr_refusal(wanted, ["172.16.0.0/12"], [], [route])
    assert code == ("" if allowed else "InvalidCidrBlock.Overlapped")


@pytest.mark.parametrize("block", ["100.64.1.0/24", "127.0.1.0/24", "169.254.1.0/24", "224.0.1.0/24"])
def test_reserved_ranges_are_refused_even_inside_a_vpc(block: str) -> None:
    with pytest.raises(Fault, match="not valid in VPC"):
        check_cidr_block(block, ["0.0.0.0/0"], [], [])


@given(third=st.integers(0, 255), mask=st.integers(24, 29))
def test_a_block_is_accepted_exactly_when_it_is_free(third: int, mask: int) -> None:
    code = cidr_refusal(f"172.16.{third}.0/{mask}", ["172.16.0.0/12"], ["172.16.32.0/20"], [])
    assert code == ("InvalidCidrBlock.Overlapped" if 32 <= third < 48 else "")


def _all(cloud: Simulator) -> dict[str, Json]:
    return call(cloud, "DescribeVSwitches", RegionId="cn-beijing", PageSize="50")


def test_a_list_has_ten_rows_unless_asked_for_more() -> None:
    cloud = Simulator(load_world("many"), ManualClock(START))
    first = call(cloud, "DescribeVSwitches", RegionId="cn-beijing", VpcId=VPC)
    assert (len(vswitch_ids(first)), first["TotalCount"], first["PageSize"]) == (10, 25, 10)
    third = call(cloud, "DescribeVSwitches", RegionId="cn-beijing", VpcId=VPC, PageNumber="3")
    assert len(vswitch_ids(third)) == 5
    everything = call(cloud, "DescribeVSwitches", RegionId="cn-beijing", VpcId=VPC, PageSize="50")
    assert len(set(map(str, vswitch_ids(everything)))) == 25


def test_a_page_has_at_most_fifty_rows(cloud: Simulator) -> None:
    assert refusal(cloud, "DescribeVSwitches", RegionId="cn-beijing", PageSize="51")[0] == "InvalidParameter"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"VpcId": VPC}, {"vsw-2zeh0001", "vsw-2zek0001", "vsw-2zei0001"}),
        ({"ZoneId": "cn-beijing-k"}, {"vsw-2zek0001", "vsw-2zeother0001"}),
        ({"ZoneId": "cn-beijing-k", "VpcId": VPC}, {"vsw-2zek0001"}),
        ({"VSwitchId": "vsw-unknown"}, set()),
        ({"ZoneId": "cn-beijing-l"}, set()),
        ({"RouteTableId": "vtb-2zesystem0002"}, {"vsw-2zeother0001"}),
        ({"IsDefault": "true"}, set()),
    ],
)
def test_filters_narrow_the_list_and_may_empty_it(
    cloud: Simulator, filters: dict[str, str], expected: set[str]
) -> None:
    assert set(map(str, vswitch_ids(call(cloud, "DescribeVSwitches", RegionId="cn-beijing", **filters)))) == expected


def test_another_region_has_no_vswitches_and_no_vpcs(cloud: Simulator) -> None:
    assert vswitch_ids(call(cloud, "DescribeVSwitches", RegionId="cn-hangzhou")) == []
    assert rows(call(cloud, "DescribeVpcs", RegionId="cn-hangzhou"), "Vpcs", "Vpc") == []


def test_vswitches_are_listed_by_their_vpc_without_a_region(cloud: Simulator) -> None:
    assert len(vswitch_ids(call(cloud, "DescribeVSwitches", VpcId=VPC))) == 3
    assert refusal(cloud, "DescribeVSwitches") == ("MissingParameter", 400)


def test_tags_of_vpc_resources_have_key_and_value(cloud: Simulator) -> None:
    vswitch_id = make(cloud, **{"Tag.1.Key": "purpose", "Tag.1.Value": "dr"})
    found = rows(call(cloud, "DescribeVSwitches", RegionId="cn-beijing", VSwitchId=vswitch_id), "VSwitches", "VSwitch")
    assert found[0]["Tags"] == {"Tag": [{"Key": "purpose", "Value": "dr"}]}


def test_instances_and_foreign_addresses_reduce_the_free_ones() -> None:
    world = load_world("healthy")
    assert free_addresses(world, world.vswitches["vsw-2zeh0001"]) == 4096 - 4 - 1
    assert free_addresses(world, world.vswitches["vsw-2zek0001"]) == 4096 - 4 - 12


def test_the_smallest_vswitch_has_four_addresses() -> None:
    empty = VSwitch(vswitch_id="vsw-1", vpc_id=VPC, zone_id="cn-beijing-l", cidr_block="172.20.0.0/29")
    assert free_addresses(load_world("healthy"), empty) == 4
    assert vswitch_status(empty, START) == "Available"


def test_an_unknown_vswitch_has_no_attributes(cloud: Simulator) -> None:
    assert refusal(cloud, "DescribeVSwitchAttributes", VSwitchId="vsw-unknown") == ("InvalidVswitchID.NotFound", 404)


def test_a_vpc_is_described_with_its_blocks_and_vswitches(cloud: Simulator) -> None:
    (vpc,) = rows(call(cloud, "DescribeVpcs", RegionId="cn-beijing", VpcId=VPC), "Vpcs", "Vpc")
    assert (vpc["CidrBlock"], vpc["Status"], vpc["CenStatus"]) == ("172.16.0.0/12", "Available", "Attached")
    assert vpc["SecondaryCidrBlocks"] == {"SecondaryCidrBlock": ["10.8.0.0/16"]}
    assert vpc["VSwitchIds"] == {"VSwitchId": ["vsw-2zei0001", "vsw-2zek0001", "vsw-2zeh0001"]}


def test_several_vpcs_are_named_with_commas(cloud: Simulator) -> None:
    both = call(cloud, "DescribeVpcs", RegionId="cn-beijing", VpcId=f"{VPC},vpc-2zeother00001,vpc-unknown")
    assert both["TotalCount"] == 2


def test_a_vpc_shows_three_hundred_vswitches_at_most(cloud: Simulator) -> None:
    for number in range(310):
        block = f"172.24.{number // 16}.{number % 16 * 16}/28"
        vswitch = VSwitch(vswitch_id=f"vsw-{number}", vpc_id=VPC, zone_id="cn-beijing-l", cidr_block=block)
        cloud.world.vswitches[vswitch.vswitch_id] = vswitch
    (vpc,) = rows(call(cloud, "DescribeVpcs", RegionId="cn-beijing", VpcId=VPC), "Vpcs", "Vpc")
    shown = vpc["VSwitchIds"]
    assert isinstance(shown, dict)
    assert isinstance(shown["VSwitchId"], list)
    assert len(shown["VSwitchId"]) == 300


def test_route_tables_and_their_custom_entries_are_listed(cloud: Simulator) -> None:
    tables = rows(
        call(cloud, "DescribeRouteTableList", RegionId="cn-beijing", VpcId=VPC),
        "RouterTableList",
        "RouterTableListType",
    )
    assert [(table["RouteTableId"], table["RouteTableType"]) for table in tables] == [("vtb-2zesystem0001", "System")]
    entries = rows(
        call(cloud, "DescribeRouteEntryList", RegionId="cn-beijing", RouteTableId="vtb-2zesystem0001"),
        "RouteEntrys",
        "RouteEntry",
    )
    assert [entry["DestinationCidrBlock"] for entry in entries] == ["192.168.100.0/24"]


def test_an_unknown_route_table_is_not_found(cloud: Simulator) -> None:
    answer = refusal(cloud, "DescribeRouteEntryList", RegionId="cn-beijing", RouteTableId="vtb-unknown")
    assert answer == ("InvalidRouteTableId.NotFound", 404)


def test_a_network_of_another_world_can_be_written_in_a_few_lines() -> None:
    world = World.from_toml('extends = "healthy"\n[vswitches.vsw-2zek0001]\nused_addresses = 5000')
    assert free_addresses(world, world.vswitches["vsw-2zek0001"]) == 0
