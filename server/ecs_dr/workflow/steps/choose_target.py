"""Step 4a: the target zone and the instance type, both chosen by the person."""

from __future__ import annotations

from ecs_dr.domain.model import JsonObject, JsonValue
from ecs_dr.domain.names import is_instance_type, is_zone_id
from ecs_dr.domain.questions import (
    ABORT,
    CHOOSE_ANOTHER_TYPE,
    KEEP_TYPE,
    MAX_OPTIONS,
    PICK_ANOTHER_ZONE,
    Option,
)
from ecs_dr.domain.source import Instance
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.stock import Charge, Stock, TypeStock, ZoneStock
from ecs_dr.domain.stock_ranking import rank_substitutes, rank_zones
from ecs_dr.errors import CloudRefused, InvalidInput
from ecs_dr.workflow.launch_guard import give_up_launch, replica_exists
from ecs_dr.workflow.planning.recheck import target_holds
from ecs_dr.workflow.run import Run, may_be_skipped
from ecs_dr.workflow.session import Target
from ecs_dr.workflow.steps.create_image import require_source
from ecs_dr.workflow.steps.overview import what_follows

ZONE_KEY = "target.zone"
TYPE_KEY = "target.type"
SUBSTITUTE_KEY = "target.substitute"
LEAVE_ZONE = frozenset({PICK_ANOTHER_ZONE})


def source_charge(instance: Instance) -> Charge:
    """How the source is paid for: stock differs by charge type."""
    return Charge(charge_type=instance.charge_type, spot_strategy=instance.spot_strategy or "NoSpot")


async def run_step(run: Run) -> Answer:
    """Choose the zone from its stock alone, then the type in that zone.

    A proposal that differs from what was decided puts the question again, the proposal first. Once the replica exists
    the decision stands, and the answer says so; while a launch is in doubt, that is settled first.
    """
    session = run.session
    source = require_source(run).instance
    zone_argument, type_argument = _checked_arguments(run)
    if session.target is not None:
        decided = (session.target.zone_id, session.target.instance_type)
        proposed = [
            new for new, old in zip((zone_argument, type_argument), decided, strict=True) if new not in {None, old}
        ]
        if replica_exists(run, proposed) or (
            not proposed and await target_holds(run, session.target, source_charge(source))
        ):
            return _answer(run, session.target)
        give_up_launch(run)
        session.drop_target()
    while True:
        zones = await _zones(run, source)
        zone = _choose_zone(run, source, zones, zone_argument)
        if zone == ABORT:
            return run.aborted("target", "target")
        chosen = await _choose_type(run, source, zone, zones, type_argument)
        if chosen == ABORT:
            return run.aborted("target", "target")
        if chosen not in LEAVE_ZONE:
            break
        session.refusals.note_left(zone)
        session.book.forget("target")
        session.forget_proposals("target")
        zone_argument = None
        run.arguments = {**run.arguments, "target_zone_id": None}
    session.target = Target(zone_id=zone, instance_type=chosen, zones=zones)
    return _answer(run, session.target)


def _checked_arguments(run: Run) -> tuple[str | None, str | None]:
    zone, instance_type = run.argument("target_zone_id"), run.argument("instance_type")
    if zone is not None and not is_zone_id(zone):
        raise InvalidInput("InvalidZoneId", "invalid_zone_id")
    if instance_type is not None and not is_instance_type(instance_type):
        raise InvalidInput("InvalidInstanceType", "invalid_instance_type")
    return zone, instance_type


async def _zones(run: Run, source: Instance) -> tuple[ZoneStock, ...]:
    """Every other zone with the stock of the source's type, best first."""
    stocks = await run.cloud.zone_stock(run.scope, source.instance_type, source_charge(source))
    return rank_zones(stocks, source.zone_id, await _zones_with_vswitch(run, source))


async def _zones_with_vswitch(run: Run, source: Instance) -> frozenset[str]:
    """A zone that has a VSwitch comes before an equal one that has none. Only an order: never shown here."""
    try:
        vswitches = await run.cloud.describe_vswitches(run.scope, source.vpc_id)
    except CloudRefused as refusal:
        if not may_be_skipped(refusal.kind):
            raise
        return frozenset()
    return frozenset(vswitch.zone_id for vswitch in vswitches)


