"""Step 4c: disk categories that the target zone offers for the type; what it lacks is asked about, never swapped."""

from __future__ import annotations

from ecs_dr.domain.disks.model import CategorySupport, Disk, DiskType, ReplicaDisk
from ecs_dr.domain.disks.plan import compatible_categories, plan_disks, unsupported
from ecs_dr.domain.model import JsonObject, JsonValue
from ecs_dr.domain.pages.words import kind
from ecs_dr.domain.questions import ABORT, MAX_OPTIONS, PICK_ANOTHER_ZONE, RETRY, Option
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.stock.model import source_charge
from ecs_dr.domain.telling import GAP, tell
from ecs_dr.workflow.choices import Choice as Decided
from ecs_dr.workflow.following import what_follows
from ecs_dr.workflow.memory.chosen import DiskPlan, Target
from ecs_dr.workflow.memory.refusals import RefusedDisk
from ecs_dr.workflow.needs import require_source, require_target, resting_on_target, still
from ecs_dr.workflow.planning.recheck import disks_hold
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.steps import choose_target

KEY = "disks"
DiskKind = tuple[str, str | None]


@resting_on_target
async def run_step(run: Run) -> Answer:
    """Settle the system disk first: what the zone offers for data disks is asked beside it."""
    session = run.session
    if session.disks is not None and session.replica is not None:
        return _answer(run, session.disks)
    source, target = require_source(run), require_target(run)
    charge = source_charge(source.instance)
    is_wished = Decided.DISKS in session.reconsidered
    if session.disks is not None and not is_wished and await disks_hold(run, session.disks, target, charge):
        return _answer(run, session.disks)
    system = await run.cloud.system_disk_categories(run.scope, target.zone_id, target.instance_type, charge)
    choices: dict[str, DiskKind] = {}
    if (left := _decide_disks(run, target, (source.system_disk,), system, choices)) is not None:
        return await _leave(run, target, "system", left)
    own = source.system_disk.category
    category = choices.get(source.system_disk.device, (own, None))[0]
    data: tuple[CategorySupport, ...] = ()
    if source.data_disks:
        data = await run.cloud.data_disk_categories(run.scope, target.zone_id, target.instance_type, charge, category)
        if (left := _decide_disks(run, target, source.data_disks, data, choices)) is not None:
            return await _leave(run, target, "data", left)
    still(run, target)
    plan = DiskPlan(disks=plan_disks(source.disks, choices), supported={"system": system, "data": data})
    session.choose(plan)
    return _answer(run, plan)


async def _leave(run: Run, target: Target, disk_type: DiskType, left: tuple[str, str]) -> Answer:
    key, choice = left
    if choice == PICK_ANOTHER_ZONE:
        run.session.leave_zone()
        return await choose_target.run_step(run.becomes("choose_target"))
    if choice == RETRY:
        run.session.refusals.forgive_disks(target.zone_id, target.instance_type, disk_type)
        run.session.book.forget(key)
        return await run_step(run)
    return run.aborted("disks", Decided.DISKS)


def _refused(run: Run, target: Target, disk_type: DiskType) -> tuple[RefusedDisk, ...]:
    """What a launch of that type in that zone was already refused for, although the zone lists it."""
    return run.session.refusals.disks_in(target.zone_id, target.instance_type, disk_type)


def _decide_disks(
    run: Run,
    target: Target,
    disks: tuple[Disk, ...],
    supported: tuple[CategorySupport, ...],
    choices: dict[str, DiskKind],
) -> tuple[str, str] | None:
    """Ask once per unsupported category; fills `choices` per device.

    Returns:
        The key of the question that led out of this step, and what was chosen there; None: all is decided.
    """
    groups: dict[DiskKind, list[ReplicaDisk]] = {}
    for disk in _lacking(run, target, disks, supported):
        groups.setdefault((disk.category, disk.performance_level), []).append(disk)
    for (category, level), group in groups.items():
        key = f"{KEY}.{group[0].type}.{category}.{level}"
        choice = _ask(run, target, key, group, supported)
        if choice in {ABORT, PICK_ANOTHER_ZONE, RETRY}:
            return key, choice
        chosen, _, chosen_level = choice.partition(":")
        choices.update({disk.device: (chosen, chosen_level or None) for disk in group})
    return None


