"""Recover an application: images, then wave after wave; take it up again where an earlier process left it."""

from __future__ import annotations

from ecs_dr.domain.steps import Answer
from ecs_dr.domain.telling import Words, tell
from ecs_dr.workflow.application.desk import find_again
from ecs_dr.workflow.application.driving import CallMember, Driver, Explain, table
from ecs_dr.workflow.application.state import Application
from ecs_dr.workflow.reads.image_watch import ImageWatcher
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session_store import SessionStore
from ecs_dr.workflow.steps import plan_application


async def run_step(
    run: Run, sessions: SessionStore, watcher: ImageWatcher, call: CallMember, explain: Explain
) -> Answer:
    """Go on from wherever it stands."""
    application = plan_application.application_of(run)
    if application.resumed and not application.found:
        await find_again(run, application, sessions, watcher)
        run.session.notes.append(_found(run, application))
    if application.is_partial:
        message = tell(run.texts("application.give_waves"), run.state_of_the_world())
        following = run.go_to("recover_application")
        return run.answer("application", "in_progress", message, data=application.data(), following=following)
    if not application.confirmed:
        planned = await plan_application.run_step(run, sessions)
        if not application.confirmed:
            return planned
    unfinished = None if application.finished else await Driver(run, application, call, explain).go()
    if unfinished is not None:
        return unfinished
    application.finished = True
    return _done(run, application)


def _found(run: Run, application: Application) -> Words:
    having = [one for one in application.members if one.session.image is not None or one.session.replica is not None]
    total = application.expected or len(application.members)
    return run.texts("application.found", count=len(having), total=total, rest=total - len(having))


def _done(run: Run, application: Application) -> Answer:
    verified = sum(member.is_verified for member in application.active)
    left = len(application.members) - verified
    key = "application.done" if left == 0 else "application.done_without"
    told = tell(run.texts(key, count=verified, left=left), table(run, application), run.texts("application.afterwards"))
    return run.answer("application", "done", told, data=application.data())
