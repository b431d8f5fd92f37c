"""Where the terminal client begins and ends."""

from __future__ import annotations

import asyncio
import sys

import anyio
from rich.console import Console

from ecs_dr.domain.texts import Texts
from ecs_dr.protocol.sdk import Server
from ecs_dr.terminal.askers import Asker, MenuAsker, NumberAsker, RecommendedAsker
from ecs_dr.terminal.client import EXIT_INCOMPLETE, TerminalClient
from ecs_dr.terminal.screen import Screen


async def recover(  # noqa: PLR0913 - what the command line says
    server: Server,
    texts: Texts,
    instance_id: str | None,
    region_id: str | None,
    *,
    scenario: str | None,
    yes: bool,
    waves: str = "",
    from_snapshots: bool = False,
    report: str = "",
    keeps_reports: bool = False,
) -> int:
    """Recover an instance in this terminal.

    Args:
        server: The MCP server to go through.
        texts: The person's language.
        instance_id: The source; asked for when it is missing.
        region_id: Its region; asked for when it is missing.
        scenario: What to say of the simulated cloud; None on Alibaba Cloud.
        yes: Answer every question with the recommended option.
        waves: Several sources instead of one, as the tool `plan_application` takes them.
        from_snapshots: Make the image of snapshots that exist, not of the source.
        report: The name of an earlier report that tells what the source was; empty: none.
        keeps_reports: Whether the report of this recovery is to be kept.

    Returns:
        The exit code.

    Raises:
        CancelledError: Ctrl-C while something was waited for; what exists has been said.
        KeyboardInterrupt: Ctrl-C before anything began.
    """
    console = Console()
    screen = Screen(console, texts, keeps_reports=keeps_reports)
    asker = _asker(console, texts, yes=yes)
    in_waves = waves.replace(",", texts("list.separator")).replace("|", " → ")
    instance_id = instance_id or in_waves or await asker.type_in(texts("terminal.ask_instance"))
    region_id = region_id or (await asker.type_in(texts("terminal.ask_region")) if instance_id else None)
    if not instance_id or not region_id:
        screen.note(texts("terminal.source_missing"))
        return EXIT_INCOMPLETE
    screen.opening(instance_id, region_id, scenario, of_many=bool(waves))
    client = TerminalClient(server, screen, asker, texts, from_snapshots=from_snapshots, report=report)
    return await run_to_the_end(client, instance_id, region_id, waves)


async def run_to_the_end(client: TerminalClient, instance_id: str, region_id: str, waves: str = "") -> int:
    """Run the client in a task of its own: Ctrl-C then reaches a request in flight as a cancellation it can outlast."""
    codes: list[int] = []

    async def run() -> None:
        codes.append(await client.run(instance_id, region_id, waves))

    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(run)
    except asyncio.CancelledError:
        await client.interrupted()
        raise
    return codes[0]


def _asker(console: Console, texts: Texts, *, yes: bool) -> Asker:
    if yes:
        return RecommendedAsker(console)
    if sys.stdin.isatty() and console.is_terminal:
        return MenuAsker(console, texts)
    return NumberAsker(console, texts)
