"""An identity of one resource group: what the plain list lacks is looked for in the source's group as well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import anyio
import anyio.lowlevel
import pytest

from ecs_dr.cloud.fields import Fields
from ecs_dr.cloud.groups import RowsOfGroup, nothing_is_enough, read_in_groups
from ecs_dr.domain.model import JsonObject
from ecs_dr.errors import CloudError, CloudRefused, ErrorKind
from ecs_dr.workflow.ports import Scope

GROUPED = Scope("0" * 32, "cn-beijing", resource_groups=("rg-1",))
ROW = (Fields({"Id": "1"}),)
REFUSED = CloudRefused("ecs:DescribeImages", ErrorKind.PERMISSION, "Forbidden.RAM", "no")
BROKEN = CloudRefused("ecs:DescribeImages", ErrorKind.TRANSIENT, "ServiceUnavailable", "no")
Answer = RowsOfGroup | CloudRefused


class List:
    """Answers without and with the group, and counts what is under way at once."""

    def __init__(self, plain: Answer, grouped: Answer) -> None:
        self._answers = {False: plain, True: grouped}
        self.asked: list[bool] = []
        self._under_way = 0
        self.most_at_once = 0

    async def __call__(self, group: JsonObject) -> RowsOfGroup:
        self.asked.append("ResourceGroupId" in group)
        self._under_way += 1
        self.most_at_once = max(self.most_at_once, self._under_way)
        await anyio.lowlevel.checkpoint()
        self._under_way -= 1
        answer = self._answers["ResourceGroupId" in group]
        if isinstance(answer, CloudRefused):
            raise answer
        return answer


@pytest.mark.parametrize("is_enough", [bool, nothing_is_enough])
@pytest.mark.parametrize(
    ("plain", "grouped", "found"),
    [((), (), ()), ((), ROW, ROW), (REFUSED, ROW, ROW), (REFUSED, (), ()), ((), REFUSED, ())],
)
async def test_both_answers_count_and_a_refusal_of_one_is_none(
    plain: Answer, grouped: Answer, found: RowsOfGroup, is_enough: Callable[[RowsOfGroup], bool]
) -> None:
    rows = List(plain, grouped)
    assert await read_in_groups(GROUPED, rows, is_enough) == found
    assert rows.asked == [False, True]
    assert rows.most_at_once == (2 if is_enough is nothing_is_enough else 1)


@pytest.mark.parametrize("is_enough", [bool, nothing_is_enough])
@pytest.mark.parametrize(("plain", "grouped"), [(REFUSED, REFUSED), (BROKEN, ROW), ((), BROKEN)])
async def test_what_is_refused_on_both_roads_or_breaks_on_one_is_raised(
    plain: Answer, grouped: Answer, is_enough: Callable[[RowsOfGroup], bool]
) -> None:
    with pytest.raises(CloudRefused):
        await read_in_groups(GROUPED, List(plain, grouped), is_enough)


@pytest.mark.parametrize("plain", [(), REFUSED])
async def test_that_one_group_of_several_is_hidden_is_told_however_the_plain_list_is_answered(plain: Answer) -> None:
    told: list[CloudError] = []
    answers: dict[str, Answer] = {"": plain, "rg-1": ROW, "rg-2": REFUSED}

    async def ask(group: JsonObject) -> RowsOfGroup:
        answer = answers[str(group.get("ResourceGroupId", ""))]
        if isinstance(answer, CloudRefused):
            raise answer
        return answer

    scope = replace(GROUPED, resource_groups=("rg-1", "rg-2"), on_hidden=told.append)
    assert await read_in_groups(scope, ask, nothing_is_enough) == ROW
    assert told == [REFUSED]


async def test_a_list_that_has_what_must_be_there_is_not_asked_twice() -> None:
    rows = List(ROW, BROKEN)
    assert await read_in_groups(GROUPED, rows) == ROW
    assert rows.asked == [False]


async def test_without_a_group_there_is_one_question() -> None:
    rows = List((), BROKEN)
    assert await read_in_groups(Scope("0" * 32, "cn-beijing"), rows, nothing_is_enough) == ()
    assert rows.asked == [False]
