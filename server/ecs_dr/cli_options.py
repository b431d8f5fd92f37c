"""Options of `ecs-dr recover` and its like; what each says of itself is `cli.option.*`, see `cli_words`."""

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
    ),
]
WaveOption = Annotated[
    list[str] | None,
    typer.Option(
        "--wave",
        metavar="IDS",
        show_default=False,
    ),
]
FromSnapshotsOption = Annotated[
    bool,
    typer.Option("--from-snapshots"),
]
FromReportOption = Annotated[
    Path | None,
    typer.Option(
        "--from-report",
        metavar="FILE",
        show_default=False,
    ),
]
ReportOption = Annotated[
    Path | None,
    typer.Option(
        "--report",
        metavar="DIR",
        show_default=False,
    ),
]