def _choose_zone(run: Run, source: Instance, zones: tuple[ZoneStock, ...], argument: str | None) -> str:
    known = {zone.zone_id: zone for zone in zones}
    if argument is not None and argument not in known:
        raise _unknown_zone(run, source, argument, list(known))
    if not zones:
        values = {"type": source.instance_type, "region": source.region_id}
        raise InvalidInput("NoOtherZone", "no_other_zone", values)
    run.shown = {"zones": zone_rows(zones)}
    latest = _proposal(run, ZONE_KEY, argument)
    proposal = latest if latest in known else None
    refusals = run.session.refusals
    ordered = sorted(refusals.untried_first(known), key=lambda zone_id: zone_id != proposal)
    options = [_zone_option(run, source, known[zone_id]) for zone_id in ordered]
    text = run.texts("question.target.zone", type=source.instance_type, zone=source.zone_id, table=_table(run, zones))
    facts: list[JsonValue] = [source.instance_type, proposal, *sorted(known)]
    if proposal is None and known.keys() <= set(refusals.left_zones):
        text = f"{run.texts('question.target.all_left')}\n\n{text}"
        return run.choose(ZONE_KEY, facts, text, [run.abort_option(), *options])
    return run.choose(ZONE_KEY, facts, text, options, [run.abort_option()])


def _proposal(run: Run, key: str, argument: str | None) -> str | None:
    """The value to recommend: the latest one that was proposed, unless it is what was chosen anyway.

    It is kept: a call without it, or one that carries an answer, finds the question as it was put.
    """
    session = run.session
    if argument is not None and argument not in {session.proposed.get(key), session.book.choice(key)}:
        session.proposed[key] = argument
        session.pages.pop(key, None)
    return session.proposed.get(key)


def _zone_option(run: Run, source: Instance, zone: ZoneStock) -> Option:
    option = run.option(zone.zone_id, f"zone_{zone.stock.value}", zone=zone.zone_id, type=source.instance_type)
    refusals = run.session.refusals
    refused = refusals.types_in(zone.zone_id)
    if refused:
        return remarked(option, run.texts("refused.types", types=run.texts("list.separator").join(refused)))
    return remarked(option, run.texts("refused.left")) if zone.zone_id in refusals.left_zones else option


def remarked(option: Option, remark: str) -> Option:
    """The option with one more thing to know about it."""
    return option.model_copy(update={"description": f"{option.description} {remark}"})


def zone_rows(zones: tuple[ZoneStock, ...]) -> list[JsonValue]:
    """Zones with their stock alone."""
    return [{"zone_id": zone.zone_id, "stock": zone.stock.value} for zone in zones]


def _unknown_zone(run: Run, source: Instance, zone: str, known: list[str]) -> InvalidInput:
    values = {
        "zone": zone,
        "known": ", ".join(sorted(known)) or "-",
        "type": source.instance_type,
        "world": run.state_of_the_world(),
    }
    if zone == source.zone_id:
        return InvalidInput("SameZone", "same_zone", values)
    return InvalidInput("UnknownZone", "unknown_zone", values)


def _table(run: Run, zones: tuple[ZoneStock, ...]) -> str:
    head = f"| {run.texts('table.zone')} | {run.texts('table.stock')} |\n|---|---|"
    rows = (f"| {zone.zone_id} | {run.texts(f'stock.{zone.stock.value}')} |" for zone in zones)
    return "\n".join([head, *rows])


async def _choose_type(
    run: Run, source: Instance, zone: str, zones: tuple[ZoneStock, ...], argument: str | None
) -> str:
    """Keep the type or take another; where it is sold out, one of the closest that are in stock."""
    stock = next((entry.stock for entry in zones if entry.zone_id == zone), Stock.CLOSED_WITHOUT_STOCK)
    proposal = await _proposed_type(run, source, zone, argument)
    wanted = proposal if proposal != source.instance_type else None
    if stock.buyable or wanted is not None:
        refused = run.session.refusals.types_in(zone)
        options = [run.option(CHOOSE_ANOTHER_TYPE, "choose_another_type")]
        if stock.buyable:
            keep = run.option(KEEP_TYPE, "keep_type", type=source.instance_type)
            keep = remarked(keep, run.texts("refused.type")) if source.instance_type in refused else keep
            is_last = source.instance_type in refused and proposal != source.instance_type
            options.insert(1 if is_last else 0, keep)
        if wanted is not None:
            option = run.option(wanted, "proposed_type", type=wanted, zone=zone)
            options.insert(0, remarked(option, run.texts("refused.type")) if wanted in refused else option)
        text = run.texts("question.target.type", type=source.instance_type, zone=zone)
        facts: list[JsonValue] = [zone, stock.buyable, proposal, *refused]
        choice = run.choose(TYPE_KEY, facts, text, options, [run.abort_option()])
        if choice == KEEP_TYPE:
            return source.instance_type
        if choice != CHOOSE_ANOTHER_TYPE:
            return choice
    return await _choose_substitute(run, source, zone)


