"""Step 4b: a VSwitch of the source's VPC in the target zone: one that exists, or one that the person has created."""

from __future__ import annotations

from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.network.cidr import validate_cidr
from ecs_dr.domain.network.model import Vpc, VSwitch, VSwitchRequest
from ecs_dr.domain.network.vswitches import by_id, free_block, usable_vswitches
from ecs_dr.domain.questions import ABORT, CUSTOM, PICK_ANOTHER_ZONE
from ecs_dr.domain.source import Instance
from ecs_dr.domain.steps import Answer
from ecs_dr.errors import CloudRefused, ErrorKind, InvalidInput
from ecs_dr.workflow.choices import Choice
from ecs_dr.workflow.decisions import Decision
from ecs_dr.workflow.following import what_follows
from ecs_dr.workflow.launch_guard import give_up_launch, replica_exists
from ecs_dr.workflow.memory.chosen import ChosenVSwitch, Target
from ecs_dr.workflow.mutation import Mutation, TaggedOrNot, carry_out_tagged, in_form
from ecs_dr.workflow.needs import holds, require_source, require_target, resting_on_target, still
from ecs_dr.workflow.planning.recheck import vswitch_holds
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.steps import choose_target
from ecs_dr.workflow.steps.vswitch_choice import (
    CREATE_KEY,
    PICK_KEY,
    checked_arguments,
    decide_creation,
    is_another_asked_about,
    is_block_wanted,
    other_proposals,
    pick,
    proposed_block,
    unusable,
    vswitch_request,
)
from ecs_dr.workflow.steps.vswitch_watch import look_for_vswitch

STEP = "vswitch"
FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 5.0


@resting_on_target
async def run_step(run: Run) -> Answer:
    """Use, pick or create.

    A proposal that differs from what was decided is checked and then asked about, the proposal first; until the person
    has chosen something else, what was decided stays in force. Once the replica exists, or while a VSwitch is being
    created, the decision stands, and the answer says so; while a launch is in doubt, that is settled first.
    """
    session = run.session
    source, target = require_source(run).instance, require_target(run)
    wanted, cidr = checked_arguments(run, source)
    if session.vswitch is not None and await _stands(run, session.vswitch, wanted, cidr):
        return _answer(run, session.vswitch)
    # What an earlier call began costs nothing more to finish; a second VSwitch beside it would be one too many.
    begun = await _go_on(run, target)
    if begun is not None:
        return begun
    existing = await run.cloud.describe_vswitches(run.scope, source.vpc_id)
    still(run, target)
    if source.vswitch_id and source.vswitch_id not in {one.vswitch_id for one in existing}:
        # The source's own is in this VPC: a list without it is not the whole list.
        told = run.texts("note.vswitches_hidden", vpc=source.vpc_id, id=source.vswitch_id, count=len(existing))
        session.notes.append(told)
    # One that this recovery made and that is not ready yet is no candidate, and no reason to make another.
    mine = _still_pending(run, existing, target.zone_id) if session.vswitch is None else None
    if mine is not None and wanted in {None, mine.vswitch_id} and not is_block_wanted(run, wanted, cidr):
        session.await_vswitch(mine.vswitch_id)
        return await _await_created(run, mine.vswitch_id)
    listed = usable_vswitches(existing, source, target.zone_id)
    # One that a launch was refused for is taken again only when a person names it.
    usable = tuple(one for one in listed if one.vswitch_id == wanted or not session.refusals.is_refused(one))
    if wanted is not None and wanted not in {vswitch.vswitch_id for vswitch in usable}:
        raise unusable(wanted, target, existing)
    if Choice.VSWITCH in session.reconsidered and len(usable) == 1 and wanted is None:
        session.proposed.setdefault(CREATE_KEY, "")  # the only one there is was decided: a new one is the other way
    if usable and not is_block_wanted(run, wanted, cidr):
        _may_be_replaced(run)
        picked = by_id(usable, pick(run, target, usable, wanted))
        return _declined(run, PICK_KEY) if picked is None else _decide_on(run, picked)
    return await _ask_to_create(run, existing, usable, cidr)


async def _stands(run: Run, chosen: ChosenVSwitch, wanted: str | None, cidr: str | None) -> bool:
    """Whether the decided VSwitch is the answer: no other is proposed or asked about, or it is too late for one."""
    session = run.session
    proposed = other_proposals(chosen, wanted, cidr)
    if not replica_exists(run, proposed):
        is_wished = Choice.VSWITCH in session.reconsidered
        if proposed or (wanted is None and cidr is None and (is_wished or is_another_asked_about(run))):
            return False
        if not await vswitch_holds(run, chosen):
            give_up_launch(run)
            session.reopen(Choice.VSWITCH)
            return False
    session.choose(chosen)
    return True


