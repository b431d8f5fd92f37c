"""A launch of this recovery that another server sent, or a process that ended: one replica in the end, not two.

The ClientToken of a launch follows from session and step alone. So a second launch of one session, with whatever
parameters, is refused by the cloud while the first is not listed yet (RunInstances: IdempotentParameterMismatch), and
what the first made is looked for. A launch that was refused holds its token just the same: the look has an end, and
then the person is asked anew.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ecs_dr.domain.source import Instance
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.telling import tell
from ecs_dr.workflow.memory.sightings import LOOK_AGAIN_SECONDS, NEVER_SEEN_SECONDS
from ecs_dr.workflow.reads.told import reading
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.steps.launch.refusal import CONFIRM_KEY, REFUSED_KEY
from ecs_dr.workflow.steps.resume_session import take_up_replica

STEP = "instance"


async def made_already(run: Run) -> Instance | None:
    """The replica of this session that exists: another server on the same session may have launched it meanwhile.

    It is known by session, source and step alone: its other tags follow the source's, which may have changed since.
    """
    found = await run.cloud.instances_tagged(run.scope, run.lineage(STEP))
    return max(found, key=lambda one: one.creation_time, default=None)


async def take_up(run: Run, other: Instance, looked_at: datetime) -> None:
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
            await take_up(run, other, read.at)
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
