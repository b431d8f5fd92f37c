"""A thing that is read again and again as it was is one value in memory, and any difference makes another."""

from __future__ import annotations

import gc

from ecs_dr.cloud.ecs_readers import read_disk, read_instance
from ecs_dr.cloud.fields import Fields


def row(**more: str) -> Fields:
    return Fields({"InstanceId": "i-1", "Tags": {"Tag": [{"TagKey": "env", "TagValue": "prod"}]}, **more})


def test_a_row_that_says_the_same_is_the_same_value() -> None:
    assert read_instance(row(Status="Running")) is read_instance(row(Status="Running"))
    assert read_disk(Fields({"DiskId": "d-1"})) is read_disk(Fields({"DiskId": "d-1"}))


def test_a_row_that_differs_anywhere_is_read_anew() -> None:
    first, second = read_instance(row(Status="Running")), read_instance(row(Status="Stopped"))
    assert (first.status, second.status) == ("Running", "Stopped")


def test_what_nobody_holds_is_not_kept() -> None:
    kept = read_instance.__closure__
    assert kept is not None
    known = next(cell.cell_contents for cell in kept if hasattr(cell.cell_contents, "valuerefs"))
    held = read_instance(row(Status="Starting"))
    before = len(known)
    del held
    gc.collect()
    assert len(known) == before - 1
