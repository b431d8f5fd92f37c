"""Step 5: one instance, exactly as the person saw it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ecs_dr.domain.attributes.choices import words_of
from ecs_dr.domain.attributes.terms import MAX_TAGS, tags_without_room
from ecs_dr.domain.disks.pairs import same_device
from ecs_dr.domain.disks.plan import bind_to_image
from ecs_dr.domain.images.model import Image
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.lineage import decisions_tag
from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.names import is_instance_name, replica_name
from ecs_dr.domain.pages.launch import LaunchFacts, LaunchPage, launch_page, one_launch
from ecs_dr.domain.pages.words import age, money
from ecs_dr.domain.questions import ABORT, CONFIRM, CUSTOM, Option, Question
from ecs_dr.domain.replica import Billing, LaunchChoices, Placement, plan_launch
from ecs_dr.domain.source import Source
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.telling import Words, tell
from ecs_dr.domain.times import seconds_between
from ecs_dr.errors import CloudRefused, ErrorKind, InvalidInput, OutcomeUnknown, StepOutOfOrder
from ecs_dr.workflow.choices import Choice
from ecs_dr.workflow.decisions import Decision
from ecs_dr.workflow.launch_guard import note_late_name, replica_exists
from ecs_dr.workflow.memory.chosen import ChosenVSwitch, DiskPlan, ImageState, Target
from ecs_dr.workflow.memory.replica import Replica
from ecs_dr.workflow.mutation import Mutation, TaggedOrNot, carry_out_tagged, in_form, permitted
from ecs_dr.workflow.needs import check_made_as_asked, failed_image, require_source
from ecs_dr.workflow.planning.checks import RUN_INSTANCES
from ecs_dr.workflow.ports import Price
from ecs_dr.workflow.reads.image_watch import ImageWatcher
from ecs_dr.workflow.reads.unproven import told_replicas
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.steps.launch.billing import decide_billing, read_price
from ecs_dr.workflow.steps.launch.elsewhere import (
    STEP,
    Look,
    look_first,
    look_for_it,
    made_already,
    take_up_other,
    try_and_look,
)
from ecs_dr.workflow.steps.launch.groups_refused import settle_group
from ecs_dr.workflow.steps.launch.image_disks import settle_image_disks
from ecs_dr.workflow.steps.launch.options import by_hand, decide_options, not_chosen, refused_options, without_refused
from ecs_dr.workflow.steps.launch.reconsidered import CHANGE, reopen_what, settle_reconsidered
from ecs_dr.workflow.steps.launch.refusal import CONFIRM_KEY as KEY
from ecs_dr.workflow.steps.launch.refusal import REFUSED_KEY, follow_up, handle, is_agreed_again
from ecs_dr.workflow.steps.wait_for_image import wait_until_ready


@dataclass(frozen=True)
class Ready:
    """Everything that the launch rests on."""

    source: Source
    image_state: ImageState
    image: Image
    """While it is being built, what is known of it: its id."""
    target: Target
    vswitch: ChosenVSwitch
    disks: DiskPlan


@dataclass(frozen=True)
class Agreed:
    """What the person decided about the launch as a whole."""

    billing: Billing
    choices: LaunchChoices


async def run_step(run: Run, watcher: ImageWatcher) -> Answer:
    """Show every parameter, check once more, create one instance.

    Of what may be under way, the most final comes first: a replica that was launched, here or by another process;
    a launch whose outcome nobody knows; what a refusal led to. Only then is anything asked.
    """
    session = run.session
    proposed = run.argument("instance_name")
    waiting = await look_for_it(run) if session.replica is None else None
    if session.replica is not None:
        made_as = session.replica.launch.instance_name
        replica_exists(run, [proposed] if proposed not in {None, made_as} else [])
        return answer(run, session.replica)
    if waiting is not None:
        return waiting
    name = _checked_name(run)
    if name in {None, session.proposed.get(KEY)}:
        session.book.put_what_is_open(REFUSED_KEY)  # what was refused is settled before the go-ahead is asked for again
    return await follow_up(run) or await settle_group(run) or await _launched(run, watcher, name)


async def _launched(run: Run, watcher: ImageWatcher, name: str | None) -> Answer:
    """Agreed to, tried, and created; or what a refusal leads to."""
    session = run.session
    launch = session.pending.launch
    try:
        # Sent before, and nobody knows what became of it: the same goes out again under its token, without a question.
        if launch is not None:
            note_late_name(run, name, launch.instance_name)
            return await _create(run, launch, None, await look_first(run))
        settled = await _approved_launch(run, watcher, name)
        if isinstance(settled, Answer):
            return settled
        launch, decision = settled
        run.hand_over()
        # A dry run first: what it refuses costs no attempt, and leaves the go-ahead unused.
        return await _create(run, launch, decision, await try_and_look(run, launch))
    except (CloudRefused, OutcomeUnknown) as refusal:
        if session.book.elsewhere_since(STEP) is not None:
            return await run_step(run, watcher)
        # A look beside it may be refused as well: that says nothing about the launch.
        if launch is None or not isinstance(refusal, CloudRefused) or refusal.action != RUN_INSTANCES:
            raise
        # What follows is about the launch as it was agreed to, under the name that was typed for it.
        session.proposed[KEY] = launch.instance_name
        run.arguments = {**run.arguments, "instance_name": None}
        led = await handle(run, refusal, launch)
    return led if led is not None else await run_step(run, watcher)


async def _approved_launch(
    run: Run, watcher: ImageWatcher, name: str | None
) -> tuple[LaunchRequest, Decision] | Answer:
    """The approved launch, once the image is ready; until then, or when the person stops, the answer to give."""
    # Each round asks at most one thing that is not decided yet; an answer runs the step again from its top, and every
    # `decide` before it returns what was decided. The loop turns only where a choice leads back to an earlier question.
    while True:
        undecided = await settle_reconsidered(run) or settle_image_disks(run)
        if undecided is not None:
            return undecided
        ready = require_everything(run)
        billing = await decide_billing(run, ready.source, ready.target, partial(_launch_with, run, ready))
        if billing is None:
            return run.aborted("instance", Choice.LAUNCH, Choice.OPTIONS)
        choices = decide_options(run, ready.source, billing)
        if choices is None:
            return run.aborted("instance", Choice.LAUNCH, Choice.OPTIONS)
        choices = without_refused(run, choices)
        launch, decision = await _agree(run, ready, Agreed(billing, choices), name)
        if decision.choice == ABORT:
            return run.aborted("instance", Choice.LAUNCH, Choice.OPTIONS)
        if decision.choice == CHANGE:
            reopen_what(run)
            continue
        if ready.image.phase == "ready":
            return launch, decision
        unfinished = await wait_until_ready(run, watcher, ready.image_state)
        if unfinished is not None:
            return unfinished
        # Ready now: the parameters are worked out anew, and the go-ahead stands if they are the same.


def _checked_name(run: Run) -> str | None:
    name = run.proposal("instance_name", KEY)
    if name is not None and not is_instance_name(name):
        raise InvalidInput("InvalidInstanceName", "invalid_instance_name", {"name": name[:128]})
    return name


def require_everything(run: Run) -> Ready:
    """What the earlier steps supply.

    Raises:
        StepOutOfOrder: What is missing, and the tool that supplies it.
        RecoveryFailed: The image will never be ready.
    """
    session = run.session
    source = require_source(run)
    if session.image is None:
        raise StepOutOfOrder("ImageMissing", "image_missing", next_tool="create_image")
    if session.image.has_failed:
        raise failed_image(run, session.image)
    check_made_as_asked(session.image)
    if session.target is None:
        raise StepOutOfOrder("TargetMissing", "target_missing", next_tool="choose_target")
    if session.vswitch is None:
        raise StepOutOfOrder("VSwitchMissing", "vswitch_missing", next_tool="prepare_vswitch")
    if session.disks is None:
        raise StepOutOfOrder("DisksMissing", "disks_missing", next_tool="check_disks")
    state = session.image
    image = state.image or Image(image_id=state.image_id, name=state.name, status="Creating")
    return Ready(source, state, image, session.target, session.vswitch, session.disks)


def _launch(run: Run, ready: Ready, terms: Agreed, name: str | None = None) -> LaunchRequest:
    instance = ready.source.instance
    planned = ready.disks.disks
    disks = bind_to_image(planned, ready.image.mappings) if ready.image.phase == "ready" else planned
    placement = Placement(
        zone_id=ready.target.zone_id,
        instance_type=ready.target.instance_type,
        vswitch_id=ready.vswitch.vswitch.vswitch_id,
        has_ipv6=bool(ready.vswitch.vswitch.ipv6_cidr_block),
    )
    decided = decisions_tag(disks, words_of(terms.choices)) if run.options.profile_tags else ()
    return plan_launch(
        ready.source,
        ready.image,
        placement,
        disks,
        terms.billing,
        name or replica_name(instance.name, instance.instance_id),
        (*run.lineage(STEP), *decided),
        terms.choices,
    )


def _launch_with(run: Run, ready: Ready, billing: Billing) -> LaunchRequest:
    """The launch with that bill and nothing else decided, to ask what it costs."""
    return _launch(run, ready, Agreed(billing, LaunchChoices()))


async def _agree(run: Run, ready: Ready, terms: Agreed, name: str | None) -> tuple[LaunchRequest, Decision]:
    """The person's go-ahead for exactly these parameters.

    A refused launch that the person chose to send once more needs no second one: it was shown, and nothing of it has
    changed, nor has its price.
    """
    proposed = run.session.proposed
    proposed[KEY] = (
        name or proposed.get(KEY) or replica_name(ready.source.instance.name, ready.source.instance.instance_id)
    )

    def launch_for(choice: str, text: str | None) -> LaunchRequest:
        return _launch(run, ready, terms, text if choice == CUSTOM else proposed[KEY])

    # Worked out when the answer is there: a name that the person types is part of what is permitted.
    def permits(choice: str, text: str | None) -> tuple[JsonObject, ...]:
        return permitted(launch_for(choice, text)) if choice in {CONFIRM, CUSTOM} else ()

    # The facts are the parameters themselves: a go-ahead counts for these, and for nothing that differs by a byte.
    while True:
        shown = launch_for(CONFIRM, None)
        facts = shown.parameters()
        run.shown, run.shown_in_words = {"launch": facts}, frozenset()
        key = REFUSED_KEY if await is_agreed_again(run, shown) else KEY
        price = None if run.session.book.stands(key, facts) else await read_price(run, shown)
        page = partial(_shown, run, ready, terms, shown, price)
        options = (
            run.option(CONFIRM, "launch_confirm", recommended=True, name=shown.instance_name),
            run.option(CUSTOM, "launch_custom_name"),
            run.option(CHANGE, "launch_change"),
            run.abort_option(),
        )
        decision = run.decide(
            key,
            facts,
            partial(_question, run, page, options, price),
            permits=permits,
        )
        run.session.shown_page = None
        if decision.choice != CUSTOM or is_instance_name(decision.text or ""):
            return shown if decision.choice == CONFIRM else launch_for(decision.choice, decision.text), decision
        error = InvalidInput("InvalidInstanceName", "invalid_instance_name", {"name": (decision.text or "")[:128]})
        run.refuse_typed(KEY, error)


def _shown(run: Run, ready: Ready, terms: Agreed, launch: LaunchRequest, price: Price | None) -> LaunchPage:
    """Everything that is sent, in a person's words, and what no parameter says."""
    state, texts = ready.image_state, run.texts
    moment = state.data_as_of or state.started_at
    origin = "snapshots" if state.data_as_of is not None else "adopted" if state.adopted else "made"
    facts = LaunchFacts(
        price=texts("page.price.unknown") if price is None else money(price.total, price.currency, price.unit, texts),
        data_as_of=texts(
            "page.launch.data", moment=texts.moment(moment), age=age(seconds_between(moment, run.clock.now()), texts)
        ),
        image_origin=origin,
        new_vswitch=ready.vswitch.created,
        left_out=not_chosen(run, ready.source, terms.billing, terms.choices),
        refused=refused_options(run, terms.choices),
        by_hand=by_hand(run, ready.source, launch),
        notes=(*_launched_before(run, launch), *_left_to_the_cloud(run, ready.source, launch)),
    )
    return launch_page(ready.source, launch, facts, texts)


