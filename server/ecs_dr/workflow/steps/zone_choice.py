"""The question of Step 4a about the zone: from its stock alone, a proposal first."""

from __future__ import annotations

from ecs_dr.domain.model import JsonValue
from ecs_dr.domain.questions import Option
from ecs_dr.domain.source import Instance
from ecs_dr.domain.stock.model import ZoneStock
from ecs_dr.domain.telling import GAP, Table, tell
from ecs_dr.errors import InvalidInput
from ecs_dr.workflow.run import Run

ZONE_KEY = "target.zone"


def choose_zone(run: Run, source: Instance, zones: tuple[ZoneStock, ...], argument: str | None) -> str:
    """The zone that the person picks, or `abort`.

    The stock belongs to the facts: an answer that was given on another stock is asked for again.

    Args:
        run: The call.
        source: The source.
        zones: Every zone to choose from, with the stock of one instance type, best first.
        argument: The zone that the call proposes, one of them.
    """
    known = {zone.zone_id: zone for zone in zones}
    run.shown = {"zones": zone_rows(zones)}
    latest = latest_proposal(run, ZONE_KEY, argument)
    proposal = latest if latest in known else None
    refusals = run.session.refusals
    ordered = sorted(refusals.untried_first(known), key=lambda zone_id: zone_id != proposal)
    options = [_zone_option(run, known[zone_id]) for zone_id in ordered]
    listed = listed_type(source, zones)
    asked = tell(run.texts("question.target.zone", type=listed, zone=source.zone_id), _table(run, zones))
    stocks: list[JsonValue] = [[zone_id, zone.stock.value] for zone_id, zone in sorted(known.items())]
    facts: list[JsonValue] = [listed, proposal, stocks]
    if proposal is None and known.keys() <= set(refusals.left_zones):
        asked = tell(run.texts("question.target.all_left"), GAP, asked)
        return run.choose(ZONE_KEY, facts, asked, [run.abort_option(), *options])
    return run.choose(ZONE_KEY, facts, asked, options, [run.abort_option()])


def check_zone(
    run: Run, source: Instance, zones: tuple[ZoneStock, ...], argument: str | None, proposed_type: str | None
) -> None:
    """Whether there is a zone to choose, and the proposed one is among them.

    Raises:
        InvalidInput: It is not, or there is none.
    """
    listed = zones[0].instance_type if zones else proposed_type or source.instance_type
    known, world = sorted(zone.zone_id for zone in zones), run.state_of_the_world()
    told = {"type": listed, "zone": argument or "-", "known": ", ".join(known) or "-"}
    if argument == source.zone_id:
        raise InvalidInput("SameZone", "same_zone", told, standing=world)
    if not zones:
        raise InvalidInput("NoOtherZone", "no_other_zone", {**told, "region": source.region_id}, standing=world)
    if argument is not None and argument not in known:
        raise InvalidInput("UnknownZone", "unknown_zone", told, standing=world)


def listed_type(source: Instance, zones: tuple[ZoneStock, ...]) -> str:
    """The type whose stock the zones were listed by: the source's own, unless no other zone sells it."""
    return zones[0].instance_type if zones else source.instance_type


def latest_proposal(run: Run, key: str, argument: str | None) -> str | None:
    """The value to recommend: the latest one that was proposed, unless it is what was chosen anyway.

    It is kept: a call without it, or one that carries an answer, finds the question as it was put.
    """
    session = run.session
    if argument is not None and argument not in {session.proposed.get(key), session.book.choice(key)}:
        session.proposed[key] = argument
        session.pages.pop(key, None)
    return session.proposed.get(key)


def remarked(option: Option, remark: str) -> Option:
    """The option with one more thing to know about it."""
    return option.model_copy(update={"description": f"{option.description} {remark}"})


def zone_rows(zones: tuple[ZoneStock, ...]) -> list[JsonValue]:
    """Zones with their stock alone."""
    return [{"zone_id": zone.zone_id, "stock": zone.stock.value} for zone in zones]


def _zone_option(run: Run, zone: ZoneStock) -> Option:
    option = run.option(zone.zone_id, f"zone_{zone.stock.value}", zone=zone.zone_id, type=zone.instance_type)
    refusals = run.session.refusals
    refused = refusals.types_in(zone.zone_id)
    if refused:
        return remarked(option, run.texts("refused.types", types=run.texts("list.separator").join(refused)))
    return remarked(option, run.texts("refused.left")) if zone.zone_id in refusals.left_zones else option


def _table(run: Run, zones: tuple[ZoneStock, ...]) -> Table:
    rows = ((zone.zone_id, run.texts(f"stock.{zone.stock.value}")) for zone in zones)
    return Table(tuple(rows), (run.texts("table.zone"), run.texts("table.stock")))
