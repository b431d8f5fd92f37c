from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_args

from ecs_dr.simulator.faults import Effect, FaultPlan
from ecs_dr.simulator.world import World
from ecs_dr.simulator.world_files import builtin_worlds

PAGE = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)


def test_the_world_on_the_page_can_be_played() -> None:
    world = World.from_toml(blocks("toml")[0])
    assert world.behaviour.image_seconds == 900
    assert world.stock_of("cn-beijing-k", "ecs.g7.xlarge") == "WithoutStock"
    assert "vsw-2zei0001" not in world.vswitches


def test_the_fault_plan_on_the_page_can_be_used() -> None:
    plan = FaultPlan.from_toml(blocks("toml")[1])
    assert [rule.effect for rule in plan.rules] == ["lost_response", "error", "throttle"]


def test_the_code_on_the_page_compiles() -> None:
    for code in blocks("python"):
        ast.parse(f"async def example():\n{_indented(code)}", "docs/simulator.md")


def test_every_scenario_and_every_effect_is_on_the_page() -> None:
    listed = set(re.findall(r"^\| `([\w-]+)` \|", PAGE, flags=re.MULTILINE))
    assert set(builtin_worlds()) <= listed
    assert set(get_args(Effect)) - {"none"} <= listed


def _indented(code: str) -> str:
    return "".join(f"    {line}\n" for line in code.splitlines())
