"""The plan as data; the page that a person reads is `domain/pages/plan.py`."""

from __future__ import annotations

from ecs_dr.domain.diagnosis import policy_statement
from ecs_dr.domain.disks.model import kind_name
from ecs_dr.domain.model import JsonObject, JsonValue
from ecs_dr.domain.pages.plan import sentence
from ecs_dr.domain.plan.model import (
    SHOWN_ALTERNATIVES,
    Cost,
    Permission,
    PlanFinding,
    RecoveryPlan,
    VSwitchPlan,
    ZonePlan,
)
from ecs_dr.domain.telling import Words
from ecs_dr.domain.texts import Texts


def policies(permissions: tuple[Permission, ...]) -> tuple[Words, ...]:
    """The policy that allows each action, and nothing else."""
    return tuple(Words(": ").join((one.action, policy_statement(one.action))) for one in permissions)


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


def _recommended_data(zone: ZonePlan) -> JsonObject:
    existing, block = zone.vswitch.existing, zone.vswitch.cidr_block or None
    return {
        "zone_id": zone.zone_id,
        "instance_type": zone.instance_type,
        **({"cidr_block": block} if existing is None else {"vswitch_id": existing.vswitch_id}),
        "disks_as_source": zone.keeps_all_disks,
    }


def _vswitch_data(vswitch: VSwitchPlan) -> JsonObject:
    """The VSwitch that exists, or the block of the one that is to be made."""
    existing = vswitch.existing
    return {
        "vswitch_id": existing.vswitch_id if existing is not None else None,
        "cidr_block": (existing.cidr_block if existing is not None else vswitch.cidr_block) or None,
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
        **_vswitch_data(zone.vswitch),
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
