"""What a start is told: which cloud, for whom; and how it says that it cannot work."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


class CannotStart(Exception):  # noqa: N818 - reads as what it is
    """What the program was started with cannot work, told in one line."""


def cannot_start(key: str, **values: str) -> CannotStart:
    """A start that cannot work, in the language of the person."""
    from ecs_dr.cli_words import texts
    from ecs_dr.domain.texts.wording import worded_value

    words = texts()
    if "why" in values:
        values["why"] = worded_value(values["why"], words)
    return CannotStart(words(f"cli.error.{key}", **values))


@dataclass(frozen=True)
class Simulation:
    """Which simulated cloud, how many times faster than the host its clock runs, and what goes wrong on the way."""

    scenario: str
    speed: float
    variants: tuple[str, ...] = ()
    """Readings of what is not settled about the real cloud: `NAME=READING`."""
    faults: Path | None = None


Audience = Literal["assistant", "shared", "person"]
"""Who is served: one assistant; several people, of whom nobody sees the sessions of others; or a person who reads the
answers, and has no tools."""
