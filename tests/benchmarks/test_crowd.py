"""A thousand recoveries at once cost the simulated cloud a thousand times one recovery, not a million times."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from datetime import timedelta
from types import FrameType

from benchmarks.crowd import crowded, held_bytes, kib_of_waiting, run
from benchmarks.rig import REGION, Cloud
from ecs_dr.cloud.transport import API_VERSIONS, Json, Product
from ecs_dr.simulator.transport import flatten


def calls_made(work: Callable[[], object]) -> int:
    """How many functions, Python's and C's, were called: what a profiler counts, and the same on every run."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls


def send(cloud: Cloud, action: str, **params: Json) -> dict[str, Json]:
    product: Product = "vpc" if action == "DescribeVSwitches" else "ecs"
    wire = flatten({"RegionId": REGION, **params})
    return cloud.simulator.handle(product, API_VERSIONS[product], action, wire)


def recover(cloud: Cloud, source: str) -> str:
    """The requests of a recovery, without the workflow; the image is left to be made."""
    quoted = f'["{source}"]'
    send(cloud, "DescribeInstances", InstanceIds=quoted)
    send(cloud, "DescribeDisks", InstanceId=source, MaxResults=100)
    send(cloud, "DescribeInstanceRamRole", InstanceIds=quoted)
    send(cloud, "DescribeUserData", InstanceId=source)
    send(cloud, "DescribeVSwitches", VpcId="vpc-2zesource0001")
    send(cloud, "DescribeSecurityGroups", SecurityGroupIds='["sg-2zeweb00001"]')
    tags: Json = [{"Key": "ecs-dr:source", "Value": source}]
    send(cloud, "DescribeImages", Tag=tags)
    send(cloud, "DescribeInstances", Tag=tags)
    image = str(send(cloud, "CreateImage", InstanceId=source, ImageName=f"dr-{source}", Tag=tags)["ImageId"])
    send(cloud, "DescribeImages", ImageId=image, Status="ALL")
    return image


def launch(cloud: Cloud, image: str) -> None:
    launched = send(
        cloud,
        "RunInstances",
        ImageId=image,
        InstanceType="ecs.g7.xlarge",
        ZoneId="cn-beijing-k",
        VSwitchId="vsw-2zek0001",
        SecurityGroupIds=["sg-2zeweb00001"],
        InternetMaxBandwidthOut=5,
        SystemDisk={"Category": "cloud_essd", "PerformanceLevel": "PL0"},
        Tag=[{"Key": "ecs-dr:source", "Value": image}],
    )
    made = launched["InstanceIdSets"]
    assert isinstance(made, dict)
    replicas = made["InstanceIdSet"]
    assert isinstance(replicas, list)
    send(cloud, "DescribeInstances", InstanceIds=f'["{replicas[0]}"]')
    send(cloud, "DescribeDisks", InstanceId=str(replicas[0]), MaxResults=100)
    send(cloud, "DescribeImages", ImageId=image)


def work_of_the_last(size: int) -> int:
    """Calls for the last of so many recoveries, each of which is in the midst of its image when the next begins."""
    cloud, sources = crowded(size)
    images = [recover(cloud, source) for source in sources[:-1]]
    last: list[str] = []
    calls = calls_made(lambda: last.append(recover(cloud, sources[-1])))
    # Nobody sleeps here, so there is nothing that would move the clock.
    cloud.clock.move_to(timedelta(hours=1).total_seconds())
    for image in images:
        launch(cloud, image)
    return calls + calls_made(lambda: launch(cloud, last[0]))


def test_the_work_for_a_recovery_does_not_grow_with_the_number_of_others() -> None:
    work_of_the_last(2)  # what is worked out once in a process, such as the register of actions
    few, many = work_of_the_last(10), work_of_the_last(160)
    assert many <= few * 1.02


def test_a_crowd_recovers_and_its_figures_are_those_of_the_cloud() -> None:
    figures = asyncio.run(run(3))
    assert figures.requests / 3 > 20
    assert 8 < figures.cloud_minutes < 12
    assert figures.requests / figures.cloud_minutes <= figures.busiest <= figures.requests
    assert figures.held_bytes > 3 * 1024


def test_held_bytes_counts_what_is_shared_once_and_leaves_out_what_it_is_told_to() -> None:
    shared, apart = "x" * 10_000, "y" * 10_000
    both = held_bytes([shared, shared, apart], without=())
    assert 20_000 < both < 21_000
    assert both - held_bytes([shared, shared, apart], without=(apart,)) == sys.getsizeof(apart)


def test_a_recovery_that_has_ended_or_waits_holds_little() -> None:
    few, many = asyncio.run(run(4)), asyncio.run(run(12))
    ended = (many.held_bytes - few.held_bytes) / 8 / 1024
    assert ended <= 94
    assert kib_of_waiting(60, (4, 12)) <= 48
