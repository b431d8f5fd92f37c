"""Every attribute that a launch can carry, through the real SDK and real HTTP, read back from the simulated cloud."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ecs_dr.cloud.adapter import AlibabaCloud
from ecs_dr.cloud.credentials import StaticKey
from ecs_dr.cloud.retry import RetryPolicy
from ecs_dr.cloud.sdk import SdkTransport
from ecs_dr.domain.attributes.terms import Billing, LaunchChoices, Placement
from ecs_dr.domain.disks.plan import bind_to_image, plan_disks
from ecs_dr.domain.images.model import ImageRequest
from ecs_dr.domain.model import Tag
from ecs_dr.domain.replica import plan_launch
from ecs_dr.domain.source import Source
from ecs_dr.domain.verification.verdict import ReplicaReads, compare
from ecs_dr.errors import ConsentViolation
from ecs_dr.simulator.clock import ManualClock
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.http import SimulatorServer
from ecs_dr.simulator.model_compute import CpuOptions
from ecs_dr.simulator.world import World, load_world
from tests.cloud.fakes import REGION, StepClock, permit, scope

SOURCE = "i-2zesource0001"
SECRET = "IyEvYmluL3NoCmVjaG8gc2hvcAo="
WORDS = frozenset({"ram_role", "user_data", "snapshot_policy", "host_name", "deployment_set", "dedicated_host"})


def rich_world() -> World:
    world = load_world("healthy")
    source = world.instances[SOURCE]
    source.cpu_options = CpuOptions(core_count=2, threads_per_core=1)
    source.login_as_non_root = source.secure_boot = True
    source.private_dns = {"HostnameType": "IpBased", "EnableIpDnsARecord": "true"}
    source.placement.deployment_set_id = "ds-2ze1"
    source.placement.tenancy = "host"
    source.internet_max_bandwidth_out, source.internet_max_bandwidth_in = 50, 20
    source.ipv6_addresses = ["2408:4005:2::10"]
    world.vswitches["vsw-2zek0001"].ipv6_cidr_block = "2408:4005:3::/64"
    return world


async def read(cloud: AlibabaCloud, instance_id: str) -> Source:
    instance = await cloud.describe_instance(scope(), instance_id)
    assert instance is not None
    return Source(
        instance=instance,
        disks=await cloud.describe_disks(scope(), instance_id),
        ram_role_name=await cloud.describe_ram_role(scope(), instance_id),
        has_user_data=await cloud.has_user_data(scope(), instance_id),
    )


async def test_what_the_ledger_carries_arrives() -> None:
    clock = ManualClock(datetime(2026, 11, 22, tzinfo=UTC))
    async with SimulatorServer(Simulator(rich_world(), clock)) as server:
        key = StaticKey(server.access_key_id, server.access_key_secret)
        cloud = AlibabaCloud(SdkTransport(server.url, server.url, key), StepClock(), RetryPolicy(attempts=0))
        source = await read(cloud, SOURCE)
        request = ImageRequest(region_id=REGION, instance_id=SOURCE, image_name="dr-ledger")
        image_id = await cloud.create_image(scope(), request, permit(request.parameters(), "token-image"))
        clock.advance(600)
        image = await cloud.describe_image(scope(), image_id)
        assert image is not None
        launch = plan_launch(
            source,
            image,
            Placement(zone_id="cn-beijing-k", instance_type="ecs.g7.xlarge", vswitch_id="vsw-2zek0001", has_ipv6=True),
            bind_to_image(plan_disks(source.disks, {}), image.mappings),
            Billing(),
            "recovery-prod-web",
            (Tag(key="ecs-dr:source", value=SOURCE),),
            LaunchChoices(carried=WORDS, release_time="2026-11-24T08:00:00Z"),
        )
        await cloud.dry_run_launch(scope(), launch)
        replica_id = await cloud.run_instance(scope(), launch, permit(launch.parameters(), "token-launch"))
        clock.advance(300)
        replica = await read(cloud, replica_id)
        made = server.simulator.world.instances[replica_id]
    reads = ReplicaReads(ram_role_name=replica.ram_role_name, has_user_data=replica.has_user_data)
    verification = compare(source, source, image, launch, replica.instance, replica.disks, reads)
    assert [row for row in verification.rows if row.blocking] == []
    assert verification.verdict == "match"
    by_decision = {row.key for row in verification.rows if row.verdict == "differs_by_decision"}
    # A drill ends whole: its disks go with it.
    assert by_decision == {
        "image_id",
        "instance_name",
        "zone_id",
        "vswitch_id",
        "deletion_protection",
        "auto_release_time",
        "delete_with_instance",
    }
    assert made.user_data == SECRET
    assert SECRET not in str(launch.parameters())


async def test_a_content_that_was_not_decided_on_is_not_sent() -> None:
    clock = ManualClock(datetime(2026, 11, 22, tzinfo=UTC))
    async with SimulatorServer(Simulator(rich_world(), clock)) as server:
        key = StaticKey(server.access_key_id, server.access_key_secret)
        cloud = AlibabaCloud(SdkTransport(server.url, server.url, key), StepClock(), RetryPolicy(attempts=0))
        attempt = permit({"ImageId": "m-1"}, "token-sealed")
        with pytest.raises(ConsentViolation, match="not decided on"):
            await cloud._ecs.mutate(scope(), "RunInstances", {"ImageId": "m-1"}, attempt, {"UserData": SECRET})
        assert server.simulator.calls("RunInstances") == []
