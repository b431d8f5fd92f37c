"""Every number and every moment of a world file has bounds: what cannot be is one line at the start."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime
from typing import get_args, get_type_hints

import pytest

from ecs_dr.simulator.errors import WorldError
from ecs_dr.simulator.faults import FaultPlan, FaultPlanError
from ecs_dr.simulator.world import World, WorldState


def bare(hint: object, where: str, seen: frozenset[object] = frozenset()) -> Iterator[str]:
    """Where a type has a number or a moment that nothing bounds."""
    if hint in {int, float, datetime}:
        yield where
    if isinstance(hint, type) and dataclasses.is_dataclass(hint) and hint not in seen:
        for name, inner in get_type_hints(hint, include_extras=True).items():
            if not name.startswith("_"):
                yield from bare(inner, f"{where}.{name}", seen | {hint})
    if not hasattr(hint, "__metadata__"):
        for inner in get_args(hint):
            yield from bare(inner, where, seen)


def test_no_number_and_no_moment_of_a_world_is_without_bounds() -> None:
    assert list(bare(WorldState, "world")) == []


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("behaviour.image_seconds", "-1"),
        ("behaviour.image_seconds", "1e11"),
        ("behaviour.failing_call_every", "-2"),
        ("account.images", "-1"),
        ("disks.d-2zesystem0001.size", "0"),
        ("disks.d-2zesystem0001.size", "-40"),
        ('instance_types."ecs.g7.xlarge".cpu', "0"),
        ('instance_types."ecs.g7.xlarge".memory_gib', "0"),
        ('prices.instance_hour."ecs.g7.xlarge"', "-0.5"),
        ("prices.month_hours", "0"),
        ("prices.discount", "1.5"),
        ("vswitches.vsw-2zek0001.used_addresses", "-1"),
        ("start_time", "0001-01-01T00:00:00Z"),
        ("start_time", "9999-12-31T00:00:00Z"),
    ],
)
def test_a_number_that_cannot_be_is_named_in_one_line(where: str, value: str) -> None:
    with pytest.raises(WorldError) as refused:
        World.from_toml(f'{where} = {value}\nextends = "healthy"\n')
    assert where.replace('"', "") in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_moment_without_an_offset_is_utc() -> None:
    world = World.from_toml('extends = "healthy"\nstart_time = 2026-11-22T08:00:00\n')
    assert world.start_time.tzinfo is not None


@pytest.mark.parametrize(
    "line", ["delay_seconds = -1", "delay_seconds = 1e9", "retry_after_seconds = -0.1", f'calls = "{"9" * 5000}"']
)
def test_a_number_of_a_fault_that_cannot_be_is_named(line: str) -> None:
    with pytest.raises(FaultPlanError, match=line.split(maxsplit=1)[0]) as refused:
        FaultPlan.from_toml(f'[[fault]]\naction = "*"\n{line}\n')
    assert "\n" not in str(refused.value)
