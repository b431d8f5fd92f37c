"""The plan as one page to read, and as data."""

from __future__ import annotations

from ecs_dr.domain.diagnosis import policy_statement
from ecs_dr.domain.disks import kind_name
from ecs_dr.domain.model import JsonObject, JsonValue
from ecs_dr.domain.plan import (
    SHOWN_ALTERNATIVES,
    Cost,
    DiskFit,
    Permission,
    PlanFinding,
    RecoveryPlan,
    ZonePlan,
)
from ecs_dr.domain.texts import Texts


def page(plan: RecoveryPlan, say: Texts) -> str:
    """Markdown: the verdict, every zone in a table, what will be created, what it costs, permissions, findings."""
    lines = [
        say("plan.title", instance=plan.instance_id, type=plan.source_type, zone=plan.source_zone),
        say(f"plan.verdict.{plan.verdict}"),
        "",
        say("plan.table_head", type=plan.source_type),
        "|---|---|---|---|---|---|",
        *(_row(zone, say) for zone in plan.zones),
        "",
        *_recommendation(plan, say),
        *_permissions(plan, say),
        *_findings(plan, say),
    ]
    return "\n".join(lines).rstrip()


def sentence(finding: PlanFinding, say: Texts) -> str:
    """What the finding is."""
    return say(f"plan.finding.{finding.key}", **finding.values)


def policies(permissions: tuple[Permission, ...]) -> tuple[str, ...]:
    """The policy that allows each action, and nothing else."""
    return tuple(f"{permission.action}: {policy_statement(permission.action)}" for permission in permissions)


def accepted_data(plan: RecoveryPlan) -> JsonObject:
    """What of the plan still matters once its question was answered: the page itself was told with it."""
    best = plan.recommended
    return {"verdict": plan.verdict, "recommended": None if best is None else _recommended_data(best)}


def plan_data(plan: RecoveryPlan, say: Texts) -> JsonObject:
    """Everything on the page for a program to read."""
    best = plan.recommended
    zones: list[JsonValue] = [_zone_data(zone) for zone in plan.zones]
    permissions: list[JsonValue] = [_permission_data(permission) for permission in plan.permissions]
    findings: list[JsonValue] = [_finding_data(finding, say) for finding in plan.findings]
    return {
        "verdict": plan.verdict,
        "recommended": None if best is None else _recommended_data(best),
        "zones": zones,
        "creates": {
            "image_name": None if plan.image_id else plan.image_name,
            "snapshots": plan.new_snapshots,
            "snapshot_gib_at_most": plan.snapshot_gib if plan.new_snapshots else 0,
            "vswitch_cidr": best.vswitch.cidr_block or None if best is not None else None,
            "instances": 1,
        },
        "subscription_month": None if plan.subscription is None else _cost_data(plan.subscription),
        "permissions": permissions,
        "findings": findings,
    }


def _row(zone: ZonePlan, say: Texts) -> str:
    stock = say(f"stock.{zone.stock.value}") if zone.stock is not None else say("plan.not_sold")
    if zone.on_demand_stock is not None and zone.on_demand_stock != zone.stock:
        stock = say("plan.stock_both", stock=stock, on_demand=say(f"stock.{zone.on_demand_stock.value}"))
    cells = (
        zone.zone_id,
        stock,
        _type_cell(zone, say),
        _disk_cell(zone, say),
        _vswitch_cell(zone, say),
        say("plan.hourly", total=_money(zone.cost.total), currency=zone.cost.currency) if zone.cost else "-",
    )
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _type_cell(zone: ZonePlan, say: Texts) -> str:
    others = [entry.facts.instance_type for entry in zone.alternatives[:SHOWN_ALTERNATIVES]]
    if not zone.instance_type:
        return say("plan.no_type")
    if zone.substitutes_type:
        return ", ".join(others)
    return say("plan.same_type_or", others=", ".join(others)) if others else say("plan.same_type")


def _disk_cell(zone: ZonePlan, say: Texts) -> str:
    if not zone.disks:
        return "-"
    if zone.keeps_all_disks:
        return say("plan.all_disks", count=len(zone.disks))
    return ", ".join(_disk_text(disk, say) for disk in zone.substitutes_disks)


def _disk_text(disk: DiskFit, say: Texts) -> str:
    own = kind_name(disk.category, disk.performance_level)
    if disk.substitute is None:
        return say("plan.disk_not_offered", device=disk.device, category=own)
    return say("plan.disk_instead", device=disk.device, category=own, instead=kind_name(*disk.substitute))


def _vswitch_cell(zone: ZonePlan, say: Texts) -> str:
    existing = zone.vswitch.existing
    if existing is not None:
        return say("plan.vswitch_existing", id=existing.vswitch_id, free=existing.available_ip_count)
    return say(f"plan.vswitch_{zone.vswitch.state}", cidr=zone.vswitch.cidr_block or "-")


