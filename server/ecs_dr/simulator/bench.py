"""A simulated cloud on the workbench: its clock is stepped by hand, and requests are one line each.

For tests, and for trying the cloud's behaviour out in a Python shell:

    bench = Bench("healthy")
    bench.ecs("DescribeImages", Status="ALL")
    bench.clock.advance(240)
"""

from __future__ import annotations

from ecs_dr.cloud.transport import API_VERSIONS, Json, Product
from ecs_dr.simulator.clock import ManualClock
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.errors import Fault
from ecs_dr.simulator.transport import flatten
from ecs_dr.simulator.world import World, load_world


class Bench:
    """A simulator with a manual clock.

    Args:
        world: A world, or the name or path of one.
    """

    def __init__(self, world: World | str = "healthy") -> None:
        self.world = load_world(world) if isinstance(world, str) else world
        self.clock = ManualClock(self.world.start_time)
        self.cloud = Simulator(self.world, self.clock)

    def ecs(self, action: str, **params: Json) -> dict[str, Json]:
        """Carry out an ECS action in the world's default region, unless `RegionId` says otherwise."""
        return self.call("ecs", action, params)

    def vpc(self, action: str, **params: Json) -> dict[str, Json]:
        """Carry out a VPC action."""
        return self.call("vpc", action, params)

    def call(self, product: Product, action: str, params: dict[str, Json]) -> dict[str, Json]:
        """Carry out an action; `params` may be nested (`{"SystemDisk": {"Category": …}}`)."""
        wire = flatten({"RegionId": self.world.default_region, **params})
        return self.cloud.handle(product, API_VERSIONS[product], action, wire)

    def refusal(self, action: str, **params: Json) -> tuple[str, int]:
        """The code and HTTP status with which an ECS action is refused; `OK` and 200 when it is not."""
        try:
            self.ecs(action, **params)
        except Fault as fault:
            return fault.code, fault.http_status
        return "OK", 200


def rows(answer: dict[str, Json], *path: str) -> list[dict[str, Json]]:
    """The rows of a list inside an answer: `rows(answer, "Disks", "Disk")`."""
    found: Json = answer
    for name in path:
        if not isinstance(found, dict):
            return []
        found = found[name]
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
