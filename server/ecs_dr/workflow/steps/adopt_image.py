"""Instead of Step 2: an image that exists already, or is being made, once it is clear where it comes from."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from ecs_dr.domain.disks.plan import bind_to_image, plan_disks
from ecs_dr.domain.images.adoption import Provenance, provenance
from ecs_dr.domain.images.fit import misfits, uncompared
from ecs_dr.domain.images.model import Image
from ecs_dr.domain.model import JsonObject, JsonValue
from ecs_dr.domain.names import is_image_id
from ecs_dr.domain.pages.words import age
from ecs_dr.domain.questions import ABORT, CONFIRM, Question
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.telling import GAP, Telling, Words, markdown, tell
from ecs_dr.domain.texts.wording import worded_value
from ecs_dr.domain.times import parse_time, seconds_between
from ecs_dr.domain.verification.comparison import AttributeRow
from ecs_dr.errors import InvalidInput, SourceUnusable, StepOutOfOrder
from ecs_dr.workflow.following import next_tool, what_follows
from ecs_dr.workflow.memory.chosen import ImageState
from ecs_dr.workflow.needs import check_it_would_be_listed
from ecs_dr.workflow.reads.image_fit import read_fit
from ecs_dr.workflow.reads.image_watch import ImageWatcher
from ecs_dr.workflow.reads.told import reading
from ecs_dr.workflow.recall.questions import LeftAlone
from ecs_dr.workflow.recall.telling import told_recalled
from ecs_dr.workflow.recall.witnesses import RecalledSource, recall, take_as_known
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.snapshots.reads import recall_origin

KEY = "image.adopt"
WHICH_KEY = "image.adopt_which"


async def run_step(run: Run, watcher: ImageWatcher) -> Answer:
    """Read the image, check where it comes from, have the person confirm what its tags do not prove."""
    session = run.session
    named = run.argument("image_id")
    if named is not None and not is_image_id(named):
        raise InvalidInput("InvalidImageId", "invalid_image_id")
    if session.image is not None and (session.image.image_id == named or (named is None and session.image.adopted)):
        return _answer(run, session.image)
    _check_nothing_in_the_way(run)
    image_id = named or await _picked(run)
    if image_id == ABORT:
        if session.unproven is not None:
            session.unproven.declined = True
        return run.aborted("image", WHICH_KEY)
    with reading(run.clock.now) as read:
        image, evidence = await _examine(run, image_id)
    try:
        found = session.source or await recall(run, image)
    except LeftAlone as left:
        return run.aborted("image", left.key, WHICH_KEY)
    source = found.source if isinstance(found, RecalledSource) else found
    known = told_recalled(run, found) if isinstance(found, RecalledSource) else Telling()
    if image.mappings:
        bind_to_image(plan_disks(source.disks, {}), image.mappings)
    rows = await read_fit(run, source, image)
    told = misfits(rows)
    if told or known or (named is not None and not (evidence.by_tags and image.mappings)):
        facts: JsonValue = [
            image_id,
            image.status,
            evidence.by_name,
            [asdict(row) for row in told],
            markdown(known),
        ]
        decision = run.decide(KEY, facts, lambda: _question(run, image, evidence, rows, known))
        if decision.choice == ABORT:
            return run.aborted("image", KEY, WHICH_KEY)  # not this one: the next call offers the others as well
    take_as_known(run, found)
    state = _state(run, image)
    state.data_as_of, state.origin = await recall_origin(run, image)
    session.note_image(state)
    session.sightings.note(image.image_id, read.at, image.status)
    if image.phase == "building":
        watcher.watch(session)
    return _answer(run, state)


async def _picked(run: Run) -> str:
    """The newest images that stem from this source, for the person to pick one; `abort` where that is chosen.

    Raises:
        InvalidInput: There is none that its tags or its name tell.
    """
    session = run.session
    found = [image for image in await run.cloud.own_images(run.scope) if image.phase != "failed"]
    evidence = {image.image_id: provenance(image, session.instance_id) for image in found}
    mine = [image for image in found if evidence[image.image_id].by_tags or evidence[image.image_id].by_name]
    mine.sort(key=lambda image: image.creation_time, reverse=True)
    if not mine:
        if session.unproven is not None:
            session.unproven.declined = True  # those that were found then are not there any more
        values = {"instance": session.instance_id, "region": session.region_id}
        raise InvalidInput("NoImageOfSource", "no_image_of_source", values)
    options = [
        run.option(
            image.image_id,
            "adopt_which",
            image=image.image_id,
            name=image.name,
            age=_age(run, image),
            origin=run.texts(f"adopt.origin_{'tags' if evidence[image.image_id].by_tags else 'name'}"),
            disks=len(image.mappings),
        )
        for image in mine
    ]
    text = run.texts("question.adopt_which", instance=session.instance_id, count=len(mine))
    return run.choose(WHICH_KEY, [image.image_id for image in mine], text, options, [run.abort_option()])


async def _examine(run: Run, image_id: str) -> tuple[Image, Provenance]:
    """The image, if it exists, can become usable, and is not known to be of another source.

    Raises:
        InvalidInput: One of these does not hold.
        CloudRefused: The identity may see no images.
    """
    session = run.session
    image = await run.cloud.describe_image(run.scope, image_id)
    if image is None:
        await check_it_would_be_listed(run.cloud.may_describe_images(run.scope), "ecs:DescribeImages")
        raise InvalidInput("ImageNotFound", "image_not_found", {"image": image_id, "region": session.region_id})
    if image.phase == "failed":
        status = worded_value(image.status, run.texts)
        raise InvalidInput("ImageUnusable", "image_unusable", {"image": image_id, "status": status})
    evidence = provenance(image, session.instance_id)
    if evidence.other_source:
        values = {"image": image_id, "source": evidence.other_source, "instance": session.instance_id}
        raise InvalidInput("ImageOfAnother", "image_of_another", values)
    return image, evidence


def _check_nothing_in_the_way(run: Run) -> None:
    """Adopting is for a recovery that has no image; a source that cannot be recovered at all stays refused.

    Raises:
        InvalidInput: This recovery has an image, or one may be under way.
        StepOutOfOrder: The source was not looked at yet.
        SourceUnusable: Something other than the making of an image stands in the way.
    """
    session = run.session
    current = session.image
    begun = session.pending.image is not None or session.replica is not None
    if begun or (current is not None and not current.has_failed):
        values = {"image": current.image_id if current is not None else "-"}
        raise InvalidInput("ImageInUse", "image_in_use", values, next_tool=next_tool(session))
    if session.source is None and not session.cannot_read_source:
        raise StepOutOfOrder("SourceMissing", "source_missing", next_tool=next_tool(session))
    if session.blocked and not session.only_imaging_blocked:
        raise SourceUnusable("SourceBlocked", "source_blocked", {"instance": session.instance_id})


def _state(run: Run, image: Image) -> ImageState:
    now = run.clock.now()
    started_at = min(parse_time(image.creation_time) or now, now)
    spans = int(seconds_between(started_at, now) // run.options.ask_after_seconds)
    return ImageState(
        image_id=image.image_id, name=image.name, started_at=started_at, image=image, asked_spans=spans, adopted=True
    )


def _question(run: Run, image: Image, evidence: Provenance, rows: tuple[AttributeRow, ...], told: Telling) -> Question:
    """What speaks for the image and what against it; where something does, stopping is recommended.

    Of a source that cannot be read, `told` says first what is known of it.
    """
    known = "tags" if evidence.by_tags else "name" if evidence.by_name else "nothing"
    mapping = "mapping" if image.mappings else "no_mapping"
    name, instance = image.name, run.session.instance_id
    against = misfits(rows)
    asked = tell(
        *((told, GAP) if told else ()),
        run.texts("question.adopt", image=image.image_id, name=name, instance=instance),
        run.texts(f"adopt.by_{known}", name=name, instance=instance),
        run.texts(f"adopt.{mapping}", disks=len(image.mappings)),
        *(_told_row(run, "adopt.differs", row) for row in against),
        *(_told_row(run, "adopt.not_compared", row) for row in uncompared(rows)),
        _age(run, image),
    )
    go_on = run.option(CONFIRM, "adopt_confirm", recommended=not against)
    options = run.recommend_first((run.abort_option(), go_on)) if against else (go_on, run.abort_option())
    return run.question(asked, options)


def _told_row(run: Run, key: str, row: AttributeRow) -> Words:
    expected, actual = (worded_value(value, run.texts) for value in (row.expected, row.actual))
    return run.texts(key, field=run.texts(f"ledger.{row.field}.label"), expected=expected, actual=actual)


def _age(run: Run, image: Image) -> Words:
    """How much is lost: everything written since."""
    made: datetime | None = parse_time(image.creation_time)
    if made is None:
        return run.texts("adopt.age_unknown")
    since = age(seconds_between(made, run.clock.now()), run.texts)
    return run.texts("adopt.age", age=since, time=run.texts.moment(made))


def _answer(run: Run, state: ImageState) -> Answer:
    image = state.image
    data: JsonObject = {
        "image_id": state.image_id,
        "image_name": state.name,
        "image_status": image.status if image is not None else "Creating",
        "adopted": state.adopted,
        "created_at": image.creation_time if image is not None else "",
        "age_seconds": round(seconds_between(state.started_at, run.clock.now())),
    }
    lines = [run.texts("step.adopt.done", image=state.image_id, name=state.name)]
    if image is not None:
        lines.append(_age(run, image))
    following = what_follows(run)
    lines.append(run.state_of_the_world())
    return run.answer("image", "done", tell(*lines), data=data, following=following)
