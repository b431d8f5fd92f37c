"""Whether the replica has booted: what its console says, beside the criteria and never instead of one."""

from __future__ import annotations

from dataclasses import replace

import anyio

from ecs_dr.domain.boot import Boot, BootReading
from ecs_dr.domain.source import Instance
from ecs_dr.domain.telling import Words
from ecs_dr.domain.texts import Texts
from ecs_dr.domain.times import seconds_between
from ecs_dr.errors import CloudError, ErrorKind
from ecs_dr.workflow.memory.replica import Replica
from ecs_dr.workflow.ports import RetryNotice
from ecs_dr.workflow.run import Run

ACTION = "ecs:GetInstanceConsoleOutput"
EMPTY, REFUSED, LATE = "empty", "refused", "late"
LONGEST_SECONDS = 8.0
"""Of the host: a console that takes longer to answer is as good as one that says nothing."""

ASKED_FOR_SECONDS = 60.0
"""So long an empty console is asked for again in one call: the cloud says nowhere how soon it fills it."""


async def look_at_console(run: Run, replica: Replica, instance: Instance) -> None:
    """Read it beside what is waited for, in each call anew, until it says something or has been empty for a minute."""
    boot, since = replica.boot, replica.console_since
    now = run.clock.now()
    if since is None or since < run.began_at:
        boot, since = None, now
    replica.console_since = since
    if boot is None or (boot.why in {EMPTY, REFUSED, LATE} and seconds_between(since, now) <= ASKED_FOR_SECONDS):
        replica.boot = await _read_boot(run, instance)


async def _read_boot(run: Run, instance: Instance) -> BootReading:
    """Read the replica's console once; the verdict on the replica never waits for it.

    An empty console is no bad one: the cloud fills it at its own time, and the next call of Step 6 looks again. Nor is
    a refusal for now one: it is sent once more at once, and never waited for.
    """
    if instance.os_type == "windows":
        return BootReading("unknown", "windows")
    boot: Boot | None = None
    why = LATE
    # No longer than half of what is left of the call either: the verdict is told in it.
    with anyio.move_on_after(min(LONGEST_SECONDS, max(run.budget_left, 0.0) / 2)):
        try:
            boot = await _once_or_twice(run, instance.instance_id)
            why = EMPTY
        except CloudError as error:
            why = "denied" if error.kind is ErrorKind.PERMISSION else REFUSED
    return BootReading("unknown", why) if boot is None else BootReading(boot, boot)


async def _once_or_twice(run: Run, instance_id: str) -> Boot | None:
    """Nobody waits between the two: a refusal for now is as often as not over at once.

    Raises:
        CloudError: Refused, the second time as well if it was for now.
    """
    scope = replace(run.scope, on_retry=_never)
    try:
        return await run.cloud.boot_of(scope, instance_id)
    except CloudError as error:
        if not error.retryable:
            raise
    return await run.cloud.boot_of(scope, instance_id)


async def _never(_notice: RetryNotice) -> bool:
    return False


def told_boot(texts: Texts, reading: BootReading) -> Words:
    """The same in a sentence for the person; a replica that hangs is a warning, whatever the criteria say."""
    return texts(f"boot.{reading.why}", action=ACTION)
