"""Take a recovery up again from the cloud alone: after a crash, a restart, or on another machine."""

from __future__ import annotations

from datetime import datetime

from ecs_dr.domain.attributes.choices import choices_from
from ecs_dr.domain.disks.model import ReplicaDisk
from ecs_dr.domain.disks.plan import bind_found, plan_disks
from ecs_dr.domain.images.model import Image, no_image
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.lineage import PREFIX, belongs_to, decided_disks, decided_words
from ecs_dr.domain.names import is_session_id
from ecs_dr.domain.questions import ABORT, CONFIRM, Question
from ecs_dr.domain.recall.model import ReportMemory
from ecs_dr.domain.recall.reports import told_by_report
from ecs_dr.domain.replica import Billing, Placement, plan_launch
from ecs_dr.domain.source import Instance, Source
from ecs_dr.domain.source_gate import blockers, forbid_imaging_alone
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.stock.model import Charge
from ecs_dr.domain.telling import Telling, Words, markdown, tell
from ecs_dr.domain.times import parse_time
from ecs_dr.errors import CloudRefused, InvalidInput
from ecs_dr.workflow.following import what_follows
from ecs_dr.workflow.memory.chosen import ChosenVSwitch, DiskPlan, ImageState, Target
from ecs_dr.workflow.memory.replica import Replica
from ecs_dr.workflow.needs import check_it_would_be_listed
from ecs_dr.workflow.reads.image_watch import ImageWatcher
from ecs_dr.workflow.reads.lineage import TaggedResources, find_strays, find_tagged
from ecs_dr.workflow.reads.told import Reading, reading
from ecs_dr.workflow.reads.unproven import look_for_unproven, told_images
from ecs_dr.workflow.recall.questions import LeftAlone
from ecs_dr.workflow.recall.telling import told_as_recalled, told_recalled
from ecs_dr.workflow.recall.witnesses import recall, take_as_known
from ecs_dr.workflow.reporting.ports import ReportNotFound, ReportShelf
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session import Arguments, Session
from ecs_dr.workflow.snapshots.reads import data_moment, recall_origin
from ecs_dr.workflow.steps.collect_source import checked_arguments, read_source

KEY = "resume.confirm"
RECALL_KEY = "recall.confirm"
LOOK_AGAIN_AFTER_SECONDS = (3.0, 6.0)
"""What was created a moment ago may not be listed yet (DescribeImages, DescribeInstances)."""


def checked_ids(arguments: Arguments) -> tuple[str, str, str]:
    """Session, instance and region id, checked by their form before anything is sent.

    Raises:
        InvalidInput: One of them cannot be an id.
    """
    session_id = (arguments.get("session_id") or "").strip()
    if not is_session_id(session_id):
        raise InvalidInput("InvalidSessionId", "invalid_session_id")
    return (session_id, *checked_arguments(arguments))


def check_same(session: Session, instance_id: str, region_id: str) -> None:
    """A session that still lives is the one that is meant.

    Raises:
        InvalidInput: It recovers another instance.
    """
    if (session.instance_id, session.region_id) != (instance_id, region_id):
        raise InvalidInput("OtherInstance", "other_instance", {"instance": instance_id})


async def run_step(run: Run, watcher: ImageWatcher, shelf: ReportShelf | None = None) -> Answer:
    """Confirm, find what carries this session's tags, then read the source, and go on from there.

    An earlier report of the same source may be named: it tells what the source was, should it be gone.
    """
    session = run.session
    name = run.argument("report")
    if name is not None:
        session.report_memory = remembered_by_report(session, shelf, name)
    was_known = session.source is not None
    if not was_known:
        decision = run.decide(KEY, [session.instance_id, session.region_id], lambda: _confirmation(run))
        if decision.choice == ABORT:
            return run.aborted("session", KEY)
        await run.cloud.identity(run.budget_left)
        read_at: datetime | None = await rebuild(run, watcher)
    else:
        read_at = await _look_again(run, watcher)
    if session.cannot_read_source and session.replica is None and session.image is not None:
        left = await _recall_with_image(run, session.image.image)
        if left is not None:
            return run.aborted("session", left)
    message = tell(*_told_found(run, read_at, was_known=was_known), run.state_of_the_world())
    return run.answer("session", "done", message, data=session.summary(), following=what_follows(run))


