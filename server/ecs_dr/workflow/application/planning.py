"""What a dry run says of all launches of one kind together, and what there is to know of a plan."""

from __future__ import annotations

from functools import partial

from ecs_dr.domain.application.plan import (
    ApplicationPlan,
    MemberPlan,
    Trial,
)
from ecs_dr.domain.model import JsonValue
from ecs_dr.domain.plan.model import PERMISSION_MISSING, PlanFinding, Severity, substitution_findings
from ecs_dr.domain.replica import Billing
from ecs_dr.errors import CloudError, CloudRefused, ErrorKind
from ecs_dr.workflow.application.members import member_run
from ecs_dr.workflow.application.placing import members_of
from ecs_dr.workflow.application.state import Application, Survey
from ecs_dr.workflow.planning.checks import read_permissions, rehearsed_launch
from ecs_dr.workflow.reads.side_by_side import SideBySide
from ecs_dr.workflow.run import Run

HOPELESS = frozenset({ErrorKind.BILLING})
"""No launch of the account passes. A quota that is too small for all may do for some: a person decides that."""


async def plan_of(run: Run, application: Application, survey: Survey) -> ApplicationPlan:
    """Where each goes, what it costs, what a dry run says of all of them together."""
    members, why = await members_of(run, application, survey)
    plan = ApplicationPlan(
        region_id=application.region_id,
        members=tuple(members),
        why=why,
        image_count=None if survey.images is None else len(survey.images),
    )
    trials = await _trials(run, application, survey, plan)
    return plan.model_copy(update={"trials": trials, "findings": _findings(plan, trials, survey, application)})


async def _trials(run: Run, application: Application, survey: Survey, plan: ApplicationPlan) -> tuple[Trial, ...]:
    """One dry run for each type and zone, of as many launches as are planned there."""
    groups: dict[tuple[str, str], list[MemberPlan]] = {}
    for one in plan.launched:
        if one.target is not None:
            groups.setdefault((one.target.zone_id, one.target.instance_type), []).append(one)
    trials = SideBySide()
    reads = [trials.read(partial(_trial, run, application, survey, group)) for _, group in sorted(groups.items())]
    await trials.finish()
    return tuple(read.value for read in reads)


async def _trial(run: Run, application: Application, survey: Survey, group: list[MemberPlan]) -> Trial:
    first = group[0].place()
    made = Trial(zone_id=first.zone_id, instance_type=first.instance_type, count=len(group), result="not_tried")
    member = application.member(group[0].instance_id)
    source, looked = member.session.source, survey.looked[group[0].instance_id]
    image = looked.found.source_image
    if source is None or image is None or not image.can_be_rehearsed or first.vswitch.existing is None:
        return made
    own = member_run(run, member)
    launch = rehearsed_launch(own, source, image, first, Billing())
    try:
        await run.cloud.dry_run_launch(own.scope, launch, len(group))
    except CloudError as error:
        if isinstance(error, CloudRefused) and error.kind is ErrorKind.PERMISSION:
            raise
        said = error.message
        blocks = isinstance(error, CloudRefused) and error.kind in HOPELESS
        return made.model_copy(update={"result": error.code, "said": said, "blocks": blocks})
    return made.model_copy(update={"result": "passed"})


def _findings(
    plan: ApplicationPlan, trials: tuple[Trial, ...], survey: Survey, application: Application
) -> tuple[PlanFinding, ...]:
    findings: list[PlanFinding] = []
    for trial in trials:
        if trial.result not in {"passed", "not_tried"}:
            values = {"code": trial.result, "message": trial.said or "-"}
            severity: Severity = "blocker" if trial.blocks else "warning"
            findings.append(PlanFinding(code="TrialRefused", key="trial_refused", severity=severity, values=values))
    for one in plan.launched:
        findings += substitution_findings(one.place())
    optional = {
        permission.action
        for one in plan.launched
        if (looked := survey.looked.get(one.instance_id)) is not None
        and (source := application.member(one.instance_id).session.source) is not None
        for permission in read_permissions(source, looked.found.hidden, looked.found.left_out)
        if permission.state == "missing" and permission.optional
    }
    findings += [
        PlanFinding(code=PERMISSION_MISSING, key="permission_optional", severity="warning", values={"action": action})
        for action in sorted(optional)
    ]
    return _each_once(findings)


def _each_once(findings: list[PlanFinding]) -> tuple[PlanFinding, ...]:
    told: dict[str, PlanFinding] = {}
    for finding in findings:
        values: list[JsonValue] = [finding.key, dict(finding.values)]
        told.setdefault(repr(values), finding)
    return tuple(told.values())
