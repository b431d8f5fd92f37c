"""What `ecs-dr simulate` prints: where the simulated cloud is, what it plays and how to point a client at it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

from ecs_dr.domain.telling import Words, said
from ecs_dr.domain.texts import Texts

if TYPE_CHECKING:
    from ecs_dr.simulator.http import SimulatorServer


def introduction(server: SimulatorServer, speed: float, faults: Path | None, texts: Texts) -> str:
    """The lines for the person who started it.

    Args:
        server: What serves.
        speed: Cloud seconds per second; 0: its clock stands still.
        faults: The file of what goes wrong on the way; None: nothing does.
        texts: The catalogue.
    """
    values = texts(
        "simulate.client_values", endpoint=Words(server.endpoint), region=server.simulator.world.default_region
    )
    look = (("state", ""), ("journal", ""), ("reset", "-X POST "))
    inside = ((f"curl {how}{server.url}/_simulator/{what}", texts(f"simulate.inside.{what}")) for what, how in look)
    return "\n".join(
        (
            texts("simulate.serves", url=Words(server.url)),
            *_rows(_played(server, speed, faults, texts)),
            "",
            texts("simulate.client"),
            f"  {values}",
            texts("simulate.recovery"),
            f"  ECS_DR_ECS_ENDPOINT={server.url} ECS_DR_VPC_ENDPOINT={server.url} \\",
            f"  ALIBABA_CLOUD_ACCESS_KEY_ID={server.access_key_id} \\",
            f"  ALIBABA_CLOUD_ACCESS_KEY_SECRET={server.access_key_secret} ecs-dr recover",
            texts("simulate.fake"),
            "",
            texts("simulate.inside"),
            *_rows(inside),
            texts("simulate.end"),
        )
    )


def _played(server: SimulatorServer, speed: float, faults: Path | None, texts: Texts) -> Iterator[tuple[str, str]]:
    world = server.simulator.world
    described = world.description_zh if texts.language == "zh" and world.description_zh else world.description
    yield texts("simulate.label.scenario"), texts("fact.named", name=world.name, value=described)
    source = world.instances.get(world.source_instance_id)
    where = said(world.source_instance_id)
    if source is not None:
        where = texts("simulate.source", id=where, region=source.region_id, zone=source.zone_id)
    yield texts("simulate.label.source"), where
    pace = "as_yours" if speed == 1 else "faster" if speed else "stopped"
    yield texts("simulate.label.clock"), texts(f"simulate.clock.{pace}", speed=f"{speed:g}")
    if faults is not None:
        told = texts("simulate.faults", count=len(server.faults.rules), file=Words(str(faults)))
        yield texts("simulate.label.faults"), told


def _rows(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Each with its second column below those of the others; a Chinese character is two cells wide."""
    told = tuple(rows)
    width = max(cell_len(first) for first, _ in told)
    for first, second in told:
        yield f"  {set_cell_size(str(first), width)}  {second}"
