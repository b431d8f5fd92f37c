"""The plan of an application as one page to read, and as data."""

from __future__ import annotations

from ecs_dr.domain.application.plan import ApplicationPlan, MemberPlan
from ecs_dr.domain.model import JsonObject, JsonValue
from ecs_dr.domain.pages.plan import sentence
from ecs_dr.domain.pages.words import coin, figure, rate
from ecs_dr.domain.plan.model import Cost, PlanFinding
from ecs_dr.domain.telling import Table, Telling, Words, item, tell
from ecs_dr.domain.texts import Texts
from ecs_dr.domain.texts.wording import told_finding

HEAD = ("wave", "source", "type", "zone", "vswitch", "disks", "open", "price")


def page(plan: ApplicationPlan, say: Texts) -> Telling:
    """Where all go and why, a row for each source, what is made, what it costs, what to know."""
    included = plan.launched
    zones = say("list.separator").join(plan.zone_ids) or "-"
    return tell(
        say("application.title", count=len(plan.members), region=plan.region_id),
        say(f"application.why.{plan.why}", zones=zones, count=len(included)),
        Table(
            tuple(_row(member, say) for member in plan.members), tuple(say(f"application.head.{one}") for one in HEAD)
        ),
        say(
            "application.creates",
            images=len(included),
            gib=sum(member.snapshot_gib for member in included),
            replicas=len(included),
        ),
        *(say("application.creates_vswitch", cidr=one.cidr_block, zone=one.zone_id) for one in plan.new_blocks),
        _costs(plan.total_cost, say),
        *_read(plan, say),
        *_not_recovered(plan, say),
        *_findings(plan, say),
    )


def _row(member: MemberPlan, say: Texts) -> tuple[str, ...]:
    target = member.target if member.is_launched else None
    names = [say(f"application.exception.{name}") for name in member.exceptions] if target else []
    if member.out:
        names = [say("application.out")]
    elif member.replica_id:
        names = [say("application.has_replica", id=member.replica_id)]
    elif not member.is_in:
        names = [say("application.impossible")]
    return (
        str(member.wave),
        f"{member.instance_id} {member.name[:40]}".strip(),
        target.instance_type if target else member.source_type or "-",
        target.zone_id if target else "-",
        _vswitch(member, say) if target else "-",
        say("application.disks", count=member.disk_count, gib=member.snapshot_gib),
        say("list.separator").join(names) or "-",
        rate(member.cost.total, member.cost.currency, member.cost.unit, say) if member.cost else "-",
    )


def _vswitch(member: MemberPlan, say: Texts) -> str:
    if member.vswitch is not None:
        return member.vswitch.vswitch_id
    return say("plan.vswitch_create", cidr=member.new_block.cidr_block) if member.new_block is not None else "-"


def _costs(cost: Cost | None, say: Texts) -> Words:
    if cost is None:
        return say("application.cost_unknown")
    return say(
        "application.cost",
        hour=figure(cost.total),
        month=figure(cost.per_month, "month"),
        currency=coin(cost.currency, say),
    )


def _read(plan: ApplicationPlan, say: Texts) -> list[Words]:
    """What could be read of quotas and stock, and what cannot."""
    lines = []
    for trial in plan.trials:
        key = trial.result if trial.result in {"passed", "not_tried"} else "refused"
        place = {"type": trial.instance_type, "zone": trial.zone_id, "code": trial.result, "said": trial.said}
        lines.append(item(say(f"application.trial.{key}", count=trial.count, **place)))
    count = plan.image_count
    lines.append(item(say("application.images_unread") if count is None else say("application.images", count=count)))
    lines.append(item(say("application.unknown")))
    return [say("application.read"), *lines]


def _not_recovered(plan: ApplicationPlan, say: Texts) -> list[Words]:
    lines = []
    for member in plan.members:
        if member.is_in or member.out:
            continue
        reasons = Words(" ").join(reason(one, say) for one in member.obstacles) or say("application.no_place")
        rest = sum(other.wave == member.wave and other.is_in for other in plan.members)
        lines.append(item(say("application.cannot", id=member.instance_id, reasons=reasons)))
        lines.append(Words("  ") + say("application.wave_without", wave=member.wave, rest=rest))
    return [say("application.cannot_head"), *lines] if lines else []


def reason(finding: PlanFinding, say: Texts) -> Words:
    """Why something is in the way: a finding about the source, or one of the plan."""
    if say.has(f"finding.{finding.key}"):
        return told_finding(finding.key, finding.values, say)
    return say(f"plan.finding.{finding.key}", **finding.values)


def _findings(plan: ApplicationPlan, say: Texts) -> list[Words]:
    return [
        say("plan.finding_line", severity=say(f"plan.severity.{one.severity}"), finding=sentence(one, say), remedy="")
        for one in plan.findings
    ]


def application_data(plan: ApplicationPlan, say: Texts) -> JsonObject:
    """What a program reads of it beside the waves."""
    cost = plan.total_cost
    findings: list[JsonValue] = [
        {"code": one.code, "severity": one.severity, "message": sentence(one, say)} for one in plan.findings
    ]
    trials: list[JsonValue] = [trial.model_dump(mode="json") for trial in plan.trials]
    return {
        "zones": [*plan.zone_ids],
        "why": plan.why,
        "price": price_data(cost),
        "creates": {
            "images": len(plan.launched),
            "vswitches": [one.cidr_block for one in plan.new_blocks],
            "instances": len(plan.launched),
        },
        "trials": trials,
        "images_in_account": plan.image_count,
        "findings": findings,
    }


def price_data(cost: Cost | None) -> JsonObject | None:
    """A price per hour and month."""
    if cost is None:
        return None
    return {"currency": cost.currency, "per_hour": round(cost.total, 6), "per_month": round(cost.per_month, 2)}