def _launched_before(run: Run, launch: LaunchRequest) -> tuple[Words, ...]:
    """What was launched from the image already, and no tag names as this recovery's."""
    found = run.session.unproven
    told = "" if found is None else told_replicas(run, found, launch.image_id)
    return (run.texts("facts.launched_before", what=told),) if told else ()


def _left_to_the_cloud(run: Run, source: Source, launch: LaunchRequest) -> list[Words]:
    """What nobody decided and is as it is: tags without room, disks that the image calls by another name."""
    lines = []
    beyond = tags_without_room(source, launch.tags)
    if beyond:
        tags = Words(", ").join(f"{tag.key}={tag.value}" for tag in beyond)
        lines.append(run.texts("facts.tags_without_room", tags=tags, limit=MAX_TAGS))
    called = {disk.disk_id: disk.handle for disk in source.disks}
    moved = [
        f"{called[disk.source_disk_id]} → {disk.device}"
        for disk in launch.disks
        if disk.source_disk_id in called and not same_device(called[disk.source_disk_id], disk.device)
    ]
    if moved:
        lines.append(run.texts("facts.devices_renamed", devices=Words(", ").join(moved)))
    return lines


def _question(run: Run, build: Callable[[], LaunchPage], options: tuple[Option, ...], price: Price | None) -> Question:
    """Built once, when it is first put: the price that stands in it is the one that is agreed to."""
    page = build()
    run.session.shown_price, run.session.shown_page = price, page
    return run.question(one_launch(page, run.texts), options, text_label=run.texts("question.launch.text_label"))


