"""A replica that differs in anything is found out: each test spoils one thing of a recovery that went well."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_dr.domain.disks.model import Disk
from ecs_dr.domain.disks.plan import bind_to_image, plan_disks
from ecs_dr.domain.images.model import Image
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.model import Tag
from ecs_dr.domain.source import CpuOptions, Instance, MetadataOptions, PrivateDns, Source
from ecs_dr.domain.verification.verdict import Verification, compare, source_changes
from tests.domain.recovery_facts import (
    AUTO,
    ESSD,
    IMAGE,
    INSTANCE,
    LAUNCH,
    MAPPINGS,
    REPLICA,
    REPLICA_DISKS,
    SOURCE,
)

SIX = [
    "image_creation",
    "new_instance",
    "zone_switch",
    "disk_recovery",
    "network_billing",
    "source_integrity",
]


def told(before: Source, after: Source) -> tuple[str, ...]:
    return tuple(map(str, source_changes(before, after)))


def judged(
    *,
    after: Source = SOURCE,
    image: Image = IMAGE,
    launch: LaunchRequest = LAUNCH,
    replica: Instance = REPLICA,
    disks: tuple[Disk, ...] = REPLICA_DISKS,
) -> Verification:
    return compare(SOURCE, after, image, launch, replica, disks)


def failed(verification: Verification) -> list[str]:
    assert [criterion.name for criterion in verification.criteria] == SIX
    names = [criterion.name for criterion in verification.criteria if not criterion.passed]
    assert (verification.verdict == "match") is (not names)
    for criterion in verification.criteria:
        assert criterion.expected
        assert criterion.actual
        if not criterion.passed:
            assert criterion.expected != criterion.actual
    return list(names)


def changed_disk(index: int, **changes: object) -> tuple[Disk, ...]:
    spoiled = REPLICA_DISKS[index].model_copy(update=changes)
    return (*REPLICA_DISKS[:index], spoiled, *REPLICA_DISKS[index + 1 :])


def changed(**changes: object) -> Instance:
    return REPLICA.model_copy(update=changes)


def test_a_recovery_that_went_well_is_a_match() -> None:
    verification = judged()
    assert failed(verification) == []
    assert all(row.matches for row in verification.disks)
    assert all(row.matches for row in verification.instance)
    assert not any(row.decided for row in verification.disks)
    assert [row.field for row in verification.instance if row.decided] == ["instance_name", "image_id", "vswitch_id"]


def test_the_order_in_which_the_disks_are_reported_does_not_matter() -> None:
    assert failed(judged(disks=tuple(reversed(REPLICA_DISKS)))) == []


@pytest.mark.parametrize("index", [0, 1, 2])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("category", "cloud_ssd"),
        ("category", ""),
        ("size_gib", 41),
        ("size_gib", 0),
        ("source_snapshot_id", ""),
        ("source_snapshot_id", "s-other"),
    ],
)
def test_every_disk_is_checked_for_category_size_device_and_content(index: int, field: str, value: str | int) -> None:
    assert failed(judged(disks=changed_disk(index, **{field: value}))) == ["disk_recovery"]


@pytest.mark.parametrize(
    ("index", "field", "value"),
    [
        (0, "performance_level", "PL1"),
        (0, "performance_level", None),
        (0, "encrypted", True),
        (1, "performance_level", "PL0"),
        (1, "encrypted", False),
        (1, "kms_key_id", "key-2"),
        (1, "kms_key_id", ""),
        (1, "delete_with_instance", True),
        (2, "delete_with_instance", False),
        (2, "bursting_enabled", False),
        (2, "bursting_enabled", None),
        (2, "provisioned_iops", 999),
        (2, "provisioned_iops", None),
        (2, "type", "system"),
    ],
)
def test_what_only_some_disks_have_is_checked_there(index: int, field: str, value: str | None) -> None:
    assert failed(judged(disks=changed_disk(index, **{field: value}))) == ["disk_recovery"]


def test_a_blank_disk_of_the_right_size_is_not_a_recovered_disk() -> None:
    verification = judged(disks=changed_disk(1, source_snapshot_id=""))
    row = next(row for row in verification.disks if not row.matches)
    assert (row.device, row.field, row.expected, row.actual) == ("/dev/xvdb", "content", "s-b", "-")


def test_a_missing_disk_and_one_too_many_are_found() -> None:
    missing = judged(disks=REPLICA_DISKS[:2])
    assert failed(missing) == ["disk_recovery"]
    assert any((row.device, row.field, row.actual) == ("/dev/xvdc", "device", "-") for row in missing.disks)
    extra = judged(disks=(*REPLICA_DISKS, AUTO.model_copy(update={"device": "/dev/xvdd"})))
    assert failed(extra) == ["disk_recovery"]
    assert any((row.device, row.field, row.expected) == ("/dev/xvdd", "device", "-") for row in extra.disks)


def test_a_disk_that_the_launch_forgot_is_found() -> None:
    launch = LAUNCH.model_copy(update={"disks": LAUNCH.disks[:2]})
    image = IMAGE.model_copy(update={"mappings": MAPPINGS[:2]})
    verification = judged(launch=launch, image=image, disks=REPLICA_DISKS[:2])
    assert failed(verification) == ["image_creation", "disk_recovery"]


def test_no_disks_at_all_is_not_a_recovery() -> None:
    launch = LAUNCH.model_copy(update={"disks": ()})
    verification = compare(
        SOURCE.model_copy(update={"disks": ()}),
        SOURCE.model_copy(update={"disks": ()}),
        IMAGE.model_copy(update={"mappings": ()}),
        launch,
        REPLICA,
        (),
    )
    assert "disk_recovery" in [criterion.name for criterion in verification.criteria if not criterion.passed]


@pytest.mark.parametrize(
    ("change", "criterion"),
    [
        ({"status": "Starting"}, "new_instance"),
        ({"status": ""}, "new_instance"),
        ({"private_ips": ()}, "new_instance"),
        ({"instance_type": "ecs.g7.large"}, "new_instance"),
        ({"image_id": "m-2"}, "new_instance"),
        ({"name": "other"}, "new_instance"),
        ({"key_pair_name": ""}, "new_instance"),
        ({"tags": ()}, "new_instance"),
        ({"zone_id": "cn-beijing-h"}, "zone_switch"),
        ({"zone_id": "cn-beijing-l"}, "zone_switch"),
        ({"zone_id": ""}, "zone_switch"),
        ({"region_id": "cn-hangzhou"}, "zone_switch"),
        ({"charge_type": "PrePaid"}, "network_billing"),
        ({"spot_strategy": "SpotAsPriceGo"}, "network_billing"),
        ({"internet_charge_type": "PayByBandwidth"}, "network_billing"),
        ({"internet_charge_type": ""}, "network_billing"),
        ({"internet_max_bandwidth_out": 6}, "network_billing"),
        ({"internet_max_bandwidth_out": 0}, "network_billing"),
        ({"public_ips": ()}, "network_billing"),
        ({"security_group_ids": ("sg-1",)}, "network_billing"),
        ({"security_group_ids": ("sg-1", "sg-2", "sg-3")}, "network_billing"),
        ({"security_group_ids": ()}, "network_billing"),
        ({"vpc_id": "vpc-2"}, "network_billing"),
        ({"vswitch_id": "vsw-h"}, "network_billing"),
    ],
)
def test_each_difference_of_the_instance_fails_its_criterion(change: dict[str, object], criterion: str) -> None:
    assert failed(judged(replica=changed(**change))) == [criterion]


@pytest.mark.parametrize(
    "change",
    [
        {"status": "CreateFailed"},
        {"status": "UnAvailable"},
        {"status": "Creating"},
        {"usable": False},
        {"image_id": "m-2"},
    ],
)
def test_an_image_that_is_not_ready_or_not_the_one_launched_fails(change: dict[str, object]) -> None:
    assert failed(judged(image=IMAGE.model_copy(update=change))) == ["image_creation"]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_an_image_without_every_disk_fails(count: int) -> None:
    image = IMAGE.model_copy(update={"mappings": MAPPINGS[:count]})
    assert failed(judged(image=image)) == ["image_creation", "disk_recovery"]


def test_groups_and_tags_may_be_reported_in_another_order_and_with_tags_of_the_system() -> None:
    replica = changed(
        security_group_ids=("sg-2", "sg-1"),
        tags=(Tag(key="acs:x", value="y"), Tag(key="env", value="prod")),
    )
    assert failed(judged(replica=replica)) == []


def test_without_a_public_ip_the_replica_must_not_have_one() -> None:
    launch = LAUNCH.model_copy(update={"internet_max_bandwidth_out": 0})
    exposed = judged(launch=launch, replica=changed(internet_max_bandwidth_out=0))
    assert failed(exposed) == ["network_billing"]
    assert failed(judged(launch=launch, replica=changed(internet_max_bandwidth_out=0, public_ips=()))) == []


def test_what_the_launch_set_beyond_the_basics_is_checked_too() -> None:
    extras: dict[str, object] = {
        "deletion_protection": True,
        "metadata_options": MetadataOptions(http_tokens="required", http_endpoint="enabled"),
        "cpu_options": CpuOptions(core_count=2, threads_per_core=1),
        "credit_specification": "Standard",
        "resource_group_id": "rg-1",
        "description": "web",
    }
    launch = LAUNCH.model_copy(update=extras)
    assert failed(judged(launch=launch, replica=changed(**extras))) == []
    for name, lost in (
        ("deletion_protection", False),
        ("metadata_options", None),
        ("cpu_options", None),
        ("credit_specification", ""),
        ("resource_group_id", "rg-2"),
        ("description", ""),
    ):
        assert failed(judged(launch=launch, replica=changed(**{**extras, name: lost}))) == ["new_instance"], name


def test_a_decision_of_the_person_is_what_the_replica_is_judged_by() -> None:
    disks = bind_to_image(plan_disks(SOURCE.disks, {"/dev/xvdb": ("cloud_auto", None)}), MAPPINGS)
    launch = LAUNCH.model_copy(update={"disks": disks, "instance_type": "ecs.g8i.xlarge", "charge_type": "PrePaid"})
    assert failed(judged(launch=launch)) == ["new_instance", "disk_recovery", "network_billing"]
    verification = judged(
        launch=launch,
        replica=changed(instance_type="ecs.g8i.xlarge", charge_type="PrePaid"),
        disks=changed_disk(1, category="cloud_auto", performance_level=None, bursting_enabled=False),
    )
    assert failed(verification) == []
    decided = {row.field for row in verification.disks if row.decided}
    decided |= {row.field for row in verification.instance if row.decided}
    assert decided == {"category", "instance_type", "charge_type", "vswitch_id", "instance_name", "image_id"}


def test_a_source_that_changed_fails_and_says_what_changed() -> None:
    stopped = SOURCE.model_copy(update={"instance": INSTANCE.model_copy(update={"status": "Stopped"})})
    verification = judged(after=stopped)
    assert failed(verification) == ["source_integrity"]
    assert 'instance.status: "Running" -> "Stopped"' in map(str, verification.criteria[-1].actual)


def test_disks_that_changed_came_or_went_are_named_once() -> None:
    resized = SOURCE.model_copy(update={"disks": (SOURCE.disks[0], ESSD.model_copy(update={"size_gib": 200}), AUTO)})
    assert told(SOURCE, resized) == ("d-essd.size_gib: 100 -> 200",)
    gone = SOURCE.model_copy(update={"disks": SOURCE.disks[:2]})
    assert told(SOURCE, gone) == ('d-auto: "attached" -> null',)
    assert told(gone, SOURCE) == ('d-auto: null -> "attached"',)


def test_what_only_one_reading_was_allowed_to_see_is_no_change() -> None:
    blind = SOURCE.model_copy(
        update={"ram_role_name": None, "has_user_data": None, "unread": ("ecs:DescribeUserData",)}
    )
    assert source_changes(SOURCE, blind) == source_changes(blind, SOURCE) == ()
    role = SOURCE.model_copy(update={"ram_role_name": "admin"})
    assert told(SOURCE, role) == ('ram_role_name: "" -> "admin"',)


def test_rights_that_were_widened_meanwhile_are_no_change_of_the_source() -> None:
    disks = tuple(disk.model_copy(update={"shown_in_group": "rg-1"}) for disk in SOURCE.disks)
    in_one_group = SOURCE.model_copy(update={"disks": disks})
    assert source_changes(in_one_group, SOURCE) == source_changes(SOURCE, in_one_group) == ()


def test_the_order_of_disks_is_no_change_of_the_source() -> None:
    shuffled = SOURCE.model_copy(update={"disks": tuple(reversed(SOURCE.disks))})
    assert source_changes(SOURCE, shuffled) == ()


@given(field=st.sampled_from(sorted(set(Instance.model_fields) - {"instance_id"})), number=st.integers(1, 9))
def test_any_changed_field_of_the_source_is_a_change(field: str, number: int) -> None:
    old = getattr(INSTANCE, field)
    new: object = f"{old}{number}"
    if isinstance(old, bool):
        new = not old
    elif isinstance(old, tuple):
        new = (*old, *old, f"x{number}") if field != "tags" else ()
    elif isinstance(old, int):
        new = old + number
    elif isinstance(old, dict):
        new = {**old, "affinity": f"x{number}"}
    elif old is None:
        optional = {"metadata_options": MetadataOptions(), "cpu_options": CpuOptions(), "private_dns": PrivateDns()}
        new = optional.get(field, number > 4)
    unread = {"metadata_options", "cpu_options", "login_as_non_root", "private_dns", "secure_boot"}
    readable = old is not None or field not in unread
    after = SOURCE.model_copy(update={"instance": INSTANCE.model_copy(update={field: new})})
    assert bool(source_changes(SOURCE, after)) is readable