async def _proposed_type(run: Run, source: Instance, zone: str, argument: str | None) -> str | None:
    """A type that was named in a call: it must be buyable in the zone before it is recommended.

    Raises:
        InvalidInput: It is not.
    """
    proposal = _proposal(run, TYPE_KEY, argument)
    if proposal in {None, source.instance_type}:
        return proposal
    stocks = await run.cloud.zone_stock(run.scope, proposal or "", source_charge(source), zone)
    if any(entry.zone_id == zone and entry.stock.buyable for entry in stocks):
        return proposal
    run.session.proposed.pop(TYPE_KEY, None)
    if argument is None:
        return None
    raise InvalidInput("TypeNotAvailable", "type_not_available", {"type": argument, "zone": zone})


async def substitutes(run: Run, source: Instance, zone: str) -> tuple[TypeStock, ...]:
    """Types that can take the source's place in that zone, closest first; none where they may not be described."""
    try:
        return await _substitutes(run, source, zone)
    except CloudRefused as refusal:
        if not may_be_skipped(refusal.kind):
            raise
        run.session.notes.append(run.texts("note.types_unread"))
        return ()


async def _substitutes(run: Run, source: Instance, zone: str) -> tuple[TypeStock, ...]:
    facts = {fact.instance_type: fact for fact in await run.cloud.instance_types(run.scope, (source.instance_type,))}
    own = facts.get(source.instance_type)
    if own is None:
        return ()
    stocks = await run.cloud.types_of_size(run.scope, zone, own.cpu, own.memory_gib, source_charge(source))
    listed = {entry.instance_type: entry.stock for entry in stocks if entry.zone_id == zone}
    listed.pop(source.instance_type, None)
    described = await run.cloud.instance_types(run.scope, tuple(sorted(listed)))
    candidates = tuple(TypeStock(facts=fact, stock=listed[fact.instance_type]) for fact in described)
    image = run.session.image.image if run.session.image is not None else None
    return rank_substitutes(
        own,
        candidates,
        image.architecture if image is not None else "",
        image_boot_mode=image.boot_mode if image is not None else "",
        image_nvme_support=image.nvme_support if image is not None else "",
        disk_count=len(require_source(run).disks),
    )


async def _choose_substitute(run: Run, source: Instance, zone: str) -> str:
    """One of the closest types; those that a launch was refused for come last, and never first."""
    found = await substitutes(run, source, zone)
    refused = run.session.refusals.types_in(zone)
    options = [_type_option(run, entry) for entry in found if entry.facts.instance_type not in refused]
    tried = [
        remarked(_type_option(run, entry), run.texts("refused.type"))
        for entry in found
        if entry.facts.instance_type in refused
    ]
    leave = run.option(PICK_ANOTHER_ZONE, "pick_another_zone")
    key = "question.target.substitute" if found else "question.target.no_substitute"
    text = run.texts(key, type=source.instance_type, zone=zone)
    if tried and not options:
        text = f"{text}\n\n{run.texts('question.target.all_types_refused')}"
        options = [leave]
    options += tried
    if leave not in options and len(options) >= MAX_OPTIONS:  # no room for the tail: the zone could not be left
        options.insert(2, leave)
    tail = [option for option in (leave, run.abort_option()) if option not in options]
    facts: list[JsonValue] = [zone, *sorted(entry.facts.instance_type for entry in found), "refused", *refused]
    return run.choose(SUBSTITUTE_KEY, facts, text, options, tail)


def _type_option(run: Run, entry: TypeStock) -> Option:
    facts = entry.facts
    return run.option(
        facts.instance_type,
        "substitute_type",
        type=facts.instance_type,
        cpu=facts.cpu,
        memory=f"{facts.memory_gib:g}",
        stock=run.texts(f"stock.{entry.stock.value}"),
    )


def _answer(run: Run, target: Target) -> Answer:
    data: JsonObject = {
        "zone_id": target.zone_id,
        "instance_type": target.instance_type,
        "zones": zone_rows(target.zones),
    }
    message = run.texts("step.target.done", zone=target.zone_id, type=target.instance_type)
    following = what_follows(run)
    return run.answer("target", "done", f"{message}\n{run.state_of_the_world()}", data=data, following=following)
