"""From what was read to a plan: where each member goes, with which address, at what price."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from ecs_dr.domain.application.plan import (
    MemberPlan,
    NewBlock,
    Room,
    Why,
    Wish,
    block_for,
    choose_zones,
    share_out,
)
from ecs_dr.domain.application.waves import Adjustment
from ecs_dr.domain.attributes.choices import is_worth_asking, offers
from ecs_dr.domain.images.model import Image, unread_image
from ecs_dr.domain.network.model import VSwitch
from ecs_dr.domain.network.vswitches import usable_vswitches
from ecs_dr.domain.plan.model import PERMISSION_MISSING, PlanFinding, ZonePlan
from ecs_dr.domain.replica import Billing
from ecs_dr.domain.source import Source
from ecs_dr.domain.source_gate import blockers
from ecs_dr.workflow.application.members import member_run
from ecs_dr.workflow.application.state import Application, Looked, Member, Survey
from ecs_dr.workflow.planning.checks import read_permissions, with_costs
from ecs_dr.workflow.planning.surroundings import Surroundings
from ecs_dr.workflow.reads.side_by_side import SideBySide
from ecs_dr.workflow.run import Run


async def members_of(run: Run, application: Application, survey: Survey) -> tuple[list[MemberPlan], Why]:
    """Every source with its place, its address and its price; and why there."""
    bare = [_bare(run, application, survey, member) for member in application.members]
    rooms = _rooms(application, survey, bare)
    wishes = [_wish(one, application) for one in bare if _can_go(one)]
    chosen, why = choose_zones(wishes, rooms, frozenset(one.source_zone for one in bare))
    placed = [_placed(one, chosen.get(one.instance_id, ""), application) for one in bare]
    return await _priced(run, application, survey, _addresses(placed, rooms)), "decided" if application.changes else why


def _bare(run: Run, application: Application, survey: Survey, member: Member) -> MemberPlan:
    source, change = member.session.source, application.changes.get(member.instance_id, Adjustment())
    if source is None:
        return MemberPlan(instance_id=member.instance_id, wave=member.wave, out=change.out)
    instance = source.instance
    stopping = () if member.session.only_imaging_blocked else blockers(source, run.clock.now())
    obstacles = [PlanFinding(code=one.code, key=one.key, severity="blocker", values=one.values) for one in stopping]
    looked = survey.looked.get(member.instance_id)
    zones = () if looked is None else tuple(_with_type(zone, change) for zone in looked.zones)
    zones = tuple(zone for zone in zones if zone.readiness != "impossible")
    if looked is not None:
        obstacles += _missing(source, looked)
        if not zones:
            values = {"type": instance.instance_type, "region": instance.region_id, "zones": str(len(looked.zones))}
            obstacles.append(PlanFinding(code="NoZone", key="no_zone", severity="blocker", values=values))
    return MemberPlan(
        instance_id=member.instance_id,
        name=instance.name,
        wave=member.wave,
        source_zone=instance.zone_id,
        source_type=instance.instance_type,
        vpc_id=instance.vpc_id,
        disk_count=len(source.disks),
        snapshot_gib=sum(disk.size_gib for disk in source.disks),
        zones=zones,
        obstacles=tuple(obstacles),
        out=change.out,
        replica_id=member.session.replica.instance_id if member.session.replica is not None else "",
    )


def _with_type(zone: ZonePlan, change: Adjustment) -> ZonePlan:
    """The zone with the type that a person wants there; without any where it is not sold there."""
    wanted = change.instance_type
    if not wanted or wanted == zone.instance_type:
        return zone
    if wanted == zone.source_type:
        return zone.model_copy(update={"alternatives": ()})
    others = tuple(entry for entry in zone.alternatives if entry.facts.instance_type == wanted)
    return zone.model_copy(update={"stock": None, "alternatives": others})


def _missing(source: Source, looked: Looked) -> list[PlanFinding]:
    """Permissions without which this member cannot be recovered."""
    permissions = read_permissions(source, looked.found.hidden, looked.found.left_out)
    return [
        PlanFinding(
            code=PERMISSION_MISSING, key="permission_missing", severity="blocker", values={"action": one.action}
        )
        for one in permissions
        if one.state == "missing" and not one.optional
    ]


def _can_go(one: MemberPlan) -> bool:
    return not one.out and not one.replica_id and not one.obstacles and bool(one.zones)


def _wish(one: MemberPlan, application: Application) -> Wish:
    offered = tuple(zone.zone_id for zone in one.zones)
    before = application.member(one.instance_id).planned if application.changes else None
    kept = before.target.zone_id if before is not None and before.target is not None else ""
    # Who has one source moved means that one: the others stay where they were planned.
    forced = application.changes.get(one.instance_id, Adjustment()).zone_id or kept or application.target_zone_id
    return Wish(
        instance_id=one.instance_id,
        vpc_id=one.vpc_id,
        zones=offered,
        forced=forced if forced in offered else "",
    )


def _rooms(application: Application, survey: Survey, bare: list[MemberPlan]) -> dict[tuple[str, str], Room]:
    """Of each VPC and zone: the VSwitches that exist, and a block for all who would need one. No block twice."""
    counts: dict[str, int] = {}
    for one in bare:
        if _can_go(one):
            counts[one.vpc_id] = counts.get(one.vpc_id, 0) + 1
    rooms: dict[tuple[str, str], Room] = {}
    promised: dict[str, tuple[VSwitch, ...]] = {}
    for one in bare:
        looked = survey.looked.get(one.instance_id)
        source = application.member(one.instance_id).session.source
        if looked is None or source is None or not _can_go(one):
            continue
        known = looked.found.vswitches or ()
        for zone in one.zones:
            place = (one.vpc_id, zone.zone_id)
            if place in rooms:
                continue
            own = next((item.cidr_block for item in known if item.vswitch_id == source.instance.vswitch_id), "")
            taken = (*known, *promised.get(one.vpc_id, ()))
            block = (
                block_for(looked.found.vpc, taken, own, counts[one.vpc_id])
                if looked.found.vswitches is not None
                else ""
            )
            if block:
                stand_in = VSwitch(
                    vswitch_id=block,
                    vpc_id=one.vpc_id,
                    zone_id=zone.zone_id,
                    cidr_block=block,
                    status="Pending",
                    available_ip_count=0,
                )
                promised[one.vpc_id] = (*promised.get(one.vpc_id, ()), stand_in)
            rooms[place] = Room(
                vpc_id=one.vpc_id,
                zone_id=zone.zone_id,
                existing=usable_vswitches(known, source.instance, zone.zone_id),
                new_block=block,
            )
    return rooms


def _placed(one: MemberPlan, zone_id: str, application: Application) -> MemberPlan:
    target = next((zone for zone in one.zones if zone.zone_id == zone_id), None)
    if target is None:
        return one
    source = application.member(one.instance_id).session.source
    exceptions = []
    if target.substitutes_type:
        exceptions.append("other_type")
    if target.substitutes_disks:
        exceptions.append("other_disks")
    if application.member(one.instance_id).needs_snapshots:
        exceptions.append("snapshots")
    if source is not None and source.instance.charge_type == "PrePaid":
        exceptions.append("subscription")
    if source is not None and source.instance.is_spot:
        exceptions.append("spot")
    if source is not None and is_worth_asking(offers(source, Billing())):
        exceptions.append("options")
    return one.model_copy(update={"target": target, "exceptions": tuple(exceptions)})


def _addresses(members: list[MemberPlan], rooms: Mapping[tuple[str, str], Room]) -> list[MemberPlan]:
    groups: dict[tuple[str, str], list[str]] = {}
    for one in members:
        if one.is_launched and one.target is not None:
            groups.setdefault((one.vpc_id, one.target.zone_id), []).append(one.instance_id)
    given: dict[str, VSwitch | NewBlock] = {}
    for place, ids in groups.items():
        if place in rooms:
            given.update(share_out(ids, rooms[place]))
    return [_with_address(one, given.get(one.instance_id)) for one in members]


def _with_address(one: MemberPlan, address: VSwitch | NewBlock | None) -> MemberPlan:
    if one.target is None or not one.is_launched:
        return one
    if isinstance(address, VSwitch):
        return one.model_copy(update={"vswitch": address})
    if isinstance(address, NewBlock):
        return one.model_copy(update={"new_block": address})
    values = {"zone": one.target.zone_id}
    lacking = PlanFinding(code="NoAddress", key="no_address", severity="blocker", values=values)
    return one.model_copy(update={"obstacles": (*one.obstacles, lacking)})


async def _priced(run: Run, application: Application, survey: Survey, members: list[MemberPlan]) -> list[MemberPlan]:
    """Each with the price of its replica; one request for each kind of launch."""
    prices = SideBySide()
    reads = {
        one.instance_id: prices.read(partial(_price, run, application.member(one.instance_id), survey, one))
        for one in members
        if one.is_launched
    }
    await prices.finish()
    return [
        one.model_copy(update={"cost": reads[one.instance_id].value.cost}) if one.instance_id in reads else one
        for one in members
    ]


async def _price(run: Run, member: Member, survey: Survey, one: MemberPlan) -> ZonePlan:
    own, looked, source = member_run(run, member, survey.cloud), survey.looked[one.instance_id], member.session.source
    zone = one.place()
    if source is None:
        return zone
    priced = await with_costs(own, source, image_of(source, looked.found), (zone,), looked.found.left_out)
    return priced[0]


def image_of(source: Source, found: Surroundings) -> Image:
    """The source's own image, as far as it is known."""
    return found.source_image or unread_image(source.instance.image_id)
