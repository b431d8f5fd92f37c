"""Step 5: one instance, exactly as the person saw it."""

from __future__ import annotations

from functools import partial

from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.names import is_instance_name
from ecs_dr.domain.questions import ABORT
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.telling import tell
from ecs_dr.errors import CloudRefused, ErrorKind, InvalidInput, OutcomeUnknown
from ecs_dr.workflow.choices import Choice
from ecs_dr.workflow.decisions import Decision
from ecs_dr.workflow.launch_guard import note_late_name, replica_exists
from ecs_dr.workflow.memory.replica import Replica
from ecs_dr.workflow.mutation import Mutation, TaggedOrNot, carry_out_tagged, in_form
from ecs_dr.workflow.planning.checks import RUN_INSTANCES
from ecs_dr.workflow.reads.image_watch import ImageWatcher
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.steps.launch.billing import decide_billing
from ecs_dr.workflow.steps.launch.elsewhere import (
    STEP,
    Look,
    look_first,
    look_for_it,
    made_already,
    take_up_other,
    try_and_look,
)
from ecs_dr.workflow.steps.launch.go_ahead import Agreed, agree, launch_with, left_to_the_cloud, require_everything
from ecs_dr.workflow.steps.launch.groups_refused import settle_group
from ecs_dr.workflow.steps.launch.image_disks import settle_image_disks
from ecs_dr.workflow.steps.launch.options import decide_options, without_refused
from ecs_dr.workflow.steps.launch.reconsidered import CHANGE, reopen_what, settle_reconsidered
from ecs_dr.workflow.steps.launch.refusal import CONFIRM_KEY as KEY
from ecs_dr.workflow.steps.launch.refusal import REFUSED_KEY, follow_up, handle
from ecs_dr.workflow.steps.wait_for_image import wait_until_ready


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
            return await run_step(run, watcher)  # another server has used the token: what that made is looked for first
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
        billing = await decide_billing(run, ready.source, ready.target, partial(launch_with, run, ready))
        if billing is None:
            return run.aborted("instance", Choice.LAUNCH, Choice.OPTIONS)
        choices = decide_options(run, ready.source, billing)
        if choices is None:
            return run.aborted("instance", Choice.LAUNCH, Choice.OPTIONS)
        choices = without_refused(run, choices)
        launch, decision = await agree(run, ready, Agreed(billing, choices), name)
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
    """The launch was accepted, here or by another server on this session: only there was the replica read already."""
    data: JsonObject = {"instance_id": replica.instance_id, "launch": replica.launch.parameters()}
    source = run.session.source
    lines = [run.texts("step.instance.done", id=replica.instance_id, zone=replica.launch.zone_id)]
    lines += [] if source is None else left_to_the_cloud(run, source, replica.launch)
    message = run.beside_what_exists(tell(*lines), replica.instance_id)
    return run.answer("instance", "done", message, data=data, following=run.go_to("verify_instance"))
