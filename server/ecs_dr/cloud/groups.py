"""Reading as an identity whose rights are those of some resource groups.

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
    """Rows without a filter by group and, where they are not enough, those of the scope's groups.

    Args:
        scope: Whose group.
        ask: Sends the request with these further filters.
        is_enough: Whether the first answer holds what must be there; by default any row.

    Raises:
        CloudRefused: As `ask`; for want of a permission only where it is refused with a group as well.
    """
    refused: CloudRefused | None = None
    rows: Rows = ()
    try:
        rows = await ask({})
    except CloudRefused as error:
        if error.kind is not ErrorKind.PERMISSION or not scope.resource_groups:
            raise
        refused = error
    if is_enough(rows):
        return rows
    for group in scope.resource_groups:
        try:
            rows = (*rows, *await ask({"ResourceGroupId": group}))
        except CloudRefused as error:
            if error.kind is not ErrorKind.PERMISSION:
                raise
            if refused is not None:
                raise refused from None
    return rows


def nothing_is_enough(rows: Rows) -> bool:
    """For lists of which nobody knows how long they should be: they are read in the groups as well."""
    del rows
    return False


def at_least(count: int) -> Callable[[Rows], bool]:
    """The rule for what is asked for by its ids."""
    return lambda rows: len(rows) >= count


def enough(*, everywhere: bool) -> Callable[[Rows], bool]:
    """The rule for a list: any row, or, once it is known that something is hidden, nothing."""
    return nothing_is_enough if everywhere else bool
