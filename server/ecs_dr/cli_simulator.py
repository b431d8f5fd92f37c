"""What `ecs-dr simulate` prints: where the simulated cloud is, what it plays and how to point a client at it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ecs_dr.domain.telling import Words
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
    world = server.simulator.world
    source = world.instances.get(world.source_instance_id)
    where = "" if source is None else texts("simulate.where", region=source.region_id, zone=source.zone_id)
    pace = "as_yours" if speed == 1 else "faster" if speed else "stopped"
    described = world.description_zh if texts.language == "zh" and world.description_zh else world.description
    told = [] if faults is None else [texts("simulate.faults", count=len(server.faults.rules), file=Words(str(faults)))]
    return "\n".join(
        (
            texts("simulate.serves", url=Words(server.url)),
            texts("simulate.scenario", name=world.name, description=described),
            texts("simulate.source", id=world.source_instance_id, where=where),
            texts(f"simulate.clock.{pace}", speed=f"{speed:g}"),
            *told,
            "",
            texts(
                "simulate.use",
                url=Words(server.url),
                endpoint=Words(server.endpoint),
                region=world.default_region,
                key_id=Words(server.access_key_id),
                key_secret=Words(server.access_key_secret),
            ),
        )
    )
