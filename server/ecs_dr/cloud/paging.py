"""Reading lists to their end. The API's default page is 10 rows: what is not paged is lost silently.

Page sizes are the documented maxima. Each loop is guarded: a token that comes back, or a page that brings nothing,
ends it, and no list is followed beyond `MOST_PAGES`: one that goes on there is refused, as a part of it is no list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from math import ceil

from ecs_dr.cloud.calls import Caller
from ecs_dr.cloud.fields import Fields
from ecs_dr.cloud.together import MOST_AT_ONCE, together
from ecs_dr.cloud.transport import Json
from ecs_dr.errors import CloudRefused, ErrorKind
from ecs_dr.workflow.ports import Scope

MOST_PAGES = 1000

TOKEN_PAGE_SIZES: Mapping[str, int] = {
    "DescribeInstances": 100,
    "DescribeDisks": 500,
    "DescribeInstanceTypes": 100,
    "DescribeInstanceHistoryEvents": 100,
    "DescribeSnapshots": 100,
    "DescribeSnapshotGroups": 100,
    "DescribeSecurityGroups": 100,
}
"""MaxResults, by action."""

NUMBERED_PAGE_SIZES: Mapping[str, int] = {
    "DescribeImages": 100,
    "DescribeVSwitches": 50,
    "DescribeVpcs": 50,
    "DescribeInstanceRamRole": 50,
    "DescribeInstanceAutoRenewAttribute": 100,
}
"""PageSize, by action."""

IDS_PER_REQUEST = 100
"""DescribeInstances: InstanceIds; DescribeSnapshots: SnapshotIds; DescribeSecurityGroups: SecurityGroupIds."""


def in_batches(ids: tuple[str, ...], most: int = IDS_PER_REQUEST) -> Iterator[tuple[str, ...]]:
    """As many at a time as one request may name; nothing for none."""
    for start in range(0, len(ids), most):
        yield ids[start : start + most]


async def by_token(
    caller: Caller, scope: Scope, action: str, params: Mapping[str, Json], path: tuple[str, ...]
) -> tuple[Fields, ...]:
    """All rows of a list that is continued by NextToken (TotalCount means nothing there).

    Args:
        caller: The product.
        scope: For whom and where.
        action: One of `TOKEN_PAGE_SIZES`.
        params: The filters.
        path: Where the rows are in the answer.

    Raises:
        CloudRefused: Also where the list goes on beyond the last page that is read.
    """
    rows: list[Fields] = []
    seen: set[str] = set()
    page: Mapping[str, Json] = {**params, "MaxResults": TOKEN_PAGE_SIZES[action]}
    for _ in range(MOST_PAGES):
        answer = await caller.read(scope, action, page)
        rows.extend(answer.items(*path))
        if scope.on_rows is not None:
            await scope.on_rows(action, len(rows))
        token = answer.text("NextToken")
        if not token or token in seen:
            return tuple(rows)
        seen.add(token)
        page = {**page, "NextToken": token}
    raise _too_long(caller, action, rows)


async def by_number(
    caller: Caller, scope: Scope, action: str, params: Mapping[str, Json], path: tuple[str, ...]
) -> tuple[Fields, ...]:
    """All rows of a list that is continued by PageNumber; ends at TotalCount, or at a page that is not full.

    Args:
        caller: The product.
        scope: For whom and where.
        action: One of `NUMBERED_PAGE_SIZES`.
        params: The filters.
        path: Where the rows are in the answer.

    Raises:
        CloudRefused: Also where the list goes on beyond the last page that is read.
    """
    size = NUMBERED_PAGE_SIZES[action]
    rows: list[Fields] = []

    async def read(number: int) -> Fields:
        return await caller.read(scope, action, {**params, "PageNumber": number, "PageSize": size})

    number, at_once, left = 1, 1, 1.0
    while number <= MOST_PAGES:
        answers = await together([partial(read, number + ahead) for ahead in range(at_once)])
        number += at_once
        for answer in answers:
            page = answer.items(*path)
            rows.extend(page)
            if scope.on_rows is not None:
                await scope.on_rows(action, len(rows))
            total = answer.optional_integer("TotalCount")
            # A service may cap the page below what was asked for: with a total, only the total ends the list.
            complete = len(rows) >= total if total is not None else len(page) < size
            if not page or complete:
                return tuple(rows)
            # Pages that are full tell how many are to come: those are read side by side.
            left = (total - len(rows)) / size if total is not None and len(page) == size else 1.0
        at_once = min(max(ceil(left), 1), MOST_AT_ONCE)
    raise _too_long(caller, action, rows)


def _too_long(caller: Caller, action: str, rows: list[Fields]) -> CloudRefused:
    said = f"The list has more than {len(rows)} rows: it was left there, and what was read of it is not used."
    return CloudRefused(f"{caller.product}:{action}", ErrorKind.INCOMPLETE, "ListTooLong", said)
