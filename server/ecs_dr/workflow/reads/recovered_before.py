"""Whether a source has a recovery already: said in Step 1, since another image and another replica cost money."""

from __future__ import annotations

from ecs_dr.domain.lineage import SESSION, SOURCE, tagged
from ecs_dr.domain.model import Tag
from ecs_dr.domain.source_gate import Finding
from ecs_dr.errors import CallBudgetSpent, CloudError
from ecs_dr.workflow.ports import Scope
from ecs_dr.workflow.reads.side_by_side import SideBySide
from ecs_dr.workflow.reads.told import apart, reading
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session import Session
from ecs_dr.workflow.session_store import SessionStore

MOST_TOLD = 3


def recovered_here(sessions: SessionStore, session: Session) -> tuple[Finding, ...]:
    """The caller's other recoveries of this source in this process that have made something, the newest first."""
    kin = (
        one
        for one in sessions.of_source(session.instance_id)
        if one is not session and (one.region_id, one.owner) == (session.region_id, session.owner)
    )
    made = ((one.session_id, [made for _, made in one.made if one.sightings.gone_at(made) is None]) for one in kin)
    return tuple(_finding(one, session.instance_id, ids) for one, ids in made if ids)[:MOST_TOLD]


async def recovered_before(run: Run, scope: Scope) -> tuple[Finding, ...]:
    """The recoveries that tags on the cloud tell of, beside those known here; none where that cannot be read.

    Args:
        run: Of the step.
        scope: With the source's resource group.
    """
    session = run.session
    tags = (Tag(key=SOURCE, value=session.instance_id),)
    reads = SideBySide()
    found_images = reads.read(lambda: run.cloud.images_tagged(scope, tags))
    found_replicas = reads.read(lambda: run.cloud.instances_tagged(scope, tags))
    try:
        with apart(), reading(run.clock.now) as read:
            await reads.finish()
    except (CloudError, CallBudgetSpent):
        return ()
    images, replicas = found_images.value, found_replicas.value
    known, at = session.session_id, run.texts.moment(read.at)
    made: dict[str, list[str]] = {}
    for one_id, its_tags in (
        *((image.image_id, image.tags) for image in images),
        *((replica.instance_id, replica.tags) for replica in replicas),
    ):
        made.setdefault(tagged(its_tags, SESSION) or "-", []).append(one_id)
    return tuple(
        _finding(session_id, session.instance_id, ids, at=at) for session_id, ids in made.items() if session_id != known
    )[:MOST_TOLD]


def _finding(session_id: str, instance_id: str, ids: list[str], at: str = "") -> Finding:
    values = {"session": session_id[:40], "instance": instance_id, "made": ", ".join(ids[:4]), "at": at}
    return Finding(code="RecoveredBefore", key="recovered_before", values=values)
