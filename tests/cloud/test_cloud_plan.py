"""What the plan asks of the cloud, through the real SDK and real HTTP against the simulator."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from ecs_dr.cloud.allowlist import AllowListTransport
from ecs_dr.cloud.transport import ApiRequest, Json
from ecs_dr.domain.images.model import ImageRequest
from ecs_dr.domain.stock.model import Charge
from ecs_dr.errors import ActionNotAllowed
from ecs_dr.simulator.clock import ManualClock
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.http import SimulatorServer
from ecs_dr.simulator.world import load_world
from tests.cloud.fakes import REGION, scope
from tests.cloud.test_cloud_simulator import SOURCE, Bench

TYPE, ZONE, VPC = "ecs.g7.xlarge", "cn-beijing-k", "vpc-2zesource0001"
REQUEST = ImageRequest(region_id=REGION, instance_id=SOURCE, image_name="trial")


@pytest.fixture
async def plan_bench() -> AsyncIterator[Bench]:
    clock = ManualClock(datetime(2026, 11, 22, tzinfo=UTC))
    async with SimulatorServer(Simulator(load_world("healthy"), clock)) as server:
        yield Bench(server, clock, server.access_key_id)


async def test_disk_categories_of_all_zones_come_in_one_request(plan_bench: Bench) -> None:
    cloud = plan_bench.cloud
    system = await cloud.disk_categories(scope(), TYPE, Charge())
    data = await cloud.disk_categories(scope(), TYPE, Charge(), "cloud_essd")
    assert len(plan_bench.simulator.calls("DescribeAvailableResource")) == 2
    assert system[ZONE] == await cloud.system_disk_categories(scope(), ZONE, TYPE, Charge())
    assert data[ZONE] == await cloud.data_disk_categories(scope(), ZONE, TYPE, Charge(), "cloud_essd")
    assert {"cn-beijing-i", "cn-beijing-k", "cn-beijing-l"} <= data.keys()


async def test_types_of_a_size_of_all_zones_come_in_one_request(plan_bench: Bench) -> None:
    everywhere = await plan_bench.cloud.types_of_size(scope(), None, 4, 16, Charge())
    here = await plan_bench.cloud.types_of_size(scope(), ZONE, 4, 16, Charge())
    assert {entry for entry in everywhere if entry.zone_id == ZONE} == set(here)
    assert {entry.zone_id for entry in everywhere} > {ZONE}


async def test_an_image_is_never_tried_out() -> None:
    """Nothing documents what CreateImage's DryRun does: below every other part, no such request goes out."""
    params = {**REQUEST.parameters(), "DryRun": True}
    request = ApiRequest("ecs", "2014-05-26", "CreateImage", REGION, params, "0" * 32)
    with pytest.raises(ActionNotAllowed):
        await AllowListTransport(Deaf()).call(request)


class Deaf:
    async def call(self, request: ApiRequest) -> dict[str, Json]:
        raise AssertionError(request.action)


@pytest.mark.parametrize("action", ["ecs:DescribeImages", "vpc:DescribeVSwitches"])
@pytest.mark.parametrize("is_denied", [False, True])
async def test_a_dry_run_tells_whether_a_list_may_be_read(plan_bench: Bench, action: str, *, is_denied: bool) -> None:
    if is_denied:
        plan_bench.simulator.world.identities["operator"].denied.append(action)
    cloud = plan_bench.cloud
    may = (
        await cloud.may_describe_images(scope())
        if action == "ecs:DescribeImages"
        else await cloud.may_describe_vswitches(scope(), VPC)
    )
    assert may is not is_denied
