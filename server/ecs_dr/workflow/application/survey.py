"""Everything that an application's plan rests on, of all sources side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from ecs_dr.domain.images.model import Image
from ecs_dr.domain.names import default_image_name
from ecs_dr.domain.plan.model import rank_plans
from ecs_dr.domain.source import Instance
from ecs_dr.domain.source_gate import blockers, forbid_imaging_alone
from ecs_dr.domain.stock.model import ZoneStock
from ecs_dr.errors import CloudError, InvalidInput
from ecs_dr.workflow.application.members import enlist, member_run
from ecs_dr.workflow.application.shared_reads import shared
from ecs_dr.workflow.application.state import Application, Looked, Member, Survey
from ecs_dr.workflow.needs import check_it_would_be_listed
from ecs_dr.workflow.planning.reads import plan_zones, read_surroundings
from ecs_dr.workflow.ports import groups_of
from ecs_dr.workflow.reads.side_by_side import SideBySide
from ecs_dr.workflow.reads.told import reading
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session_store import SessionStore
from ecs_dr.workflow.steps.collect_source import read_source

TOGETHER = 20
"""So many sources are read side by side before a look at the time: a tool call has an end."""
SPARE_SECONDS = 5.0
MAX_SHOWN_IDS = 5


async def read_all(run: Run, application: Application, survey: Survey, sessions: SessionStore) -> bool:
    """Read what is not read yet; False when the call is over before the list is.

    Raises:
        InvalidInput: An id that no instance of the region has; nothing else was read.
        CloudError: A read that no plan can do without failed.
    """
    if survey.cloud is None:
        with reading(run.clock.now) as listed:
            instances = await _instances(run, application)
        survey.listed_at = listed.at
        survey.images = await _own_images(run, instances)
        survey.cloud = shared(run.cloud, instances, survey.images)
        if not application.members:
            enlist(sessions, application, run.session.language)
    waiting = [one for one in application.members if one.instance_id not in survey.looked and not _is_hopeless(one)]
    total = len(application.members)
    while waiting:
        if run.budget_left < SPARE_SECONDS:
            return False
        group, waiting = waiting[:TOGETHER], waiting[TOGETHER:]
        reads = SideBySide()
        for member in group:
            reads.read(partial(_look, run, member, survey))
        await reads.finish()
        await run.progress(
            total - len(waiting), total, run.texts("application.reading", done=total - len(waiting), total=total)
        )
    return True


def _is_hopeless(member: Member) -> bool:
    session = member.session
    return session.source is not None and (
        session.replica is not None or (session.blocked and not session.only_imaging_blocked)
    )


async def _instances(run: Run, application: Application) -> Mapping[str, Instance]:
    ids = tuple(one for wave in application.waves for one in wave)
    found = {one.instance_id: one for one in await run.cloud.describe_instances(run.scope, ids)}
    missing = [one for one in ids if one not in found]
    if missing and not found:
        await check_it_would_be_listed(run.cloud.may_describe_instances(run.scope), "ecs:DescribeInstances")
    if missing:
        shown = ", ".join(missing[:MAX_SHOWN_IDS]) + (" …" if len(missing) > MAX_SHOWN_IDS else "")
        values = {"ids": shown, "count": str(len(missing)), "region": application.region_id}
        raise InvalidInput("UnknownInstances", "waves_unknown", values)
    return found


async def _own_images(run: Run, instances: Mapping[str, Instance]) -> tuple[Image, ...] | None:
    in_their_groups = groups_of(*(one.resource_group_id for one in instances.values()))
    try:
        return await run.cloud.own_images(replace(run.scope, resource_groups=in_their_groups))
    except CloudError:
        return None


async def _look(run: Run, member: Member, survey: Survey) -> None:
    own = member_run(run, member, survey.cloud)
    session = member.session
    source = session.source
    if source is None:
        with reading(run.clock.now) as read:
            source = await read_source(own)
        session.note_source(source, min(survey.listed_at or read.at, read.at), read.until or run.clock.now())
    stopping = blockers(source, run.clock.now())
    session.blocked, session.only_imaging_blocked = bool(stopping), forbid_imaging_alone(stopping)
    if session.replica is not None or (stopping and not session.only_imaging_blocked):
        return
    found, system = await read_surroundings(own, source, default_image_name(source.instance.instance_id))
    zones = await plan_zones(own, source, found, system)
    survey.looked[member.instance_id] = Looked(found, rank_plans(zones))


def stocks_of(survey: Survey, instance_id: str) -> tuple[ZoneStock, ...]:
    """The stock of a member's own type by zone, as it was read."""
    looked = survey.looked.get(instance_id)
    return looked.found.stocks if looked is not None else ()
