"""Before anything is spent: one page and one question for all sources of an application."""

from __future__ import annotations

from ecs_dr.domain.application import page
from ecs_dr.domain.application.plan import ApplicationPlan, MemberPlan
from ecs_dr.domain.application.waves import Adjustment, parse_changes
from ecs_dr.domain.disks.plan import plan_disks
from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.names import default_image_name
from ecs_dr.domain.plan.model import PERMISSION_MISSING, RecoveryPlan
from ecs_dr.domain.questions import ABORT, CONFIRM, CUSTOM, Question
from ecs_dr.domain.steps import Answer, Problem
from ecs_dr.domain.telling import GAP, Words, tell
from ecs_dr.errors import InvalidInput
from ecs_dr.workflow.application.planning import plan_of
from ecs_dr.workflow.application.state import Application, Member, Survey
from ecs_dr.workflow.application.survey import read_all, stocks_of
from ecs_dr.workflow.choices import Choice
from ecs_dr.workflow.memory.chosen import ChosenVSwitch, DiskPlan, Target
from ecs_dr.workflow.memory.shown import PlanState
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session_store import SessionStore

KEY = "application.plan"


def application_of(run: Run) -> Application:
    """The application that a call is for.

    Raises:
        InvalidInput: The id is that of a single recovery.
    """
    application = run.session.application
    if application is None:
        raise InvalidInput("NoApplication", "no_application", next_tool="get_session")
    return application


async def run_step(run: Run, sessions: SessionStore) -> Answer:
    """Read, plan, and have the plan accepted, changed or dropped."""
    application = application_of(run)
    if not application.confirmed:
        survey = application.survey
        if not await read_all(run, application, survey, sessions):
            return _still_reading(run, application, survey)
        unfinished = await _agree(run, application, survey)
        if unfinished is not None:
            return unfinished
    return run.answer(
        "application",
        "done",
        tell(run.texts("application.planned", count=len(application.active)), run.state_of_the_world()),
        data=_data(run, application),
        following=run.go_to("recover_application"),
    )


def _still_reading(run: Run, application: Application, survey: Survey) -> Answer:
    done = len(survey.looked)
    total = sum(len(wave) for wave in application.waves)
    message = tell(run.texts("application.reading", done=done, total=total), run.state_of_the_world())
    following = run.go_to(run.tool)
    return run.answer("application", "in_progress", message, data=application.data(), following=following)


async def _agree(run: Run, application: Application, survey: Survey) -> Answer | None:
    """Until the person has accepted a plan; else the answer to give."""
    while True:
        plan = application.plan
        if plan is None or not run.session.book.stands(KEY, plan.choice()):
            plan = await plan_of(run, application, survey)
            application.plan = plan
            for one in plan.members:
                application.member(one.instance_id).planned = one
        if not plan.included or any(trial.blocks for trial in plan.trials):
            application.plan = None
            return _blocked(run, application, plan)
        run.shown = _data(run, application)
        decision = run.decide(KEY, plan.choice(), lambda plan=plan: _question(run, plan))  # type: ignore[misc]
        run.shown = {}
        if decision.choice == ABORT:
            application.plan = None
            return run.aborted("application", KEY)
        if decision.choice == CONFIRM:
            run.session.book.forget(KEY)
            _keep(application, survey)
            return None
        _change(run, application, plan, decision.text or "")
        run.session.book.forget(KEY)


def _change(run: Run, application: Application, plan: ApplicationPlan, text: str) -> None:
    """Take a person's changes over, or say in the next question why they cannot be."""
    members = {one.instance_id: one for one in plan.members}
    try:
        changes = parse_changes(text, frozenset(members))
        for instance_id, change in changes.items():
            _check(members[instance_id], change)
    except InvalidInput as error:
        run.refuse_typed(KEY, error)
        return
    application.changes.update(changes)
    application.plan = None


