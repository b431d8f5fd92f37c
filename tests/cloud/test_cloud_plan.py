"""What the plan asks of the cloud, through the real SDK and real HTTP against the simulator."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from ecs_dr.cloud.adapter import AlibabaCloud
from ecs_dr.cloud.retry import RetryPolicy
from ecs_dr.cloud.transport import ApiRequest, Json
from ecs_dr.domain.image import ImageRequest
from ecs_dr.domain.stock import Charge
from ecs_dr.errors import CloudRefused, ErrorKind
from ecs_dr.simulator.clock import ManualClock
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.http import SimulatorServer
from ecs_dr.simulator.world import load_world
from tests.cloud.fakes import REGION, StepClock, scope
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


async def test_a_rehearsed_image_is_not_made(plan_bench: Bench) -> None:
    assert await plan_bench.cloud.rehearse_image(scope(), REQUEST) is None
    plan_bench.clock.advance(600)
    assert await plan_bench.cloud.find_images(scope(), "trial") == ()


async def test_a_rehearsed_image_that_may_not_be_made_is_refused_for_that_reason(plan_bench: Bench) -> None:
    plan_bench.simulator.world.identities["operator"].denied.append("ecs:CreateImage")
    with pytest.raises(CloudRefused) as refused:
        await plan_bench.cloud.rehearse_image(scope(), REQUEST)
    assert (refused.value.kind, refused.value.missing_permission) == (ErrorKind.PERMISSION, "ecs:CreateImage")


async def test_an_answer_with_an_image_is_taken_for_what_it_is() -> None:
    class Deaf:
        async def call(self, request: ApiRequest) -> dict[str, Json]:
            assert request.params["DryRun"] is True
            return {"ImageId": "m-made", "RequestId": "1"}

    cloud = AlibabaCloud(Deaf(), StepClock(), RetryPolicy(attempts=0))
    assert await cloud.rehearse_image(scope(), REQUEST) == "m-made"


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