def _lacking(
    run: Run, target: Target, disks: tuple[Disk, ...], supported: tuple[CategorySupport, ...]
) -> tuple[ReplicaDisk, ...]:
    """Disks that cannot be as on the source: the zone does not list them so, or a launch was refused for them."""
    planned = plan_disks(disks, {})
    missing = unsupported(planned, supported, supported)
    if Decided.DISKS in run.session.reconsidered:
        return planned
    return tuple(
        disk
        for disk in planned
        if disk in missing or run.session.refusals.of_disk(target.zone_id, target.instance_type, disk)
    )


def _ask(run: Run, target: Target, key: str, group: list[ReplicaDisk], supported: tuple[CategorySupport, ...]) -> str:
    category, level = group[0].category, group[0].performance_level
    family = ".".join(target.instance_type.split(".")[:2])
    refused = _refused(run, target, group[0].type)
    fitting = [
        [
            choice
            for choice in compatible_categories(disk, supported, family)
            if not any(one.covers(*choice, disk.device) for one in refused)
        ]
        for disk in group
    ]
    common = [choice for choice in fitting[0] if all(choice in others for others in fitting)]
    options: list[Option] = [
        run.option(
            ":".join(filter(None, choice)),
            "disk_category",
            category=kind(*choice, run.texts),
            source=kind(category, level, run.texts),
        )
        for choice in common
    ]
    run.shown = {"supported_categories": {group[0].type: _offered(supported)}}
    devices = ", ".join(disk.device for disk in group)
    of_these = [one for disk in group for one in refused if one.covers(category, level, disk.device)]
    wording = "question.disks" if options else "question.disks_none"
    if Decided.DISKS in run.session.reconsidered and (category, level) in common:
        wording = "question.disks_anew"
    asked = tell(
        run.texts(
            f"{wording}.refused" if of_these else wording,
            zone=target.zone_id,
            category=kind(category, level, run.texts),
            devices=devices,
            type=target.instance_type,
            said=of_these[0].said if of_these else "",
        )
    )
    tail = [run.option(PICK_ANOTHER_ZONE, "pick_another_zone"), run.abort_option()]
    if refused:
        kinds = (kind(one.category, one.performance_level, run.texts) for one in refused)
        asked = tell(asked, GAP, run.texts("refused.disks", disks=run.texts("list.separator").join(kinds)))
        tail.insert(1, run.option(RETRY, "retry_disks"))
    values: list[JsonValue] = [option.value for option in options]
    if len(options) >= MAX_OPTIONS:  # no room for the tail: the next page has the way out
        options.insert(MAX_OPTIONS, tail[0])
    facts: list[JsonValue] = [target.zone_id, target.instance_type, devices, values]
    return run.choose(key, facts, asked, options, tail)


def _answer(run: Run, plan: DiskPlan) -> Answer:
    data: JsonObject = {
        "disks": [disk_row(disk) for disk in plan.disks],
        "supported_categories": {name: _offered(entries) for name, entries in plan.supported.items()},
    }
    substituted = [disk.device for disk in plan.disks if disk.substituted]
    key = "step.disks.substituted" if substituted else "step.disks.same"
    message = run.texts(key, count=len(plan.disks), devices=", ".join(substituted))
    following = what_follows(run)
    return run.answer("disks", "done", run.beside_what_exists(message), data=data, following=following)


def disk_row(disk: ReplicaDisk) -> JsonObject:
    """One disk of `data.disks`."""
    return {
        "device": disk.device,
        "type": disk.type,
        "category": disk.category,
        "performance_level": disk.performance_level,
        "size_gib": disk.size_gib,
        "source_category": disk.source_category,
        "source_performance_level": disk.source_performance_level,
        "substituted": disk.substituted,
    }


def _offered(entries: tuple[CategorySupport, ...]) -> list[JsonValue]:
    return [entry.model_dump() for entry in entries if entry.available]
