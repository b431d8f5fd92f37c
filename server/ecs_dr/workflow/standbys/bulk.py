"""What the register reads of a region's instances in bulk: disks, images, snapshots, their groups, replicas.

An identity whose rights are those of one resource group sees nothing in a list that names no group. The disks show it:
a listed instance has a system disk, and where that is not in the list, it is looked for in the instance's own group. If
it is found there, every other list is read in the groups as well, and joined: a group is never the only filter.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from ecs_dr.domain.disks.model import Disk
from ecs_dr.domain.images.model import Image
from ecs_dr.domain.source import Instance
from ecs_dr.domain.standby.points import Holdings
from ecs_dr.errors import CloudError
from ecs_dr.workflow.needs import check_it_would_be_listed, hidden_by_permission
from ecs_dr.workflow.ports import Cloud, Scope, groups_of
from ecs_dr.workflow.reads.side_by_side import Read, SideBySide, T
from ecs_dr.workflow.standbys.wanted import RegisterQuery

FEW = 10
"""Up to so many instances their disks are asked for one by one; a whole region is read beyond."""

DisksOf = Mapping[str, tuple[Disk, ...] | None]
"""By instance id; None: not readable."""


@dataclass
class Bulk:
    """What was read.

    Attributes:
        scope: The region, with the groups in which what is hidden has to be looked for.
        replicas: None: not readable.
        unread: By action: why it was not read.
    """

    scope: Scope
    disks: DisksOf
    holdings: Holdings
    replicas: tuple[Instance, ...] | None
    unread: dict[str, CloudError]


async def read_instances(cloud: Cloud, scope: Scope, asked: RegisterQuery) -> tuple[Instance, ...]:
    """The instances that the register is asked for.

    Raises:
        CloudError: They could not be read.
    """
    if asked.tags:
        found = await cloud.instances_tagged(scope, asked.tags)
    else:
        found = await cloud.instances_of(scope, asked.instance_ids)
    if not found:
        await check_it_would_be_listed(cloud.may_describe_instances(scope), "ecs:DescribeInstances")
    return found


async def read_bulk(cloud: Cloud, scope: Scope, instances: tuple[Instance, ...]) -> Bulk:
    """Everything of all of them; what is not permitted is left out, and named."""
    in_part: list[CloudError] = []
    scope = replace(scope, on_hidden=in_part.append)
    disks, unread, hidden = await _disks(cloud, scope, instances)
    scope = replace(scope, resource_groups=groups_of(*(one.resource_group_id for one in instances)))
    reads = SideBySide()
    images = reads.read(partial(cloud.own_images, scope, everywhere=hidden), "ecs:DescribeImages")
    snapshots = _in_lists(
        reads,
        instances,
        "ecs:DescribeSnapshots",
        partial(cloud.snapshots_of_region, scope, everywhere=hidden),
        partial(cloud.snapshots_of_instance, scope, everywhere=hidden),
    )
    groups = _in_lists(
        reads,
        instances,
        "ecs:DescribeSnapshotGroups",
        partial(cloud.snapshot_groups_of_region, scope, everywhere=hidden),
        partial(cloud.snapshot_groups, scope, everywhere=hidden),
    )
    replicas = reads.read(partial(cloud.replicas, scope, everywhere=hidden), "ecs:DescribeInstances")
    await reads.finish()
    unread |= {**{one.action: one for one in in_part}, **reads.left_out}
    scope = replace(scope, on_hidden=None)
    found_images = await _certain_images(cloud, scope, images, unread)
    return Bulk(scope, disks, Holdings(found_images, _joined(snapshots), _joined(groups)), replicas.or_none, unread)


async def _certain_images(
    cloud: Cloud, scope: Scope, images: Read[tuple[Image, ...]], unread: dict[str, CloudError]
) -> tuple[Image, ...] | None:
    """The images; None also where the account shows none at all and a dry run says that it may not show any."""
    found = images.or_none
    if found == () and not await cloud.may_describe_images(scope):
        unread["ecs:DescribeImages"] = hidden_by_permission("ecs:DescribeImages")
        return None
    return found


async def _disks(
    cloud: Cloud, scope: Scope, instances: tuple[Instance, ...]
) -> tuple[DisksOf, dict[str, CloudError], bool]:
    """Their disks, why some could not be read, and whether a list that names no group hides something."""
    disks, unread = await _disks_in(cloud, scope, instances)
    lacking = tuple(one for one in instances if one.resource_group_id and not has_system_disk(disks[one.instance_id]))
    if not lacking:
        return disks, unread, False
    groups = groups_of(*(one.resource_group_id for one in lacking))
    more, still_unread = await _disks_in(cloud, replace(scope, resource_groups=groups), lacking)
    hidden = any(has_system_disk(found) for found in more.values())
    return {**disks, **more}, still_unread, hidden


async def _disks_in(
    cloud: Cloud, scope: Scope, instances: tuple[Instance, ...]
) -> tuple[DisksOf, dict[str, CloudError]]:
    action = "ecs:DescribeDisks"
    reads = SideBySide()
    if len(instances) > FEW:
        everywhere = bool(scope.resource_groups)
        whole = reads.read(partial(cloud.disks_of_region, scope, everywhere=everywhere), action)
        await reads.finish()
        return {one.instance_id: (whole.or_none or {}).get(one.instance_id) for one in instances}, reads.left_out
    single = {
        one.instance_id: reads.read(partial(cloud.describe_disks, scope, one.instance_id), action) for one in instances
    }
    await reads.finish()
    # An empty list is no fact: an instance that is listed has disks, so that none of them was readable.
    return {owner: read.or_none or None for owner, read in single.items()}, reads.left_out


def _in_lists(
    reads: SideBySide,
    instances: tuple[Instance, ...],
    action: str,
    of_region: Callable[[], Awaitable[tuple[T, ...]]],
    of_instance: Callable[[str], Awaitable[tuple[T, ...]]],
) -> list[Read[tuple[T, ...]]]:
    """One list of the whole region, or of few instances one each."""
    lists = [of_region]
    if len(instances) <= FEW:
        lists = [partial(of_instance, one.instance_id) for one in instances]
    return [reads.read(call, action) for call in lists]


def _joined(pieces: Iterable[Read[tuple[T, ...]]]) -> tuple[T, ...] | None:
    """All of them; None where a piece could not be read."""
    all_pieces = list(pieces)
    if not all(piece.found for piece in all_pieces):
        return None
    return tuple(one for piece in all_pieces for one in piece.value)


def has_system_disk(disks: Iterable[Disk] | None) -> bool:
    """Whether these can be all disks of an instance."""
    return bool(listed_system_category(disks))


def listed_system_category(disks: Iterable[Disk] | None) -> str:
    """The category of the system disk; empty where it is not among them."""
    return next((disk.category for disk in disks or () if disk.type == "system"), "")
