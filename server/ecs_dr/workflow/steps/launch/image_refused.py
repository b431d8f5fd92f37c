"""A zone that cannot launch an image which is ready, as happens while the image service is disturbed.

Launches from custom images may fail in healthy zones during an outage elsewhere, and in others not.
"""

from __future__ import annotations

from ecs_dr.domain.questions import Option
from ecs_dr.workflow.memory.chosen import Target
from ecs_dr.workflow.run import Run

SHOWN_ZONES = 2


def other_zones(run: Run, target: Target) -> list[Option]:
    """The best zones that no launch failed in, as options."""
    untried = [one for one in _zones_of_the_type(run, target) if one not in run.session.refusals.left_zones]
    kind = target.instance_type
    return [run.option(one, "launch_other_zone", zone=one, type=kind) for one in untried[:SHOWN_ZONES]]


def move_to_zone(run: Run, target: Target, zone_id: str) -> bool:
    """The person chose that zone for the same type: VSwitch and disks are settled anew, the launch's options stay.

    False: what was chosen is no zone.
    """
    session = run.session
    if zone_id not in _zones_of_the_type(run, target):
        return False
    session.choose(Target(zone_id=zone_id, instance_type=target.instance_type, zones=target.zones))
    return True


def _zones_of_the_type(run: Run, target: Target) -> list[str]:
    """Zones that listed the type when the target was chosen, in the order of the plan where there is one."""
    listed = [one.zone_id for one in target.zones if one.stock.buyable and one.instance_type == target.instance_type]
    plan = run.session.plan.plan if run.session.plan is not None else None
    order = [zone.zone_id for zone in plan.zones] if plan is not None else []
    return sorted(listed, key=lambda zone: order.index(zone) if zone in order else len(order))
