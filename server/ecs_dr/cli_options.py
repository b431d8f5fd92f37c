"""Options of `ecs-dr recover` and its like; what each says of itself is `cli.option.*`, see `cli_words`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

DEFAULT_SCENARIO = "healthy"
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


def with_default_scenario(arguments: Sequence[str]) -> list[str]:
    """Give a bare `--simulate` its value: typer has no options whose value may be left out.

    No command that has it takes positional arguments, so whatever follows `--simulate` and is no option is its value.
    """
    filled: list[str] = []
    for position, argument in enumerate(arguments):
        filled.append(argument)
        following = arguments[position + 1 : position + 2]
        if argument == "--simulate" and (not following or following[0].startswith("-")):
            filled.append(DEFAULT_SCENARIO)
    return filled
