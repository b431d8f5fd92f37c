"""Whether the replica has booted: what its console says, beside the criteria and never instead of one."""

from __future__ import annotations

from ecs_dr.domain.boot import BootReading
from ecs_dr.domain.source import Instance
from ecs_dr.domain.times import seconds_between
from ecs_dr.errors import CloudError, ErrorKind
from ecs_dr.workflow.memory.replica import Replica
from ecs_dr.workflow.run import Run

ACTION = "ecs:GetInstanceConsoleOutput"
EMPTY = "empty"


ASKED_FOR_SECONDS = 60.0
"""So long an empty console is asked for again in one call: the cloud says nowhere how soon it fills it."""


async def look_at_console(run: Run, replica: Replica, instance: Instance) -> None:
    """Read it beside what is waited for, in each call anew, until it says something or has been empty for a minute."""
    boot, since = replica.boot, replica.console_since
    now = run.clock.now()
    if since is None or since < run.began_at:
        boot, since = None, now
    replica.console_since = since
    if boot is None or (boot.why == EMPTY and seconds_between(since, now) <= ASKED_FOR_SECONDS):
        replica.boot = await _read_boot(run, instance)


async def _read_boot(run: Run, instance: Instance) -> BootReading:
    """Read the replica's console once; the verdict on the replica never waits for it.

    An empty console is no bad one: the cloud fills it at its own time, and the next call of Step 6 looks again.
    """
    if instance.os_type == "windows":
        return BootReading("unknown", "windows")
    try:
        boot = await run.cloud.boot_of(run.scope, instance.instance_id)
    except CloudError as error:
        return BootReading("unknown", "denied" if error.kind is ErrorKind.PERMISSION else "refused")
    if boot is None:
        return BootReading("unknown", EMPTY)
    return BootReading(boot, boot)


def told_boot(run: Run, reading: BootReading) -> str:
    """The same in a sentence for the person; a replica that hangs is a warning, whatever the criteria say."""
    return run.texts(f"boot.{reading.why}", action=ACTION)
