"""The page of the plan: every zone in a table, what is created and costs, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator

from ecs_dr.domain import links
from ecs_dr.domain.diagnosis import policy_statement
from ecs_dr.domain.pages.words import coin, figure, kind
from ecs_dr.domain.plan.model import SHOWN_ALTERNATIVES, Cost, Permission, PlanFinding, RecoveryPlan, ZonePlan
from ecs_dr.domain.telling import GAP, Part, Table, Telling, Words, labelled, tell
from ecs_dr.domain.texts import Texts

_HEAD = ("zone", "stock", "type", "disks", "vswitch", "price")


def plan_page(plan: RecoveryPlan, texts: Texts) -> Telling:
    """The whole page."""
    best = plan.recommended
    currency = next((coin(zone.cost.currency, texts) for zone in plan.zones if zone.cost is not None), "")
    columns = _HEAD if currency else _HEAD[:-1]
    lines: list[Part] = [
        texts("plan.title", instance=plan.instance_id, type=plan.source_type, zone=plan.source_zone),
        texts(f"plan.verdict.{plan.verdict}"),
    ]
    if best is not None:
        lines.append(texts("plan.recommended", zone=best.zone_id, type=best.instance_type))
    lines += [
        Table(
            tuple(_row(zone, texts)[: len(columns)] for zone in plan.zones),
            tuple(texts(f"plan.head.{name}", currency=currency) for name in columns),
        ),
        *_notes(plan, texts),
        labelled((texts(f"plan.{label}"), told) for label, told in _facts(plan, texts)),
    ]
    lines += [
        texts("plan.permissions_missing", action=one.action, policy=policy_statement(one.action))
        for one in plan.missing
    ]
    lines += _findings(plan, texts)
    return tell(*lines)


def sentence(finding: PlanFinding, texts: Texts) -> Words:
    """A finding of the plan in a sentence, with the address of the cloud's status page where its text gives that."""
    return texts(f"plan.finding.{finding.key}", link=links.service_status(), **finding.values)


def _row(zone: ZonePlan, texts: Texts) -> tuple[str, ...]:
    stock = texts(f"stock.{zone.stock.value}") if zone.stock is not None else texts("plan.not_sold")
    if zone.on_demand_stock is not None and zone.on_demand_stock != zone.stock:
        stock = texts("plan.stock_both", stock=stock, on_demand=texts(f"stock.{zone.on_demand_stock.value}"))
    own = zone.instance_type == zone.source_type
    return (
        zone.zone_id,
        stock,
        texts("plan.same") if own else zone.instance_type or texts("plan.no_type"),
        _disk_cell(zone, texts),
        _vswitch_cell(zone, texts),
        figure(zone.cost.total) if zone.cost is not None else "-",
    )


def _disk_cell(zone: ZonePlan, texts: Texts) -> str:
    if not zone.disks:
        return "-"
    return texts("plan.same") if zone.keeps_all_disks else texts("plan.other_disks", count=len(zone.substitutes_disks))


def _vswitch_cell(zone: ZonePlan, texts: Texts) -> str:
    existing = zone.vswitch.existing
    if existing is not None:
        return texts("plan.vswitch_existing", id=existing.vswitch_id, free=existing.available_ip_count)
    return texts(f"plan.vswitch_{zone.vswitch.state}", cidr=zone.vswitch.cidr_block or "-")


def _notes(plan: RecoveryPlan, texts: Texts) -> Iterator[Words]:
    """What has no room in the table, once for all the zones that it is about."""
    comma, zones_of = texts("page.comma"), dict[str, list[str]]()
    for zone in plan.zones:
        told = [*_disk_texts(zone, texts)]
        others = [entry.facts.instance_type for entry in zone.alternatives[:SHOWN_ALTERNATIVES]]
        others = [name for name in others if name != zone.instance_type]
        if others:
            told.append(texts("plan.other_types", types=comma.join(others)))
        for one in told:
            zones_of.setdefault(one, []).append(zone.zone_id)
    for told_of, zones in zones_of.items():
        yield texts("plan.note", zones=comma.join(zones), note=told_of)


