"""A refusal says what exists by then, and shows what would be right."""

from __future__ import annotations

import re
from ipaddress import IPv4Network

import pytest

from ecs_dr.domain.diagnosis import DiagnosisContext, explain
from ecs_dr.domain.steps import Problem, ToolName
from ecs_dr.domain.texts import Texts
from ecs_dr.errors import InvalidInput
from tests.support.desk import REGION, SOURCE, Desk

ZONE_K = "cn-beijing-k"


async def refused(desk: Desk, tool: ToolName, **arguments: str) -> Problem:
    with pytest.raises(InvalidInput) as caught:
        await desk.call(tool, **arguments)
    context = DiagnosisContext(region_id=REGION, source_id=SOURCE)
    return explain(caught.value, Texts("en"), context)


@pytest.mark.parametrize("zone", ["cn-beijing-z", "cn-beijing-h"])
async def test_a_zone_that_cannot_be_leaves_no_doubt_about_the_image(zone: str) -> None:
    desk = Desk()
    await desk.settle(await desk.collect())
    before = await refused(desk, "choose_target", target_zone_id=zone)
    assert "created nothing" in before.message
    made = await desk.settle(await desk.call("create_image"))
    after = await refused(desk, "choose_target", target_zone_id=zone)
    assert "this recovery created nothing" not in after.message
    assert f"Created so far: image {made.data['image_id']}" in after.message


async def test_a_proposed_block_that_is_none_is_refused_with_one_that_is_inside_the_vpc() -> None:
    desk = Desk("no-vswitch")
    await desk.settle(await desk.collect())
    await desk.settle(await desk.call("choose_target", target_zone_id=ZONE_K))
    problem = await refused(desk, "prepare_vswitch", cidr_block="banana")
    assert "banana" in problem.message
    (example,) = re.findall(r"\d+\.\d+\.\d+\.\d+/\d+", problem.cause)
    blocks = [IPv4Network(vpc.cidr_block) for vpc in desk.world.vpcs.values()]
    assert any(IPv4Network(example).subnet_of(block) for block in blocks)
    assert not any(" -" in line for line in (problem.cause, *problem.actions))