def _told_found(run: Run, read_at: datetime | None, *, was_known: bool) -> list[Words | Telling]:
    """What was found of this recovery, and what of the source is known."""
    session = run.session
    parts: list[Words | Telling] = [run.texts(_found_key(run, was_known=was_known))]
    if read_at is not None and read_at < run.began_at:
        parts.append(run.texts("step.resume.read_before", at=run.texts.moment(read_at)))
    unproven = "" if session.unproven is None or session.image is not None else told_images(run, session.unproven)
    if unproven:
        parts.append(run.texts("step.resume.unproven", what=unproven))
    if session.recalled is not None:
        parts.append(told_as_recalled(run))
    elif session.cannot_read_source and session.replica is None:
        parts.append(run.texts("step.resume.from_snapshots", id=session.instance_id))
    elif session.source is None:
        parts.append(run.texts("step.resume.source_gone", id=session.instance_id))
    if session.report_memory is not None and session.recalled is None:
        parts.append(run.texts("step.resume.report", report=session.report_memory.name))
    return parts


def remembered_by_report(session: Session, shelf: ReportShelf | None, name: str) -> ReportMemory:
    """What a kept report tells of this session's source.

    Raises:
        InvalidInput: There is no such report, it is not whole, or it is of another instance.
    """
    shown = name[:128]
    if shelf is None:
        raise InvalidInput("ReportNotUsable", "report_no_folder", {"report": shown})
    try:
        report = shelf.read(name)
    except ReportNotFound as refused:
        values = {"report": shown, "damage": refused.damage, "part": refused.part or "-"}
        raise InvalidInput("ReportNotUsable", f"report_{refused.damage}", values) from None
    if (report.source.instance_id, report.source.region_id) != (session.instance_id, session.region_id):
        values = {"report": shown, "source": report.source.instance_id, "instance": session.instance_id}
        raise InvalidInput("ReportOfAnother", "report_of_another", values)
    return ReportMemory(name=shown, made_at=report.made_at, was=told_by_report(report))


async def _recall_with_image(run: Run, image: Image | None) -> str | None:
    """A source that is gone, with an image of it: put together from what is known. The key where the person stopped."""
    try:
        found = await recall(run, image)
    except LeftAlone as left:
        return left.key
    told = told_recalled(run, found)
    options = (run.option(CONFIRM, "confirm_recalled", recommended=True), run.abort_option())
    if run.decide(RECALL_KEY, [markdown(told)], lambda: run.question(told, options)).choice == ABORT:
        return RECALL_KEY
    take_as_known(run, found)
    return None


def _found_key(run: Run, *, was_known: bool) -> str:
    session = run.session
    if was_known and not run.options.profile_tags:
        return "step.resume.not_looked_for"  # by its tags, as it sets none
    if session.replica is not None:
        return "step.resume.replica"
    if session.image is not None:
        return "step.resume.image"
    if session.created_vswitch_ids:
        return "step.resume.vswitch"
    return "step.resume.nothing" if run.options.profile_tags else "step.resume.untagged"


def _confirmation(run: Run) -> Question:
    session = run.session
    text = run.texts(
        "question.resume.confirm", session=session.session_id, instance=session.instance_id, region=session.region_id
    )
    return run.question(text, (run.option(CONFIRM, "confirm_resume", recommended=True), run.abort_option()))


