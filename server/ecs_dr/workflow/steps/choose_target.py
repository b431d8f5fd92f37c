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
)
from ecs_dr.domain.source import Instance
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.stock.model import Stock, TypeStock, ZoneStock, source_charge
from ecs_dr.domain.stock.ranking import rank_zones
from ecs_dr.domain.telling import GAP, tell
from ecs_dr.errors import InvalidInput
from ecs_dr.workflow.choices import Choice
from ecs_dr.workflow.decisions import Asking
from ecs_dr.workflow.following import what_follows
from ecs_dr.workflow.launch_guard import give_up_launch, replica_exists
from ecs_dr.workflow.memory.chosen import Target
from ecs_dr.workflow.needs import require_source
from ecs_dr.workflow.planning.recheck import target_holds
from ecs_dr.workflow.reads.optional import if_permitted
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session import Session
from ecs_dr.workflow.steps.nearby_types import NEAR_KEY, SIZES, choose_near, size_of, type_option, types_near
from ecs_dr.workflow.steps.zone_choice import ZONE_KEY, check_zone, choose_zone, latest_proposal, remarked, zone_rows

TYPE_KEY = "target.type"
SUBSTITUTE_KEY = "target.substitute"


async def run_step(run: Run) -> Answer:
    """Choose the zone from its stock alone, then the type in that zone.

    A proposal that differs from what was decided puts the question again, the proposal first; until another target is
    decided, the old one stays in force with everything that hangs on it, but a launch that was not carried out is not
    sent again without a new go-ahead. Once the replica exists the decision stands, and the answer says so; while a
    launch is in doubt, that is settled first.
    """
    session = run.session
    source = require_source(run).instance
    zone_argument, type_argument = _checked_arguments(run)
    target = session.target
    if target is not None:
        proposed = _differing(target, zone_argument, type_argument)
        if replica_exists(run, proposed):
            return _stand_by_target(run, target)
        if not proposed and not _is_being_asked(session) and Choice.TARGET not in session.reconsidered:
            if await target_holds(run, target, source_charge(source)):
                return _answer(run, target)
            give_up_launch(run)
            session.reopen(Choice.TARGET)
    try:
        return await _choose(run, source, zone_argument, type_argument)
    except Asking as asking:
        session.target_question = asking.pinned.key
        raise


async def _choose(run: Run, source: Instance, zone_argument: str | None, type_argument: str | None) -> Answer:
    session = run.session
    # Everything that can refuse the proposal comes first: a proposal that cannot be had costs no decision.
    zones = await _offered_zones(run, source, zone_argument, type_argument)
    await _check_type(run, source, zones, zone_argument, type_argument)
    if session.target is not None and not _is_being_asked(session):
        give_up_launch(run)
        # What was answered led to the old target and must not answer for a new one. The target itself stays meanwhile.
        session.withdraw(Choice.TARGET)
    latest_proposal(
        run, TYPE_KEY, type_argument
    )  # noted now: where the zone is asked about first, this call ends there
    kept = _kept_zone(run, zone_argument)
    # What was answered is found again, so the loop turns only where the person leaves a zone for the types it has.
    while True:
        zone = kept or choose_zone(run, source, zones, zone_argument)
        if zone == ABORT:
            return _given_up(run)
        chosen = await _choose_type(run, source, zone, zones, type_argument)
        if chosen == ABORT:
            return _given_up(run)
        if chosen != PICK_ANOTHER_ZONE:
            return _replace_target(run, Target(zone_id=zone, instance_type=chosen, zones=zones))
        # The zone led nowhere. The arguments named it, and must not lead back to it on the next round.
        session.refusals.note_left(zone)
        session.withdraw(Choice.TARGET)
        kept = zone_argument = None
        run.arguments = {**run.arguments, "target_zone_id": None}
        zones = await _offered_zones(run, source, None, type_argument)


def _kept_zone(run: Run, zone_argument: str | None) -> str | None:
    """The decided zone, where another type alone is wanted: it is not asked about again."""
    session = run.session
    is_zone_open = zone_argument is not None or session.book.is_on(ZONE_KEY) or Choice.TARGET in session.reconsidered
    if session.target is None or is_zone_open or TYPE_KEY not in session.proposed:
        return None
    return session.target.zone_id


