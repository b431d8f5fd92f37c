"""What was accepted with the plan, looked at again when its own step is called: not asked twice, but checked twice."""

from __future__ import annotations

from ecs_dr.domain.disks.plan import unsupported
from ecs_dr.domain.stock.model import Charge
from ecs_dr.workflow.choices import Choice
from ecs_dr.workflow.memory.chosen import ChosenVSwitch, DiskPlan, Target
from ecs_dr.workflow.run import Run


async def target_holds(run: Run, target: Target, charge: Charge) -> bool:
    """Whether the type can still be had in the zone."""
    if Choice.TARGET not in run.session.unchecked:
        return True
    stocks = await run.cloud.zone_stock(run.scope, target.instance_type, charge, target.zone_id)
    holds = any(entry.zone_id == target.zone_id and entry.stock.buyable for entry in stocks)
    return _checked(run, Choice.TARGET, holds=holds)


async def vswitch_holds(run: Run, chosen: ChosenVSwitch) -> bool:
    """Whether the VSwitch still has room."""
    if Choice.VSWITCH not in run.session.unchecked:
        return True
    vswitch = chosen.vswitch
    found = await run.cloud.describe_vswitches(run.scope, vswitch.vpc_id, vswitch_id=vswitch.vswitch_id)
    holds = any(entry.status == "Available" and entry.available_ip_count > 0 for entry in found)
    return _checked(run, Choice.VSWITCH, holds=holds)


async def disks_hold(run: Run, plan: DiskPlan, target: Target, charge: Charge) -> bool:
    """Whether the zone still offers every disk as it is planned."""
    if Choice.DISKS not in run.session.unchecked:
        return True
    cloud, scope, zone, instance_type = run.cloud, run.scope, target.zone_id, target.instance_type
    system = await cloud.system_disk_categories(scope, zone, instance_type, charge)
    own = next(disk for disk in plan.disks if disk.type == "system")
    data = await cloud.data_disk_categories(scope, zone, instance_type, charge, own.category)
    return _checked(run, Choice.DISKS, holds=not unsupported(plan.disks, system, data))


def _checked(run: Run, what: Choice, *, holds: bool) -> bool:
    run.session.unchecked -= {what}
    if not holds:
        run.session.notes.append(run.texts("note.plan_changed", what=run.texts(f"plan.changed.{what.value}")))
    return holds