def _check(member: MemberPlan, change: Adjustment) -> None:
    """Whether a source can go where, and as what, the person wants it.

    Raises:
        InvalidInput: It cannot.
    """
    zones = [zone for zone in member.zones if change.zone_id in {"", zone.zone_id}]
    values = {"id": member.instance_id, "zone": change.zone_id or "-", "type": change.instance_type or "-"}
    if change.zone_id and not zones:
        raise InvalidInput("ZoneNotPossible", "changes_zone", values)
    wanted = change.instance_type
    if wanted and not any(
        wanted == zone.instance_type or wanted in {entry.facts.instance_type for entry in zone.alternatives}
        for zone in zones
    ):
        raise InvalidInput("TypeNotPossible", "changes_type", values)


def _question(run: Run, plan: ApplicationPlan) -> Question:
    zones = run.texts("list.separator").join(plan.zone_ids)
    return run.question(
        tell(page.page(plan, run.texts), GAP, run.texts("application.question.plan")),
        (
            run.option(CONFIRM, "application_confirm", recommended=True, count=len(plan.included), zones=zones),
            run.option(CUSTOM, "application_custom"),
            run.abort_option(),
        ),
        text_label=run.texts("application.question.text_label"),
    )


def _keep(application: Application, survey: Survey) -> None:
    """What was accepted is decided for every member, as if each had been planned alone."""
    application.confirmed = True
    for member in application.members:
        planned = member.planned
        if planned is None or not planned.is_in:
            member.excluded = "out" if planned is not None and planned.out else "impossible"
        elif member.session.replica is None:
            _keep_member(member, planned, survey)


def _keep_member(member: Member, planned: MemberPlan, survey: Survey) -> None:
    session, zone, source = member.session, planned.place(), member.session.source
    if source is None:
        raise ValueError("a planned member was read")
    stocks = stocks_of(survey, planned.instance_id)
    plan = RecoveryPlan(
        instance_id=planned.instance_id,
        source_zone=planned.source_zone,
        source_type=planned.source_type,
        image_name=default_image_name(planned.instance_id),
        snapshot_gib=planned.snapshot_gib,
        disk_count=planned.disk_count,
        zones=(zone, *(other for other in planned.zones if other.zone_id != zone.zone_id)),
    )
    session.plan = PlanState(plan=plan, stocks=stocks, settled=True, accepted_as=(zone.zone_id, zone.instance_type))
    session.choose(Target(zone_id=zone.zone_id, instance_type=zone.instance_type, zones=stocks))
    session.unchecked |= {Choice.TARGET}
    if planned.vswitch is not None:
        session.choose(ChosenVSwitch(vswitch=planned.vswitch, created=False))
        session.unchecked |= {Choice.VSWITCH}
    choices = {disk.device: disk.substitute for disk in zone.disks if disk.substitute is not None}
    supported = {"system": zone.system_categories, "data": zone.data_categories}
    session.choose(DiskPlan(disks=plan_disks(source.disks, choices), supported=supported))
    session.unchecked |= {Choice.DISKS}


def _data(run: Run, application: Application) -> JsonObject:
    plan = application.plan
    return {**application.data(), "plan": {} if plan is None else page.application_data(plan, run.texts)}


def _blocked(run: Run, application: Application, plan: ApplicationPlan) -> Answer:
    """Nobody can be recovered as things stand: refused before anything was created."""
    reasons = [page.reason(finding, run.texts) for one in plan.members for finding in one.obstacles]
    reasons += [page.reason(finding, run.texts) for finding in plan.findings if finding.severity == "blocker"]
    missing = next(
        (
            finding.values["action"]
            for one in plan.members
            for finding in one.obstacles
            if finding.code == PERMISSION_MISSING
        ),
        None,
    )
    problem = Problem(
        code=PERMISSION_MISSING if missing else "RecoveryImpossible",
        message=run.texts("application.blocked"),
        cause=Words("\n").join(dict.fromkeys(reasons)),
        actions=(run.texts("application.blocked_actions"),),
        retryable=True,
        missing_permission=missing,
    )
    message = tell(page.page(plan, run.texts), GAP, problem.message)
    return run.answer("application", "failed", message, data=application.data(), problem=problem, tells="cause")
