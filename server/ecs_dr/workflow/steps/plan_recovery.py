"""Before Step 2: one page to decide on, read side by side, before anything is spent."""

from __future__ import annotations

from ecs_dr.domain.disks.plan import plan_disks
from ecs_dr.domain.images.model import unread_image
from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.names import default_image_name, free_image_name, is_zone_id
from ecs_dr.domain.pages.plan import plan_page, sentence
from ecs_dr.domain.plan.data import accepted_data, plan_data, policies
from ecs_dr.domain.plan.model import (
    PERMISSION_MISSING,
    Permission,
    PlanFinding,
    RecoveryPlan,
    ZonePlan,
    rank_plans,
    substitution_findings,
)
from ecs_dr.domain.questions import ABORT, CONFIRM, Question
from ecs_dr.domain.source import Source
from ecs_dr.domain.steps import Answer, Problem
from ecs_dr.domain.stock.ranking import rank_zones
from ecs_dr.domain.telling import GAP, Words, tell
from ecs_dr.errors import InvalidInput
from ecs_dr.workflow.choices import Choice
from ecs_dr.workflow.decisions import Decision
from ecs_dr.workflow.following import what_follows
from ecs_dr.workflow.memory.chosen import ChosenVSwitch, DiskPlan, Target
from ecs_dr.workflow.memory.shown import PlanState
from ecs_dr.workflow.mutation import permitted
from ecs_dr.workflow.needs import require_source
from ecs_dr.workflow.planning.checks import Rehearsal, read_permissions, subscription_cost, with_costs
from ecs_dr.workflow.planning.outage import outage_findings
from ecs_dr.workflow.planning.reads import plan_zones, read_surroundings
from ecs_dr.workflow.planning.surroundings import Surroundings
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.steps.vswitch_choice import agree_with_plan, vswitch_request

KEY = "plan.accept"
STEP_BY_STEP = "step_by_step"
ON_THE_PAGE = frozenset({"zones", "creates", "subscription_month", "permissions"})
"""What of the plan's data its page says in words."""


async def run_step(run: Run) -> Answer:
    """Plan; then have the recommendation accepted, taken apart step by step, or dropped.

    Read anew each time, unless its question is open. Where the target is decided already, the plan is only shown.
    """
    session = run.session
    source = require_source(run)
    wanted = _wanted_zone(run, source)
    old, state = session.plan, session.plan
    if state is None or not session.book.stands(KEY, state.plan.choice()) or wanted not in {None, state.wanted}:
        zone = wanted or (old.wanted if old is not None else None)
        state = await _plan(run, source, zone)
        state.accepted_as = old.accepted_as if old is not None else None
        session.plan = state
    plan = state.plan
    if plan.verdict == "blocked":
        session.plan = None
        return _blocked(run, plan)
    if session.target is not None or (old is not None and old.settled and wanted is None):
        state.settled = True
        return _shown(run, state, session.target)
    run.shown, run.shown_in_words = plan_data(plan, run.texts), ON_THE_PAGE
    decision = run.decide(
        KEY,
        plan.choice(),
        lambda: _question(run, plan, state.wanted),
        permits=lambda choice, _: _permitted(run, plan) if choice == CONFIRM else (),
    )
    if decision.choice == ABORT:
        session.plan = None
        return run.aborted("plan", KEY)
    if decision.choice == CONFIRM:
        _decide_as_recommended(run, source, state, decision)
    session.book.forget(KEY)
    state.settled = True
    return _answered(run, plan, accepted=decision.choice == CONFIRM)


def _wanted_zone(run: Run, source: Source) -> str | None:
    """The zone that the call proposes.

    Raises:
        InvalidInput: It is no zone of the region, or the source's own.
    """
    zone = run.argument("target_zone_id")
    if zone is None:
        return None
    if not is_zone_id(zone):
        raise InvalidInput("InvalidZoneId", "invalid_zone_id")
    if zone == source.instance.zone_id:
        values = {"type": source.instance.instance_type, "zone": zone, "known": "-"}
        raise InvalidInput("SameZone", "same_zone", values, standing=run.state_of_the_world())
    return zone


