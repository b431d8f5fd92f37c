"""Whether the replica has booted: what its console says, beside the criteria and never instead of one."""

from __future__ import annotations

from ecs_dr.domain.boot import BootReading
from ecs_dr.domain.source import Instance
from ecs_dr.errors import CloudError, ErrorKind
from ecs_dr.workflow.run import Run

ACTION = "ecs:GetInstanceConsoleOutput"


async def read_boot(run: Run, instance: Instance) -> BootReading:
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
        return BootReading("unknown", "empty")
    return BootReading(boot, boot)


def told_boot(run: Run, reading: BootReading) -> str:
    """The same in a sentence for the person; a replica that hangs is a warning, whatever the criteria say."""
    return run.texts(f"boot.{reading.why}", action=ACTION)
