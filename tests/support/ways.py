"""The ways to the server: era, road of the questions, language; in memory on a stepped clock, or as a program."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, TextIO

import anyio.lowlevel
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from ecs_dr.cloud.adapter import AlibabaCloud
from ecs_dr.cloud.retry import RetryPolicy
from ecs_dr.cloud.transport import ApiRequest, Json, Transport
from ecs_dr.domain.texts import Language
from ecs_dr.protocol.app import build_server
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.http import SimulatorServer
from ecs_dr.simulator.transport import SimulatorTransport
from ecs_dr.simulator.world import World, load_world
from ecs_dr.workflow.recovery import Recovery
from ecs_dr.workflow.reporting.ports import ReportShelf
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.clock import SteppedClock
from tests.support.desk import Interceptor
from tests.support.host import Host
from tests.support.ids import CountedIds
from tests.support.person import Person
from tests.support.witness import Witness

Era = Literal["legacy", "2026-07-28"]
MODERN: Era = "2026-07-28"
VERSIONS: Mapping[Era, str] = {"legacy": "2025-11-25", MODERN: "2026-07-28"}

SERVER_ROOT = Path(__file__).resolve().parents[2] / "server"


@dataclass(frozen=True)
class Way:
    """How a host meets the server.

    Attributes:
        forms: Whether the client can show forms (elicitation).
        elicitation: The server's setting.
    """

    era: Era
    forms: bool = True
    language: Language = "en"
    elicitation: Literal["auto", "off"] = "auto"

    @property
    def shows_forms(self) -> bool:
        """Whether questions come as forms; else they are answered by `answer_question`."""
        return self.forms and self.elicitation == "auto"

    def __str__(self) -> str:
        road = "off" if self.elicitation == "off" else ("form" if self.forms else "answer_question")
        return f"{VERSIONS[self.era]}-{road}-{self.language}"

    def client(self, server: object, person: Person) -> Client:
        """A client for this way to a server, a URL or a transport."""
        callback = person if self.forms else None
        return Client(server, mode=self.era, elicitation_callback=callback)  # type: ignore[arg-type] # any of Client's


INPUT_REQUEST = Way(MODERN)
ELICITATION = Way("legacy", language="zh")
ANSWER_MODERN = Way(MODERN, forms=False, language="zh")
ANSWER_LEGACY = Way("legacy", forms=False)
OFF_MODERN = Way(MODERN, elicitation="off")
OFF_LEGACY = Way("legacy", elicitation="off", language="zh")
ROADS = (INPUT_REQUEST, ELICITATION, ANSWER_MODERN, ANSWER_LEGACY)
ALL_WAYS = (*ROADS, OFF_MODERN, OFF_LEGACY)


@dataclass
class Distance:
    """The way to the cloud and back takes a moment, in which a call can be cancelled."""

    inner: Transport

    async def call(self, request: ApiRequest) -> Mapping[str, Json]:
        await anyio.lowlevel.checkpoint()
        answer = await self.inner.call(request)
        await anyio.lowlevel.checkpoint()
        return answer


@dataclass
class Stage:
    """Everything of one journey in memory."""

    host: Host
    person: Person
    witness: Witness
    simulator: Simulator
    clock: SteppedClock
    line: Interceptor
    recovery: Recovery

    def grant(self, action: str) -> None:
        """Allow the identity an action that it was denied."""
        self.simulator.world.identities[self.simulator.world.default_identity].denied.remove(action)


@asynccontextmanager
async def in_memory(
    way: Way,
    world: World | str = "healthy",
    person: Person | None = None,
    options: RecoveryOptions | None = None,
    earlier: ReportShelf | None = None,
) -> AsyncIterator[Stage]:
    """Client, server, workflow and cloud in this process, on one clock that nobody waits for."""
    person = person or Person()
    loaded = load_world(world) if isinstance(world, str) else world
    clock = SteppedClock(loaded.start_time)
    simulator = Simulator(loaded, clock)
    line = Interceptor(Distance(SimulatorTransport(simulator)))
    cloud = AlibabaCloud(line, clock, RetryPolicy(wait_seconds=15, attempts=3))
    chosen = replace(options or RecoveryOptions(), language=way.language, simulated=True)
    recovery = Recovery(cloud, clock, CountedIds(), chosen, earlier=earlier)
    server = build_server(recovery, elicitation=way.elicitation, simulated=True)
    async with recovery.running(), way.client(server, person) as client:
        assert client.protocol_version == VERSIONS[way.era]
        host = Host(client, person)
        yield Stage(host, person, Witness(simulator), simulator, clock, line, recovery)


@dataclass(frozen=True)
class Program:
    """`ecs-dr serve` as a process of its own."""

    arguments: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)

    def command(self) -> list[str]:
        return [sys.executable, "-m", "ecs_dr", "serve", *self.arguments]

    def environment(self, way: Way | None = None) -> dict[str, str]:
        chosen = {} if way is None else {"ECS_DR_LANGUAGE": way.language, "ECS_DR_ELICITATION": way.elicitation}
        return {"PYTHONPATH": str(SERVER_ROOT), **QUICK, **chosen, **self.settings}


QUICK: Mapping[str, str] = {"ECS_DR_POLL_SECONDS": "0.05", "ECS_DR_RETRY_WAIT_SECONDS": "0.05"}


def credentials_for(server: SimulatorServer) -> dict[str, str]:
    """Settings and (fake) credentials that lead the real program to a simulator."""
    return {
        "ECS_DR_ECS_ENDPOINT": server.url,
        "ECS_DR_VPC_ENDPOINT": server.url,
        "ALIBABA_CLOUD_ACCESS_KEY_ID": server.access_key_id,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": server.access_key_secret,
    }


@asynccontextmanager
async def over_stdio(
    way: Way, program: Program, person: Person | None = None, *, errors: TextIO
) -> AsyncIterator[Host]:
    """A host that starts the program and talks to its stdin and stdout."""
    person = person or Person()
    command, *arguments = program.command()
    parameters = StdioServerParameters(command=command, args=arguments, env=program.environment(way))
    async with way.client(stdio_client(parameters, errlog=errors), person) as client:
        assert client.protocol_version == VERSIONS[way.era]
        yield Host(client, person)
