"""Each reading of each unsettled fact is a cloud that behaves otherwise; nothing else about it changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.clock import ManualClock
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.errors import Fault, WorldError
from ecs_dr.simulator.variants import read_options, variants
from ecs_dr.simulator.world import World, load_world

REGION, SOURCE, TYPE = "cn-beijing", "i-2zesource0001", "ecs.g7.xlarge"
OTHERWISE = [
    (name, reading) for name, fact in variants().items() for reading in fact.readings or {} if reading != fact.default
]


def answers(world: World) -> Iterator[Json]:
    """What this cloud says to one and the same client: it makes an image, a replica and a VSwitch, and looks."""
    clock = ManualClock(world.start_time)
    simulator = Simulator(world, clock)

    def ask(action: str, **params: str) -> dict[str, Json]:
        product, version = ("vpc", "2016-04-28") if "VSwitch" in action else ("ecs", "2014-05-26")
        try:
            return simulator.handle(product, version, action, {"RegionId": REGION, **params})
        except Fault as fault:
            return {"Code": fault.code}

    yield ask("CreateImage", InstanceId=SOURCE, ImageName="tried", DryRun="true")
    clock.advance(600)
    image = str(ask("CreateImage", InstanceId=SOURCE, ImageName="made").get("ImageId"))
    clock.advance(1)
    yield ask("DescribeImages", ImageId=image, Status="ALL")
    clock.advance(20)
    yield ask("DescribeImages", ImageId=image, Status="ALL")
    clock.advance(600)
    yield from (ask("DescribeImages", ImageId=image), ask("DescribeDisks", InstanceId=SOURCE))
    yield ask(
        "DescribeAvailableResource", DestinationResource="SystemDisk", InstanceType=TYPE, ZoneId="cn-beijing-k"
    )  # fmt: skip
    launch = {"ImageId": image, "InstanceType": TYPE, "VSwitchId": "vsw-2zek0001", "SecurityGroupId": "sg-2zeweb00001"}
    end = (clock.now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:00Z")
    yield ask("RunInstances", **launch, **{"CpuOptions.Core": "2", "CpuOptions.ThreadsPerCore": "1", "DryRun": "true"})
    yield ask("RunInstances", **launch, **{"Tag.1.Key": "k", "Tag.1.Value": "v", "DryRun": "true"})
    yield ask("RunInstances", **launch, **{"Tag.1.Key": "k", "Tag.1.Value": "v", "ClientToken": "tagged"})
    made = ask("RunInstances", **launch, AutoReleaseTime=end, ClientToken="plain")["InstanceIdSets"]
    assert isinstance(made, dict)
    assert isinstance(made["InstanceIdSet"], list)
    replica = str(made["InstanceIdSet"][0])
    clock.advance(600)
    yield from (ask("DescribeInstances", InstanceIds=f'["{replica}"]'), ask("DescribeDisks", InstanceId=replica))
    network = {"ZoneId": "cn-beijing-k", "VpcId": "vpc-2zesource0001", "CidrBlock": "172.20.0.0/24"}
    yield ask("CreateVSwitch", **network)
    yield ask("DescribeVSwitches", VpcId="vpc-2zesource0001")


def said(**wanted: str) -> list[Json]:
    return list(answers(load_world("device-gap", wanted)))


@pytest.mark.parametrize(("name", "reading"), OTHERWISE)
def test_another_reading_is_another_cloud(name: str, reading: str) -> None:
    assert said(**{name: reading}) != said()


def test_the_same_reading_is_the_same_cloud() -> None:
    assert said(list_order="shuffled") == said(list_order="shuffled")
    assert said(**{name: fact.default for name, fact in variants().items()}) == said()


def test_a_world_file_switches_a_variant_and_the_command_goes_before_it() -> None:
    world = World.from_toml('extends = "healthy"\n[variants]\ntags = "refused"\n')
    assert world.variants["tags"] == "refused"
    assert load_world("healthy", {"tags": "refused_when_made"}).variants["tags"] == "refused_when_made"


@pytest.mark.parametrize(
    "options", [["nonsense"], ["=x"], ["tags="], ["no_such=x"], ["tags=sometimes"]]
)  # fmt: skip
def test_a_variant_that_there_is_not_is_refused_with_what_there_is(options: list[str]) -> None:
    with pytest.raises(WorldError) as refused:
        load_world("healthy", read_options(options))
    assert "=" in str(refused.value) or "There are:" in str(refused.value)
