"""An instance and its disks, read side by side where its resource group is known already."""

from __future__ import annotations

from ecs_dr.domain.disks.model import Disk
from ecs_dr.domain.source import Instance
from ecs_dr.errors import CloudRefused
from ecs_dr.workflow.reads.side_by_side import SideBySide
from ecs_dr.workflow.run import Run


async def instance_with_disks(run: Run, instance_id: str) -> tuple[Instance | None, tuple[Disk, ...]]:
    """Both as they are now; one that is not found has no disks, whatever is answered about them.

    Raises:
        CloudRefused: One of the two is refused, of an instance that is there or may be there.
    """
    reads = SideBySide()
    instance = reads.read(lambda: run.cloud.describe_instance(run.scope, instance_id))
    disks = reads.read(lambda: run.cloud.describe_disks(run.scope, instance_id))
    try:
        await reads.finish()
    except CloudRefused:
        if not instance.found or instance.value is not None:
            raise
    return instance.value, () if instance.value is None else disks.value
