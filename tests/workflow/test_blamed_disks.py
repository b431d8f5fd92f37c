"""Which disks a refused launch is blamed on: what the code names, else one shape at a time."""

from __future__ import annotations

import pytest

from ecs_dr.domain.disks.model import DiskType, ReplicaDisk
from ecs_dr.workflow.memory.refusals import Refusals, RefusedDisk
from ecs_dr.workflow.steps.launch.refusal import blamed_disks

ZONE, TYPE = "cn-beijing-k", "ecs.g7.xlarge"


def disk(
    device: str, kind: DiskType, category: str, level: str | None = None, *, substitute: bool = False
) -> ReplicaDisk:
    return ReplicaDisk(
        device=device,
        type=kind,
        category=category,
        performance_level=level,
        size_gib=100,
        source_category="cloud_efficiency" if substitute else category,
        source_performance_level=None if substitute else level,
        source_disk_id=f"d-{device}",
    )


SYSTEM = disk("/dev/xvda", "system", "cloud_essd", "PL0")
FIRST, SECOND = disk("/dev/xvdb", "data", "cloud_essd", "PL1"), disk("/dev/xvdc", "data", "cloud_essd", "PL1")
AUTO = disk("/dev/xvdd", "data", "cloud_auto")
SSD = disk("/dev/xvde", "data", "cloud_ssd")
ALL = (SYSTEM, FIRST, SECOND, AUTO, SSD)


@pytest.mark.parametrize(
    ("code", "message", "blamed"),
    [
        ("InvalidSystemDiskCategory.ValueNotSupported", "", (SYSTEM,)),
        ("InvalidDataDiskCategory.ValueNotSupported", "", (FIRST, SECOND)),
        ("InvalidDiskCategory.NotSupported", "", (SYSTEM,)),
        ("InvalidDiskCategory.NotSupported", "The specified data disk category is not supported.", (FIRST, SECOND)),
        ("InvalidPerformanceLevel.ValueNotSupported", "The data disk has no such level.", (FIRST, SECOND)),
        ("OperationDenied.CloudSSDNotSupported", "", (SSD,)),
    ],
)
def test_the_disks_that_code_or_message_name_are_blamed(
    code: str, message: str, blamed: tuple[ReplicaDisk, ...]
) -> None:
    assert blamed_disks(code, message, ALL) == blamed


def test_a_substitute_is_blamed_after_what_is_as_on_the_source() -> None:
    substituted = disk("/dev/xvda", "system", "cloud_auto", substitute=True)
    assert blamed_disks("InvalidDiskCategory.NotSupported", "", (substituted, AUTO)) == (AUTO,)
    both = (substituted, disk("/dev/xvdb", "data", "cloud_auto", substitute=True))
    assert blamed_disks("InvalidDiskCategory.NotSupported", "", both) == (substituted,)


def test_a_code_that_names_a_kind_which_is_not_there_still_blames_something() -> None:
    assert blamed_disks("InvalidDataDiskCategory.ValueNotSupported", "", (SYSTEM,)) == (SYSTEM,)


def test_a_refused_level_covers_that_level_and_a_refused_category_covers_all() -> None:
    level = RefusedDisk(ZONE, TYPE, "system", "cloud_essd", "PL0")
    category = RefusedDisk(ZONE, TYPE, "system", "cloud_essd")
    assert [level.covers("cloud_essd", one) for one in ("PL0", "PL1")] == [True, False]
    assert [category.covers("cloud_essd", one) for one in ("PL0", "PL1")] == [True, True]
    assert not category.covers("cloud_auto", None)


def test_refusals_hold_for_their_zone_type_and_kind_of_disk_alone() -> None:
    refusals = Refusals()
    refusals.disks |= {RefusedDisk(ZONE, TYPE, "system", "cloud_essd")}
    assert refusals.disks_in(ZONE, TYPE, "system")
    assert not refusals.disks_in(ZONE, TYPE, "data")
    assert not refusals.disks_in(ZONE, "ecs.g8i.xlarge", "system")
    assert not refusals.disks_in("cn-beijing-l", TYPE, "system")
    refusals.forgive_disks(ZONE, TYPE, "system")
    assert not refusals.disks


def test_zones_that_were_left_come_last_the_one_left_longest_ago_before_the_others() -> None:
    refusals = Refusals()
    for zone in ("k", "l", "k"):
        refusals.note_left(zone)
    assert refusals.untried_first(["k", "l", "i", "j"]) == ["i", "j", "l", "k"]
