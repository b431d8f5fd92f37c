"""What each command runs. Light: the parts that a recovery is made of are imported where one is needed."""

from __future__ import annotations

import gc
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ecs_dr.ending import at_work
from ecs_dr.environment import LOCAL
from ecs_dr.errors import reason
from ecs_dr.garbage import collect_seldom
from ecs_dr.logs import log_to_stderr
from ecs_dr.settings import Settings, SettingsError, http_token
from ecs_dr.starting import Audience, CannotStart, Simulation, cannot_start

if TYPE_CHECKING:
    from ecs_dr.assembling import Wired
    from ecs_dr.domain.report.model import RecoveryReport
    from ecs_dr.protocol.service import RecoveryService
    from ecs_dr.report_shelf import KeptReports
    from ecs_dr.simulator.http import SimulatorServer
    from ecs_dr.terminal.export import Order


@asynccontextmanager
async def wired(
    settings: Settings, simulation: Simulation | None, audience: Audience = "assistant"
) -> AsyncIterator[Wired]:
    """Put a recovery together and keep it running.

    With Alibaba Cloud nothing is sent and no credential is looked up before a tool needs it. With a simulation, a
    simulated cloud listens on a free loopback port, and the real SDK talks to it; both run on one fast clock.

    Args:
        settings: The environment.
        simulation: A simulated cloud instead of Alibaba Cloud.
        audience: Who is served.

    Raises:
        CannotStart: There is no such world, or its file is wrong.
    """
    from ecs_dr.assembling import over_alibaba_cloud, over_simulator

    async with AsyncExitStack() as stack:
        if simulation is None:
            made = over_alibaba_cloud(settings, audience)
        else:
            made = await over_simulator(settings, simulation, stack, audience)
        stack.enter_context(at_work(made.recovery))
        await stack.enter_async_context(made.recovery.running())
        yield made


@dataclass(frozen=True)
class HttpAddress:
    """Where MCP is served over HTTP, and whether a proxy in front of it ends TLS."""

    host: str
    port: int
    behind_tls: bool = False


async def serve_mcp(settings: Settings, simulation: Simulation | None, http: HttpAddress | None) -> None:
    """Serve MCP until the host ends it: on stdio, or over HTTP at an address.

    Raises:
        CannotStart: The world, the host or the port cannot be used.
    """
    from ecs_dr.protocol.app import build_server
    from ecs_dr.protocol.stdio import run_stdio
    from ecs_dr.protocol.transports import run_http

    try:
        token = http_token(settings)
    except SettingsError as error:
        from ecs_dr.cli_words import setting_refusal

        raise CannotStart(setting_refusal(error)) from None
    log_to_stderr()
    async with _service(settings, simulation, shared=http is not None) as recovery:
        server = build_server(recovery, elicitation=settings.elicitation, simulated=simulation is not None)
        collect_seldom()
        gc.enable()
        if http is None:
            await run_stdio(server)
            return
        listener = _listener(http, has_token=token is not None)
        await run_http(server, http.host, http.port, listener, token=token, behind_tls=http.behind_tls)


def _listener(http: HttpAddress, *, has_token: bool) -> socket.socket:
    """What is served on. Afterwards something was started, and no failure of it is told as one of the start.

    Raises:
        CannotStart: The host or the port cannot be used.
    """
    from ecs_dr.protocol.transports import HostNotAllowed, listen, require_protection

    try:
        require_protection(http.host, has_token=has_token, behind_tls=http.behind_tls)
        return listen(http.host, http.port)
    except HostNotAllowed as refused:
        raise cannot_start(f"host.{refused.missing}", host=refused.host) from None
    except (OSError, ValueError) as error:
        raise cannot_start("address", host=http.host, port=str(http.port), why=reason(error)) from None


@asynccontextmanager
async def _service(
    settings: Settings, simulation: Simulation | None, *, shared: bool
) -> AsyncIterator[RecoveryService]:
    """What the server is built on: over Alibaba Cloud it is put together at the first call."""
    if simulation is None:
        from ecs_dr.first_call import AtFirstCall

        service = AtFirstCall(settings, shared=shared)
        with at_work(service):
            async with service.running():
                yield service
        return
    async with wired(settings, simulation, "shared" if shared else "assistant") as made:
        yield made.recovery


