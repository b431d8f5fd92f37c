"""Step 3: wait until the image can be launched."""

from __future__ import annotations

import anyio

from ecs_dr.domain import links
from ecs_dr.domain.disks.image_alone import as_in_image
from ecs_dr.domain.disks.plan import bind_to_image, plan_disks
from ecs_dr.domain.images.model import Image
from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.questions import ABORT, KEEP_WAITING, OPEN_CONSOLE, Question
from ecs_dr.domain.source_gate import image_warnings
from ecs_dr.domain.steps import Answer, Next
from ecs_dr.domain.telling import spaced, tell
from ecs_dr.domain.texts.wording import worded_value
from ecs_dr.domain.times import seconds_between
from ecs_dr.errors import RecoveryFailed, StepOutOfOrder
from ecs_dr.workflow.following import next_tool, what_follows
from ecs_dr.workflow.memory.chosen import ImageState
from ecs_dr.workflow.needs import check_made_as_asked, failed_image, require_source
from ecs_dr.workflow.reads.image_watch import ImageWatcher
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.snapshots.telling import told_origin
from ecs_dr.workflow.standing import told_state
from ecs_dr.workflow.steps.launch import image_disks

KEY = "image_wait"
FROM_SNAPSHOTS = "from_snapshots"
TICK_SECONDS = 1.0
POLLS_APART = 1.5
"""Times the longest gap between two polls: a poll takes a while itself."""
SHORT_SECONDS = 10.0
"""Below it (a drill) tenths of a second are told."""


async def run_step(run: Run, watcher: ImageWatcher) -> Answer:
    """Watch the image until it is ready, has failed, the person is to be asked, or the call has lasted long enough."""
    state = run.session.image
    if state is None:
        raise StepOutOfOrder("ImageMissing", "image_missing", next_tool="create_image")
    unfinished = await wait_until_ready(run, watcher, state)
    if unfinished is not None:
        return unfinished
    if state.image is None:
        raise StepOutOfOrder("ImageMissing", "image_missing", next_tool="create_image")
    return _ready(run, state, state.image)


async def wait_until_ready(run: Run, watcher: ImageWatcher, state: ImageState) -> Answer | None:
    """Wait within the call's budget; None once the image is ready, else the answer to give for now.

    Raises:
        RecoveryFailed: It will never be ready.
        EcsDrError: Polling in the background met an error that lasts.
    """
    told: tuple[str, int | None] | None = None
    watched = False
    while True:
        if not state.gone and (state.image is None or state.image.phase == "building"):
            watched = await _look_if_due(run, watcher, state)
            if (error := state.poll_error) is not None:
                state.poll_error = None
                raise error
        if state.has_failed:
            raise _failed(run, state)
        image = state.image
        if image is not None and image.phase == "ready":
            run.session.book.forget(KEY)
            return None
        now = (_status(state), _progress(run, state))
        if now != told:
            told = now
            status = _told_status(run, state)
            key = "progress.image_missing" if _has_no_news(run, state) else "progress.image"
            text = run.texts(key, status=status, progress=_told_progress(run, now[1]))
            await run.progress(now[1] or 0, 100, text)
        # Nobody is asked to wait on for an image that the last read did not show: it is there again soon, or gone.
        choice = None if run.session.sightings.is_out_of_sight(state.image_id) else _ask_if_due(run, state)
        if choice in {ABORT, FROM_SNAPSHOTS}:
            return _left(run, state, over_snapshots=choice == FROM_SNAPSHOTS)
        if choice == OPEN_CONSOLE or run.budget_left <= 0:
            return _waiting(run, state, console=choice == OPEN_CONSOLE)
        if watched:
            await _until_news(run, watcher, state)
        else:
            await run.pause(min(TICK_SECONDS, run.options.poll_seconds))


async def _until_news(run: Run, watcher: ImageWatcher, state: ImageState) -> None:
    """Sleep until the watcher has looked, the person is to be asked, or the call has lasted long enough."""
    span = run.options.ask_after_seconds
    async with anyio.create_task_group() as tasks:

        async def hear() -> None:
            await watcher.news(run.session)
            tasks.cancel_scope.cancel()

        tasks.start_soon(hear)
        await run.pause(span - seconds_between(state.started_at, run.clock.now()) % span)
        tasks.cancel_scope.cancel()


async def _look_if_due(run: Run, watcher: ImageWatcher, state: ImageState) -> bool:
    """Poll through the background watcher (True); by ourselves, at the same pace, where nothing runs in it."""
    if watcher.watch(run.session):
        return True
    if state.polled_at is None or seconds_between(state.polled_at, run.clock.now()) >= watcher.gap(run.session, state):
        await watcher.look(run.session, state, run.scope)
    return False


