"""Which tool comes next, from what the session has."""

from __future__ import annotations

from ecs_dr.domain.steps import Next, ToolName
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session import Session


def what_follows(run: Run) -> Next | None:
    """The tool to call next, and why; None when the recovery is complete."""
    tool = next_tool(run.session)
    return None if tool is None else run.go_to(tool)


def next_tool(session: Session) -> ToolName | None:
    """The tool that brings this recovery forward; None when it is complete.

    The plan comes first, unless the person has begun without it. The decisions come before the wait: they, and the
    go-ahead for the launch, can be taken while the image is being built; `create_instance` then waits for it and
    launches at once.
    """
    if session.verification is not None:
        return None
    missing: tuple[tuple[ToolName, bool], ...] = (
        ("collect_source", session.source is None),
        ("verify_instance", session.replica is not None),
        ("plan_recovery", session.plan is None and session.image is None and session.target is None),
        ("create_image", session.image is None or session.image.has_failed),
        ("choose_target", session.target is None),
        ("prepare_vswitch", session.vswitch is None),
        ("check_disks", session.disks is None),
    )
    return next((tool for tool, is_next in missing if is_next), "create_instance")
