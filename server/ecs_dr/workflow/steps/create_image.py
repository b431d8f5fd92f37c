"""Step 2: a whole-instance image, under a name that the person confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ecs_dr.domain.attributes.terms import MAX_TAGS
from ecs_dr.domain.disks.model import Disk
from ecs_dr.domain.images.model import Image, ImageRequest, is_image_name
from ecs_dr.domain.model import JsonObject, Tag
from ecs_dr.domain.names import default_image_name, free_image_name
from ecs_dr.domain.questions import ABORT, CONFIRM, CUSTOM, RETRY, Option, Question
from ecs_dr.domain.recall.model import tags_of
from ecs_dr.domain.refusals import Blame
from ecs_dr.domain.snapshots.model import SnapshotGroup
from ecs_dr.domain.source import Instance, Source
from ecs_dr.domain.source_gate import blockers, group_warnings
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.telling import GAP, Telling, Words, spaced, tell
from ecs_dr.domain.texts.wording import told_finding, worded_value
from ecs_dr.domain.times import parse_time
from ecs_dr.errors import CloudRefused, ErrorKind, InvalidInput, SourceUnusable
from ecs_dr.workflow.choices import Choice
from ecs_dr.workflow.decisions import Decision
from ecs_dr.workflow.explaining import row_of_error, said_by
from ecs_dr.workflow.following import what_follows
from ecs_dr.workflow.launch_guard import note_late_name
from ecs_dr.workflow.memory.chosen import ImageState
from ecs_dr.workflow.mutation import Mutation, TaggedOrNot, carry_out_tagged, in_form, permitted
from ecs_dr.workflow.needs import failed_image, require_source
from ecs_dr.workflow.reads.image_watch import ImageWatcher
from ecs_dr.workflow.reads.instance import instance_with_disks
from ecs_dr.workflow.reads.lineage import find_made_of
from ecs_dr.workflow.reads.side_by_side import Read, SideBySide
from ecs_dr.workflow.reads.told import reading
from ecs_dr.workflow.reads.unproven import told_images
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.snapshots.reads import data_moment, fresh_group
from ecs_dr.workflow.snapshots.telling import data_of, told_age, told_origin
from ecs_dr.workflow.steps import image_of_source_refused
from ecs_dr.workflow.steps.image_of_source_refused import FROM_SNAPSHOTS

KEY = "image.name"
WANTED = "image.name.wanted"
"""The name that was asked for, before it was made a free one."""
STEP = "image"
FROM_GROUP = "from_group"
SNAPSHOTS_STEP = "snapshots"
"""The attempt at an image of snapshots: one of the instance may still be in doubt beside it."""


async def run_step(run: Run, watcher: ImageWatcher) -> Answer:
    """Agree on a name, look at the source once more, create the image once; in place of one that failed, another."""
    session = run.session
    proposed = run.argument("image_name")
    if session.image is not None and not session.image.has_failed:
        note_late_name(run, proposed, session.image.name)
        return answer(run, session.image)
    source = require_source(run)
    if session.pending.image is not None and session.pending.image.disks:
        return _over_snapshots(run)  # one of snapshots is not settled: nothing is chosen that would set it aside
    untold = session.refusals.image
    way = await image_of_source_refused.way_round(run, source)
    if untold is not None and way is None:
        raise untold  # the call that met it ended before it was known that no snapshots lead round it
    request, decision, fresh = session.pending.image or _set_aside(run), None, None
    if request is None and way in {None, RETRY}:
        decision, fresh = await _agree_on_name(run, source)
        way = decision.choice
    if way == ABORT:
        return run.aborted("image", KEY)
    if way in {FROM_GROUP, FROM_SNAPSHOTS}:
        return _over_snapshots(run)
    if request is not None:
        note_late_name(run, proposed, request.image_name)
    elif decision is not None:
        run.hand_over()
        _check_source_is_ready(run, source, fresh or await _look_at_source(run))
        request = _request(run, decision.choice, decision.text)
    else:
        raise AssertionError("whoever neither leaves the source nor goes on with a request has agreed on a name")
    return await _send(run, watcher, source, decision, request)


async def _send(
    run: Run, watcher: ImageWatcher, source: Source, decision: Decision | None, request: ImageRequest
) -> Answer:
    session = run.session
    try:
        state = await create(run, decision, request)
    except CloudRefused as refusal:
        if not refusal.retryable:
            session.pending.image = None
        if row_of_error(refusal).blame is not Blame.NAME:
            session.refusals.image = refusal
            await image_of_source_refused.way_round(run, source)
            raise
        session.refusals.names.append(request.image_name)
        is_taken = refusal.kind is ErrorKind.NAME_TAKEN
        run.reason = tell(said_by(run, refusal)) if is_taken else Telling()
        run.refuse_typed(KEY, name_taken(request.image_name) if is_taken else _name_refused(run, refusal, request))
        session.proposed.pop(KEY, None)
        return await run_step(run, watcher)
    session.pending.image = None
    if state.image is None:
        state.source_status = session.pending.source_status
    session.note_image(state)
    watcher.watch(session)
    return answer(run, state)


def _set_aside(run: Run) -> ImageRequest | None:
    """What was sent before an image of snapshots took its place, and may have been carried out: it is settled first."""
    return run.session.pending.image_set_aside if STEP in run.session.book.in_doubt() else None


def _over_snapshots(run: Run) -> Answer:
    """The person wants all disks of one moment: the set is chosen in the tool that makes images of snapshots."""
    run.session.book.forget(KEY)
    run.session.snapshots_first = True
    message = tell(run.texts("step.image.over_snapshots"), run.state_of_the_world())
    return run.answer("image", "in_progress", message, following=run.go_to("image_from_snapshots"))


async def create(run: Run, decision: Decision | None, request: ImageRequest) -> ImageState:
    """Send the request, once.

    Returns:
        The image; as it was read, where another server on the session had made it under another name.

    Raises:
        CloudRefused: Definitively, nothing was made.
        OutcomeUnknown: Nobody knows; the attempt stays open.
    """
    step, started_at = SNAPSHOTS_STEP if request.disks else STEP, run.clock.now()
    run.hand_over()
    of_others: dict[str, Image] = {}

    async def find(wanted: ImageRequest) -> str | None:
        image = await find_made_of(run, step, wanted)
        if image is not None and not may_be_of(wanted, image):
            of_others[image.image_id] = image
        return None if image is None else image.image_id

    def mutation(form: TaggedOrNot) -> Mutation:
        wanted = in_form(request, form)
        run.session.pending.image = wanted
        return Mutation(
            step,
            wanted.parameters(),
            lambda attempt: run.cloud.create_image(run.scope, wanted, attempt),
            lambda: find(wanted),
        )

    image_id = await carry_out_tagged(run, decision, mutation)
    other = of_others.get(image_id)
    if other is None:
        return ImageState(image_id=image_id, name=request.image_name, started_at=started_at)
    began_at = parse_time(other.creation_time) or started_at
    return ImageState(image_id, other.name, began_at, other, data_as_of=data_moment(other))


def may_be_of(request: ImageRequest, image: Image) -> bool:
    """Whether an image of this session can have come of this request: by its name, and the snapshots it is made of."""
    snapshots = {mapping.snapshot_id for mapping in image.mappings}
    same_set = not request.disks or not snapshots or snapshots == {disk.snapshot_id for disk in request.disks}
    return image.name == request.image_name and same_set


def image_tags(run: Run, step: str, source: Source | None) -> tuple[Tag, ...]:
    """Where the image comes from, and as far as there is room what its source was: it may be gone one day."""
    proof = run.lineage(step)
    return (*proof, *(tags_of(source) if proof and source is not None else ()))[:MAX_TAGS]


async def _agree_on_name(run: Run, source: Source) -> tuple[Decision, _Fresh | None]:
    """The person's decision on the image's name; a name that cannot be used is asked about again.

    Once it is decided, the source was looked at beside the last look at the name.
    """
    argument = run.proposal("image_name", KEY)
    if argument is not None and not is_image_name(argument):
        raise InvalidInput("InvalidImageName", "invalid_image_name", {"name": argument[:128]})
    proposal, fresh = await _read_beside_name(run, source, argument)
    while True:
        run.shown = {"image_name": proposal}
        decision = run.decide(
            KEY,
            [run.session.instance_id, proposal],
            lambda proposal=proposal: _name_question(run, source, proposal),  # type: ignore[misc]
            permits=lambda choice, text: permitted(_request(run, choice, text)) if choice in {CONFIRM, CUSTOM} else (),
        )
        if decision.choice != CUSTOM:
            return decision, fresh
        typed = decision.text or ""
        if not is_image_name(typed):
            run.refuse_typed(KEY, InvalidInput("InvalidImageName", "invalid_image_name", {"name": typed[:128]}))
        elif await run.cloud.find_images(run.scope, typed):
            run.refuse_typed(KEY, name_taken(typed))
        else:
            return decision, fresh
        proposal = await free_proposal(run, argument)


async def _read_beside_name(run: Run, source: Source, argument: str | None) -> tuple[str, _Fresh | None]:
    """The name to propose; beside it what the question needs or, once it is answered, what the request needs."""
    session, reads = run.session, SideBySide()
    proposal = reads.read(lambda: free_proposal(run, argument))
    fresh: Read[_Fresh] = Read()
    group: Read[SnapshotGroup | None] = Read([session.fresh_group])
    if session.book.choice(KEY) in {CONFIRM, CUSTOM}:
        fresh = reads.read(lambda: _look_at_source(run))
    elif not session.book.is_on(KEY):
        group = reads.read(lambda: fresh_group(run, source))
    await reads.finish()
    session.fresh_group = group.value
    return proposal.value, fresh.or_none


async def free_proposal(run: Run, argument: str | None) -> str:
    """The name to recommend: the same one on every round, for as long as it is free and no other one is proposed."""
    proposed = run.session.proposed
    wanted = argument or proposed.get(WANTED) or default_image_name(run.session.instance_id)
    if proposed.get(WANTED) != wanted:
        proposed.pop(KEY, None)
        proposed[WANTED] = wanted
    name = proposed.get(KEY) or wanted
    # One that was made a moment ago is not listed yet.
    taken: set[str] = {*run.session.refusals.names, *(state.name for state in run.session.own_images)}
    while name in taken or await run.cloud.find_images(run.scope, name):
        taken.add(name)
        name = free_image_name(run.session.instance_id, taken, run.clock.now())
    if argument is not None and name != argument:
        run.remark = run.remark or name_taken(argument)
    proposed[KEY] = name
    return name


def _name_question(run: Run, source: Source, proposal: str) -> Question:
    values = {"instance": run.session.instance_id, "name": proposal}
    asked = tell(run.texts("question.image.name", disks=len(source.disks), **values))
    if run.session.resource_group_id:
        asked = tell(asked, GAP, run.texts("facts.image_group", group=run.session.resource_group_id))
    unproven = run.session.unproven
    if unproven is not None and unproven.images:
        asked = tell(run.texts("question.image.beside", what=told_images(run, unproven)), GAP, asked)
    for finding in group_warnings(source):
        asked = tell(asked, GAP, told_finding(finding.key, finding.values, run.texts))
    failed = run.session.image
    if failed is not None and (failed.gone or failed.image is not None):
        status = "gone" if failed.gone or failed.image is None else failed.image.status
        status = worded_value(status, run.texts)
        before = run.texts("question.image.again", image=failed.image_id, status=status)
        asked = tell(before, GAP, asked)
    return run.question(
        asked,
        (
            run.option(CONFIRM, "image_name_confirm", recommended=True, name=proposal),
            run.option(CUSTOM, "image_name_custom"),
            *_group_option(run),
            run.abort_option(),
        ),
        text_label=run.texts("question.image.text_label"),
    )


def _group_option(run: Run) -> tuple[Option, ...]:
    """An image of the running source has each disk at its own moment; a fresh group has all at one."""
    group = run.session.fresh_group
    if group is None or group.created_at is None:
        return ()
    age = told_age(run, group.created_at)
    return (run.option(FROM_GROUP, "image_from_group", group=group.group_id, age=age),)


def _name_refused(run: Run, refusal: CloudRefused, request: ImageRequest) -> InvalidInput:
    values = {"name": request.image_name, "code": refusal.code}
    return InvalidInput("ImageNameRefused", "image_name_refused", {**values, "reason": said_by(run, refusal)})


def name_taken(name: str) -> InvalidInput:
    """Another image has that name."""
    return InvalidInput("ImageNameTaken", "image_name_taken", {"name": name})


def _request(run: Run, choice: str, text: str | None) -> ImageRequest:
    session = run.session
    return ImageRequest(
        region_id=session.region_id,
        instance_id=session.instance_id,
        image_name=(text or "") if choice == CUSTOM else session.proposed[KEY],
        resource_group_id=run.session.resource_group_id,
        tags=image_tags(run, "image", session.source),
    )


@dataclass(frozen=True)
class _Fresh:
    """The source once more, before its image is made."""

    instance: Instance | None
    disks: tuple[Disk, ...]
    read_until: datetime | None


async def _look_at_source(run: Run) -> _Fresh:
    with reading(run.clock.now) as read:
        instance, disks = await instance_with_disks(run, run.session.instance_id)
    return _Fresh(instance, disks, read.until)


def _check_source_is_ready(run: Run, source: Source, found: _Fresh) -> None:
    """The source as it is this moment: what changed since Step 1 may forbid the image.

    Raises:
        SourceUnusable: It vanished, or is in a state that CreateImage refuses.
    """
    instance = found.instance
    run.session.pending.source_status = "" if instance is None else instance.status
    if instance is None:
        values = {"instance": run.session.instance_id}
        raise SourceUnusable("SourceVanished", "source_vanished", values, next_tool="image_from_snapshots")
    fresh = source.model_copy(update={"instance": instance, "disks": found.disks})
    findings = blockers(fresh, run.clock.now())
    if not findings and (changes := _disk_changes(source, fresh)):
        # Nothing is made yet: the recovery goes on with the disks that are there, once that was seen.
        last = found.read_until or run.clock.now()
        first, _ = run.session.source_read or (last, last)  # what else it has was read before
        run.session.note_source(fresh, first, last)
        run.session.reopen(Choice.DISKS)
        run.session.plan = None
        run.session.book.forget(KEY)
        values = {"instance": instance.instance_id, "changes": run.texts("list.separator").join(changes)}
        raise SourceUnusable("SourceDisksChanged", "source_disks_changed", values, next_tool="create_image")
    if findings:
        run.session.book.forget(KEY)
        reasons = Words("; ").join(told_finding(finding.key, finding.values, run.texts) for finding in findings)
        values = {"instance": instance.instance_id, "reasons": reasons}
        raise SourceUnusable("SourceChanged", "source_changed", values)


def _disk_changes(before: Source, after: Source) -> list[str]:
    """Disks that came, went or have another size: an image of now would not hold what was read."""
    old = {disk.disk_id: (disk.device, disk.size_gib) for disk in before.disks}
    new = {disk.disk_id: (disk.device, disk.size_gib) for disk in after.disks}
    changed = [one for one in dict.fromkeys((*old, *new)) if old.get(one) != new.get(one)]
    return [f"{one}: {_disk(old.get(one))} → {_disk(new.get(one))}" for one in changed]


def _disk(known: tuple[str, int] | None) -> str:
    return "-" if known is None else f"{known[0]} {known[1]} GiB"


def answer(run: Run, state: ImageState) -> Answer:
    """The image exists: it is being built, or ready.

    Raises:
        RecoveryFailed: It was made, and will never be ready.
    """
    image = state.image
    if state.has_failed:
        raise failed_image(run, state)
    data: JsonObject = {"image_id": state.image_id, "image_name": state.name}
    if state.origin is not None:
        data |= data_of(state.origin)
    elif state.data_as_of is not None:
        data["data_as_of"] = state.data_as_of.isoformat()
    begun = "step.image.done" if state.data_as_of is None else "step.image.of_snapshots"
    key = "step.image.ready" if image is not None and image.phase == "ready" else begun
    message = run.texts(key, image=state.image_id, name=state.name)
    if state.data_as_of is not None:
        message = spaced(message, told_origin(run, state.data_as_of))
    following = what_follows(run)
    return run.answer("image", "done", run.beside_what_exists(message, state.image_id), data=data, following=following)
