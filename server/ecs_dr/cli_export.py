"""`ecs-dr export`: a plan written down for another engine. Flags in, wiring out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ecs_dr.cli_running import DEFAULT_SPEED, read_settings, refuse, run, simulation_of

export_app = typer.Typer(no_args_is_help=True, add_completion=False)


@export_app.callback()
def _program() -> None:
    """Make `ecs-dr export FORMAT` the only form."""


@export_app.command()
def oos(
    *,
    region_id: Annotated[str | None, typer.Option("--region-id", show_default=False)] = None,
    instance_id: Annotated[str | None, typer.Option("--instance-id", show_default=False)] = None,
    wave: Annotated[
        list[str] | None,
        typer.Option("--wave", metavar="IDS", show_default=False),
    ] = None,
    target_zone_id: Annotated[str | None, typer.Option("--target-zone-id", show_default=False)] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", show_default=False)] = None,
    fresh: Annotated[
        Path | None,
        typer.Option("--keep-fresh", metavar="FILE", show_default=False),
    ] = None,
    simulate: Annotated[
        str | None,
        typer.Option("--simulate", metavar="[SCENARIO]", show_default=False),
    ] = None,
) -> None:
    """Write a runbook for Alibaba Cloud OOS: the plan, frozen, with approvals before everything that is created.

    Reads only. What nobody decided is exported as recommended and listed. A template of 64 KB or more is split by
    wave. Exit code: 0 when it was written, 1 when this cannot be exported, 2 when something could not be read.
    """
    from ecs_dr.terminal.export import Order

    if out is None and fresh is None:
        refuse("out")
    if (instance_id is None) == (not wave) and simulate is None:
        refuse("one_or_waves")
    if region_id is None and simulate is None:
        refuse("region")
    from ecs_dr.wiring import export_oos

    waves = "|".join(wave) if wave else instance_id or ""
    order = Order(region_id or "", waves, target_zone_id or "", out, fresh)
    raise typer.Exit(run(export_oos(read_settings(), simulation_of(simulate, DEFAULT_SPEED), order)))
