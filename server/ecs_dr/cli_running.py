"""What every command of the program does alike: read the environment, run, and end with a line and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

import typer

from ecs_dr.ending import Ending, ToldToEnd, write_nowhere

if TYPE_CHECKING:
    from ecs_dr.settings import Settings
    from ecs_dr.starting import Simulation

Result = TypeVar("Result")
PROGRAM = "ecs-dr"
DEFAULT_SPEED = 60.0
EXIT_USAGE = 2


def read_settings() -> Settings:
    """The environment's; a name that means nothing is told, a value that cannot be ends the program."""
    from ecs_dr.settings import SettingsError, ignored_names, load_settings

    if ignored := ignored_names():
        from ecs_dr.cli_words import settings_ignored

        say(settings_ignored(ignored))
    try:
        return load_settings()
    except SettingsError as error:
        from ecs_dr.cli_words import setting_refusal

        fail(setting_refusal(error))


def simulation_of(
    scenario: str | None, speed: float, variants: Sequence[str] | None = None, faults: Path | None = None
) -> Simulation | None:
    """The simulated cloud that was asked for; None: Alibaba Cloud."""
    from ecs_dr.starting import Simulation

    if scenario is None and variants:
        refuse("variant")
    if scenario is None and faults is not None:
        refuse("faults")
    return None if scenario is None else Simulation(scenario, speed, tuple(variants or ()), faults)


def run(work: Coroutine[None, None, Result]) -> Result:
    """A start that cannot work, a signal, and a reader that went away end the program without a traceback."""
    from ecs_dr.starting import CannotStart

    try:
        return Ending().run(work)
    except CannotStart as error:
        fail(str(error))
    except ToldToEnd as told:
        raise typer.Exit(told.code) from None


def refuse(key: str) -> NoReturn:
    """End the program with a line of its own texts."""
    from ecs_dr.cli_words import texts

    fail(texts()(f"cli.error.{key}"))


def fail(message: str) -> NoReturn:
    """End the program with that line."""
    say(message)
    raise typer.Exit(EXIT_USAGE)


def say(line: str) -> None:
    """On stderr; where that cannot be written, the exit code alone says it."""
    try:
        typer.echo(f"{PROGRAM}: {line}", err=True)
    except OSError:
        write_nowhere(sys.stderr.fileno())
