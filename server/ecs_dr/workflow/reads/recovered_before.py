"""Whether a source has a recovery already: said in Step 1, since another image and another replica cost money."""

from __future__ import annotations

from collections.abc import Iterable

from ecs_dr.domain.lineage import SESSION, SOURCE
from ecs_dr.domain.model import Tag
from ecs_dr.domain.source_gate import Finding
from ecs_dr.errors import CallBudgetSpent, CloudError
from ecs_dr.redact import safe_display
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session import Session

MOST_TOLD = 3


def recovered_here(sessions: Iterable[Session], instance_id: str, region_id: str) -> tuple[Finding, ...]:
    """The recoveries of this source in this process that have made something, the newest first."""
    found = [one for one in sessions if (one.instance_id, one.region_id) == (instance_id, region_id)]
    return tuple(_finding(one.session_id, instance_id, ids) for one in found if (ids := [*_made_by(one)]))[:MOST_TOLD]


def _made_by(session: Session) -> Iterable[str]:
    yield from (state.image_id for state in session.own_images)
    if session.replica is not None:
        yield session.replica.instance_id


async def recovered_before(run: Run) -> tuple[Finding, ...]:
    """The recoveries that tags on the cloud tell of, beside those known here; none where that cannot be read."""
    session = run.session
    tags = (Tag(key=SOURCE, value=session.instance_id),)
    try:
        images = await run.cloud.images_tagged(run.scope, tags)
        replicas = await run.cloud.instances_tagged(run.scope, tags)
    except (CloudError, CallBudgetSpent):
        return ()
    known = {session.session_id, *(finding.values["session"] for finding in session.recovered_before)}
    made: dict[str, list[str]] = {}
    for one_id, its_tags in (
        *((image.image_id, image.tags) for image in images),
        *((replica.instance_id, replica.tags) for replica in replicas),
    ):
        made.setdefault(next((tag.value for tag in its_tags if tag.key == SESSION), "-"), []).append(one_id)
    return tuple(
        _finding(session_id, session.instance_id, ids) for session_id, ids in made.items() if session_id not in known
    )[:MOST_TOLD]


def _finding(session_id: str, instance_id: str, ids: list[str]) -> Finding:
    values = {"session": safe_display(session_id)[:40], "instance": instance_id, "made": ", ".join(ids[:4])}
    return Finding(code="RecoveredBefore", key="recovered_before", values=values)
