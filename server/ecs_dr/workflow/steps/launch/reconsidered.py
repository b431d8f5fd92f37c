"""What a launch rests on and is being chosen anew: that is settled before the launch is asked about or sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ecs_dr.domain.steps import Answer, ToolName
from ecs_dr.workflow.choices import Choice
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.steps import check_disks, choose_target, prepare_vswitch

_STEPS: tuple[tuple[Choice, ToolName, Callable[[Run], Awaitable[Answer]]], ...] = (
    (Choice.TARGET, "choose_target", choose_target.run_step),
    (Choice.VSWITCH, "prepare_vswitch", prepare_vswitch.run_step),
    (Choice.DISKS, "check_disks", check_disks.run_step),
)


async def settle_reconsidered(run: Run) -> Answer | None:
    """The open question of what is being chosen anew, or where that step stands; None when nothing is.

    Raises:
        Asking: The person has not answered it yet.
    """
    session = run.session
    for choice, tool, step in _STEPS:
        if session.target is not None and session.book.is_about(choice):
            settled = await step(run.becomes(tool))
            if settled.status != "done":
                return settled
    return None
