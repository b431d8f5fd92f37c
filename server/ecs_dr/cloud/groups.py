"""Reading as an identity whose rights are those of some resource groups.

Such an identity is answered an empty list, or a refusal, by a list action that names no group (reported of
DescribeDisks). What must be there is then looked for in the source's group, and both answers are joined: the group is
never the only filter, as a disk, a VSwitch or an image may belong to another one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from ecs_dr.cloud.fields import Fields
from ecs_dr.cloud.together import together
from ecs_dr.domain.model import JsonObject
from ecs_dr.errors import CloudRefused, ErrorKind
from ecs_dr.workflow.ports import Scope

RowsOfGroup = tuple[Fields, ...]


async def read_in_groups(
    scope: Scope, ask: Callable[[JsonObject], Awaitable[RowsOfGroup]], is_enough: Callable[[RowsOfGroup], bool] = bool
) -> RowsOfGroup:
    """Rows without a filter by group and, where they are not enough, those of the scope's groups.

    Args:
        scope: Whose group.
        ask: Sends the request with these further filters.
        is_enough: Whether the first answer holds what must be there; by default any row. With `nothing_is_enough` all
            are needed: they go out together.

    Raises:
        CloudRefused: As `ask`; for want of a permission only where it is refused with a group as well. Of several
            groups, what some show counts where the scope can be told that others did not.
    """
    if not scope.resource_groups:
        return await ask({})
    in_groups = [partial(_permitted, ask, {"ResourceGroupId": group}) for group in scope.resource_groups]
    if is_enough is nothing_is_enough:
        plain, *others = await together([partial(_permitted, ask, {}), *in_groups])
    else:
        plain = await _permitted(ask, {})
        if not isinstance(plain, CloudRefused) and is_enough(plain):
            return plain
        others = await together(in_groups)
    refused = [other for other in others if isinstance(other, CloudRefused)]
    if isinstance(plain, CloudRefused) and refused and (scope.on_hidden is None or len(refused) == len(others)):
        raise plain
    if scope.on_hidden is not None and refused:
        scope.on_hidden(refused[0])
    return tuple(row for rows in (plain, *others) if not isinstance(rows, CloudRefused) for row in rows)


async def _permitted(
    ask: Callable[[JsonObject], Awaitable[RowsOfGroup]], group: JsonObject
) -> RowsOfGroup | CloudRefused:
    """What is answered, or the refusal for want of a permission."""
    try:
        return await ask(group)
    except CloudRefused as refused:
        if refused.kind is not ErrorKind.PERMISSION:
            raise
        return refused


def nothing_is_enough(rows: RowsOfGroup) -> bool:
    """For lists of which nobody knows how long they should be, or that are empty most of the time: all are read."""
    del rows
    return False


def at_least(count: int) -> Callable[[RowsOfGroup], bool]:
    """The rule for what is asked for by its ids."""
    return lambda rows: len(rows) >= count


def enough(*, everywhere: bool) -> Callable[[RowsOfGroup], bool]:
    """The rule for a list: any row, or, once it is known that something is hidden, nothing."""
    return nothing_is_enough if everywhere else bool
