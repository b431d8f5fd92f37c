"""All applications of this process: how one is opened, and how it is taken up again from the cloud alone."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from ecs_dr.domain.application.lineage import waves_digest
from ecs_dr.domain.application.waves import Waves, parse_waves
from ecs_dr.domain.lineage import APPLICATION, MEMBERS, SESSION, SOURCE, WAVE, WAVES, tagged
from ecs_dr.domain.model import Tag
from ecs_dr.domain.names import is_region_id, is_session_id, is_zone_id, not_a_region
from ecs_dr.domain.steps import ToolName
from ecs_dr.errors import InvalidInput, UnknownSession
from ecs_dr.workflow.application.members import Trace, enlist, member_run
from ecs_dr.workflow.application.state import Application
from ecs_dr.workflow.reads.image_watch import ImageWatcher
from ecs_dr.workflow.reads.side_by_side import SideBySide
from ecs_dr.workflow.run import RecoveryOptions, Run
from ecs_dr.workflow.session import Arguments, Session
from ecs_dr.workflow.session_store import SessionStore
from ecs_dr.workflow.steps.resume_session import LOOK_AGAIN_AFTER_SECONDS, rebuild
from ecs_dr.workflow.tool_calls.callers import CALLER

TOOLS: frozenset[ToolName] = frozenset({"plan_application", "recover_application"})


def let_in(sessions: SessionStore, tool: ToolName, arguments: Arguments, options: RecoveryOptions) -> Session:
    """The session that an application has for its own questions.

    Raises:
        InvalidInput: Something cannot be used; nothing was sent.
        UnknownSession: There is no such application.
    """
    if tool == "plan_application":
        session = open_application(sessions, arguments, tags=options.profile_tags, may_join=True)
    else:
        session = take_up(sessions, arguments, tags=options.profile_tags)
    # Whoever calls the application has called its members: they are not idle.
    for member in session.application.members if session.application is not None else ():
        with suppress(UnknownSession):
            sessions.get(member.session.session_id)
    return session


def open_application(sessions: SessionStore, arguments: Arguments, *, tags: bool, may_join: bool) -> Session:
    """A new application; or the one of the same waves whose sources are still being read.

    Args:
        sessions: Of this process.
        arguments: Of `plan_application`.
        tags: Whether what is created may be tagged; without, an application could not be taken up again.
        may_join: Whether an earlier call of the same caller, whose reading is not done, is gone on with.

    Raises:
        InvalidInput: Something cannot be used; nothing was sent.
    """
    region_id = (arguments.get("region_id") or "").strip()
    zone_id = (arguments.get("target_zone_id") or "").strip()
    if not is_region_id(region_id):
        raise not_a_region(region_id)
    if zone_id and (not is_zone_id(zone_id) or not zone_id.startswith(region_id)):
        raise InvalidInput("InvalidZoneId", "invalid_zone_id")
    waves = parse_waves(arguments.get("waves") or "")
    if not tags:
        raise InvalidInput("TagsNeeded", "application_tags")
    for session in sessions.all() if may_join else ():
        begun = session.application
        same = begun is not None and (session.owner, begun.region_id, begun.waves) == (CALLER.get(), region_id, waves)
        if begun is not None and same and begun.is_being_read:
            return session
    session = sessions.create("", region_id)
    session.application = Application(session.session_id, region_id, waves, [], target_zone_id=zone_id)
    return session


def take_up(sessions: SessionStore, arguments: Arguments, *, tags: bool) -> Session:
    """The application with that id: of this process, or one that an earlier one began.

    Raises:
        InvalidInput: The id, the region or the waves cannot be right; nothing was sent.
        UnknownSession: It is not known here, and no region is given to look for it in.
    """
    application_id = (arguments.get("application_id") or "").strip()
    region_id = (arguments.get("region_id") or "").strip()
    text = (arguments.get("waves") or "").strip()
    if not is_session_id(application_id):
        raise InvalidInput("InvalidApplicationId", "application_id")
    if region_id and not is_region_id(region_id):
        raise not_a_region(region_id)
    waves = parse_waves(text) if text else ()
    session = sessions.peek(application_id)
    if session is None:
        if not region_id:
            sessions.get(application_id)
        if not tags:
            raise InvalidInput("TagsNeeded", "application_tags")
        session = sessions.create("", region_id, application_id)
        session.application = Application(application_id, region_id, waves, [], resumed=True)
        return session
    application = session.application
    if application is None:
        raise InvalidInput("NoApplication", "no_application", next_tool="get_session")
    if region_id not in {"", application.region_id}:
        raise InvalidInput("OtherRegion", "application_region", {"region": application.region_id})
    may_differ = application.resumed and not application.confirmed
    if waves and waves != application.waves and not may_differ:
        raise InvalidInput("OtherWaves", "application_waves")
    if waves and may_differ and (waves != application.waves or application.is_partial):
        application.waves, application.found = waves, False
        application.members.clear()
    return session


async def find_again(run: Run, application: Application, sessions: SessionStore, watcher: ImageWatcher) -> None:
    """What an earlier process of this application made, by its tags; every member with a trace goes on from there.

    Raises:
        InvalidInput: The waves are others than those it was made for, or nothing was found and none are given.
        CloudError: The cloud could not be read.
    """
    traces = await _traces(run, application)
    application.expected = max((trace.members for trace in traces.values()), default=0)
    if application.waves:
        _check_waves(application.waves, traces, application.expected)
    elif not traces:
        raise InvalidInput("NothingFound", "application_nothing_found", {"id": application.application_id})
    else:
        application.waves = _waves_of(traces)
    application.members.clear()
    enlist(sessions, application, run.session.language, traces)
    reads = SideBySide()
    for member in application.members:
        if member.instance_id in traces:
            reads.read(partial(rebuild, member_run(run, member), watcher))
    await reads.finish()
    application.found = True


async def _traces(run: Run, application: Application) -> dict[str, Trace]:
    wanted = (Tag(key=APPLICATION, value=application.application_id),)
    found: dict[str, Trace] = {}
    for pause in (0.0, *LOOK_AGAIN_AFTER_SECONDS):
        await run.clock.sleep(pause)
        images = await run.cloud.images_tagged(run.scope, wanted)
        replicas = await run.cloud.instances_tagged(run.scope, wanted)
        for tags in (*(one.tags for one in images), *(one.tags for one in replicas)):
            trace = _trace(tags)
            if trace is not None:
                found[trace.source_id] = trace
        if found and len(found) >= max(trace.members for trace in found.values()):
            break
    return found


def _trace(tags: tuple[Tag, ...]) -> Trace | None:
    source, session = tagged(tags, SOURCE), tagged(tags, SESSION)
    wave, members = tagged(tags, WAVE), tagged(tags, MEMBERS)
    if not source or not is_session_id(session) or not wave.isdecimal() or not members.isdecimal():
        return None
    return Trace(source, session, int(wave), int(members), tagged(tags, WAVES))


def _check_waves(waves: Waves, traces: dict[str, Trace], expected: int) -> None:
    total = sum(len(wave) for wave in waves)
    fits = all(0 < trace.wave <= len(waves) and source in waves[trace.wave - 1] for source, trace in traces.items())
    same = all(trace.waves in {"", waves_digest(waves)} for trace in traces.values())
    if not (fits and same) or expected not in {0, total}:
        raise InvalidInput("OtherWaves", "application_waves")


def _waves_of(traces: dict[str, Trace]) -> Waves:
    """The waves as far as tags tell of them; one of which nothing was found stays empty."""
    last = max(trace.wave for trace in traces.values())
    return tuple(
        tuple(sorted(source for source, trace in traces.items() if trace.wave == number))
        for number in range(1, last + 1)
    )
