"""Everything that the register rests on, read in bulk and side by side.

The number of requests follows the pages of a region and the number of types, never the number of instances: stock and
disk categories are read once for each type, VSwitches once for each VPC, prices once for each shape and for a few.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from ecs_dr.domain.disks.model import Categories, Disk
from ecs_dr.domain.disks.plan import plan_disks, unsupported
from ecs_dr.domain.images.model import Image
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.lineage import SOURCE, STEP, tagged
from ecs_dr.domain.network.model import VSwitch
from ecs_dr.domain.network.vswitches import by_id, usable_vswitches
from ecs_dr.domain.source import Instance
from ecs_dr.domain.standby.model import Drill, StandbyReading, ZoneOffer
from ecs_dr.domain.standby.points import RecoveryPoints, images_by_source, points_of
from ecs_dr.domain.stock.model import Charge, ZoneStock
from ecs_dr.errors import CloudError
from ecs_dr.workflow.ports import Cloud, Scope
from ecs_dr.workflow.reads.side_by_side import Read, SideBySide
from ecs_dr.workflow.standbys.bulk import Bulk, listed_system_category, read_bulk, read_instances
from ecs_dr.workflow.standbys.progress import RegisterProgress
from ecs_dr.workflow.standbys.wanted import RegisterQuery

MOST_PRICES = 20
"""Shapes whose price is asked for; of a longer list the price is left out."""

REPLICA_STEP = "instance"
PAID_BY_THE_HOUR = Charge()
"""Whatever the source is: a replica can always be pay-as-you-go, and in an emergency it is."""


@dataclass
class Seen:
    """What was read of the region.

    Attributes:
        missing: Ids that were asked for and are not listed.
        replicas_left_out: Replicas of listed instances: they have rows only where they are asked for by id.
        unread: By action: why it was not read.
    """

    sightings: tuple[StandbyReading, ...]
    missing: tuple[str, ...] = ()
    replicas_left_out: int = 0
    unread: dict[str, CloudError] = field(default_factory=dict)


async def read_register(
    cloud: Cloud, scope: Scope, asked: RegisterQuery, drills: Mapping[str, Drill], progress: RegisterProgress
) -> Seen:
    """Read it all.

    Raises:
        CloudError: The instances themselves could not be read: without them nothing can be said.
    """
    scope = replace(scope, on_rows=progress.rows)
    instances = await read_instances(cloud, scope, asked)
    if not instances:
        return Seen((), asked.instance_ids)
    await progress.stage("holdings", len(instances))
    bulk = await read_bulk(cloud, scope, instances)
    await progress.stage("market", len(instances))
    market = await _market(cloud, bulk.scope, instances, bulk)
    await progress.stage("prices", len(instances))
    running = _running_replicas(bulk.replicas)
    listed = {one.instance_id for one in instances}
    rows = [one for one in instances if asked.instance_ids or _source_of(one) not in listed]
    owner_of = {disk.disk_id: owner for owner, disks in bulk.disks.items() for disk in disks or ()}
    images = images_by_source(bulk.holdings, owner_of)
    sightings = tuple(
        _sighting(one, bulk, market, images.get(one.instance_id, ()), running).model_copy(
            update={"drill": drills.get(one.instance_id)}
        )
        for one in rows
    )
    priced = await _with_prices(cloud, scope, sightings)
    return Seen(
        priced,
        tuple(one for one in asked.instance_ids if one not in listed),
        len(instances) - len(rows),
        {**bulk.unread, **market.unread},
    )


@dataclass
class _Market:
    stock: Mapping[str, tuple[ZoneStock, ...] | None]
    """By type."""
    system: Mapping[str, Categories | None]
    """By type."""
    data: Mapping[tuple[str, str], Categories | None]
    """By type and system disk category."""
    vswitches: Mapping[str, tuple[VSwitch, ...] | None]
    """By VPC."""
    unread: dict[str, CloudError]


async def _market(cloud: Cloud, scope: Scope, instances: tuple[Instance, ...], bulk: Bulk) -> _Market:
    """Stock and disk categories once for each type, VSwitches once for each VPC."""
    action = "ecs:DescribeAvailableResource"
    types = sorted({one.instance_type for one in instances})
    wanted = sorted({(one.instance_type, listed_system_category(bulk.disks.get(one.instance_id))) for one in instances})
    reads = SideBySide()
    stock = {name: reads.read(partial(cloud.zone_stock, scope, name, PAID_BY_THE_HOUR), action) for name in types}
    system = {name: reads.read(partial(cloud.disk_categories, scope, name, PAID_BY_THE_HOUR), action) for name in types}
    data = {
        (name, category): reads.read(partial(cloud.disk_categories, scope, name, PAID_BY_THE_HOUR, category), action)
        for name, category in wanted
        if category
    }
    vpcs = sorted({one.vpc_id for one in instances if one.vpc_id})
    vswitches = {
        vpc: reads.read(partial(cloud.describe_vswitches, scope, vpc), "vpc:DescribeVSwitches") for vpc in vpcs
    }
    await reads.finish()
    return _Market(
        stock={name: read.or_none for name, read in stock.items()},
        system={name: read.or_none for name, read in system.items()},
        data={key: read.or_none for key, read in data.items()},
        vswitches={vpc: _readable(read, instances, vpc) for vpc, read in vswitches.items()},
        unread=dict(reads.left_out),
    )


def _readable(read: Read[tuple[VSwitch, ...]], instances: tuple[Instance, ...], vpc: str) -> tuple[VSwitch, ...] | None:
    """The VSwitches of a VPC; None where not even the instances' own are among them: something is hidden."""
    found = read.value_or(())
    own = {one.vswitch_id for one in instances if one.vpc_id == vpc and one.vswitch_id}
    return found if any(by_id(found, vswitch_id) for vswitch_id in own) else None