async def _create(run: Run, launch: LaunchRequest, decision: Decision | None, look: Look) -> Answer:
    run.hand_over()
    session = run.session
    if look.other is not None:
        await take_up_other(run, look.other, look.at)
        if session.replica is not None:
            return answer(run, session.replica)
    launched_at = run.clock.now()
    try:
        instance_id = await _send(run, launch, decision)
    except (CloudRefused, OutcomeUnknown) as refusal:
        if refusal.kind is ErrorKind.TOKEN_MISMATCH:
            session.book.note_elsewhere(STEP)
        if refusal.kind is ErrorKind.TOKEN_MISMATCH or not refusal.retryable:  # else the next call sends it as it is
            session.pending.launch = None
        raise
    sent = session.pending.launch or launch
    session.pending.launch = None
    session.replica = Replica(instance_id=instance_id, launch=sent, launched_at=launched_at)
    session.sightings.accepted(instance_id, launched_at)
    return answer(run, session.replica)


async def _send(run: Run, launch: LaunchRequest, decision: Decision | None) -> str:
    async def find() -> str | None:
        found = await made_already(run)
        return None if found is None else found.instance_id

    def mutation(form: TaggedOrNot) -> Mutation:
        wanted = in_form(launch, form)
        # Before it is sent: should the process or the call end now, the next call sends the same under the same token.
        run.session.pending.launch = wanted
        return Mutation(
            STEP, wanted.parameters(), lambda attempt: run.cloud.run_instance(run.scope, wanted, attempt), find
        )

    return await carry_out_tagged(run, decision, mutation)


def answer(run: Run, replica: Replica) -> Answer:
    """The replica was accepted."""
    data: JsonObject = {"instance_id": replica.instance_id, "launch": replica.launch.parameters()}
    source = run.session.source
    lines = [run.texts("step.instance.done", id=replica.instance_id, zone=replica.launch.zone_id)]
    lines += [] if source is None else _left_to_the_cloud(run, source, replica.launch)
    message = run.beside_what_exists(tell(*lines), replica.instance_id)
    return run.answer("instance", "done", message, data=data, following=run.go_to("verify_instance"))
