"""Options of `ecs-dr recover` and its like, each with what it says of itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

FaultsOption = Annotated[
    Path | None,
    typer.Option(
        "--faults",
        metavar="FILE",
        show_default=False,
        help="A TOML file of faults to inject (see docs/simulator.md); only with --simulate.",
    ),
]
WaveOption = Annotated[
    list[str] | None,
    typer.Option(
        "--wave",
        metavar="IDS",
        show_default=False,
        help="An application: comma-separated ids; again for each wave.",
    ),
]
FromSnapshotsOption = Annotated[
    bool,
    typer.Option("--from-snapshots", help="Make the image of snapshots that exist: the zone is down, or the like."),
]
FromReportOption = Annotated[
    Path | None,
    typer.Option(
        "--from-report",
        metavar="FILE",
        show_default=False,
        help="A report of an earlier recovery (JSON) that tells what the source was: it cannot be read any more.",
    ),
]
ReportOption = Annotated[
    Path | None,
    typer.Option(
        "--report",
        metavar="DIR",
        show_default=False,
        help="Write the report there as HTML, Markdown and JSON (instead of ECS_DR_REPORT_DIR).",
    ),
]
