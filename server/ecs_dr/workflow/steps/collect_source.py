"""Step 1: read the source instance and its disks, after the person has confirmed which one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import replace

from ecs_dr.domain.attributes.terms import MAX_TAGS
from ecs_dr.domain.disks.model import Disk
from ecs_dr.domain.model import JsonObject, JsonValue
from ecs_dr.domain.names import is_instance_id, is_region_id, not_a_region
from ecs_dr.domain.questions import ABORT, CONFIRM, Question
from ecs_dr.domain.source import Instance, Source
from ecs_dr.domain.source_gate import Finding, blockers, forbid_imaging_alone, warnings
from ecs_dr.domain.steps import Answer, Problem
from ecs_dr.domain.telling import Words, item, tell
from ecs_dr.domain.texts.wording import told_finding, worded_value
from ecs_dr.errors import CloudRefused, InvalidInput
from ecs_dr.workflow.following import what_follows
from ecs_dr.workflow.needs import check_it_would_be_listed
from ecs_dr.workflow.ports import Scope, groups_of
from ecs_dr.workflow.reads.further import FurtherRead, further_reads
from ecs_dr.workflow.reads.instance import instance_with_disks
from ecs_dr.workflow.reads.recovered_before import recovered_before
from ecs_dr.workflow.reads.side_by_side import SideBySide
from ecs_dr.workflow.reads.told import reading
from ecs_dr.workflow.recall.telling import told_as_recalled
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session import Arguments
from ecs_dr.workflow.standing import other_recoveries

KEY = "source.confirm"
USUAL: Collection[tuple[str, JsonValue]] = (
    ("expired_time", "2099-12-31T15:59Z"),
    ("spot_interruption_behavior", "Terminate"),
    ("stopped_mode", "Not-applicable"),
)
"""What DescribeInstances says of every instance that is not paid in advance, no spot instance, and not stopped."""
SHARED = frozenset({"zone_id", "charge_type", "image_id"})
"""Fields of a disk that its instance has by the same name, and nearly always with the same value."""


def checked_arguments(arguments: Arguments) -> tuple[str, str]:
    """Instance and region id, checked by their form before anything is sent.

    Raises:
        InvalidInput: One of them cannot be an id.
    """
    instance_id = (arguments.get("instance_id") or "").strip()
    region_id = (arguments.get("region_id") or "").strip()
    if not is_instance_id(instance_id):
        raise InvalidInput("InvalidInstanceId", "invalid_instance_id")
    if not is_region_id(region_id):
        raise not_a_region(region_id)
    return instance_id, region_id


async def run_step(run: Run) -> Answer:
    """Have the person confirm which instance is meant, read it whole, and say what stands in the way."""
    session = run.session
    if session.recalled is not None:
        return run.answer(
            "source",
            "done",
            tell(told_as_recalled(run), run.state_of_the_world()),
            data=session.summary(),
            following=what_follows(run),
        )
    if session.source is not None:
        return _answer(run, session.source)
    decision = run.decide(KEY, [session.instance_id, session.region_id], lambda: _confirmation(run))
    if decision.choice == ABORT:
        return run.aborted("source", KEY)
    await run.cloud.identity(run.budget_left)
    before: list[Finding] = []

    async def look_for_recoveries(scope: Scope) -> None:
        before.extend(await recovered_before(run, scope))

    with reading(run.clock.now) as read:
        source = await read_source(run, look_for_recoveries)
    session.note_source(source, read.at, read.until or run.clock.now())
    session.recovered_before = tuple(before)
    return _answer(run, source)


def _confirmation(run: Run) -> Question:
    session = run.session
    return run.question(
        run.texts("question.source.confirm", instance=session.instance_id, region=session.region_id),
        (run.option(CONFIRM, "confirm_source", recommended=True), run.abort_option()),
    )


Beside = Callable[[Scope], Awaitable[None]]
"""What else is read as soon as the source's resource group is known."""
Further = tuple[Mapping[str, object], Collection[str]]
"""What further reads found, and those that were left out."""


async def read_source(run: Run, beside: Beside | None = None) -> Source:
    """Everything readable of the source, as it is now.

    Raises:
        CloudRefused: With kind PERMISSION also when the API hid the missing permission behind an empty list.
        InvalidInput: There is no such instance in that region.
    """
    session = run.session
    session.source_missing, session.source_refused = False, ""
    try:
        return await _read_source(run, beside)
    except CloudRefused as refusal:
        session.source_refused = refusal.code
        raise


async def _read_source(run: Run, beside: Beside | None) -> Source:
    instance_id, known = run.session.instance_id, run.session.source
    if known is not None:
        return await _read_again(run, known.instance)
    instance = await _found(run, await run.cloud.describe_instance(run.scope, instance_id))
    return await _read_rest(run, instance, beside)


async def _found(run: Run, instance: Instance | None) -> Instance:
    """The source; what an empty list means is told by a dry run."""
    session = run.session
    if instance is not None:
        return instance
    await check_it_would_be_listed(run.cloud.may_describe_instances(run.scope), "ecs:DescribeInstances")
    session.source_missing = True
    values = {"instance": session.instance_id, "region": session.region_id}
    raise InvalidInput("InstanceNotFound", "instance_not_found", values, next_tool="image_from_snapshots")