def _may_be_replaced(run: Run) -> None:
    """Something else than the decided VSwitch is about to be asked about or taken.

    Raises:
        StepOutOfOrder: A launch with it may have been carried out: that is settled first.
    """
    if run.session.vswitch is not None:
        give_up_launch(run)


def _decide_on(run: Run, vswitch: VSwitch, *, created: bool = False) -> Answer:
    """It takes the replica: the question is decided."""
    session = run.session
    created = created or vswitch.vswitch_id in session.created_vswitch_ids
    chosen = ChosenVSwitch(vswitch=vswitch, created=created)
    session.choose(chosen)
    return _answer(run, chosen)


def _declined(run: Run, key: str) -> Answer:
    """The person chose to stop. What was decided before stays in force, and what was proposed instead is dropped."""
    session = run.session
    if session.vswitch is not None:
        session.forget_proposals(Choice.VSWITCH)
        session.notes.append(run.texts("note.vswitch_stays", id=session.vswitch.vswitch.vswitch_id))
    return run.aborted("vswitch", key)


async def _go_on(run: Run, target: Target) -> Answer | None:
    """What an earlier call began and did not see the end of; None when there is nothing of the kind in this zone."""
    session = run.session
    if session.pending_vswitch_id is not None:
        _note_unheeded(run, session.pending_vswitch_id)
        return await _await_created(run, session.pending_vswitch_id)
    pending = session.pending.vswitch
    if pending is None:
        return None
    if pending.zone_id == target.zone_id:
        _note_unheeded(run, pending.cidr_block)
        return await _create(run, None, pending)
    await _leave_behind(run, pending)
    return None


def _note_unheeded(run: Run, being_made: str) -> None:
    """A proposal made while a VSwitch is being created as decided: that comes to its end first, and this is said."""
    heard = {being_made, run.session.proposed.get(CREATE_KEY)}
    proposals = [one for one in (run.argument("vswitch_id"), run.argument("cidr_block")) if one not in {None, *heard}]
    if proposals:
        told = run.texts("list.separator").join(filter(None, proposals))
        run.session.notes.append(run.texts("note.vswitch_in_the_making", proposed=told))


def _still_pending(run: Run, existing: tuple[VSwitch, ...], zone: str) -> VSwitch | None:
    """A VSwitch that this recovery made in the zone and that is still Pending: it is awaited, not made once more."""
    ids = run.session.created_vswitch_ids
    return next(
        (one for one in existing if one.vswitch_id in ids and one.zone_id == zone and one.status == "Pending"), None
    )


async def _vpc(run: Run, source: Instance) -> Vpc | None:
    """The VPC's address blocks; None where the identity may not read them."""
    try:
        return await run.cloud.describe_vpc(run.scope, source.vpc_id)
    except CloudRefused as refusal:
        if not refusal.may_be_skipped:
            raise
        run.session.notes.append(run.texts("note.vpc_unread"))
        return None


async def _ask_to_create(
    run: Run, existing: tuple[VSwitch, ...], usable: tuple[VSwitch, ...], cidr: str | None
) -> Answer:
    source, target = require_source(run).instance, require_target(run)
    vpc = await _vpc(run, source)
    proposal = proposed_block(run, cidr, vpc, existing) or free_block(
        source, vpc, existing, run.session.refusals.blocks
    )
    _may_be_replaced(run)
    # A typed block that cannot be is asked about again with the reason; what leads elsewhere leaves the loop.
    while True:
        decision = decide_creation(run, target, proposal, usable)
        if decision.choice == ABORT:
            return _declined(run, CREATE_KEY)
        if decision.choice == PICK_ANOTHER_ZONE:
            run.session.leave_zone()
            return await choose_target.run_step(run.becomes("choose_target"))
        if (existing_one := by_id(usable, decision.choice)) is not None:
            return _decide_on(run, existing_one)
        request = vswitch_request(run, target.zone_id, (decision.text if decision.choice == CUSTOM else proposal) or "")
        try:
            if vpc is not None:
                validate_cidr(request.cidr_block, vpc, existing)
        except InvalidInput as error:
            if decision.choice == CUSTOM:
                run.refuse_typed(CREATE_KEY, error)
                continue
            raise
        return await _create(run, decision, request)


