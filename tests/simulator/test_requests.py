from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_dr.simulator import params as read
from ecs_dr.simulator.errors import Fault
from ecs_dr.simulator.paging import by_either, by_number, by_token


@given(st.integers(0, 60), st.integers(1, 50))
def test_following_the_token_gives_every_row_once(count: int, size: int) -> None:
    items = list(range(count))
    seen: list[int] = []
    pages = 0
    params = {"MaxResults": str(size)}
    while True:
        pages += 1
        page = by_token(items, params, maximum=50)
        seen += page.items
        token = page.fields["NextToken"]
        if not token:
            break
        params = {"MaxResults": str(size), "NextToken": str(token)}
    assert seen == items
    assert pages == max(1, -(-count // size))


@given(st.integers(0, 60), st.integers(1, 50))
def test_following_the_page_numbers_gives_every_row_once(count: int, size: int) -> None:
    items = list(range(count))
    seen: list[int] = []
    for number in range(1, count // size + 2):
        page = by_number(items, {"PageNumber": str(number), "PageSize": str(size)}, maximum=50)
        assert page.fields["TotalCount"] == count
        seen += page.items
    assert seen == items


def test_the_total_is_worthless_once_tokens_are_used() -> None:
    items = list(range(20))
    assert by_either(items, {}, maximum=50).fields["TotalCount"] == 20
    assert by_either(items, {"MaxResults": "5"}, maximum=50).fields["TotalCount"] == 0


@pytest.mark.parametrize("token", ["x", "b2Zmc2V0Ong=", "schlüssel"])
def test_an_invented_token_is_refused(token: str) -> None:
    with pytest.raises(Fault):
        by_token([1, 2], {"NextToken": token}, maximum=50)


@pytest.mark.parametrize(
    ("value", "meaning"), [("True", True), ("true", True), ("False", False), ("false", False), ("", True)]
)
def test_truth_is_read_as_the_sdks_write_it(value: str, *, meaning: bool) -> None:
    assert read.boolean({"DryRun": value}, "DryRun", default=True) is meaning


@pytest.mark.parametrize("value", ["1.5", "ten", "1e3", " 1", "99999999999999"])
def test_what_is_not_a_whole_number_is_refused(value: str) -> None:
    with pytest.raises(Fault, match="Size"):
        read.integer({"Size": value}, "Size", 1)


def test_members_are_ordered_by_their_numbers_and_not_as_text() -> None:
    params = {f"SecurityGroupIds.{number}": f"sg-{number}" for number in (10, 2, 1)}
    assert read.repeated(params, "SecurityGroupIds") == ["sg-1", "sg-2", "sg-10"]
    entries = {"DataDisk.10.Size": "3", "DataDisk.2.Size": "2", "DataDisk.2.Device": "/dev/xvdb"}
    assert read.structs(entries, "DataDisk") == [{"Size": "2", "Device": "/dev/xvdb"}, {"Size": "3"}]


def test_an_empty_json_array_is_a_filter_and_an_absent_parameter_is_none() -> None:
    assert read.json_list({"DiskIds": "[]"}, "DiskIds") == []
    assert read.json_list({}, "DiskIds") is None
