"""`ecs-dr export`: a plan written down for another engine. Flags in, wiring out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

export_app = typer.Typer(no_args_is_help=True, add_completion=False, help="Write a plan down for another engine.")


@export_app.callback()
def _program() -> None:
    """Make `ecs-dr export FORMAT` the only form."""


@export_app.command()
def oos(
    *,
    region_id: Annotated[str | None, typer.Option("--region-id", show_default=False, help="The region.")] = None,
    instance_id: Annotated[
        str | None, typer.Option("--instance-id", show_default=False, help="The source; or give --wave.")
    ] = None,
    wave: Annotated[
        list[str] | None,
        typer.Option("--wave", metavar="IDS", show_default=False, help="Comma-separated ids; again for each wave."),
    ] = None,
    target_zone_id: Annotated[
        str | None, typer.Option("--target-zone-id", show_default=False, help="Where all go; without: the best zone.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", show_default=False, help="Where the template is written.")
    ] = None,
    fresh: Annotated[
        Path | None,
        typer.Option(
            "--keep-fresh", metavar="FILE", show_default=False, help="A template on a timer that keeps a fresh image."
        ),
    ] = None,
    simulate: Annotated[
        str | None,
        typer.Option("--simulate", metavar="[SCENARIO]", show_default=False, help="Read the practice cloud instead."),
    ] = None,
) -> None:
    """Write a runbook for Alibaba Cloud OOS: the plan, frozen, with approvals before everything that is created.

    Reads only. What nobody decided is exported as recommended and listed. A template of 64 KB or more is split by
    wave. Exit code: 0 when it was written, 1 when this cannot be exported, 2 when something could not be read.
    """
    from ecs_dr.cli import DEFAULT_SPEED, _fail, _run, _settings, _simulation
    from ecs_dr.terminal.export import Order

    if out is None and fresh is None:
        _fail("--out FILE says where the template is written, --keep-fresh FILE where the one on a timer is.")
    if (instance_id is None) == (not wave) and simulate is None:
        _fail("Give either --instance-id or --wave (once for each wave).")
    if region_id is None and simulate is None:
        _fail("--region-id is needed, as cn-beijing (or --simulate for the practice cloud).")
    from ecs_dr.wiring import export_oos

    waves = "|".join(wave) if wave else instance_id or ""
    order = Order(region_id or "", waves, target_zone_id or "", out, fresh)
    raise typer.Exit(_run(export_oos(_settings(), _simulation(simulate, DEFAULT_SPEED), order)))
