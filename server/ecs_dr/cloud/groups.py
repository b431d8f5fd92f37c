"""Reading as an identity whose rights are those of one resource group.

Such an identity is answered an empty list, or a refusal, by a list action that names no group (reported of
DescribeDisks). What must be there is then looked for in the source's group, and both answers are joined: the group is
never the only filter, as a disk, a VSwitch or an image may belong to another one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ecs_dr.cloud.fields import Fields
from ecs_dr.domain.model import JsonObject
from ecs_dr.errors import CloudRefused, ErrorKind
from ecs_dr.workflow.ports import Scope

Rows = tuple[Fields, ...]


async def read_in_groups(
    scope: Scope, ask: Callable[[JsonObject], Awaitable[Rows]], is_enough: Callable[[Rows], bool] = bool
) -> Rows:
    """Rows without a filter by group and, where they are not enough, those of the source's group.

    Args:
        scope: Whose group.
        ask: Sends the request with these further filters.
        is_enough: Whether the first answer holds what must be there; by default any row.

    Raises:
        CloudRefused: As `ask`; for want of a permission only where it is refused with the group as well.
    """
    refused: CloudRefused | None = None
    rows: Rows = ()
    try:
        rows = await ask({})
    except CloudRefused as error:
        if error.kind is not ErrorKind.PERMISSION or not scope.resource_group_id:
            raise
        refused = error
    if is_enough(rows) or not scope.resource_group_id:
        return rows
    try:
        found = await ask({"ResourceGroupId": scope.resource_group_id})
    except CloudRefused as error:
        if error.kind is not ErrorKind.PERMISSION:
            raise
        if refused is not None:
            raise refused from None
        found = ()
    return (*rows, *found)
