"""What is to be launched, worked out from every choice, and the person's go-ahead for exactly that."""

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
from ecs_dr.domain.questions import CONFIRM, CUSTOM, Question
from ecs_dr.domain.replica import Billing, LaunchChoices, Placement, plan_launch
from ecs_dr.domain.source import Source
from ecs_dr.domain.telling import Words
from ecs_dr.domain.times import seconds_between
from ecs_dr.errors import InvalidInput, StepOutOfOrder
from ecs_dr.workflow.decisions import Decision
from ecs_dr.workflow.memory.chosen import ChosenVSwitch, DiskPlan, ImageState, Target
from ecs_dr.workflow.mutation import permitted
from ecs_dr.workflow.needs import check_made_as_asked, failed_image, require_source
from ecs_dr.workflow.ports import Price
from ecs_dr.workflow.reads.unproven import told_replicas
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.steps.launch.billing import read_price
from ecs_dr.workflow.steps.launch.elsewhere import (
    STEP,
)
from ecs_dr.workflow.steps.launch.options import by_hand, not_chosen, refused_options
from ecs_dr.workflow.steps.launch.reconsidered import CHANGE
from ecs_dr.workflow.steps.launch.refusal import CONFIRM_KEY as KEY
from ecs_dr.workflow.steps.launch.refusal import REFUSED_KEY, is_agreed_again


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


def launch_with(run: Run, ready: Ready, billing: Billing) -> LaunchRequest:
    """The launch with that bill and nothing else decided, to ask what it costs."""
    return _launch(run, ready, Agreed(billing, LaunchChoices()))


async def agree(run: Run, ready: Ready, terms: Agreed, name: str | None) -> tuple[LaunchRequest, Decision]:
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
        # Sent once more as it was agreed to: the answer to the refusal is the go-ahead, and nothing is asked again.
        key = REFUSED_KEY if await is_agreed_again(run, shown) else KEY
        # A question that stands shows the price that it was put with; only a new one needs to be told it.
        price = None if run.session.book.stands(key, facts) else await read_price(run, shown)
        page = partial(_shown, run, ready, terms, shown, price)
        decision = run.decide(
            key,
            facts,
            partial(_question, run, page, shown.instance_name, price),
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
        notes=(*_launched_before(run, launch), *left_to_the_cloud(run, ready.source, launch)),
    )
    return launch_page(ready.source, launch, facts, texts)


def _launched_before(run: Run, launch: LaunchRequest) -> tuple[Words, ...]:
    """What was launched from the image already, and no tag names as this recovery's."""
    found = run.session.unproven
    told = "" if found is None else told_replicas(run, found, launch.image_id)
    return (run.texts("facts.launched_before", what=told),) if told else ()


def left_to_the_cloud(run: Run, source: Source, launch: LaunchRequest) -> list[Words]:
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


def _question(run: Run, build: Callable[[], LaunchPage], name: str, price: Price | None) -> Question:
    """Built once, when it is first put: the price that stands in it is the one that is agreed to."""
    page = build()
    run.session.shown_price, run.session.shown_page = price, page
    options = (
        run.option(CONFIRM, "launch_confirm", recommended=True, name=name),
        run.option(CUSTOM, "launch_custom_name"),
        run.option(CHANGE, "launch_change"),
        run.abort_option(),
    )
    return run.question(one_launch(page, run.texts), options, text_label=run.texts("question.launch.text_label"))
