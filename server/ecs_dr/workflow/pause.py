"""A step that pauses until somebody has put something right elsewhere: granted, paid, or made room."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ecs_dr.domain.questions import ABORT, PICK_ANOTHER_ZONE, RETRY
from ecs_dr.domain.refusals import BY_HAND, Blame
from ecs_dr.domain.steps import Answer, StepName
from ecs_dr.errors import CloudRefused, ErrorKind
from ecs_dr.workflow.explaining import problem_of, row_of_error, told
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.steps import choose_target

PERMISSION_MISSING = "PermissionMissing"
"""A plan's problem: nothing but permissions is in the way, and they can be granted."""

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
    key, zones, blame = f"permission.{step}", False, Blame.PERMISSION
    said = run.session.book.use_up(key)
    if said is not None and said.choice == ABORT:
        return run.stopped(step)
    if said is not None and said.choice == PICK_ANOTHER_ZONE:
        run.session.leave_zone()
        return await choose_target.run_step(run.becomes("choose_target"))
    if said is not None:
        run.session.book.rearm_refused(step)
    try:
        answer = await work(run)
    except CloudRefused as refusal:
        blame = row_of_error(refusal).blame
        creates_vswitch = refusal.action == CREATE_VSWITCH and blame in OF_A_NETWORK
        if refusal.kind is not ErrorKind.PERMISSION and blame not in PAUSES and not creates_vswitch:
            raise
        problem, zones = problem_of(run, refusal), refusal.action == CREATE_VSWITCH
    else:
        if answer.problem is None or answer.problem.code != PERMISSION_MISSING:
            return answer
        problem, run.shown = answer.problem, answer.data
    missing = problem.missing_permission
    if missing is not None or problem.code == PERMISSION_MISSING:
        retry = run.option(RETRY, "permission_retry", action=missing or key)
    else:
        retry = run.option(RETRY, "retry_mended")
    run.problem = problem
    text = told(problem, with_actions=True)
    options = [retry, run.abort_option()]
    if zones:
        # A zone that has a VSwitch needs none to be made.
        options.insert(0 if blame is Blame.ZONE else 1, run.option(PICK_ANOTHER_ZONE, "pick_another_zone"))
    shown = run.recommend_first(options)
    run.decide(key, [missing or problem.code], lambda: run.question(text, shown))
    raise AssertionError("the decision was taken above")
