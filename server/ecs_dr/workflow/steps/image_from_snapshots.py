"""Instead of Step 2: an image of snapshots that exist, for a source that no image can be made of now.

The source is never touched, and never named in the request: beside a mapping the cloud would image the source.
"""

from __future__ import annotations

from functools import partial

from ecs_dr.domain.attributes.terms import MAX_TAGS
from ecs_dr.domain.images.model import ImageRequest, RequestedDisk, is_image_name
from ecs_dr.domain.lineage import DATA_AS_OF
from ecs_dr.domain.model import JsonObject, JsonValue, Tag
from ecs_dr.domain.questions import ABORT, MORE_OPTIONS, Option, Question
from ecs_dr.domain.snapshots.model import FINISHED, SnapshotSet
from ecs_dr.domain.source import Source
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.telling import GAP, Telling, markdown, tell
from ecs_dr.errors import CloudRefused, ErrorKind, InvalidInput, SourceUnusable
from ecs_dr.workflow.decisions import Decision
from ecs_dr.workflow.launch_guard import note_late_name
from ecs_dr.workflow.memory.chosen import ImageState
from ecs_dr.workflow.memory.shown import SnapshotOffer
from ecs_dr.workflow.mutation import permitted
from ecs_dr.workflow.reads.image_watch import ImageWatcher
from ecs_dr.workflow.recall.questions import LeftAlone
from ecs_dr.workflow.recall.telling import told_recalled
from ecs_dr.workflow.recall.witnesses import RecalledSource, source_as_known, take_as_known
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.snapshots.reads import read_offer, recall_origin
from ecs_dr.workflow.snapshots.telling import by_value, data_of, told_age, told_duration, told_offer
from ecs_dr.workflow.steps import create_image
from ecs_dr.workflow.steps.image_of_source_refused import set_aside

KEY = "snapshots.set"


async def run_step(run: Run, watcher: ImageWatcher) -> Answer:
    """Read what exists, have the person choose a set, look at it once more, create the image once."""
    session = run.session
    current = session.image
    if current is not None and not current.has_failed and (current.data_as_of is not None or _is_ready(current)):
        note_late_name(run, run.argument("image_name"), current.name)
        return create_image.answer(run, current)
    _check_nothing_in_the_way(run)
    decision, request, chosen = None, session.pending.image, session.pending.origin
    if request is None or chosen is None:
        try:
            found = await source_as_known(run)
        except LeftAlone as left:
            return run.aborted("image", left.key)
        agreed = await _agree(run, found)
        if agreed is None:
            session.snapshot_offer = None
            return run.aborted("image", KEY)
        decision, request, chosen = agreed
        run.hand_over()
        take_as_known(run, found)
        await _look_again(run, chosen)
        set_aside(run)
        session.pending.origin = chosen
    return await _carry_out(run, watcher, decision, request, chosen)


async def _carry_out(
    run: Run, watcher: ImageWatcher, decision: Decision | None, request: ImageRequest, chosen: SnapshotSet
) -> Answer:
    session = run.session
    try:
        state = await create_image.create(run, decision, request)
    except CloudRefused as refusal:
        if not refusal.retryable:
            session.pending.image = session.pending.origin = None
            session.snapshot_offer = None
        if refusal.kind is not ErrorKind.NAME_TAKEN:
            raise
        session.proposed.pop(create_image.KEY, None)
        run.refuse_typed(KEY, create_image.name_taken(request.image_name))
        return await run_step(run, watcher)
    session.pending.image = session.pending.origin = None
    if state.image is None:
        state.origin, state.data_as_of = chosen, chosen.data_as_of
    session.note_image(state)
    watcher.watch(session)
    if state.image is not None:  # only now: were this read to fail before, the image would be forgotten
        state.data_as_of, state.origin = await recall_origin(run, state.image)
    return create_image.answer(run, state)


def _is_ready(state: ImageState) -> bool:
    return state.image is not None and state.image.phase == "ready"


def _check_nothing_in_the_way(run: Run) -> None:
    """A source that cannot be recovered at all stays refused; what only forbids imaging it does not matter here.

    Raises:
        InvalidInput: There is a replica already.
        SourceUnusable: Something other than the making of an image stands in the way.
    """
    session = run.session
    if session.replica is not None:
        image_id = session.image.image_id if session.image is not None else "-"
        raise InvalidInput("ImageInUse", "image_in_use", {"image": image_id}, next_tool="verify_instance")
    if session.blocked and not session.only_imaging_blocked:
        raise SourceUnusable("SourceBlocked", "source_blocked", {"instance": session.instance_id})


