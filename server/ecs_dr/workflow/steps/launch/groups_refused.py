"""A launch that was refused for its security groups: the source may have others by now."""

from __future__ import annotations

from ecs_dr.errors import InvalidInput
from ecs_dr.redact import safe_display
from ecs_dr.workflow.reads.told import reading
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.steps.collect_source import read_source


async def take_new_groups(run: Run) -> str:
    """What is to be said where the source has other groups by now: they go into the launch, which is asked about anew.

    The source counts as read now: what is said of it later holds since then. Where its disks are not those of the
    image any more, nothing is taken: that launch would not be this source's, and the answer is empty.
    """
    session, before = run.session, run.session.source
    if before is None:
        return ""
    with reading(run.clock.now) as read:
        try:
            fresh = await read_source(run)
        except InvalidInput:
            return ""
    old, new = before.instance.security_group_ids, fresh.instance.security_group_ids
    disks = [sorted((disk.disk_id, disk.size_gib) for disk in source.disks) for source in (before, fresh)]
    if set(old) == set(new) or disks[0] != disks[1]:
        return ""
    session.take_source(fresh, read.until or run.clock.now())
    separator = run.texts("list.separator")
    told = {"old": separator.join(map(safe_display, old)), "new": separator.join(map(safe_display, new))}
    return run.texts("note.groups_replaced", id=session.instance_id, **told)
