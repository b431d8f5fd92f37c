"""A plan in a region of real size: thousands of types and VSwitches, pages and chunks side by side."""

# An assertion here checks that the measured run went as it should.
# ruff: noqa: S101

from __future__ import annotations

import asyncio
import ipaddress
from dataclasses import replace

from benchmarks.figures import Kept
from benchmarks.rig import LATENCY_SECONDS, REGION, SOURCE, Cloud
from benchmarks.table import show
from ecs_dr.workflow.recovery import Recovery

TYPES = 1200
OF_THE_SIZE = 80
"""Types of the source's cores and memory, as a region has them; all others are of other sizes."""
VSWITCHES = 1000
GOAL_SECONDS = 4.0


def crowded_region() -> Cloud:
    """The healthy world with so many types in every zone and so many VSwitches in the source's VPC."""
    cloud = Cloud()
    world = cloud.world
    own = world.instance_types["ecs.g7.xlarge"]
    for number in range(TYPES - len(world.instance_types)):
        name = f"ecs.r{number:04d}.xlarge"
        size = own.cpu if number < OF_THE_SIZE else own.cpu * 2
        world.instance_types[name] = replace(own, instance_type=name, cpu=size)
        for stock in world.stock.values():
            stock[name] = "WithStock"
    first = next(iter(world.vswitches.values()))
    blocks = ipaddress.ip_network("10.128.0.0/10").subnets(new_prefix=24)
    for number, block in zip(range(VSWITCHES), blocks, strict=False):
        vswitch_id = f"vsw-2zecrowd{number:05d}"
        world.vswitches[vswitch_id] = replace(first, vswitch_id=vswitch_id, cidr_block=str(block))
    return cloud


async def planned(cloud: Cloud) -> tuple[float, int]:
    """Seconds and requests of the plan alone."""
    recovery: Recovery = cloud.recovery()
    async with cloud.clock.running(), recovery.running():
        answer = await recovery.call("collect_source", {"instance_id": SOURCE, "region_id": REGION})
        assert answer.question is not None
        first = answer.question.question.options[0].value
        answer = await recovery.answer(str(answer.session_id), answer.question.question_id, first)
        began, before = cloud.clock.host_seconds(), cloud.line.calls.total()
        plan = await recovery.call("plan_recovery", {"session_id": answer.session_id})
        assert plan.question is not None, plan.message
        return cloud.clock.host_seconds() - began, cloud.line.calls.total() - before


def region(*, quick: bool) -> Kept:  # noqa: ARG001 - it is quick
    """The table."""
    rows = []
    for name, cloud in (("as small as the tests' world", Cloud()), ("of real size", crowded_region())):
        seconds, requests = asyncio.run(planned(cloud))
        world = cloud.world
        rows.append((name, len(world.instance_types), len(world.vswitches), requests, seconds))
    show(
        "A plan by the size of the region, in simulated seconds",
        ("region", "types", "VSwitches", "requests", "seconds"),
        rows,
        f"Each request takes {LATENCY_SECONDS} s. {OF_THE_SIZE} types are of the source's size. "
        f"Goal: at most {GOAL_SECONDS:g} s.",
    )
    return {"plan_seconds": seconds, "plan_requests": requests}
