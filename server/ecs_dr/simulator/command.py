"""`ecs-dr simulate`: the simulator alone, for a person to point a client at."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from ecs_dr.simulator.clock import AcceleratedClock, ManualClock, RealClock, SimulatorClock
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.faults import FaultPlan
from ecs_dr.simulator.http import SimulatorServer
from ecs_dr.simulator.variants import read_options
from ecs_dr.simulator.world import World, load_world


async def run_simulator(
    port: int,
    scenario: str,
    speed: float,
    faults_path: Path | None,
    introduce: Callable[[SimulatorServer], None],
    variants: tuple[str, ...] = (),
) -> None:
    """Serve a scenario on the loopback interface until the task is cancelled.

    Args:
        port: The TCP port; 0 takes a free one.
        scenario: The name of a built-in world, or the path of a world file.
        speed: Cloud seconds per second; 0 stops the clock, which is then stepped through `/_simulator/clock`.
        faults_path: A fault plan, None for a cloud that works.
        introduce: Is told once that it serves.
        variants: Readings of what is not settled about the real cloud: `NAME=READING`.

    Raises:
        WorldError: There is no such world, or its file is wrong.
        FaultPlanError: The fault plan is wrong.
        ValueError: The speed is negative.
        OSError: The port is taken, or the fault plan cannot be read.
    """
    world = load_world(scenario, read_options(variants))
    faults = FaultPlan.from_toml(faults_path) if faults_path is not None else None
    simulator = Simulator(world, clock_of_speed(world, speed))
    async with SimulatorServer(simulator, port=port, faults=faults) as server:
        introduce(server)
        await asyncio.Event().wait()


def clock_of_speed(world: World, speed: float) -> SimulatorClock:
    """Return the clock for a speed: real time for 1, standing still for 0, accelerated otherwise.

    Raises:
        ValueError: The speed is negative.
    """
    if speed == 0:
        return ManualClock(world.start_time)
    return RealClock() if speed == 1 else AcceleratedClock(speed)
