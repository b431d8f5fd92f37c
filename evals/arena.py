"""A simulated cloud in this process, and the real server as a program in front of it."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from ecs_dr.simulator.clock import AcceleratedClock
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.http import SimulatorServer
from ecs_dr.simulator.world import load_world
from evals.cases import Case
from evals.grading import Judge

SERVER_ROOT = Path(__file__).resolve().parents[1] / "server"


@dataclass(frozen=True)
class Arena:
    """One task, ready to be worked on.

    Attributes:
        command: What starts the MCP server on stdio.
        environment: Its settings: they lead it to the simulated cloud as to Alibaba Cloud.
    """

    case: Case
    judge: Judge
    command: tuple[str, ...]
    environment: Mapping[str, str]


@asynccontextmanager
async def arena(case: Case, *, speed: float, forms: bool) -> AsyncIterator[Arena]:
    """A fresh cloud for a task.

    Args:
        case: The task.
        speed: Cloud seconds per second.
        forms: Whether the server may ask the person itself; else every answer comes through the assistant.
    """
    world = load_world(case.world)
    simulator = Simulator(world, AcceleratedClock(speed, world.start_time))
    async with SimulatorServer(simulator, control=False) as server:
        environment = {
            "PYTHONPATH": str(SERVER_ROOT),
            "ECS_DR_ECS_ENDPOINT": server.url,
            "ECS_DR_VPC_ENDPOINT": server.url,
            "ALIBABA_CLOUD_ACCESS_KEY_ID": server.access_key_id,
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": server.access_key_secret,
            "ECS_DR_POLL_SECONDS": f"{max(0.05, 60 / speed):g}",
            "ECS_DR_RETRY_WAIT_SECONDS": f"{max(0.05, 15 / speed):g}",
            "ECS_DR_LANGUAGE": case.language,
            "ECS_DR_ELICITATION": "auto" if forms else "off",
        }
        yield Arena(case, Judge(simulator, case), (sys.executable, "-m", "ecs_dr", "serve"), environment)
