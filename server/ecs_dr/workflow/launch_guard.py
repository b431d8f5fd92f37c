"""What a launch rests on is not chosen anew once the launch may have been carried out."""

from __future__ import annotations

from collections.abc import Sequence

from ecs_dr.errors import StepOutOfOrder
from ecs_dr.workflow.run import Run

STEP = "instance"


def replica_exists(run: Run, proposed: Sequence[str]) -> bool:
    """Whether the decisions behind the launch are final.

    A proposal that comes too late is not passed over in silence: the answer says why the decision stands.

    Args:
        run: The call.
        proposed: Values in the call that differ from what was decided.
    """
    replica = run.session.replica
    if replica is not None and proposed:
        told = run.texts("list.separator").join(proposed)
        run.session.notes.append(run.texts("note.proposal_too_late", proposed=told, id=replica.instance_id))
    return replica is not None


def give_up_launch(run: Run) -> None:
    """What it rested on is chosen anew: a launch that was sent and not carried out must not go out again.

    Raises:
        StepOutOfOrder: It may have been carried out: that is settled first.
    """
    session = run.session
    if session.pending.launch is None:
        return
    if STEP in session.book.in_doubt():
        raise StepOutOfOrder("LaunchUnsettled", "launch_unsettled", next_tool="create_instance")
    session.book.close_attempt(STEP, "refused")
    session.pending.launch = None


def note_late_name(run: Run, proposed: str | None, decided: str) -> None:
    """A name that is proposed after another was decided and sent is not passed over in silence."""
    if proposed not in {None, decided}:
        values = {"proposed": proposed or "", "name": decided}
        run.session.notes.append(run.texts("note.name_too_late", **values))