def _replace_target(run: Run, chosen: Target) -> Answer:
    """The new target takes the old one's place; the same one again changes nothing.

    A launch may have gone out while the person was being asked: what it rests on is not replaced then.
    """
    session, old = run.session, run.session.target
    differing = [] if old is None else _differing(old, chosen.zone_id, chosen.instance_type)
    if old is not None and (not differing or replica_exists(run, differing)):
        return _stand_by_target(run, old)
    if old is not None:
        give_up_launch(run)
    session.choose(chosen)
    return _answer(run, chosen)


def _stand_by_target(run: Run, target: Target) -> Answer:
    """It stays as it was decided, and whatever was asked about another one is withdrawn."""
    run.session.choose(target)
    return _answer(run, target)


def _given_up(run: Run) -> Answer:
    """The person stopped: nothing new was decided, and what was decided before stays so."""
    session, target = run.session, run.session.target
    session.forget_proposals(Choice.TARGET)
    if target is not None:
        note = run.texts("note.target_stands", zone=target.zone_id, type=target.instance_type)
        session.notes.append(note)
    return run.aborted("target", Choice.TARGET)


def _differing(target: Target, zone: str | None, instance_type: str | None) -> list[str]:
    """What is proposed and differs from the target that was decided."""
    pairs = ((zone, target.zone_id), (instance_type, target.instance_type))
    return [new for new, old in pairs if new is not None and new != old]


def _is_being_asked(session: Session) -> bool:
    """Whether the latest question about the target is open or was answered: not so once it was dismissed."""
    return session.target_question is not None and session.book.is_on(session.target_question)


def _checked_arguments(run: Run) -> tuple[str | None, str | None]:
    zone, instance_type = run.argument("target_zone_id"), run.argument("instance_type")
    if zone is not None and not is_zone_id(zone):
        raise InvalidInput("InvalidZoneId", "invalid_zone_id")
    if instance_type is not None and instance_type not in SIZES and not is_instance_type(instance_type):
        raise InvalidInput("InvalidInstanceType", "invalid_instance_type")
    return zone, instance_type


async def _offered_zones(
    run: Run, source: Instance, zone: str | None, instance_type: str | None
) -> tuple[ZoneStock, ...]:
    """Every other zone with the stock of the source's type, best first; where none sells it, of the proposed type.

    Raises:
        InvalidInput: There is none, or the proposed one is not among them.
    """
    proposed = instance_type or run.session.proposed.get(TYPE_KEY)
    proposed = None if proposed in SIZES else proposed
    zones: tuple[ZoneStock, ...] = ()
    for name in dict.fromkeys((source.instance_type, proposed or source.instance_type)):
        stocks = await run.cloud.zone_stock(run.scope, name, source_charge(source))
        zones = rank_zones(stocks, source.zone_id)
        if zones:
            break
    check_zone(run, source, zones, zone, proposed)
    return rank_zones(zones, source.zone_id, await _zones_with_vswitch(run, source))


async def _zones_with_vswitch(run: Run, source: Instance) -> frozenset[str]:
    """A zone that has a VSwitch comes before an equal one that has none. Only an order: never shown here."""
    vswitches = await if_permitted(lambda: run.cloud.describe_vswitches(run.scope, source.vpc_id))
    return frozenset(vswitch.zone_id for vswitch in vswitches or ())


async def _check_type(
    run: Run, source: Instance, zones: tuple[ZoneStock, ...], zone: str | None, instance_type: str | None
) -> None:
    """Whether a newly proposed type can be had: in the proposed zone, without one in any.

    Raises:
        InvalidInput: It cannot, and nobody knows how large it is; nothing was asked or given up for it.
    """
    session = run.session
    is_known = instance_type == session.proposed.get(TYPE_KEY) and _is_being_asked(session)
    if is_known or instance_type in {None, source.instance_type}:
        return
    places = [zone] if zone is not None else [entry.zone_id for entry in zones]
    wanted = instance_type or ""
    if wanted in SIZES or await _can_be_had(run, source, wanted, places, zone):
        return
    if await size_of(run, source, wanted) is None:
        raise _not_available(run, instance_type or "", places)


async def _can_be_had(run: Run, source: Instance, instance_type: str, places: list[str], zone: str | None) -> bool:
    """Whether one of those zones has the type in stock; `zone` narrows the read to one."""
    stocks = await run.cloud.zone_stock(run.scope, instance_type, source_charge(source), zone)
    return any(entry.zone_id in places and entry.stock.buyable for entry in stocks)