def _source_of(instance: Instance) -> str:
    """The source that a replica of ours names; empty for any other instance."""
    return tagged(instance.tags, SOURCE) if tagged(instance.tags, STEP) == REPLICA_STEP else ""


def _running_replicas(replicas: tuple[Instance, ...] | None) -> Mapping[str, tuple[str, ...]] | None:
    if replicas is None:
        return None
    found: dict[str, tuple[str, ...]] = {}
    for one in replicas:
        source = _source_of(one)
        if source and one.status == "Running":
            found[source] = (*found.get(source, ()), one.instance_id)
    return found


def _sighting(
    instance: Instance,
    bulk: Bulk,
    market: _Market,
    images: Iterable[Image],
    running: Mapping[str, tuple[str, ...]] | None,
) -> StandbyReading:
    disks = bulk.disks.get(instance.instance_id)
    holdings = bulk.holdings
    nothing_read = holdings.images is None and holdings.snapshots is None
    found = RecoveryPoints((), (), ())
    if disks is not None:
        found = points_of(disks, images, holdings)
    unread: list[str] = [action for action in ("ecs:DescribeImages", "ecs:DescribeSnapshots") if action in bulk.unread]
    if found.points and found.points[0].is_of_unknown_moment:
        unread.append("ecs:DescribeSnapshotGroups")
    if disks is None:
        unread.insert(0, "ecs:DescribeDisks")
    zones = _zones(instance, disks, market)
    if zones is None:
        unread.append("ecs:DescribeAvailableResource")
    elif market.vswitches.get(instance.vpc_id) is None:
        unread.append("vpc:DescribeVSwitches")
    if running is None:
        unread.append("ecs:DescribeInstances")
    return StandbyReading(
        instance=instance,
        disks=disks,
        points=None if disks is None or nothing_read else found.points,
        spoilt=found.spoilt,
        zones=zones,
        replicas=None if running is None else running.get(instance.instance_id, ()),
        superseded=found.superseded,
        unread=tuple(dict.fromkeys(unread)),
    )


def _zones(instance: Instance, disks: tuple[Disk, ...] | None, market: _Market) -> tuple[ZoneOffer, ...] | None:
    """Every other zone that lists the type; None: the stock was not read."""
    stock = market.stock.get(instance.instance_type)
    if stock is None:
        return None
    vswitches = market.vswitches.get(instance.vpc_id)

    def vswitch(zone: str) -> str | None:
        if vswitches is None:
            return None
        usable = usable_vswitches(vswitches, instance, zone)
        return usable[0].vswitch_id if usable else ""

    return tuple(
        ZoneOffer(
            zone_id=entry.zone_id,
            sells_type=entry.stock.buyable,
            sells_disks=_sells_disks(instance, disks, market, entry.zone_id),
            vswitch_id=vswitch(entry.zone_id),
        )
        for entry in sorted(stock, key=lambda one: one.zone_id)
        if entry.zone_id != instance.zone_id
    )


def _sells_disks(instance: Instance, disks: tuple[Disk, ...] | None, market: _Market, zone: str) -> bool | None:
    system = market.system.get(instance.instance_type)
    if disks is None or system is None:
        return None
    data: Categories | None = {}
    if any(disk.type == "data" for disk in disks):
        data = market.data.get((instance.instance_type, listed_system_category(disks)))
    if data is None:
        return None
    return not unsupported(plan_disks(disks, {}), system.get(zone, ()), data.get(zone, ()))


async def _with_prices(cloud: Cloud, scope: Scope, sightings: tuple[StandbyReading, ...]) -> tuple[StandbyReading, ...]:
    """The price in the first zone that sells it all, once for each shape; of many shapes none is asked for."""
    shapes: dict[str, LaunchRequest] = {}
    of: dict[str, str] = {}
    for one in sightings:
        zone = next((zone for zone in one.zones or () if zone.sells_type and zone.sells_disks), None)
        if zone is None or one.disks is None:
            continue
        launch = _launch(one.instance, one.disks, zone.zone_id, scope.region_id)
        key = launch.model_dump_json(exclude={"image_id"})
        shapes[key], of[one.instance.instance_id] = launch, key
    if len(shapes) > MOST_PRICES:
        return sightings
    reads = SideBySide()
    prices = {
        key: reads.read(partial(cloud.price, scope, launch), "ecs:DescribePrice") for key, launch in shapes.items()
    }
    await reads.finish()

    def priced(one: StandbyReading) -> StandbyReading:
        key = of.get(one.instance.instance_id)
        price = prices[key].or_none if key is not None else None
        if price is None or one.zones is None:
            return one
        told = f"{price.total:.4g} {price.currency}/{price.unit}"
        zone = shapes[key or ""].zone_id
        zones = tuple(
            offer.model_copy(update={"price": told}) if offer.zone_id == zone else offer for offer in one.zones
        )
        return one.model_copy(update={"zones": zones})

    return tuple(priced(one) for one in sightings)


def _launch(instance: Instance, disks: tuple[Disk, ...], zone_id: str, region_id: str) -> LaunchRequest:
    """As much of a launch as a price depends on; it is never sent as one."""
    return LaunchRequest(
        region_id=region_id,
        zone_id=zone_id,
        image_id=instance.image_id,
        instance_type=instance.instance_type,
        vswitch_id="",
        security_group_ids=(),
        instance_name="",
        internet_charge_type=instance.internet_charge_type,
        internet_max_bandwidth_out=instance.internet_max_bandwidth_out,
        disks=tuple(disk.model_copy(update={"name": "", "source_disk_id": ""}) for disk in plan_disks(disks, {})),
    )
