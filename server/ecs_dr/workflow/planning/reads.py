"""Everything that a plan rests on, read side by side: stock, types, disks, network, of every zone at once."""

from __future__ import annotations

from functools import partial

from ecs_dr.domain.disks.model import Categories
from ecs_dr.domain.network.model import VSwitch
from ecs_dr.domain.network.vswitches import free_block, usable_vswitches
from ecs_dr.domain.plan.model import VSwitchPlan, ZonePlan, fit_disks, system_category
from ecs_dr.domain.source import Source
from ecs_dr.domain.stock.model import Charge, Stock, TypeStock, ZoneStock, source_charge
from ecs_dr.workflow.planning.replacements import replacements
from ecs_dr.workflow.planning.surroundings import Surroundings
from ecs_dr.workflow.reads.side_by_side import Read, SideBySide
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session import Session

MIB = 1024
SHOWN_TYPES = 3
"""Alternatives a zone that are looked at; the first is the one that would be taken."""


async def read_surroundings(run: Run, source: Source, image_name: str) -> tuple[Surroundings, Categories]:
    """The region as it is now, and the system disk categories of the source's own type by zone.

    Raises:
        CloudError: A read that no recovery can do without failed (DescribeAvailableResource, DescribeImages).
    """
    cloud, scope, instance = run.cloud, run.scope, source.instance
    charge, own_type = source_charge(instance), instance.instance_type
    memory = instance.memory_mib / MIB
    reads = SideBySide()
    stocks = reads.read(lambda: cloud.zone_stock(scope, own_type, charge))
    sizes = reads.read(lambda: cloud.types_of_size(scope, None, instance.cpu, memory, charge))
    system = reads.read(lambda: cloud.disk_categories(scope, own_type, charge))
    same_name = reads.read(lambda: cloud.find_images(scope, image_name))
    vswitches = reads.read(lambda: cloud.describe_vswitches(scope, instance.vpc_id), "vpc:DescribeVSwitches")
    vpc = reads.read(lambda: cloud.describe_vpc(scope, instance.vpc_id), "vpc:DescribeVpcs")
    source_image = reads.read(lambda: cloud.describe_image(scope, instance.image_id))
    on_demand = reads.read(lambda: _on_demand(run, source))
    await reads.finish()
    run.session.source_image = source_image.value
    names = tuple(dict.fromkeys((own_type, *(entry.instance_type for entry in sizes.value))))
    more = SideBySide()
    facts = more.read(lambda: cloud.instance_types(scope, names), "ecs:DescribeInstanceTypes")
    # An empty list may hide a missing permission: a dry run tells, in a read of its own.
    empty: dict[str, Read[bool]] = {}
    if not same_name.value:
        empty["ecs:DescribeImages"] = more.read(lambda: cloud.may_describe_images(scope))
    if _hides_vswitches(source, vswitches.or_none):
        empty["vpc:DescribeVSwitches"] = more.read(lambda: cloud.may_describe_vswitches(scope, instance.vpc_id))
    await more.finish()
    hidden = tuple(action for action, may in empty.items() if not may.value)
    surroundings = Surroundings(
        stocks=stocks.value,
        on_demand=on_demand.value,
        sizes=sizes.value,
        facts={fact.instance_type: fact for fact in facts.value_or(())},
        vswitches=None if "vpc:DescribeVSwitches" in hidden else vswitches.or_none,
        vpc=vpc.value_or(None),
        source_image=source_image.value,
        same_name=same_name.value,
        hidden=hidden,
        left_out={**reads.left_out, **more.left_out},
    )
    return surroundings, system.value


def _hides_vswitches(source: Source, found: tuple[VSwitch, ...] | None) -> bool:
    """Whether the list of the VPC's VSwitches lacks what must be in it, as a missing permission can make it."""
    return found is not None and all(one.vswitch_id != source.instance.vswitch_id for one in found)


