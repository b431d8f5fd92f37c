"""What a launch rests on and is being chosen anew: that is settled before the launch is asked about or sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ecs_dr.domain.steps import Answer, ToolName
from ecs_dr.workflow.choices import Choice
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.steps import check_disks, choose_target, prepare_vswitch
from ecs_dr.workflow.steps.launch.options import ask_anew

KEY = "launch.change"
CHANGE = "change"
REOPENED = (Choice.TARGET, Choice.VSWITCH, Choice.DISKS, Choice.OPTIONS)
"""What the launch question leads back to; the name is changed in the question itself."""

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
        is_wished = choice in session.reconsidered or session.book.is_about(choice)
        if session.target is not None and is_wished:
            settled = await step(run.becomes(tool))
            if settled.status != "done":
                return settled
    return None


def reopen_what(run: Run) -> None:
    """Ask what the person wants to decide once more before the launch; it is put anew.

    Raises:
        Asking: The person has not said it yet.
    """
    book, session = run.session.book, run.session
    options = tuple(run.option(choice.value, f"reopen_{choice.value}") for choice in REOPENED)
    text = run.texts("question.launch.change")
    said = run.decide(KEY, "what", lambda: run.question(text, run.recommend_first(options)))
    book.forget(KEY)
    book.forget("launch.confirm")
    chosen = Choice(said.choice)
    if chosen is Choice.OPTIONS:
        book.forget("launch.billing")
        ask_anew(run)
        if session.refusals.groups and session.source is not None:
            session.refusals.groups = ()
            own = run.texts("list.separator").join(session.source.instance.security_group_ids)
            session.notes.append(run.texts("note.own_groups", id=session.instance_id, groups=own))
    else:
        session.reconsidered |= {chosen}