async def _read_rest(run: Run, instance: Instance, beside: Beside | None = None) -> Source:
    """Everything about it but itself."""
    in_its_group = replace(run.scope, resource_groups=groups_of(instance.resource_group_id))
    reads = SideBySide()
    disks = reads.read(lambda: run.cloud.describe_disks(in_its_group, instance.instance_id))
    further = reads.read(lambda: _optional_reads(run, instance))
    if beside is not None:
        reads.read(lambda: beside(in_its_group))
    await reads.finish()
    return _source(instance, disks.value, further.value)


async def _read_again(run: Run, known: Instance) -> Source:
    """All at once: its group is known, and which further reads make sense. What has changed in that is read anew."""
    reads = SideBySide()
    both = reads.read(lambda: instance_with_disks(run, run.session.instance_id))
    further = reads.read(lambda: _optional_reads(run, known))
    try:
        await reads.finish()
    except CloudRefused:
        if not both.found or both.value[0] is not None:
            raise
    instance = await _found(run, both.value[0])
    if _asks(instance) != _asks(known) or instance.resource_group_id != run.session.resource_group_id:
        return await _read_rest(run, instance)
    return _source(instance, both.value[1], further.value)


def _source(instance: Instance, disks: tuple[Disk, ...], further: Further) -> Source:
    found, left_out = further
    return Source(instance=instance, disks=disks, unread=tuple(sorted(left_out))).model_copy(update=found)


def _asks(instance: Instance) -> tuple[frozenset[FurtherRead], str]:
    """Which further reads make sense, and of which type."""
    wanted: set[FurtherRead] = {"ram_role_name", "has_user_data"}
    if instance.charge_type == "PrePaid":
        wanted.add("auto_renew")
    if instance.cpu_options is not None and not instance.cpu_options.is_default(instance.cpu):
        wanted.add("threads_adjustable")
    return frozenset(wanted), instance.instance_type


async def _optional_reads(run: Run, instance: Instance) -> Further:
    """What further reads tell, side by side; each is left out with a note when it is not permitted."""
    return await further_reads(run, instance.instance_id, *_asks(instance))


def _answer(run: Run, source: Source) -> Answer:
    stopping = blockers(source, run.clock.now())
    telling = (*other_recoveries(run.session), *warnings(source, MAX_TAGS - len(run.lineage("instance"))))
    run.session.blocked, run.session.only_imaging_blocked = bool(stopping), forbid_imaging_alone(stopping)
    data: JsonObject = {
        "source": {name: value for name, value in source.record().items() if (name, value) not in USUAL},
        "disks": [_disk_data(disk, source) for disk in source.disks],
        "warnings": [{"code": finding.code} for finding in telling],  # the message says them, once
        "blockers": [_finding(run, finding) for finding in stopping],
    }
    if stopping:
        reasons = [_sentence(run, finding) for finding in stopping]
        problem = Problem(
            code="SourceBlocked",
            message=run.texts("error.source_blocked.message", instance=source.instance.instance_id),
            cause=Words("\n").join(reasons),
            actions=tell(run.texts("error.source_blocked.actions")).lines,
        )
        adoptable = run.session.only_imaging_blocked
        hint = [run.texts("step.source.adopt")] if adoptable else []
        message = tell(problem.message, *reasons, *hint, run.state_of_the_world())
        following = run.go_to("image_from_snapshots") if adoptable else None
        return run.answer("source", "failed", message, data=data, problem=problem, tells="cause", following=following)
    instance = source.instance
    lines = [
        run.texts(
            "step.source.done",
            instance=instance.instance_id,
            name=instance.name,
            type=instance.instance_type,
            zone=instance.zone_id,
            status=worded_value(instance.status, run.texts),
            disks=len(source.disks),
            size=sum(disk.size_gib for disk in source.disks),
        ),
        *map(item, _sentences(run, telling)),
    ]
    told = run.beside_what_exists(tell(*lines))
    return run.answer("source", "done", told, data=data, following=what_follows(run))


def _disk_data(disk: Disk, source: Source) -> JsonObject:
    """A disk, without what is its instance's as well."""
    of_instance = source.record()
    return {name: value for name, value in disk.record().items() if name not in SHARED or of_instance[name] != value}


def _sentences(run: Run, findings: tuple[Finding, ...]) -> Iterator[Words]:
    """One each; what is only asked for later stands together in the last."""
    yield from (_sentence(run, finding) for finding in findings if not finding.is_asked_later)
    later = [_sentence(run, finding) for finding in findings if finding.is_asked_later]
    if later:
        yield run.texts("finding.not_carried", items=run.texts("page.comma").join(later))


def _sentence(run: Run, finding: Finding) -> Words:
    return told_finding(finding.key, finding.values, run.texts)


def _finding(run: Run, finding: Finding) -> JsonObject:
    return {"code": finding.code, "message": _sentence(run, finding)}