async def _on_demand(run: Run, source: Source) -> tuple[ZoneStock, ...]:
    """Stock for pay-as-you-go, where the source is paid for in another way: the replica need not be."""
    if source_charge(source.instance) == Charge():
        return ()
    return await run.cloud.zone_stock(run.scope, source.instance.instance_type, Charge())


async def plan_zones(run: Run, source: Source, found: Surroundings, own_system: Categories) -> tuple[ZonePlan, ...]:
    """Every zone but the source's, with the type, the disks and the VSwitch that the replica would have there."""
    bare = _bare_zones(run.session, source, found)
    own_type, charge = source.instance.instance_type, source_charge(source.instance)
    types = sorted({zone.instance_type for zone in bare} - {"", own_type})
    systems = SideBySide()
    others = {name: systems.read(partial(run.cloud.disk_categories, run.scope, name, charge)) for name in types}
    await systems.finish()
    system_of: dict[str, Categories] = {own_type: own_system, **{name: read.value for name, read in others.items()}}
    beside = {
        zone.zone_id: system_category(
            source.disks, system_of.get(zone.instance_type, {}).get(zone.zone_id, ()), zone.instance_type
        )
        for zone in bare
        if zone.instance_type
    }
    wanted = sorted({(zone.instance_type, beside[zone.zone_id]) for zone in bare if zone.zone_id in beside})
    data = SideBySide()
    read = {
        (name, category): data.read(partial(run.cloud.disk_categories, run.scope, name, charge, category))
        for name, category in (wanted if source.data_disks else ())
    }
    await data.finish()

    def with_disks(zone: ZonePlan) -> ZonePlan:
        if zone.zone_id not in beside:
            return zone
        system = system_of[zone.instance_type].get(zone.zone_id, ())
        key = (zone.instance_type, beside[zone.zone_id])
        offered = read[key].value.get(zone.zone_id, ()) if key in read else ()
        fits = fit_disks(source.disks, system, offered, zone.instance_type)
        return zone.model_copy(update={"disks": fits, "system_categories": system, "data_categories": offered})

    return tuple(with_disks(zone) for zone in bare)


def _bare_zones(session: Session, source: Source, found: Surroundings) -> tuple[ZonePlan, ...]:
    """The zones with their stock, types and VSwitches; the disks depend on the type and follow."""
    instance = source.instance
    stocks = {entry.zone_id: entry.stock for entry in found.stocks}
    on_demand = {entry.zone_id: entry.stock for entry in found.on_demand}
    zones = sorted({entry.zone_id for entry in (*found.stocks, *found.sizes)} - {instance.zone_id})
    return tuple(
        ZonePlan(
            zone_id=zone,
            source_type=instance.instance_type,
            stock=stocks.get(zone),
            on_demand_stock=on_demand.get(zone),
            alternatives=_alternatives(session, source, found, zone),
            vswitch=_vswitch(source, found, zone),
        )
        for zone in zones
    )


def _alternatives(session: Session, source: Source, found: Surroundings, zone: str) -> tuple[TypeStock, ...]:
    own = found.facts.get(source.instance.instance_type)
    if own is None:
        return ()
    listed: dict[str, Stock] = {entry.instance_type: entry.stock for entry in found.sizes if entry.zone_id == zone}
    candidates = tuple(
        TypeStock(facts=found.facts[name], stock=stock) for name, stock in listed.items() if name in found.facts
    )
    return replacements(session, source, own, candidates)[:SHOWN_TYPES]


def _vswitch(source: Source, found: Surroundings, zone: str) -> VSwitchPlan:
    """The VSwitch that Step 4b would offer first, or the block that it would propose."""
    if found.vswitches is None:
        return VSwitchPlan(readable=False)
    usable = usable_vswitches(found.vswitches, source.instance, zone)
    if usable:
        return VSwitchPlan(existing=usable[0])
    if found.vpc is None:
        return VSwitchPlan(readable=False)
    return VSwitchPlan(cidr_block=free_block(source.instance, found.vpc, found.vswitches) or "")