def _ask_if_due(run: Run, state: ImageState) -> str | None:
    """After each span of waiting the person is asked whether to go on; the choice, once it is made."""
    spans = int(seconds_between(state.started_at, run.clock.now()) // run.options.ask_after_seconds)
    if spans <= state.asked_spans:
        return None
    span = _told_span(run, run.options.ask_after_seconds * (state.asked_spans + 1))
    run.shown = _data(run, state)
    decision = run.decide(KEY, state.image_id, lambda: _question(run, state, span))
    run.shown = {}
    run.session.book.forget(KEY)
    if decision.choice != ABORT:
        state.asked_spans = spans
    return decision.choice


def _told_span(run: Run, seconds: float) -> str:
    """In minutes; a drill's short spans in seconds."""
    if seconds < 60:
        return run.texts("span.seconds", count=f"{seconds:g}")
    return run.texts("span.minutes", count=f"{seconds / 60:.3g}")


def _question(run: Run, state: ImageState, span: str) -> Question:
    progress = _told_progress(run, _progress(run, state))
    text = run.texts("question.image_wait", image=state.image_id, span=span, progress=progress)
    link = links.image_list(run.session.region_id)
    over_snapshots = (run.option(FROM_SNAPSHOTS, "wait_from_snapshots"),) if _may_never_end(run, state) else ()
    return run.question(
        text,
        (
            run.option(KEEP_WAITING, "keep_waiting", recommended=True),
            run.option(OPEN_CONSOLE, "open_console", link=link),
            *over_snapshots,
            run.option(ABORT, "abort_waiting"),
        ),
    )


def _may_never_end(run: Run, state: ImageState) -> bool:
    """An image of the source itself, in a zone that looks down or asked about for the second time."""
    is_of_source = state.data_as_of is None and not state.adopted
    return is_of_source and (run.session.snapshots_first or state.asked_spans > 0)


def _left(run: Run, state: ImageState, *, over_snapshots: bool) -> Answer:
    """It is waited for no longer, and goes on existing; one of snapshots may be made in its place."""
    if not over_snapshots:
        return run.aborted("image_wait", KEY, data=_data(run, state))
    run.session.snapshots_first = True
    message = tell(run.texts("step.image_wait.over_snapshots", image=state.image_id), run.state_of_the_world())
    following = run.go_to("image_from_snapshots")
    return run.answer("image_wait", "in_progress", message, data=_data(run, state), following=following)


def _status(state: ImageState) -> str:
    return "Creating" if state.image is None else state.image.status


def _has_no_news(run: Run, state: ImageState) -> bool:
    """Whether the last read did not show it, or lies further back than two may lie apart: its moment is told then."""
    sighting = run.session.sightings.get(state.image_id)
    if sighting is None or sighting.is_missing or sighting.seen_at is None:
        return run.session.sightings.is_out_of_sight(state.image_id)
    return seconds_between(sighting.seen_at, run.clock.now()) > POLLS_APART * run.options.poll_seconds


def _told_status(run: Run, state: ImageState) -> str:
    """As it was read; until it is listed, that it was accepted; where there is no news of it, as of when that is."""
    if _has_no_news(run, state):
        return told_state(run.session, run.texts, state.image_id, run.clock.now())
    return run.texts("world.accepted") if state.image is None else worded_value(state.image.status, run.texts)


def _progress(run: Run, state: ImageState) -> int | None:
    """As the last read told it; None where that did not show the image."""
    if state.image is None or run.session.sightings.is_out_of_sight(state.image_id):
        return None
    return 100 if state.image.phase == "ready" else state.image.progress


def _told_progress(run: Run, percent: int | None) -> str:
    if percent is None:
        return run.texts("progress.unknown")
    return run.texts("progress.percent", percent=percent)


def _data(run: Run, state: ImageState) -> JsonObject:
    return dict(_facts(run, state))


def _facts(run: Run, state: ImageState) -> dict[str, str | float | None]:
    elapsed = seconds_between(state.started_at, run.clock.now())
    return {
        "image_id": state.image_id,
        "image_status": _status(state),
        "progress": _progress(run, state),
        "elapsed_seconds": round(elapsed, 1) if elapsed < SHORT_SECONDS else round(elapsed),
    }


def _ready(run: Run, state: ImageState, image: Image) -> Answer:
    """Ready, and it holds every disk of the source: otherwise the replica would miss one."""
    check_made_as_asked(state)
    planned = plan_disks(require_source(run).disks, {})
    other = None if state.adopted else as_in_image(planned, image.mappings)
    if other is None:
        bind_to_image(planned, image.mappings)
    message = run.texts("step.image_wait.done", image=image.image_id, disks=len(image.mappings))
    if other is not None:
        message = spaced(message, image_disks.told_difference(run, other), run.texts("image_disks.asked"))
    following = what_follows(run)
    told = [run.texts(f"finding.{finding.key}", **finding.values) for finding in image_warnings(image)]
    if state.data_as_of is not None:
        message = spaced(message, told_origin(run, state.data_as_of))
    lines = run.beside_what_exists(tell(message, *told), state.image_id)
    return run.answer("image_wait", "done", lines, data=_data(run, state), following=following)


def _waiting(run: Run, state: ImageState, *, console: bool) -> Answer:
    data = _data(run, state)
    lines = [
        run.texts(
            f"step.image_wait.{'missing' if _has_no_news(run, state) else 'waiting'}",
            status=_told_status(run, state),
            progress=_told_progress(run, _progress(run, state)),
            elapsed=round(seconds_between(state.started_at, run.clock.now())),
        )
    ]
    if console:
        lines.append(run.texts("step.image_wait.console", link=links.image_list(run.session.region_id)))
    if not run.texts.for_people and (meanwhile := next_tool(run.session)) in {
        "choose_target",
        "prepare_vswitch",
        "check_disks",
    }:
        lines.append(run.texts("step.image_wait.meanwhile", tool=meanwhile))
    again = Next(tool=run.tool, why=run.texts("next.again"))
    return run.answer("image_wait", "in_progress", tell(*lines), data=data, in_words=data, following=again)


def _failed(run: Run, state: ImageState) -> RecoveryFailed:
    failed = failed_image(run, state)
    failed.data = _facts(run, state)
    return failed