async def _create(run: Run, decision: Decision | None, request: VSwitchRequest) -> Answer:
    run.hand_over()
    session = run.session
    target = require_target(run)
    session.set_vswitch_aside()  # not reopened: the decision on the new one is about the same choice
    try:
        vswitch_id = await _send(run, decision, request)
    except CloudRefused as refusal:
        if refusal.retryable:
            raise
        session.pending.vswitch = None
        if holds(run, target):
            session.put_vswitch_back()
        if refusal.kind is not ErrorKind.CIDR:
            raise
        # The cloud knows of something that no list shows: that block is offered no more, and another one asked about.
        session.refusals.blocks.append(request.cidr_block)
        session.proposed[CREATE_KEY] = ""  # a new VSwitch is still wanted, with another block
        # The argument names the refused block, and must not lead back to it.
        run.arguments = {**run.arguments, "cidr_block": None}
        values = {"cidr": request.cidr_block, "code": refusal.code, "reason": refusal.message}
        run.refuse_typed(CREATE_KEY, InvalidInput("CidrRefused", "cidr_refused", values))
        return await run_step(run)
    session.pending.vswitch = None
    session.created_vswitch_ids.append(vswitch_id)
    session.sightings.accepted(vswitch_id, run.clock.now())
    still(run, target)  # in a zone that was left meanwhile it exists: told among what was created, and not used
    session.await_vswitch(vswitch_id)
    return await _await_created(run, vswitch_id)


async def _find(run: Run, request: VSwitchRequest) -> str | None:
    """What a request of this session made in that zone, known by its tags; without tags by block, zone and name."""
    tagged = await run.cloud.vswitches_tagged(run.scope, run.lineage(STEP))
    known = set(run.session.created_vswitch_ids)
    wanted = (request.vpc_id, request.zone_id, request.cidr_block)
    for item in tagged:
        if (item.vpc_id, item.zone_id, item.cidr_block) == wanted and item.vswitch_id not in known:
            return item.vswitch_id
    existing = await run.cloud.describe_vswitches(run.scope, request.vpc_id, zone_id=request.zone_id)
    same = (item for item in existing if (item.cidr_block, item.name) == (request.cidr_block, request.name))
    return next((item.vswitch_id for item in same), None)


async def _leave_behind(run: Run, request: VSwitchRequest) -> None:
    """A request of unknown outcome for a zone that was left: it is not sent again, and what it made is told."""
    session = run.session
    found = await _find(run, request)
    if session.pending.vswitch is None:
        return  # a call beside this one has settled it during the look
    session.pending.vswitch = None
    session.book.close_attempt(STEP, "done" if found is not None else "refused")
    if found is not None:
        session.created_vswitch_ids.append(found)
    key = "note.vswitch_left" if found is not None else "note.vswitch_maybe_left"
    session.notes.append(run.texts(key, id=found or "-", cidr=request.cidr_block, zone=request.zone_id))


async def _send(run: Run, decision: Decision | None, request: VSwitchRequest) -> str:
    def mutation(form: TaggedOrNot) -> Mutation:
        wanted = in_form(request, form)
        run.session.pending.vswitch = wanted
        return Mutation(
            STEP,
            wanted.parameters(),
            lambda attempt: run.cloud.create_vswitch(run.scope, wanted, attempt),
            lambda: _find(run, wanted),
        )

    return await carry_out_tagged(run, decision, mutation)


async def _await_created(run: Run, vswitch_id: str) -> Answer:
    """A created VSwitch is Pending for a moment: RunInstances refuses it until it is Available."""
    target, vpc_id = require_target(run), require_source(run).instance.vpc_id
    gap = FIRST_WAIT_SECONDS
    while True:
        found = await look_for_vswitch(run, vpc_id, vswitch_id)
        still(run, target)
        if found is not None and found.status == "Available":
            return _decide_on(run, found, created=True)
        await run.progress(0, None, run.texts("step.vswitch.waiting", id=vswitch_id))
        if not await run.pause(gap):
            message = run.texts("step.vswitch.waiting", id=vswitch_id)
            data: JsonObject = {
                "vswitch_id": vswitch_id,
                "cidr_block": "" if found is None else found.cidr_block,
                "zone_id": target.zone_id,
                "created": True,
            }
            following = run.go_to("prepare_vswitch")
            return run.answer("vswitch", "in_progress", message, data=data, following=following)
        gap = min(gap * 1.5, LONGEST_WAIT_SECONDS)


def _answer(run: Run, chosen: ChosenVSwitch) -> Answer:
    vswitch = chosen.vswitch
    data: JsonObject = {
        "vswitch_id": vswitch.vswitch_id,
        "cidr_block": vswitch.cidr_block,
        "zone_id": vswitch.zone_id,
        "created": chosen.created,
    }
    key = "step.vswitch.created" if chosen.created else "step.vswitch.used"
    message = run.texts(key, id=vswitch.vswitch_id, cidr=vswitch.cidr_block, zone=vswitch.zone_id)
    following = what_follows(run)
    told = run.beside_what_exists(message, vswitch.vswitch_id)
    return run.answer("vswitch", "done", told, data=data, following=following)