def _not_available(run: Run, instance_type: str, zones: list[str]) -> InvalidInput:
    named = run.texts("list.separator").join(sorted(zones))
    values = {"type": instance_type, "zone": named}
    return InvalidInput("TypeNotAvailable", "type_not_available", values, standing=run.state_of_the_world())


async def _choose_type(
    run: Run, source: Instance, zone: str, zones: tuple[ZoneStock, ...], argument: str | None
) -> str:
    """Keep the type or take another; where it is sold out, one of the closest that are in stock."""
    own = (entry for entry in zones if (entry.zone_id, entry.instance_type) == (zone, source.instance_type))
    stock = next((entry.stock for entry in own), Stock.CLOSED_WITHOUT_STOCK)
    proposal = latest_proposal(run, TYPE_KEY, argument)
    wanted = proposal if proposal != source.instance_type else None
    if wanted is not None and (wanted in SIZES or not await _can_be_had(run, source, wanted, [zone], zone)):
        # Wished for in this call, or the question about its like is under way: then what comes near it is offered. One
        # that an earlier call proposed for another zone is dropped, and the source's own type asked about.
        is_asked_for = argument is not None or wanted in SIZES or run.session.book.is_on(NEAR_KEY)
        size = await size_of(run, source, wanted) if is_asked_for else None
        if size is not None:
            chosen = await choose_near(run, source, zone, wanted, size, may_keep=stock.buyable)
            return source.instance_type if chosen == KEEP_TYPE else chosen
        run.session.proposed.pop(TYPE_KEY, None)
        proposal = wanted = None
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
        key = "question.target.type" if stock.buyable else "question.target.proposed"
        text = run.texts(key, type=source.instance_type, zone=zone)
        facts: list[JsonValue] = [zone, stock.buyable, proposal, *refused]
        choice = run.choose(TYPE_KEY, facts, text, options, [run.abort_option()])
        if choice == KEEP_TYPE:
            return source.instance_type
        if choice != CHOOSE_ANOTHER_TYPE:
            return choice
    return await _choose_substitute(run, source, zone)


async def substitutes(run: Run, source: Instance, zone: str) -> tuple[TypeStock, ...]:
    """Types that can take the source's place in that zone, closest first; none where they may not be described."""
    found = await if_permitted(lambda: _substitutes(run, source, zone))
    if found is None:
        run.session.notes.append(run.texts("note.types_unread"))
    return found or ()


async def _substitutes(run: Run, source: Instance, zone: str) -> tuple[TypeStock, ...]:
    facts = {fact.instance_type: fact for fact in await run.cloud.instance_types(run.scope, (source.instance_type,))}
    own = facts.get(source.instance_type)
    if own is None:
        return ()
    return await types_near(run, source, zone, own)


async def _choose_substitute(run: Run, source: Instance, zone: str) -> str:
    """One of the closest types; those that a launch was refused for come last, and never first."""
    found = await substitutes(run, source, zone)
    refused = run.session.refusals.types_in(zone)
    options = [type_option(run, entry) for entry in found if entry.facts.instance_type not in refused]
    tried = [
        remarked(type_option(run, entry), run.texts("refused.type"))
        for entry in found
        if entry.facts.instance_type in refused
    ]
    leave = run.option(PICK_ANOTHER_ZONE, "pick_another_zone")
    key = "question.target.substitute" if found else "question.target.no_substitute"
    asked = tell(run.texts(key, type=source.instance_type, zone=zone))
    if tried and not options:
        asked = tell(asked, GAP, run.texts("question.target.all_types_refused"))
        options = [leave]
    options += tried
    if leave not in options and len(options) >= MAX_OPTIONS:  # no room for the tail: the next page has the way out
        options.insert(MAX_OPTIONS, leave)
    tail = [option for option in (leave, run.abort_option()) if option not in options]
    stocks: list[JsonValue] = [
        [name, stock.value] for name, stock in sorted((entry.facts.instance_type, entry.stock) for entry in found)
    ]
    facts: list[JsonValue] = [zone, stocks, "refused", *refused]
    return run.choose(SUBSTITUTE_KEY, facts, asked, options, tail)


def _answer(run: Run, target: Target) -> Answer:
    data: JsonObject = {
        "zone_id": target.zone_id,
        "instance_type": target.instance_type,
        "zones": zone_rows(target.zones),
    }
    message = run.texts("step.target.done", zone=target.zone_id, type=target.instance_type)
    following = what_follows(run)
    return run.answer("target", "done", run.beside_what_exists(message), data=data, following=following)
