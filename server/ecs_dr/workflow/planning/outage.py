"""Whether the source's zone looks down, and what that makes of the first step: no image can be made in a dead zone."""

from __future__ import annotations

from ecs_dr.domain.plan.model import PlanFinding
from ecs_dr.domain.source import Source
from ecs_dr.errors import CloudError, SourceUnusable
from ecs_dr.workflow.planning.surroundings import Surroundings
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.snapshots.reads import read_offer
from ecs_dr.workflow.snapshots.telling import told_age


async def outage_findings(run: Run, source: Source, found: Surroundings) -> tuple[PlanFinding, ...]:
    """A warning where the zone sells nothing; the road over snapshots comes first then, where a whole set exists."""
    session = run.session
    session.snapshots_first = False
    if session.image is not None or not _is_silent(source, found):
        return ()
    values = {"zone": source.instance.zone_id}
    try:
        best = (await read_offer(run, source)).findings.sets[0]
    except SourceUnusable:
        return (PlanFinding(code="ZoneSilent", key="zone_silent_no_set", severity="warning", values=values),)
    except CloudError as error:
        if not error.may_be_skipped:
            raise
        values["code"] = error.code
        return (PlanFinding(code="ZoneSilent", key="zone_silent_unread", severity="warning", values=values),)
    session.snapshots_first = True
    values |= {"time": run.texts.moment(best.data_as_of), "age": told_age(run, best.data_as_of)}
    return (PlanFinding(code="ZoneSilent", key="zone_silent", severity="warning", values=values),)


def _is_silent(source: Source, found: Surroundings) -> bool:
    """Whether the source's zone sells neither its type nor any of its size, while other zones sell some."""
    selling = {entry.zone_id for entry in (*found.stocks, *found.sizes, *found.on_demand) if entry.stock.buyable}
    zone = source.instance.zone_id
    return bool(zone) and bool(selling) and zone not in selling