async def _plan(run: Run, source: Source, wanted_zone: str | None) -> PlanState:
    instance = source.instance
    wanted = default_image_name(instance.instance_id)
    found, own_system = await read_surroundings(run, source, wanted)
    name = free_image_name(instance.instance_id, {image.name for image in found.same_name}, run.clock.now())
    image = found.source_image or unread_image(instance.image_id)
    bare = await plan_zones(run, source, found, own_system)
    zones = await with_costs(run, source, image, bare, found.left_out)
    target = run.session.target
    ranked = rank_plans(zones, wanted_zone if target is None else target.zone_id)
    best = ranked[0] if ranked and ranked[0].readiness != "impossible" else None
    has_vswitch = best is not None and best.vswitch.existing is not None
    rehearsal = Rehearsal(run, source)
    if run.session.image is None:
        rehearsal.note_image()
    await rehearsal.try_launch(found.source_image, _place_to_try(source, found, ranked), is_recommended=has_vswitch)
    rehearsal.note_vswitch(best)
    permissions = (*rehearsal.permissions, *read_permissions(source, found.hidden, found.left_out))
    subscription = await subscription_cost(run, source, image, best) if best is not None else None
    outage = await outage_findings(run, source, found)
    plan = RecoveryPlan(
        instance_id=instance.instance_id,
        source_zone=instance.zone_id,
        source_type=instance.instance_type,
        image_name=name,
        image_id=_image_id(run),
        snapshot_gib=sum(disk.size_gib for disk in source.disks),
        disk_count=len(source.disks),
        zones=ranked,
        subscription=subscription,
        permissions=permissions,
        from_snapshots=run.session.snapshots_first,
        findings=(*outage, *_findings(source, found, ranked, permissions), *rehearsal.findings),
    )
    stocks = rank_zones(found.stocks, instance.zone_id)
    return PlanState(plan=plan, stocks=stocks, wanted=wanted_zone)


def _image_id(run: Run) -> str:
    """The image that this recovery has: no other one is made."""
    state = run.session.image
    return state.image_id if state is not None and not state.has_failed else ""


def _place_to_try(source: Source, found: Surroundings, zones: tuple[ZonePlan, ...]) -> ZonePlan:
    """The best zone with a VSwitch; without any, the source's own place, which tells of permissions all the same."""
    instance = source.instance
    for zone in zones:
        if zone.readiness != "impossible" and zone.vswitch.existing is not None:
            return zone
    return ZonePlan.where_it_is(instance, found.vswitches or ())


def _findings(
    source: Source, found: Surroundings, zones: tuple[ZonePlan, ...], permissions: tuple[Permission, ...]
) -> tuple[PlanFinding, ...]:
    """What the person should know, the reasons to stop first."""
    findings: list[PlanFinding] = []
    best = zones[0] if zones and zones[0].readiness != "impossible" else None
    own = source.instance
    if best is None:
        values = {"type": own.instance_type, "region": own.region_id, "zones": str(len(zones))}
        findings.append(PlanFinding(code="NoZone", key="no_zone", severity="blocker", values=values))
    for permission in permissions:
        if permission.state == "missing":
            severity = "warning" if permission.optional else "blocker"
            key = "permission_optional" if permission.optional else "permission_missing"
            findings.append(
                PlanFinding(code=PERMISSION_MISSING, key=key, severity=severity, values={"action": permission.action})
            )
    if best is not None:
        findings += _about(best)
    if own.instance_type not in found.facts:
        findings.append(PlanFinding(code="TypesUnread", key="types_unread", severity="note"))
    return tuple(findings)


def _about(best: ZonePlan) -> list[PlanFinding]:
    """What there is to decide in the recommended zone."""
    findings = substitution_findings(best)
    if best.vswitch.state == "create":
        values = {"zone": best.zone_id, "cidr": best.vswitch.cidr_block}
        findings.append(PlanFinding(code="VSwitchNeeded", key="vswitch_needed", severity="note", values=values))
    if best.vswitch.state == "unknown":
        values = {"zone": best.zone_id}
        findings.append(PlanFinding(code="VSwitchUnknown", key="vswitch_unknown", severity="warning", values=values))
    if best.cost is None:
        findings.append(PlanFinding(code="PriceUnknown", key="price_unknown", severity="note"))
    return findings


def _question(run: Run, plan: RecoveryPlan, wanted: str | None) -> Question:
    best = plan.recommended
    zone = best.zone_id if best is not None else ""
    asked = tell(plan_page(plan, run.texts), GAP, run.texts("question.plan"))
    if wanted not in {None, zone}:
        asked = tell(run.texts("plan.wanted_impossible", zone=wanted or "-"), GAP, asked)
    return run.question(
        asked,
        (
            run.option(CONFIRM, "plan_accept", recommended=True, zone=zone, type=best.instance_type if best else ""),
            run.option(STEP_BY_STEP, "plan_step_by_step"),
            run.abort_option(),
        ),
    )


