"""What a source was, by its witnesses: the first that knows a value tells it, and what none knows stays unknown."""

from __future__ import annotations

from ecs_dr.domain.attributes.model import FidelityRow, FidelityVerdict
from ecs_dr.domain.lineage import KEYS, WAS, WAS_DISKS, WAS_TYPE, gives_way
from ecs_dr.domain.model import Tag
from ecs_dr.domain.recall.model import (
    Remembered,
    RememberedDisk,
    kinds_by_tags,
    merged,
    remember,
    source_of,
    tags_of,
    told_by_tags,
    with_devices,
)
from ecs_dr.domain.recall.rows import as_far_as_known
from tests.domain.recovery_facts import SOURCE


def test_the_tags_of_an_image_give_back_what_they_were_made_of() -> None:
    before = SOURCE
    tags = tags_of(before)
    told, wanted = told_by_tags(tags), remember(before)
    for field in ("instance_type", "charge_type", "zone_id", "vpc_id", "vswitch_id", "security_group_ids"):
        assert getattr(told, field) == getattr(wanted, field), field
    kinds = {disk.device: (disk.category, disk.performance_level) for disk in wanted.disks}
    assert kinds_by_tags(tags) == kinds
    assert {tag.key for tag in tags} <= set(WAS) <= KEYS
    assert all(gives_way(tag) for tag in tags)


def test_a_value_that_does_not_fit_a_tag_is_left_out_whole() -> None:
    before = SOURCE
    groups = tuple(f"sg-2ze{number:017d}" for number in range(8))
    crowded = before.model_copy(update={"instance": before.instance.model_copy(update={"security_group_ids": groups})})
    assert told_by_tags(tags_of(crowded)).security_group_ids == ()
    assert told_by_tags(tags_of(crowded)).instance_type == before.instance.instance_type
    assert all(len(tag.value) <= 128 for tag in tags_of(crowded))


def test_a_tag_that_somebody_else_wrote_tells_nothing() -> None:
    for value in ("", ";", "ecs.g7.xlarge", "a;b;c;d"):
        assert told_by_tags((Tag(key=WAS_TYPE, value=value),)).instance_type == ""
    assert told_by_tags((Tag(key=WAS_TYPE, value="ecs.g7.xlarge;Free;z"),)).charge_type == ""
    assert kinds_by_tags((Tag(key=WAS_DISKS, value="nonsense;=x;/dev/xvda="),)) == {}


def test_the_first_witness_that_knows_a_value_tells_it() -> None:
    first, second = Remembered(instance_type="ecs.a.large"), Remembered(instance_type="ecs.b.large", zone_id="z")
    found = merged([("image", first), ("report", second)], "r", "")
    assert (found.values.instance_type, found.origins["instance_type"]) == ("ecs.a.large", "image")
    assert (found.values.zone_id, found.origins["zone_id"]) == ("z", "report")
    assert "vpc_id" in found.missing
    assert "vpc_id" not in found.known_rows


def test_disks_come_whole_from_one_witness_and_their_kinds_from_another() -> None:
    bare = Remembered(disks=(RememberedDisk(disk_id="d-1", type="system", size_gib=40),))
    kind = RememberedDisk(disk_id="d-1", type="system", category="cloud_essd", performance_level="PL1")
    other = RememberedDisk(disk_id="d-2", type="data", category="cloud_ssd")
    found = merged([("image", bare), ("report", Remembered(disks=(kind, other)))], "r", "")
    assert [(disk.disk_id, disk.size_gib, disk.kind) for disk in found.values.disks] == [("d-1", 40, "cloud_essd PL1")]
    assert (found.origins["disks"], found.origins["categories"]) == ("image", "report")


def test_disks_without_a_name_get_the_free_ones_in_order() -> None:
    disks = (
        RememberedDisk(disk_id="d-3", type="data"),
        RememberedDisk(disk_id="d-2", type="data", device="/dev/xvdb"),
        RememberedDisk(disk_id="d-1", type="system"),
    )
    named = {disk.disk_id: disk.device for disk in with_devices(disks)}
    assert named == {"d-1": "/dev/xvda", "d-2": "/dev/xvdb", "d-3": "/dev/xvdc"}


def test_neither_role_nor_user_data_comes_of_what_was_written_down() -> None:
    before = SOURCE.model_copy(update={"ram_role_name": "Admin", "has_user_data": True})
    recalled = merged([("report", remember(before))], "r", "")
    after = source_of(recalled, before.instance.instance_id, before.instance.region_id, 4, 16384)
    assert (after.ram_role_name, after.has_user_data) == (None, None)
    assert "Admin" not in remember(before).model_dump_json()
    assert after.instance.public_ips == ()


def row(key: str, verdict: FidelityVerdict, *, decided: str = "-", blocking: bool = False) -> FidelityRow:
    return FidelityRow(
        key=key,
        label_key="x",
        group="identity",
        source="-",
        decided=decided,
        replica="y",
        verdict=verdict,
        blocking=blocking,
    )


def test_what_nobody_knows_is_neither_a_match_nor_a_difference() -> None:
    recalled = merged([("image", Remembered(instance_type="ecs.a.large"))], "", "")
    known, unknown, decided, wrong = as_far_as_known(
        (
            row("instance_type", "matches"),
            row("eip", "differs", blocking=True),
            row("host_name", "differs_by_decision", decided="h"),
            row("charge_type", "differs", decided="PostPaid", blocking=True),
        ),
        recalled,
    )
    assert (known.source, known.verdict) == ("-", "matches")
    assert (unknown.source, unknown.verdict, unknown.blocking) == ("?", "not_readable", False)
    assert (decided.source, decided.verdict) == ("?", "matches")
    assert wrong.blocking