def _disk_texts(zone: ZonePlan, texts: Texts) -> Iterator[Words]:
    """What becomes of the disks whose category is not sold there, those alike in one sentence."""
    alike = dict[tuple[Words, Words | None], list[str]]()
    for disk in zone.substitutes_disks:
        instead = None if disk.substitute is None else kind(*disk.substitute, texts)
        alike.setdefault((kind(disk.category, disk.performance_level, texts), instead), []).append(disk.device)
    for (own, instead), devices in alike.items():
        device = texts("page.comma").join(devices)
        if instead is None:
            yield texts("plan.disk_not_offered", device=device, category=own)
        else:
            yield texts("plan.disk_instead", device=device, category=own, instead=instead)


def _facts(plan: RecoveryPlan, texts: Texts) -> Iterator[tuple[str, Words]]:
    best, semicolon = plan.recommended, texts("page.semicolon")
    if best is not None:
        created = "create" if best.vswitch.state == "create" else "existing"
        created += "_with_image" if plan.image_id else "_of_snapshots" if plan.from_snapshots else ""
        cidr = best.vswitch.cidr_block or "-"
        image = plan.image_id or plan.image_name
        gib = plan.snapshot_gib
        yield "creates", texts(f"plan.creates_{created}", image=image, disks=plan.disk_count, gib=gib, cidr=cidr)
        costs = [] if best.cost is None else [_cost(best.cost, texts)]
        if plan.subscription is not None:
            monthly = plan.subscription
            price = {"total": figure(monthly.total, "month"), "currency": coin(monthly.currency, texts)}
            costs.append(texts("plan.subscription", **price))
        yield "costs", semicolon.join(costs)
        yield "besides", _besides(plan, best, texts)
    unknown = [_not_known(one, texts) for one in plan.permissions if one.state == "not_known"]
    if unknown:
        yield "rights", texts("plan.permissions_unknown", actions=semicolon.join(unknown))
    elif not plan.missing:
        yield "rights", texts("plan.permissions_complete")


def _cost(cost: Cost, texts: Texts) -> Words:
    shares = (("instance", cost.instance), ("disks", cost.disks), ("bandwidth", cost.bandwidth))
    parts = [texts(f"plan.part.{name}", amount=figure(amount)) for name, amount in shares if amount]
    return texts(
        "plan.cost",
        currency=coin(cost.currency, texts),
        hour=figure(cost.total),
        parts=texts("page.comma").join(parts) or "-",
        day=figure(cost.per_day, "day"),
        month=figure(cost.per_month, "month"),
    )


def _besides(plan: RecoveryPlan, best: ZonePlan, texts: Texts) -> Words:
    """What is billed and no price was read of."""
    parts = [texts("plan.besides.traffic")]
    if plan.new_snapshots:
        parts.insert(0, texts("plan.besides.snapshots", gib=plan.snapshot_gib))
    if any(disk.category == "cloud_auto" for disk in best.disks if disk not in best.substitutes_disks):
        parts.append(texts("plan.besides.auto"))
    return texts("plan.not_included", items=texts("page.comma").join(parts))


def _not_known(permission: Permission, texts: Texts) -> Words:
    return texts(f"plan.permission.{permission.why}", action=permission.action, said=permission.said or "-")


def _findings(plan: RecoveryPlan, texts: Texts) -> list[Part]:
    if not plan.findings:
        return []
    shown = [
        texts(
            "plan.finding_line",
            severity=texts(f"plan.severity.{finding.severity}"),
            finding=sentence(finding, texts),
            remedy=texts(f"plan.remedy.{finding.key}", **finding.values),
        )
        for finding in plan.findings
    ]
    return [GAP, *shown]
