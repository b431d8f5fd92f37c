"""Which tool comes next, from what the session has."""

from __future__ import annotations

from collections.abc import Mapping

from ecs_dr.domain.lineage import SESSION, tagged
from ecs_dr.domain.steps import Next, ToolName
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session import Session


def what_follows(run: Run) -> Next | None:
    """The tool to call next, and why; None when the recovery is complete."""
    tool = next_tool(run.session)
    return None if tool is None else run.go_to(tool)


_SETTLES: Mapping[str, ToolName] = {
    "image": "create_image",
    "snapshots": "image_from_snapshots",
    "vswitch": "prepare_vswitch",
    "instance": "create_instance",
}
"""Which tool settles what was sent without a clear answer."""


def next_tool(session: Session) -> ToolName | None:
    """The tool that brings this recovery forward; None when it is complete.

    Of one that is complete, what is in doubt is looked for once more where the replica is: nothing is sent again.
    What is in doubt is settled first: everything else would be decided on what nobody knows. A recovery that was taken
    up is taken up again while its source is not read: another session would make everything once more. The plan comes
    before the image, unless the person has begun without it; an image that was found is no such beginning. The
    decisions come before the wait: they, and the go-ahead for the launch, can be taken while the image is being built;
    `create_instance` then waits for it and launches at once.
    """
    if session.verification is not None:
        return "verify_instance" if session.book.in_doubt() else None
    doubts = [step for step in session.book.in_doubt() if step != "image" or session.image is None]
    if session.source is None:
        doubts = []
    if doubts:
        return _SETTLES[doubts[0]]
    imaging: ToolName = "image_from_snapshots" if session.snapshots_first else "create_image"
    missing: tuple[tuple[ToolName, bool], ...] = (
        ("verify_instance", session.replica is not None),
        ("adopt_image", _may_have_an_image(session)),
        ("image_from_snapshots", _leads_over_snapshots(session)),
        ("resume_session", session.source is None and session.resumed),
        ("collect_source", session.source is None),
        ("plan_recovery", session.plan is None and session.target is None and _is_undecided(session)),
        (imaging, session.image is None or session.image.has_failed),
        ("choose_target", session.target is None),
        ("prepare_vswitch", session.vswitch is None),
        ("check_disks", session.disks is None),
    )
    return next((tool for tool, is_next in missing if is_next), "create_instance")


def _is_undecided(session: Session) -> bool:
    """Whether the person may still want everything on one page: they have made no image in this process.

    Or they have, of a source that could not be read: there was nothing to plan with before.
    """
    is_of_another_time = session.image is None or session.image.adopted or session.resumed
    return is_of_another_time or session.recalled is not None


def _may_have_an_image(session: Session) -> bool:
    """An image of the source exists that no tag names as this recovery's: it is asked about before another is made.

    Of a source that is gone, one that its tags prove to be of an earlier recovery is older than the snapshots may be:
    those are looked at first, and lead back here where there is no whole set.
    """
    found = session.unproven
    is_open = session.image is None and session.plan is None and (session.source is not None or session.source_missing)
    if not is_open or found is None or found.declined:
        return False
    return any(not (session.source_missing and tagged(image.tags, SESSION)) for image in found.images)


def _leads_over_snapshots(session: Session) -> bool:
    """The source is gone, or an earlier report stands in for one that cannot be read."""
    is_known = session.source_missing or session.report_memory is not None
    return session.cannot_read_source and is_known and session.image is None


def way_on(session: Session) -> ToolName | None:
    """The tool to call once what a step failed for is resolved: it makes nothing a second time."""
    if session.application is not None:
        return "recover_application"
    if session.blocked and session.replica is None and (session.image is None or not session.only_imaging_blocked):
        return "image_from_snapshots" if session.only_imaging_blocked else None
    return next_tool(session)