async def _agree(run: Run, found: RecalledSource | Source) -> tuple[Decision, ImageRequest, SnapshotSet] | None:
    """The person's choice among the sets, and what it permits to be sent; None: none of them.

    Raises:
        InvalidInput: The proposed name cannot be one.
        SourceUnusable: There is no whole set.
    """
    session, argument = run.session, run.argument("image_name")
    source = found.source if isinstance(found, RecalledSource) else found
    told = told_recalled(run, found) if isinstance(found, RecalledSource) else Telling()
    if argument is not None and not is_image_name(argument):
        raise InvalidInput("InvalidImageName", "invalid_image_name", {"name": argument[:128]})
    name = await create_image.free_proposal(run, argument)
    offer = session.snapshot_offer
    if offer is None or not session.book.is_on(KEY):
        offer = session.snapshot_offer = await read_offer(run, source)
    sets = by_value(offer.findings.sets)
    requests = {value: _request(run, source, one, name) for value, one in sets.items()}

    def permits(choice: str, _text: str | None) -> tuple[JsonObject, ...]:
        return permitted(requests[choice]) if choice in requests else ()

    while True:
        run.shown = {"sets": [data_of(one) for one in sets.values()]}
        candidates = [_option(run, value, one) for value, one in sets.items()]
        options = run.page(KEY, candidates, [run.abort_option()], has_to_fit=True)
        facts: list[JsonValue] = [name, *(option.value for option in options)]
        facts += [snapshot_id for one in sets.values() for snapshot_id in one.snapshot_ids]
        facts.append(markdown(told))
        decision = run.decide(KEY, facts, partial(_question, run, offer, name, told, options), permits)
        run.shown = {}
        if decision.choice == ABORT:
            return None
        if decision.choice != MORE_OPTIONS:
            return decision, requests[decision.choice], sets[decision.choice]
        run.turn_page(KEY, len(sets))


def _option(run: Run, value: str, one: SnapshotSet) -> Option:
    return run.option(
        value,
        f"snapshots_{one.kind}",
        time=run.texts.moment(one.data_as_of),
        age=told_age(run, one.data_as_of),
        spread=told_duration(run, one.spread_seconds),
        label=one.label,
    )


def _question(run: Run, offer: SnapshotOffer, name: str, told: Telling, options: tuple[Option, ...]) -> Question:
    """The best set in full, what is newer and not in it, what the cloud may say no to; first what the source was."""
    return run.question(tell(*((told, GAP) if told else ()), told_offer(run, offer, name)), options)


def _request(run: Run, source: Source, chosen: SnapshotSet, name: str) -> ImageRequest:
    session, instance = run.session, source.instance
    proof = run.lineage(create_image.SNAPSHOTS_STEP)
    tags = create_image.image_tags(run, create_image.SNAPSHOTS_STEP, source)
    if proof:
        age = Tag(key=DATA_AS_OF, value=chosen.data_as_of.isoformat())
        tags = (*proof, age, *tags[len(proof) :])[:MAX_TAGS]
    metadata = instance.metadata_options
    return ImageRequest(
        region_id=session.region_id,
        instance_id=session.instance_id,
        image_name=name,
        resource_group_id=instance.resource_group_id,
        disks=tuple(
            RequestedDisk(
                snapshot_id=member.snapshot_id,
                device=member.disk.device,
                type=member.disk.type,
                size_gib=member.size_gib,
            )
            for member in chosen.members
        ),
        imds_v2=metadata is not None and metadata.http_tokens == "required",
        tags=tags,
    )


async def _look_again(run: Run, chosen: SnapshotSet) -> None:
    """The snapshots as they are this moment: a retention policy may have taken one away since the question.

    Raises:
        SourceUnusable: One is gone or no longer whole; the next call asks anew, on what there is then.
    """
    now = {one.snapshot_id: one for one in await run.cloud.snapshots(run.scope, chosen.snapshot_ids)}
    lost = [one for one in chosen.snapshot_ids if one not in now or now[one].status != FINISHED]
    if not lost:
        return
    run.session.book.forget(KEY)
    run.session.snapshot_offer = None
    values = {"snapshots": ", ".join(lost)}
    raise SourceUnusable("SnapshotGone", "snapshot_gone", values, next_tool="image_from_snapshots")
