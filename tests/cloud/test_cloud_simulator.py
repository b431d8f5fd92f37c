"""The whole adapter through the real SDK and real HTTP against the simulator."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from ecs_dr.cloud.adapter import AlibabaCloud
from ecs_dr.cloud.credentials import StaticKey
from ecs_dr.cloud.retry import RetryPolicy
from ecs_dr.cloud.sdk import SdkTransport
from ecs_dr.domain.disks.model import ReplicaDisk
from ecs_dr.domain.images.model import Image, ImageRequest
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.network.model import VSwitchRequest
from ecs_dr.domain.stock.model import Charge
from ecs_dr.errors import CloudRefused, ErrorKind
from ecs_dr.simulator.clock import ManualClock
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.http import SimulatorServer
from ecs_dr.simulator.world import load_world
from ecs_dr.workflow.ports import Cloud
from tests.cloud.fakes import REGION, StepClock, permit, scope

SOURCE = "i-2zesource0001"
TARGET_ZONE = "cn-beijing-k"


class Bench:
    """The adapter, and the simulator behind it."""

    def __init__(self, server: SimulatorServer, clock: ManualClock, key_id: str) -> None:
        key = StaticKey(key_id, server.access_key_secret)
        self.simulator = server.simulator
        self.clock = clock
        self.cloud: Cloud = AlibabaCloud(
            SdkTransport(server.url, server.url, key), StepClock(), RetryPolicy(attempts=0)
        )

    async def image(self, name: str) -> Image:
        request = ImageRequest(region_id=REGION, instance_id=SOURCE, image_name=name)
        image_id = await self.cloud.create_image(scope(), request, permit(request.parameters(), f"token-{name}"))
        self.clock.advance(600)
        image = await self.cloud.describe_image(scope(), image_id)
        assert image is not None
        return image


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    clock = ManualClock(datetime(2026, 11, 22, tzinfo=UTC))
    async with SimulatorServer(Simulator(load_world("healthy"), clock)) as server:
        yield Bench(server, clock, server.access_key_id)


def replica_disks(image: Image) -> tuple[ReplicaDisk, ...]:
    return tuple(
        ReplicaDisk(
            device=mapping.device,
            type=mapping.type,
            category="cloud_essd",
            performance_level="PL1",
            size_gib=mapping.size_gib,
            source_category="cloud_essd",
            source_performance_level="PL1",
            source_disk_id="d",
            snapshot_id=mapping.snapshot_id,
        )
        for mapping in image.mappings
    )


async def test_everything_that_is_read_comes_through(bench: Bench) -> None:
    cloud = bench.cloud
    instance = await cloud.describe_instance(scope(), SOURCE)
    assert instance is not None
    assert instance.metadata_options is not None
    disks = await cloud.describe_disks(scope(), SOURCE)
    assert [disk.type for disk in disks] == ["system", "data", "data"]
    assert await cloud.may_describe_instances(scope()) is True
    assert await cloud.describe_ram_role(scope(), SOURCE)
    assert await cloud.has_user_data(scope(), SOURCE) is True
    assert await cloud.describe_auto_renew(scope(), SOURCE) is None
    assert await cloud.describe_history_events(scope(), SOURCE) == ()
    stock = await cloud.zone_stock(scope(), instance.instance_type, Charge())
    assert {zone.zone_id for zone in stock} >= {instance.zone_id, TARGET_ZONE}
    same_size = await cloud.types_of_size(scope(), TARGET_ZONE, instance.cpu, instance.memory_mib / 1024, Charge())
    names = tuple(found.instance_type for found in same_size)
    assert instance.instance_type in names
    facts = await cloud.instance_types(scope(), names)
    assert {fact.instance_type for fact in facts} == set(names)
    system = await cloud.system_disk_categories(scope(), TARGET_ZONE, instance.instance_type, Charge())
    data = await cloud.data_disk_categories(scope(), TARGET_ZONE, instance.instance_type, Charge(), "cloud_essd")
    assert all("cloud_essd" in {c.category for c in found if c.available} for found in (system, data))
    vpc = await cloud.describe_vpc(scope(), instance.vpc_id)
    assert vpc is not None
    assert instance.vswitch_id in {v.vswitch_id for v in await cloud.describe_vswitches(scope(), vpc.vpc_id)}


async def test_a_replica_is_made_from_an_image_in_a_new_vswitch(bench: Bench) -> None:
    cloud = bench.cloud
    source = await cloud.describe_instance(scope(), SOURCE)
    assert source is not None
    image = await bench.image("dr-test")
    assert image.phase == "ready"
    assert [found.image_id for found in await cloud.find_images(scope(), "dr-test")] == [image.image_id]
    vswitch = VSwitchRequest(
        region_id=REGION, vpc_id=source.vpc_id, zone_id=TARGET_ZONE, cidr_block="172.16.200.0/24", name="dr-test"
    )
    vswitch_id = await cloud.create_vswitch(scope(), vswitch, permit(vswitch.parameters(), "token-vswitch"))
    bench.clock.advance(60)
    (made,) = await cloud.describe_vswitches(scope(), source.vpc_id, vswitch_id=vswitch_id)
    assert (made.status, made.cidr_block) == ("Available", "172.16.200.0/24")
    launch = LaunchRequest(
        region_id=REGION,
        zone_id=TARGET_ZONE,
        image_id=image.image_id,
        instance_type=source.instance_type,
        vswitch_id=vswitch_id,
        security_group_ids=source.security_group_ids,
        instance_name="recovery-test",
        disks=replica_disks(image),
    )
    await cloud.dry_run_launch(scope(), launch)
    price = await cloud.price(scope(), launch)
    assert (price.unit, price.total > 0) == ("hour", True)
    attempt = permit(launch.parameters(), "token-launch")
    instance_id = await cloud.run_instance(scope(), launch, attempt)
    assert await cloud.run_instance(scope(), launch, attempt) == instance_id
    bench.clock.advance(120)
    replica = await cloud.describe_instance(scope(), instance_id)
    assert replica is not None
    assert (replica.status, replica.zone_id, replica.public_ips) == ("Running", TARGET_ZONE, ())
    system, *data = await cloud.describe_disks(scope(), instance_id)
    assert (system.image_id, system.source_snapshot_id) == (image.image_id, "")
    assert {disk.source_snapshot_id for disk in data} == {mapping.snapshot_id for mapping in image.mappings[1:]}


async def test_a_refusal_is_classified_with_the_clouds_own_words(bench: Bench) -> None:
    await bench.image("dr-twice")
    again = ImageRequest(region_id=REGION, instance_id=SOURCE, image_name="dr-twice")
    with pytest.raises(CloudRefused) as caught:
        await bench.cloud.create_image(scope(), again, permit(again.parameters(), "token-other"))
    error = caught.value
    assert (error.kind, error.code, error.action) == (
        ErrorKind.NAME_TAKEN,
        "InvalidImageName.Duplicated",
        "ecs:CreateImage",
    )
    assert error.request_id


async def test_a_key_the_cloud_does_not_know_is_a_matter_of_credentials() -> None:
    async with SimulatorServer(
        Simulator(load_world("healthy"), ManualClock(datetime(2026, 11, 22, tzinfo=UTC)))
    ) as server:
        stranger = Bench(server, ManualClock(datetime(2026, 11, 22, tzinfo=UTC)), "test-unknown-key-id")
        with pytest.raises(CloudRefused) as caught:
            await stranger.cloud.describe_instance(scope(), SOURCE)
    assert caught.value.kind is ErrorKind.CREDENTIALS


async def test_every_request_carries_the_session_and_one_signature(bench: Bench) -> None:
    await bench.cloud.describe_instance(scope(), SOURCE)
    await bench.cloud.describe_vpc(scope(), "vpc-2zesource0001")
    sessions = {entry.session_id for entry in bench.simulator.journal}
    assert sessions == {scope().session_id}