async def rebuild(run: Run, watcher: ImageWatcher) -> datetime:
    """What exists is found and written down first: it is told whatever becomes of the source and of the other reads.

    Returns:
        Of which time the lists tell in which it was looked for.

    Raises:
        InvalidInput: The source is not there, and neither is a replica.
    """
    session = run.session
    session.resumed = True
    found = await _created_before(run)
    await _note_found(run, found)
    await _check_they_are_listed(run, found)
    await _note_origin(run, found)
    source: Source | None = None
    with reading(run.clock.now) as read:
        try:
            source = await read_source(run)
        except InvalidInput:
            # Where it is not there, what exists of it or an earlier report leads on.
            is_known = session.image is not None or bool(session.unproven and session.unproven.images)
            if not found.replicas and not is_known and session.report_memory is None:
                raise
        except CloudRefused:
            if session.report_memory is None:
                raise
    if source is not None:
        findings = blockers(source, run.clock.now())
        session.blocked, session.only_imaging_blocked = bool(findings), forbid_imaging_alone(findings)
        found = await _look_in_its_group(run, source, read, found)
    if found.replicas:
        await take_up_replica(run, source, found.replicas[0], found.read_at)
    session.note_source(source, read.at, read.until or run.clock.now())
    if session.image is not None and session.replica is None:
        watcher.watch(session)
    return found.read_at


async def _note_origin(run: Run, found: TaggedResources) -> None:
    """Of which moment the image's data is; without an image or a replica, what may be of this recovery all the same."""
    session = run.session
    if session.image is not None and session.image.image is not None:
        session.image.data_as_of, session.image.origin = await recall_origin(run, session.image.image)
    elif not found.replicas:
        session.unproven = await look_for_unproven(run)


async def _look_in_its_group(run: Run, source: Source, read: Reading, found: TaggedResources) -> TaggedResources:
    """An identity of one resource group is shown nothing unless that is named, and the source's is known only now."""
    session = run.session
    if found.replicas or session.image is not None or not source.instance.resource_group_id:
        return found
    session.note_source(source, read.at, read.until or run.clock.now())
    found = await find_tagged(run)
    await _note_found(run, found)
    await _note_origin(run, found)
    return found


async def _look_again(run: Run, watcher: ImageWatcher) -> datetime | None:
    """A session that lives: what another server on it made meanwhile is found, and is what it goes on with.

    Returns:
        Of which time the lists tell; None where nothing was looked for.
    """
    session, source = run.session, run.session.source
    session.may_be_elsewhere = True
    found = await find_strays(run)
    may_go_on = session.replica is None and not session.book.in_doubt()
    if source is None or not session.strays or not may_go_on:
        return None if found is None else found.read_at
    if found is None:
        found = await find_tagged(run)
    if session.image is None:
        await _note_found(run, found)
        if session.image is not None:
            await _note_origin(run, found)
    if found.replicas:
        await take_up_replica(run, source, found.replicas[0], found.read_at)
    elif session.image is not None:
        watcher.watch(session)
    session.resumed = True
    return found.read_at


async def _note_found(run: Run, found: TaggedResources) -> None:
    """The session's own picture of what exists: one image and one replica in use, the rest as what is left over."""
    session = run.session
    image = next((one for one in found.images if one.phase != "failed"), next(iter(found.images), None))
    if found.replicas:
        used = found.replicas[0].image_id
        image = next((one for one in found.images if one.image_id == used), None)
    if image is not None:
        session.note_image(_image_state(run, image))
    others = [one for one in found.images if image is None or one.image_id != image.image_id]
    session.failed_images = [_image_state(run, one) for one in others if one.phase == "failed"]
    session.created_vswitch_ids = sorted({*session.own_vswitch_ids, *(one.vswitch_id for one in found.vswitches)})
    replicas = [one.instance_id for one in found.replicas]
    noted = {*(one.image_id for one in found.images), *session.created_vswitch_ids, *replicas}
    session.strays = (
        *(("image", one.image_id) for one in others if one.phase != "failed"),
        *(("replica", replica_id) for replica_id in replicas[1:]),
        *(one for one in session.strays if one[1] not in noted),  # known without tags: it is in no list of these
    )