async def simulate_alone(
    port: int, scenario: str, speed: float, faults: Path | None, variants: tuple[str, ...] = ()
) -> None:
    """Serve the simulated cloud until Ctrl-C.

    Raises:
        CannotStart: The world, the fault plan or the port cannot be used.
    """
    from ecs_dr.assembling import usable_simulation
    from ecs_dr.cli_simulator import introduction
    from ecs_dr.cli_words import texts
    from ecs_dr.simulator.command import run_simulator

    serving: list[SimulatorServer] = []

    def introduce(server: SimulatorServer) -> None:
        serving.append(server)
        print(introduction(server, speed, faults, texts()), flush=True)  # noqa: T201 - for the person who started it

    with usable_simulation(scenario, faults):
        try:
            await run_simulator(port, scenario, speed, faults, introduce, variants)
        except OSError as error:
            if serving:  # that is no failure of the start
                raise
            raise cannot_start("address", host="127.0.0.1", port=str(port), why=reason(error)) from None


def _at_this_machine(settings: Settings) -> Settings:
    """A person at a terminal reads the times of the machine, unless they said otherwise."""
    return settings if settings.timezone is not None else settings.model_copy(update={"timezone": LOCAL})


async def recover_in_terminal(
    settings: Settings,
    simulation: Simulation | None,
    instance_id: str | None,
    region_id: str | None,
    *,
    yes: bool,
    waves: str = "",
    from_snapshots: bool = False,
    from_report: Path | None = None,
) -> int:
    """Run a whole recovery in the terminal, of one source or of an application; returns the exit code.

    Raises:
        CannotStart: The world, or the report, cannot be used.
    """
    from ecs_dr.protocol.app import build_server
    from ecs_dr.terminal.start import recover

    log_to_stderr()
    async with wired(_at_this_machine(settings), simulation, "person") as made:
        simulated = simulation is not None
        server = build_server(made.recovery, elicitation="auto", simulated=simulated, own_client=True)
        scenario = None
        if from_report is not None:
            source = _given(made.reports, from_report).source
            instance_id, region_id = instance_id or source.instance_id, region_id or source.region_id
        if made.simulator is not None:
            world = made.simulator.world
            instance_id = instance_id or (None if waves else world.source_instance_id)
            region_id = region_id or world.default_region
            chinese = world.description_zh if settings.language == "zh" else ""
            told = chinese or world.description
            scenario = made.recovery.texts("fact.named", name=world.name, value=told) if told else world.name
        return await recover(
            server,
            made.recovery.texts,
            instance_id,
            region_id,
            scenario=scenario,
            yes=yes,
            waves=waves,
            from_snapshots=from_snapshots,
            report="" if from_report is None else from_report.name,
            keeps_reports=settings.report_dir is not None,
        )


def _given(reports: KeptReports, path: Path) -> RecoveryReport:
    from ecs_dr.cli_words import texts
    from ecs_dr.workflow.reporting.ports import ReportNotFound

    try:
        return reports.give(path)
    except ReportNotFound as refused:
        there = refused.damage != "not_there"
        key = f"error.report_{refused.damage}.message" if there else "cli.error.no_report"
        raise CannotStart(texts()(key, report=str(path), part=refused.part)) from None


async def show_standbys(
    settings: Settings, simulation: Simulation | None, arguments: Mapping[str, str | None], *, as_text: bool
) -> int:
    """Print what each instance could be recovered from today; returns the exit code.

    Args:
        settings: The environment.
        simulation: A simulated cloud instead of Alibaba Cloud.
        arguments: As the tool `list_standbys` takes them.
        as_text: A table for a person; else JSON.

    Raises:
        CannotStart: The world cannot be used.
    """
    from rich.console import Console

    from ecs_dr.terminal.standby import show

    async with wired(_at_this_machine(settings), simulation, "person") as made:
        if made.simulator is not None:
            arguments = {**arguments, "region_id": arguments["region_id"] or made.simulator.world.default_region}
        return await show(made.recovery, arguments, Console(stderr=True), as_text=as_text)


async def export_oos(settings: Settings, simulation: Simulation | None, order: Order) -> int:
    """Write a runbook for OOS; returns the exit code.

    Raises:
        CannotStart: The world cannot be used.
    """
    from ecs_dr.terminal.export import write

    async with wired(settings, simulation) as made:
        if made.simulator is not None:
            world = made.simulator.world
            waves = order.waves or world.source_instance_id
            order = replace(order, region_id=order.region_id or world.default_region, waves=waves)
        return await write(made.recovery, order)


async def examine(
    settings: Settings, simulation: Simulation | None, instance_id: str | None, region_id: str | None
) -> int:
    """Say what works on this machine; returns the exit code.

    Raises:
        CannotStart: The world cannot be used.
    """
    from ecs_dr.doctor.checks import Doctor, Place

    async with wired(settings, simulation) as made:
        world = made.simulator.world if made.simulator is not None else None
        target = Place(
            region_id or (world.default_region if world else None),
            instance_id or (world.source_instance_id if world else None),
        )
        endpoints = {"ecs": made.ecs_endpoint, "vpc": made.vpc_endpoint}
        return await Doctor(made.cloud, made.recovery.texts, endpoints, target).run()