def _permitted(run: Run, plan: RecoveryPlan) -> tuple[JsonObject, ...]:
    """Of what the plan shows, accepting it permits the new VSwitch alone: image and launch are asked about with all."""
    best = plan.recommended
    if best is None or best.vswitch.state != "create":
        return ()
    return permitted(vswitch_request(run, best.zone_id, best.vswitch.cidr_block))


def _decide_as_recommended(run: Run, source: Source, state: PlanState, decision: Decision) -> None:
    """What was accepted is decided: Step 4 does not ask it again, and checks it once more."""
    session, best = run.session, state.plan.recommended
    if best is None:
        return
    state.accepted_as = (best.zone_id, best.instance_type)
    session.choose(Target(zone_id=best.zone_id, instance_type=best.instance_type, zones=state.stocks))
    session.unchecked |= {Choice.TARGET}
    if best.vswitch.existing is not None:
        session.choose(ChosenVSwitch(vswitch=best.vswitch.existing, created=False))
        session.unchecked |= {Choice.VSWITCH}
    elif best.vswitch.state == "create":
        agree_with_plan(run, decision, best.zone_id, best.vswitch.cidr_block)
    if best.disks and all(disk.offered or disk.substitute for disk in best.disks):
        substitutes = {disk.device: disk.substitute for disk in best.disks if disk.substitute is not None}
        supported = {"system": best.system_categories, "data": best.data_categories}
        session.choose(DiskPlan(disks=plan_disks(source.disks, substitutes), supported=supported))
        session.unchecked |= {Choice.DISKS}


def _answered(run: Run, plan: RecoveryPlan, *, accepted: bool) -> Answer:
    """The question was answered: what was decided by it, in a few lines."""
    data: JsonObject = {**accepted_data(plan), "accepted": accepted}
    best = plan.recommended
    key = "step.plan.accepted" if accepted else "step.plan.shown"
    message = run.texts(key, zone=best.zone_id if best else "-", type=best.instance_type if best else "-")
    lines = [message]
    if accepted and best is not None:
        existing, still = best.vswitch.existing, run.texts("plan.asked_still")
        vswitch = still if existing is None else existing.vswitch_id
        if best.vswitch.state == "create":
            vswitch = run.texts("plan.vswitch_create", cidr=best.vswitch.cidr_block)
        decided = Choice.DISKS in run.session.unchecked
        disks = run.texts("plan.as_source" if best.keeps_all_disks else "plan.as_shown") if decided else still
        lines.append(run.texts("step.plan.step_4", vswitch=vswitch, disks=disks))
    told = run.beside_what_exists(tell(*lines))
    in_words = ("verdict", "recommended", "accepted")
    return run.answer("plan", "done", told, data=data, in_words=in_words, following=what_follows(run))


def _shown(run: Run, state: PlanState, target: Target | None) -> Answer:
    """The target is decided, or is chosen step by step: the plan shows how things stand now, and changes nothing."""
    best = state.plan.recommended
    place = ("-", "-") if best is None else (best.zone_id, best.instance_type)
    if target is not None:
        place = (target.zone_id, target.instance_type)
    data: JsonObject = {
        **plan_data(state.plan, run.texts),
        "accepted": target is not None and state.accepted_as == place,
    }
    key = "step.plan.shown" if target is None else "step.plan.decided"
    decided = run.texts(key, zone=place[0], type=place[1])
    told = tell(decided, GAP, plan_page(state.plan, run.texts), GAP, run.state_of_the_world())
    return run.answer("plan", "done", told, data=data, in_words=ON_THE_PAGE, following=what_follows(run))


def _blocked(run: Run, plan: RecoveryPlan) -> Answer:
    """Refused within seconds, before anything was created."""
    stopping = [finding for finding in plan.findings if finding.severity == "blocker"]
    said = [sentence(finding, run.texts) for finding in stopping]
    remedies = [run.texts(f"plan.remedy.{finding.key}", **finding.values) for finding in stopping]
    missing = next((permission.action for permission in plan.missing if not permission.optional), None)
    grantable = all(finding.code == PERMISSION_MISSING for finding in stopping)
    problem = Problem(
        code=PERMISSION_MISSING if grantable else "RecoveryImpossible",
        message=run.texts("error.recovery_impossible.message", instance=plan.instance_id),
        cause=Words("\n").join(said),
        actions=tuple(dict.fromkeys([*remedies, *policies(plan.missing)])),
        retryable=missing is None,
        missing_permission=missing,
    )
    message = tell(plan_page(plan, run.texts), GAP, problem.message, run.state_of_the_world())
    data = plan_data(plan, run.texts)
    return run.answer("plan", "failed", message, data=data, in_words=ON_THE_PAGE, problem=problem, tells="all")
