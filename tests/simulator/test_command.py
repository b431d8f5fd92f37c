from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from ecs_dr.cli_simulator import introduction
from ecs_dr.domain.texts import Language, Texts
from ecs_dr.simulator.clock import AcceleratedClock, ManualClock, RealClock
from ecs_dr.simulator.command import clock_of_speed, run_simulator
from ecs_dr.simulator.errors import WorldError
from ecs_dr.simulator.faults import FaultPlanError
from ecs_dr.simulator.http import SimulatorServer
from ecs_dr.simulator.world import load_world


def _unseen(server: SimulatorServer) -> None:
    raise AssertionError(server.url)


async def printed_by(scenario: str, speed: float, faults: Path | None = None, language: Language = "en") -> str:
    """What a person reads before the command is interrupted."""
    told: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def introduce(server: SimulatorServer) -> None:
        told.set_result(introduction(server, speed, faults, Texts(language)))

    running = asyncio.create_task(run_simulator(0, scenario, speed, faults, introduce))
    text = await told
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    return text


async def test_it_introduces_itself_in_chinese_too() -> None:
    text = await printed_by("prepaid", 60, language="zh")
    assert "\n  时钟    以 60 倍速运行\n" in text, "below the second column of the row of the source, 源实例"
    assert "包年包月：沿用计费方式会再买一段时长。" in text
    assert "地域 cn-beijing，可用区 cn-beijing-h" in text


async def test_it_says_where_it_is_what_it_plays_and_how_to_use_it() -> None:
    text = await printed_by("prepaid", 60)
    assert "http://127.0.0.1:" in text
    assert "prepaid: " in text
    assert "i-2zesource0001 in cn-beijing, zone cn-beijing-h" in text
    assert "runs 60 times as fast" in text
    assert "ALIBABA_CLOUD_ACCESS_KEY_ID=test-access-key-id" in text
    assert "/_simulator/journal" in text


async def test_it_says_how_many_faults_are_in_force(tmp_path: Path) -> None:
    file = tmp_path / "faults.toml"
    file.write_text('[[fault]]\naction = "*"\neffect = "reset"', encoding="utf-8")
    assert f"1 from {file}" in await printed_by("healthy", 0, file)


async def test_an_unknown_scenario_is_refused_before_anything_listens() -> None:
    with pytest.raises(WorldError, match="Built-in worlds"):
        await run_simulator(0, "paradise", 1, None, _unseen)


async def test_a_wrong_fault_plan_is_refused_before_anything_listens(tmp_path: Path) -> None:
    file = tmp_path / "faults.toml"
    file.write_text("[[fault]]\naction = 'nothing'", encoding="utf-8")
    with pytest.raises(FaultPlanError, match="fault 1"):
        await run_simulator(0, "healthy", 1, file, _unseen)


def test_the_speed_chooses_the_clock() -> None:
    world = load_world("healthy")
    assert isinstance(clock_of_speed(world, 1), RealClock)
    stopped = clock_of_speed(world, 0)
    assert isinstance(stopped, ManualClock)
    assert stopped.now() - world.start_time == timedelta(0)
    fast = clock_of_speed(world, 60)
    assert isinstance(fast, AcceleratedClock)
    assert fast.speed == 60
    with pytest.raises(ValueError, match="positive"):
        clock_of_speed(world, -1)