async def _take_its_image(run: Run, replica: Instance) -> None:
    """The image that the replica came of is the one in use, also where it carries no tags or is not there any more."""
    session, used = run.session, replica.image_id
    if session.image is not None and session.image.image_id == used:
        return
    with reading(run.clock.now) as read:
        image = await run.cloud.describe_image(run.scope, used)
    session.sightings.note(used, read.at, None if image is None else image.status)
    if image is None:
        session.note_image(ImageState(image_id=used, name="", started_at=run.clock.now()))
    else:
        own = belongs_to(image.tags, session.session_id, session.instance_id)
        session.note_image(_image_state(run, image, adopted=not own))


def _image_state(run: Run, image: Image, *, adopted: bool = False) -> ImageState:
    started_at = parse_time(image.creation_time) or run.clock.now()
    return ImageState(image.image_id, image.name, started_at, image, adopted=adopted, data_as_of=data_moment(image))


async def _created_before(run: Run) -> TaggedResources:
    """What carries this session's tags; looked for again while something may not be visible yet."""
    found = TaggedResources(run.clock.now())
    for pause in (0.0, *LOOK_AGAIN_AFTER_SECONDS):
        await run.clock.sleep(pause)
        found = await find_tagged(run)
        if found.replicas or (found.images and found.images[0].phase == "building"):
            break
    return found


async def _check_they_are_listed(run: Run, found: TaggedResources) -> None:
    """That nothing was found is a fact only where the identity may list such resources.

    Raises:
        CloudRefused: It may not; the API answered empty lists instead of saying so.
    """
    if not found.images:
        await check_it_would_be_listed(run.cloud.may_describe_images(run.scope), "ecs:DescribeImages")
    if not found.replicas:
        await check_it_would_be_listed(run.cloud.may_describe_instances(run.scope), "ecs:DescribeInstances")


async def take_up_replica(run: Run, source: Source | None, replica: Instance, found_at: datetime) -> None:
    """The replica as it was found then, with the launch that it must have come of, as far as that can be told."""
    session = run.session
    await _take_its_image(run, replica)
    image = session.image.image if session.image is not None else None
    if source is None:
        own_disks = await run.cloud.describe_disks(run.scope, replica.instance_id)
        source = Source(instance=replica, disks=own_disks)
    disks = plan_disks(source.disks, decided_disks(replica.tags))
    launch = _launch_of(source, image or no_image(replica.image_id), replica, disks)
    session.choose(Target(zone_id=replica.zone_id, instance_type=replica.instance_type, zones=()))
    session.choose(DiskPlan(disks=disks, supported={}))
    found = await run.cloud.describe_vswitches(run.scope, replica.vpc_id, vswitch_id=replica.vswitch_id)
    if found:
        created = found[0].vswitch_id in session.created_vswitch_ids
        session.choose(ChosenVSwitch(vswitch=found[0], created=created))
    launched_at = parse_time(replica.creation_time) or run.clock.now()
    session.replica = Replica(replica.instance_id, launch, launched_at, seen=True, taken_up_at=found_at)


def _launch_of(source: Source, image: Image, replica: Instance, disks: tuple[ReplicaDisk, ...]) -> LaunchRequest:
    """What the launch must have been: the source's values, with the zone, type and billing that were chosen."""
    lineage = tuple(tag for tag in replica.tags if tag.key.startswith(PREFIX))
    choices = choices_from(decided_words(replica.tags), replica.auto_release_time, replica.security_group_ids)
    has_ipv6 = bool(replica.ipv6_addresses)
    return plan_launch(
        source,
        image,
        Placement(
            zone_id=replica.zone_id,
            instance_type=replica.instance_type,
            vswitch_id=replica.vswitch_id,
            has_ipv6=has_ipv6,
        ),
        bind_found(disks, image.mappings, decided_disks(replica.tags)),
        Billing(charge=Charge(charge_type=replica.charge_type, spot_strategy=replica.spot_strategy)),
        replica.name,
        lineage,
        choices,
    )
