"""A launch that was refused for its security groups: the source may have others by now, or the person chooses one."""

from __future__ import annotations

from dataclasses import replace

from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.model import JsonValue
from ecs_dr.domain.network.model import SecurityGroup
from ecs_dr.domain.questions import ABORT, RETRY, Option
from ecs_dr.domain.refusals import Blame
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.telling import NO_WORDS, Words, tell
from ecs_dr.errors import CallBudgetSpent, CloudError, InvalidInput
from ecs_dr.workflow.memory.refusals import Refused
from ecs_dr.workflow.needs import require_source
from ecs_dr.workflow.reads.told import reading
from ecs_dr.workflow.recall.questions import group_option
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.steps.collect_source import read_source
from ecs_dr.workflow.steps.launch.ways import LEAVE_OUT

KEY = "launch.groups"
CHOOSE_GROUP = "choose_group"
_WANTED = "launch.groups.wanted"


async def take_new_groups(run: Run) -> Words:
    """What is to be said where the source has other groups by now: they go into the launch, which is asked about anew.

    The source counts as read now: what is said of it later holds since then, and what was chosen in place of its old
    groups counts no longer. Where its disks are not those of the image any more, nothing is taken: that launch would
    not be this source's, and the answer is empty; so it is where the source cannot be read.
    """
    session, before = run.session, run.session.source
    if before is None:
        return NO_WORDS
    with reading(run.clock.now) as read:
        try:
            fresh = await read_source(run)
        except (InvalidInput, CloudError):
            return NO_WORDS
    old, new = before.instance.security_group_ids, fresh.instance.security_group_ids
    disks = [sorted((disk.disk_id, disk.size_gib) for disk in source.disks) for source in (before, fresh)]
    if set(old) == set(new) or disks[0] != disks[1]:
        return NO_WORDS
    session.note_source(fresh, read.at, read.until or run.clock.now())
    session.refusals.groups = ()
    separator = run.texts("list.separator")
    told = {"old": separator.join(old), "new": separator.join(new)}
    return run.texts("note.groups_replaced", id=session.instance_id, **told)


async def group_ways(run: Run, launch: LaunchRequest) -> tuple[list[Option], Words]:
    """What the person can choose, the recommended option first, and which groups there are, as read just now.

    Fewer groups open less: the launch without those that are gone comes first. Another group opens what the source
    never had open, so which one is asked by itself, and it comes first only where the source's are gone: where all are
    there, what the cloud minds about them can be put right by hand; refused for the same again, stopping comes first.
    Where they cannot be listed, or not in this call, that is said.
    """
    stop, again = run.abort_option(), run.option(RETRY, "retry_mended")
    latest = run.session.refusals.latest or Refused(Blame.GROUP)
    was_retried = latest.code in run.session.refusals.retried
    try:
        with reading(run.clock.now) as read:
            groups = await _of_the_vpc(run)
    except CallBudgetSpent:
        return [again, stop], run.texts("question.groups.put_off")  # asked all the same: the refusal is told now
    except CloudError:
        return [stop, again] if was_retried else [again, stop], run.texts("question.groups.unreadable")
    there = {group.group_id for group in groups}
    left = tuple(one for one in launch.security_group_ids if one in there)
    gone = [one for one in launch.security_group_ids if one not in there]
    run.session.refusals.latest = replace(latest, groups=left)
    told = _listed(run, gone)
    ways = [run.option(LEAVE_OUT, "without_groups", gone=told, left=_listed(run, left))] if gone and left else []
    others = _others(groups, launch.security_group_ids)
    ways += [run.option(CHOOSE_GROUP, "choose_group", count=len(others))] if others else []
    at = run.texts.moment(read.at)
    key = "gone" if gone else "there"
    ordered = [*ways, again] if gone else [again, *ways]
    shown = [stop, *ways, again] if was_retried and ordered[0] is again else [*ordered, stop]
    return shown, run.texts(f"question.groups.{key}", groups=told, others=len(others), at=at)


def want_another(run: Run) -> None:
    """The person wants to choose a group: it is asked about, also after a restart of the step, and each time anew."""
    run.session.drop(KEY)
    run.session.pages.pop(KEY, None)
    run.session.proposed[_WANTED] = "yes"


async def settle_group(run: Run) -> Answer | None:
    """Have the person choose a group of the source's VPC, where that is wanted; the answer where they stop instead.

    Where there is none any more, that is said with what the launch asks next; where none can be listed, the next call
    asks that.

    Raises:
        CloudError: They cannot be listed.
    """
    session = run.session
    if _WANTED not in session.proposed:
        return None
    source = require_source(run).instance
    try:
        with reading(run.clock.now) as read:
            groups = _others(await _of_the_vpc(run), session.refusals.groups or source.security_group_ids)
    except CloudError:
        del session.proposed[_WANTED]
        raise
    candidates = [group_option(run, one) for one in sorted(groups, key=lambda one: one.group_id)]
    if not candidates:
        del session.proposed[_WANTED]
        at = run.texts.moment(read.at)
        run.reason = tell(run.texts("question.groups.none", vpc=source.vpc_id, at=at))
        return None
    facts: list[JsonValue] = [one.value for one in candidates]
    text = run.texts("question.groups.which", instance=session.instance_id, vpc=source.vpc_id)
    chosen = run.choose(KEY, facts, text, candidates, [run.abort_option()])
    del session.proposed[_WANTED]
    if chosen == ABORT:
        return run.aborted("instance", KEY)
    session.refusals.groups = (chosen,)
    return None


def _others(groups: list[SecurityGroup], refused: tuple[str, ...]) -> list[SecurityGroup]:
    """Those that can be chosen in place of the refused ones."""
    return [one for one in groups if one.group_id not in refused and not one.managed]


async def _of_the_vpc(run: Run) -> list[SecurityGroup]:
    vpc_id = require_source(run).instance.vpc_id
    return [one for one in await run.cloud.security_groups(run.scope) if one.vpc_id == vpc_id]


def _listed(run: Run, group_ids: tuple[str, ...] | list[str]) -> Words:
    return run.texts("list.separator").join(group_ids)
