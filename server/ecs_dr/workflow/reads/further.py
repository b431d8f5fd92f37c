"""What DescribeInstances does not tell of an instance: optional reads, the same of the source and of the replica."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from ecs_dr.workflow.reads.side_by_side import Read, SideBySide
from ecs_dr.workflow.run import Run

FurtherRead = Literal["ram_role_name", "has_user_data", "auto_renew", "threads_adjustable"]


async def further_reads(
    run: Run, instance_id: str, wanted: Collection[FurtherRead], instance_type: str = ""
) -> tuple[dict[str, object], tuple[str, ...]]:
    """Read side by side.

    Args:
        run: Of the step.
        instance_id: The source or the replica.
        wanted: Which of the reads make sense.
        instance_type: Its type, where something of the type is wanted.

    Returns:
        What was found, and the actions (`ecs:DescribeUserData`) that were left out for want of a permission.

    Raises:
        CloudRefused: A read failed for another reason.
    """
    cloud, scope = run.cloud, run.scope
    reads = SideBySide()
    found: dict[str, Read[object]] = {}
    if "ram_role_name" in wanted:
        found["ram_role_name"] = reads.read(
            lambda: cloud.describe_ram_role(scope, instance_id), "ecs:DescribeInstanceRamRole"
        )
    if "has_user_data" in wanted:
        found["has_user_data"] = reads.read(lambda: cloud.has_user_data(scope, instance_id), "ecs:DescribeUserData")
    if "auto_renew" in wanted:
        found["auto_renew"] = reads.read(
            lambda: cloud.describe_auto_renew(scope, instance_id), "ecs:DescribeInstanceAutoRenewAttribute"
        )
    if "threads_adjustable" in wanted:
        found["threads_adjustable"] = reads.read(
            lambda: _threads_adjustable(run, instance_type), "ecs:DescribeInstanceTypes"
        )
    await reads.finish()
    return {name: read.value for name, read in found.items() if read.found}, tuple(reads.left_out)


async def _threads_adjustable(run: Run, instance_type: str) -> bool | None:
    types = await run.cloud.instance_types(run.scope, (instance_type,))
    return types[0].threads_adjustable if types else None
