"""A step that pauses until somebody has put something right elsewhere: granted, paid, or made room."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ecs_dr.domain.model import JsonValue
from ecs_dr.domain.plan.model import PERMISSION_MISSING
from ecs_dr.domain.questions import ABORT, PICK_ANOTHER_ZONE, RETRY, Option
from ecs_dr.domain.refusals import BY_HAND, Blame
from ecs_dr.domain.steps import Answer, Problem, StepName
from ecs_dr.errors import CloudRefused, ErrorKind
from ecs_dr.workflow.explaining import problem_of, row_of_error, told_problem
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.steps import choose_target
from ecs_dr.workflow.steps.image_of_source_refused import FROM_SNAPSHOTS

PAUSES = BY_HAND | {Blame.ENCRYPTION}
CREATE_VSWITCH = "vpc:CreateVSwitch"
OF_A_NETWORK = frozenset({Blame.ZONE, Blame.REQUEST})
"""Refusals of a new VSwitch that another zone, which has one, does without."""


async def with_pause(run: Run, step: StepName, work: Callable[[Run], Awaitable[Answer]]) -> Answer:
    """Run the step; what only somebody elsewhere can put right pauses it until the person says that it was.

    Raises:
        Asking: The question whether it was; `run.problem` holds the reason in parts.
        CloudRefused: For what no pause helps.
    """
    key = f"permission.{step}"
    said = run.session.book.use_up(key)
    if said is not None and said.choice == ABORT:
        run.session.paused_for.pop(key, None)
        return run.stopped(step)
    if said is not None and said.choice == PICK_ANOTHER_ZONE:
        run.session.leave_zone()
        return await choose_target.run_step(run.becomes("choose_target"))
    if said is not None and said.choice == FROM_SNAPSHOTS:
        return run.answer(
            step, "in_progress", run.texts("step.source.over_snapshots"), following=run.go_to("image_from_snapshots")
        )
    if said is not None:
        run.session.book.rearm_refused(step)
    try:
        answer = await work(run)
    except CloudRefused as refusal:
        if not _pauses(refusal):
            raise
        run.problem = problem_of(run, refusal)
        options = _options(run, run.problem, refusal)
    else:
        if answer.problem is None or answer.problem.code != PERMISSION_MISSING:
            run.session.note_passed(key, answer.status)
            return answer
        run.problem, run.shown, run.shown_in_words = answer.problem, answer.data, answer.in_words
        options = _options(run, run.problem, None)
    reason = run.problem.missing_permission or run.problem.code
    if run.session.paused_for.get(key) == reason:  # nothing has changed since: nobody is advised to go round
        options.sort(key=lambda one: (one.value != ABORT, one.value == RETRY))
    # "I have granted it" says what the person did: nobody can recommend that.
    shown = options if options[0].value == RETRY else run.recommend_first(options)
    text, run.tells = told_problem(run.problem, with_actions=True), "all"
    run.session.paused_for[key] = reason
    facts: list[JsonValue] = [reason]
    run.decide(key, facts, lambda: run.question(text, shown))
    raise AssertionError("the decision was taken above")


def _pauses(refusal: CloudRefused) -> bool:
    blame = row_of_error(refusal).blame
    of_a_network = refusal.action == CREATE_VSWITCH and blame in OF_A_NETWORK
    return refusal.kind is ErrorKind.PERMISSION or blame in PAUSES or of_a_network


def _options(run: Run, problem: Problem, refusal: CloudRefused | None) -> list[Option]:
    """Once more after it was put right, or stop; for a VSwitch also a zone that has one and needs none to be made."""
    missing = problem.missing_permission
    is_permission = missing is not None or problem.code == PERMISSION_MISSING
    key = "permission_retry" if is_permission else "retry_mended"
    options = [run.option(RETRY, key, action=missing or problem.code), run.abort_option()]
    if refusal is not None and refusal.action == CREATE_VSWITCH:
        zone_is_blamed = row_of_error(refusal).blame is Blame.ZONE
        options.insert(0 if zone_is_blamed else 1, run.option(PICK_ANOTHER_ZONE, "pick_another_zone"))
    if run.session.source_refused and run.session.source is None:
        options.insert(1, run.option(FROM_SNAPSHOTS, "source_from_snapshots"))
    return options
