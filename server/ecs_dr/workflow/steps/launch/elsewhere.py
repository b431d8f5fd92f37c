"""A launch of this recovery that another server sent, or a process that ended: one replica in the end, not two.

The ClientToken of a launch follows from session and step alone. So a second launch of one session, with whatever
parameters, is refused by the cloud while the first is not listed yet (RunInstances: IdempotentParameterMismatch), and
what the first made is looked for. A launch that was refused holds its token just the same: the look has an end, and
then the person is asked anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.source import Instance
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.telling import tell
from ecs_dr.domain.times import seconds_between
from ecs_dr.errors import CloudRefused
from ecs_dr.workflow.memory.sightings import LOOK_AGAIN_SECONDS, NEVER_SEEN_SECONDS
from ecs_dr.workflow.mutation import try_launch
from ecs_dr.workflow.reads.side_by_side import SideBySide
from ecs_dr.workflow.reads.told import reading
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.steps.launch.refusal import CONFIRM_KEY, REFUSED_KEY
from ecs_dr.workflow.steps.resume_session import take_up_replica

STEP = "instance"
LOOK_HOLDS_SECONDS = 2.0
"""How old the look may be when the launch goes out: another server may be at work on the same session."""


async def made_already(run: Run) -> Instance | None:
    """The replica of this session that exists: another server on the same session may have launched it meanwhile.

    It is known by session, source and step alone: its other tags follow the source's, which may have changed since.
    """
    found = await run.cloud.instances_tagged(run.scope, run.lineage(STEP))
    return max(found, key=lambda one: one.creation_time, default=None)


@dataclass(frozen=True)
class Look:
    """What the look before a launch has shown."""

    at: datetime
    other: Instance | None


async def look_first(run: Run) -> Look:
    """Whether another server on the same session has launched it; while an attempt of our own is open, nobody has."""
    at = run.clock.now()
    if run.session.book.open_attempt(STEP) is not None:
        return Look(at, None)
    with run.reads.to_their_end():
        return Look(at, await made_already(run))


async def try_and_look(run: Run, launch: LaunchRequest) -> Look:
    """The dry run and the look side by side; the look after it where the dry run takes its time.

    Raises:
        CloudRefused: The launch would be refused, for that reason, and none was made before.
        OutcomeUnknown: No answer; a dry run creates nothing.
    """
    if run.retried_before:
        await try_launch(run, launch)
        return await look_first(run)
    reads = SideBySide()
    reads.read(partial(try_launch, run, launch))
    look = reads.read(partial(look_first, run))
    try:
        await reads.finish()
    except CloudRefused:
        if look.or_none is None or look.value.other is None:
            raise
        return look.value  # made already, which may be why a second one is refused
    if seconds_between(look.value.at, run.clock.now()) <= LOOK_HOLDS_SECONDS:
        return look.value
    return await look_first(run)


async def take_up_other(run: Run, other: Instance, looked_at: datetime) -> None:
    """It is the replica of this session."""
    await take_up_replica(run, run.session.source, other, looked_at)
    run.session.notes.append(run.texts("note.replica_of_another_server", id=other.instance_id))


async def look_for_it(run: Run) -> Answer | None:
    """Look for what that launch made, until it is found or will not come any more.

    Returns:
        That it is still looked for; None where that is settled, or where no such launch is known of.
    """
    book = run.session.book
    since = book.elsewhere_since(STEP)
    if since is None:
        return None
    until = since + timedelta(seconds=NEVER_SEEN_SECONDS)
    while True:
        with reading(run.clock.now) as read, run.reads.to_their_end():
            other = await made_already(run)
        if other is not None:
            book.close_attempt(STEP, "done")
            await take_up_other(run, other, read.at)
            return None
        if read.at >= until:
            book.close_attempt(STEP, "refused")
            book.forget(CONFIRM_KEY)
            book.forget(REFUSED_KEY)
            seconds = round((read.at - since).total_seconds())
            run.reason = tell(run.texts("launch.elsewhere.never_came", seconds=seconds))
            return None
        if not await run.pause(LOOK_AGAIN_SECONDS):
            told = run.texts("launch.elsewhere.looking", until=run.texts.moment(until, near=run.clock.now()))
            message = tell(told, run.state_of_the_world())
            return run.answer("instance", "in_progress", message, following=run.go_to("create_instance"))
