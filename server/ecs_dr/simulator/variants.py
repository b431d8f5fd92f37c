"""Facts of the real cloud, and the readings that are possible where one is not settled (facts.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from ecs_dr.simulator.errors import WorldError

Rank = Literal["recorded", "documented", "assumed"]


@dataclass(frozen=True)
class Fact:
    """One fact that the product stakes something on.

    Attributes:
        name: Of the fact, and of its variant.
        fact: What the cloud does, as far as is known.
        stake: What goes wrong if it does otherwise.
        rank: How it is known.
        source: From where.
        default: The reading that a world plays unless it says otherwise; empty for a settled fact.
        readings: What each possible reading means.
        settle: The read-only command by which somebody with an account finds out.
    """

    name: str
    fact: str
    stake: str
    rank: Rank
    source: str
    default: str = ""
    readings: Mapping[str, str] | None = None
    settle: str = ""


@cache
def facts() -> Mapping[str, Fact]:
    """Every fact by its name, in the order of the file."""
    text = (files("ecs_dr.simulator") / "facts.toml").read_text(encoding="utf-8")
    return {name: Fact(name=name, **cast("dict[str, str]", table)) for name, table in tomllib.loads(text).items()}  # type: ignore[arg-type]


@cache
def variants() -> Mapping[str, Fact]:
    """The facts that have more than one reading."""
    return {name: fact for name, fact in facts().items() if fact.readings}


def checked(wanted: Mapping[str, str], origin: str) -> dict[str, str]:
    """The reading of every variant: as wanted, else by default.

    Raises:
        WorldError: A variant or a reading that there is not.
    """
    for name, reading in wanted.items():
        variant = variants().get(name)
        if variant is None:
            raise WorldError(f"{origin}: there is no variant {name!r}. There are: {', '.join(variants())}.")
        if reading not in (variant.readings or {}):
            known = ", ".join(variant.readings or {})
            raise WorldError(f"{origin}: variant {name}: there is no reading {reading!r}. There are: {known}.")
    return {name: wanted.get(name, fact.default) for name, fact in variants().items()}


def read_options(options: Iterable[str]) -> dict[str, str]:
    """Variants as a person types them: `NAME=READING`.

    Raises:
        WorldError: One is not of that form; whether they exist is checked with the world.
    """
    pairs = [option.partition("=") for option in options]
    for name, sign, reading in pairs:
        if not (name and sign and reading):
            raise WorldError(f"--variant is NAME=READING, as list_order=shuffled, not {name + sign + reading!r}.")
    return {name.strip(): reading.strip() for name, _, reading in pairs}