def _recommendation(plan: RecoveryPlan, say: Texts) -> list[str]:
    best = plan.recommended
    if best is None:
        return []
    vswitch = _vswitch_cell(best, say)
    values = {"zone": best.zone_id, "type": best.instance_type, "vswitch": vswitch, "disks": _disk_cell(best, say)}
    created = "create" if best.vswitch.state == "create" else "existing"
    created += "_with_image" if plan.image_id else "_of_snapshots" if plan.from_snapshots else ""
    lines = [
        say("plan.recommended", **values),
        say(
            f"plan.creates_{created}",
            image=plan.image_id or plan.image_name,
            disks=plan.disk_count,
            gib=plan.snapshot_gib,
            cidr=best.vswitch.cidr_block or "-",
        ),
    ]
    if best.cost is not None:
        lines.append(_cost_line(best.cost, say))
    if plan.subscription is not None:
        monthly = plan.subscription
        lines.append(say("plan.subscription", total=_money(monthly.total), currency=monthly.currency))
    lines.append(
        say("plan.not_included_of_snapshots" if plan.from_snapshots else "plan.not_included", gib=plan.snapshot_gib)
    )
    return lines


def _cost_line(cost: Cost, say: Texts) -> str:
    return say(
        "plan.cost",
        currency=cost.currency,
        hour=_money(cost.total),
        instance=_money(cost.instance),
        disks=_money(cost.disks),
        bandwidth=_money(cost.bandwidth),
        day=_money(cost.per_day),
        month=_money(cost.per_month),
    )


def _money(amount: float) -> str:
    return f"{amount:.4g}" if amount < 1 else f"{amount:.2f}"


def _permissions(plan: RecoveryPlan, say: Texts) -> list[str]:
    unknown = [_not_known(permission, say) for permission in plan.permissions if permission.state == "not_known"]
    if not plan.missing and not unknown:
        return [say("plan.permissions_complete")]
    lines = [say("plan.permissions_missing", policy=entry) for entry in policies(plan.missing)]
    return lines + ([say("plan.permissions_unknown", actions="; ".join(unknown))] if unknown else [])


def _not_known(permission: Permission, say: Texts) -> str:
    return say(f"plan.permission.{permission.why}", action=permission.action, said=permission.said or "-")


def _findings(plan: RecoveryPlan, say: Texts) -> list[str]:
    if not plan.findings:
        return []
    shown = [
        f"- **{say(f'plan.severity.{finding.severity}')}** {sentence(finding, say)} "
        f"{say(f'plan.remedy.{finding.key}', **finding.values)}"
        for finding in plan.findings
    ]
    return ["", *shown]


def _recommended_data(zone: ZonePlan) -> JsonObject:
    existing = zone.vswitch.existing
    return {
        "zone_id": zone.zone_id,
        "instance_type": zone.instance_type,
        "vswitch_id": existing.vswitch_id if existing is not None else None,
        "cidr_block": (existing.cidr_block if existing is not None else zone.vswitch.cidr_block) or None,
        "disks_as_source": zone.keeps_all_disks,
    }


def _zone_data(zone: ZonePlan) -> JsonObject:
    alternatives: list[JsonValue] = [
        {"instance_type": entry.facts.instance_type, "stock": entry.stock.value}
        for entry in zone.alternatives[:SHOWN_ALTERNATIVES]
    ]
    differing: list[JsonValue] = [
        {
            "device": disk.device,
            "category": kind_name(disk.category, disk.performance_level),
            "instead": None if disk.substitute is None else kind_name(*disk.substitute),
        }
        for disk in zone.substitutes_disks
    ]
    existing = zone.vswitch.existing
    row: JsonObject = {
        "zone_id": zone.zone_id,
        "readiness": zone.readiness,
        "obstacles": list(zone.obstacles),
        "stock": None if zone.stock is None else zone.stock.value,
        "stock_pay_as_you_go": None if zone.on_demand_stock is None else zone.on_demand_stock.value,
        "instance_type": zone.instance_type or None,
        "alternatives": alternatives,
        "disks_not_offered": differing,
        "vswitch": zone.vswitch.state,
        "vswitch_id": existing.vswitch_id if existing is not None else None,
        "cidr_block": (existing.cidr_block if existing is not None else zone.vswitch.cidr_block) or None,
        "price": None if zone.cost is None else _price_data(zone.cost),
    }
    return {name: value for name, value in row.items() if value not in (None, [])}


def _price_data(cost: Cost) -> JsonObject:
    """What one zone costs beside another; its parts are on the page."""
    whole = {"total": round(cost.total, 4), "per_month": round(cost.per_month, 2)}
    return {"currency": cost.currency, "unit": cost.unit, **whole}


def _cost_data(cost: Cost) -> JsonObject:
    return {
        "currency": cost.currency,
        "unit": cost.unit,
        "total": round(cost.total, 4),
        "instance": round(cost.instance, 4),
        "disks": round(cost.disks, 4),
        "bandwidth": round(cost.bandwidth, 4),
        "other": round(cost.other, 4),
        "per_day": round(cost.per_day, 2),
        "per_month": round(cost.per_month, 2),
    }


def _permission_data(permission: Permission) -> JsonObject:
    entry: JsonObject = {
        "action": permission.action,
        "state": permission.state,
        "optional": permission.optional,
    }
    if permission.state == "missing":
        entry["policy"] = policy_statement(permission.action)
    if permission.said:
        entry["said"] = permission.said
    return entry


def _finding_data(finding: PlanFinding, say: Texts) -> JsonObject:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": sentence(finding, say),
        "remedy": say(f"plan.remedy.{finding.key}", **finding.values),
    }
