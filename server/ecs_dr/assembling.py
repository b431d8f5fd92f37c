"""A recovery put together: over Alibaba Cloud, or over a simulated cloud of its own. Heavy: imported when needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ecs_dr.cloud.adapter import AlibabaCloud
from ecs_dr.cloud.credentials import StaticKey
from ecs_dr.cloud.retry import RetryPolicy
from ecs_dr.cloud.sdk import SdkTransport
from ecs_dr.domain.telling.words import Words
from ecs_dr.environment import zone_named
from ecs_dr.report_files import ReportFiles
from ecs_dr.report_shelf import KeptReports
from ecs_dr.settings import Settings
from ecs_dr.starting import Audience, Simulation, cannot_start
from ecs_dr.workflow.clock import ScaledClock, SystemClock
from ecs_dr.workflow.ids import RandomIds
from ecs_dr.workflow.ports import Clock
from ecs_dr.workflow.recovery import Recovery
from ecs_dr.workflow.run import RecoveryOptions

if TYPE_CHECKING:
    from ecs_dr.simulator.core import Simulator


@dataclass(frozen=True)
class Wired:
    """A recovery that is ready to run.

    Attributes:
        recovery: The service that the MCP server is built on.
        cloud: The cloud beneath it.
        ecs_endpoint: Where ECS requests go; may hold `{region}`.
        vpc_endpoint: Where VPC requests go; may hold `{region}`.
        simulator: The simulated cloud, None when the cloud is Alibaba Cloud.
    """

    recovery: Recovery
    cloud: AlibabaCloud
    ecs_endpoint: str
    vpc_endpoint: str
    reports: KeptReports
    simulator: Simulator | None = None


def over_alibaba_cloud(settings: Settings, audience: Audience) -> Wired:
    """Over Alibaba Cloud: nothing is sent, and no credential looked up, before a tool needs it.

    Args:
        settings: The environment.
        audience: Who is served.
    """
    seconds = settings.credential_seconds
    transport = SdkTransport(settings.ecs_endpoint, settings.vpc_endpoint, credential_seconds=seconds)
    clock = SystemClock()
    cloud = AlibabaCloud(transport, clock, _retries(settings))
    reports = KeptReports(settings.report_dir)
    recovery = _recovery(settings, cloud, clock, reports, audience, simulated=False)
    return Wired(recovery, cloud, settings.ecs_endpoint, settings.vpc_endpoint, reports)


@contextmanager
def usable_simulation(scenario: str, faults: Path | None) -> Iterator[None]:
    """The simulator's refusals, in the language of the person.

    Raises:
        CannotStart: There is no such world or file, or a file is wrong.
    """
    from ecs_dr.simulator.errors import WorldError
    from ecs_dr.simulator.faults import FaultPlanError
    from ecs_dr.simulator.world_files import builtin_worlds

    known = builtin_worlds()
    if scenario not in known and not Path(scenario).is_file():
        from ecs_dr.cli_words import texts  # loads what draws the help: only a refusal is to wait for that

        worlds = texts()("list.separator").join(map(Words, sorted(known)))
        raise cannot_start("no_world", name=scenario, worlds=worlds)
    if faults is not None and not faults.exists():
        raise cannot_start("no_faults", file=str(faults))
    try:
        yield
    except WorldError as error:
        raise cannot_start("world", name=scenario, why=_within(error, scenario)) from None
    except FaultPlanError as error:
        raise cannot_start("bad_faults", file=str(faults), why=_within(error, str(faults))) from None


def _within(error: Exception, file: str) -> Words:
    """What the simulator says of a file of the person's own, as it lies within a sentence that names the file."""
    from ecs_dr.cli_words import file_trouble

    return file_trouble(str(error).removeprefix(f"{file}: ").removesuffix("."))


async def over_simulator(
    settings: Settings, simulation: Simulation, stack: AsyncExitStack, audience: Audience
) -> Wired:
    """Over a simulated cloud that listens on a free loopback port, and the real SDK; both run on one fast clock.

    Raises:
        CannotStart: There is no such world, or its file is wrong.
    """
    from ecs_dr.simulator.certificate import Certificate
    from ecs_dr.simulator.core import Simulator
    from ecs_dr.simulator.faults import FaultPlan
    from ecs_dr.simulator.http import SimulatorServer
    from ecs_dr.simulator.variants import read_options
    from ecs_dr.simulator.world import load_world

    with usable_simulation(simulation.scenario, simulation.faults):
        world = load_world(simulation.scenario, read_options(simulation.variants))
        faults = None if simulation.faults is None else FaultPlan.from_toml(simulation.faults)
    clock = ScaledClock(simulation.speed)
    certificate = Certificate()
    serving = SimulatorServer(Simulator(world, clock), faults=faults, control=False, certificate=certificate)
    server = await stack.enter_async_context(serving)
    key = StaticKey(server.access_key_id, server.access_key_secret)
    transport = SdkTransport(server.url, server.url, key, tls=certificate.for_client)
    cloud = AlibabaCloud(transport, clock, _retries(settings))
    reports = KeptReports(settings.report_dir)
    recovery = _recovery(settings, cloud, clock, reports, audience, simulated=True)
    return Wired(recovery, cloud, server.url, server.url, reports, server.simulator)


def _recovery(
    settings: Settings,
    cloud: AlibabaCloud,
    clock: Clock,
    reports: KeptReports,
    audience: Audience,
    *,
    simulated: bool,
) -> Recovery:
    options = RecoveryOptions(
        poll_seconds=settings.poll_seconds,
        ask_after_seconds=settings.ask_after_seconds,
        call_budget_seconds=settings.call_budget_seconds,
        language=settings.language,
        zone=None if settings.timezone is None else zone_named(settings.timezone),
        profile_tags=settings.profile_tags == "on",
        simulated=simulated,
        for_people=audience == "person",
        lists_sessions=audience != "shared",
    )
    keeper = None if settings.report_dir is None else ReportFiles(settings.report_dir)
    return Recovery(cloud, clock, RandomIds(), options, keeper, reports)


def _retries(settings: Settings) -> RetryPolicy:
    return RetryPolicy(settings.retry_wait_seconds, settings.retry_attempts)
