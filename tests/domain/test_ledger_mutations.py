"""One attribute of a perfect replica is spoiled at a time: the comparison names exactly that one."""

from __future__ import annotations

import pytest

from ecs_dr.domain.attributes.rows_disks import DISKS
from ecs_dr.domain.attributes.table import INSTANCE as ROWS
from ecs_dr.domain.attributes.table import LEDGER
from ecs_dr.domain.attributes.terms import Billing
from ecs_dr.domain.model import Tag
from ecs_dr.domain.source import CpuOptions, MetadataOptions, PrivateDns, Source
from ecs_dr.domain.verification.comparison import disk_fidelity
from ecs_dr.domain.verification.verdict import ReplicaReads, Verification, compare
from tests.domain.ledger_facts import IMAGE, SOURCE, SPOT, SUBSCRIPTION, launch_of, made_of, spot_source

OTHER = (Tag(key="env", value="test"),)
FLIPS: dict[str, dict[str, object]] = {
    "instance_name": {"name": "other"},
    "host_name": {"host_name": "other"},
    "description": {"description": "other"},
    "image_id": {"image_id": "m-2"},
    "tags": {"tags": OTHER},
    "resource_group_id": {"resource_group_id": "rg-2"},
    "deletion_protection": {"deletion_protection": False},
    "instance_type": {"instance_type": "ecs.t6-c1m2.small"},
    "cpu_options": {"cpu_options": CpuOptions(core_count=1, threads_per_core=1)},
    "credit_specification": {"credit_specification": "Standard"},
    "deployment_set_id": {"deployment_set_id": ""},
    "tenancy": {"tenancy": "default"},
    "secure_boot": {"secure_boot": False},
    "hpc_cluster_id": {"hpc_cluster_id": "hpc-1"},
    "capacity_reservation_id": {"plain": {"affinity": "host", "capacity_reservation_id": "eap-1"}},
    "affinity": {"plain": {"affinity": "default"}},
    "key_pair_name": {"key_pair_name": "other"},
    "login_as_non_root": {"login_as_non_root": False},
    "http_endpoint": {"metadata_options": MetadataOptions(http_endpoint="disabled", http_tokens="required")},
    "http_tokens": {"metadata_options": MetadataOptions(http_endpoint="enabled", http_tokens="optional")},
    "vpc_id": {"vpc_id": "vpc-2"},
    "vswitch_id": {"vswitch_id": "vsw-l"},
    "zone_id": {"zone_id": "cn-beijing-l"},
    "region_id": {"region_id": "cn-hangzhou"},
    "security_group_ids": {"security_group_ids": ("sg-1",)},
    "internet_charge_type": {"internet_charge_type": "PayByBandwidth"},
    "internet_max_bandwidth_out": {"internet_max_bandwidth_out": 49},
    "internet_max_bandwidth_in": {"internet_max_bandwidth_in": 50},
    "public_ip": {"public_ips": ()},
    "eip": {"eip_address": "203.0.113.99"},
    "private_ip": {"private_ips": ()},
    "secondary_enis": {"secondary_eni_ids": ("eni-1",)},
    "secondary_private_ips": {"secondary_private_ips": ("172.17.32.10",)},
    "ipv6": {"ipv6_addresses": ()},
    "private_dns": {"private_dns": PrivateDns()},
    "charge_type": {"charge_type": "PrePaid", "creation_time": "2026-01-01T00:00Z", "expired_time": ""},
    "auto_release_time": {"auto_release_time": "2026-11-23T08:00Z"},
}
READS: dict[str, dict[str, object]] = {
    "ram_role_name": {"ram_role_name": "OtherRole"},
    "user_data": {"has_user_data": False},
}
SUBSCRIPTION_FLIPS: dict[str, dict[str, object]] = {"period": {"expired_time": "2027-11-22T16:00Z"}}
SPOT_FLIPS: dict[str, dict[str, object]] = {
    "spot_strategy": {"spot_strategy": "SpotAsPriceGo"},
    "spot_price_limit": {"spot_price_limit": 0.6},
    "spot_duration": {"spot_duration": 0},
    "spot_interruption_behavior": {"spot_interruption_behavior": "Terminate"},
}
DISK_FLIPS: dict[str, tuple[int, dict[str, object]]] = {
    "category": (1, {"category": "cloud_ssd"}),
    "performance_level": (1, {"performance_level": "PL0"}),
    "size_gib": (1, {"size_gib": 101}),
    "content": (1, {"source_snapshot_id": "s-other"}),
    "disk_name": (1, {"name": ""}),
    "disk_description": (1, {"description": ""}),
    "encrypted": (0, {"encrypted": True}),
    "kms_key_id": (1, {"kms_key_id": "key-2"}),
    "bursting_enabled": (2, {"bursting_enabled": False}),
    "provisioned_iops": (2, {"provisioned_iops": 0}),
    "delete_with_instance": (1, {"delete_with_instance": True}),
    "auto_snapshot_policy_id": (2, {"auto_snapshot_policy_id": ""}),
    "disk_tags": (0, {"tags": ()}),
}
BY_NATURE = {
    *(row.key for row in ROWS if row.handling == "cannot" and not (row.alone or row.required)),
    *(row.key for row in DISKS if row.handling == "cannot"),
    "password_inherit",
    "device",
    "type",
}
"""What the replica cannot be judged by; a device or a type that is another is another disk (tested on its own)."""


def judged(
    changes: dict[str, object] | None = None,
    *,
    source: Source = SOURCE,
    billing: Billing | None = None,
    disk: tuple[int, dict[str, object]] | None = None,
    reads: dict[str, object] | None = None,
) -> Verification:
    launch = launch_of(source, billing)
    replica, disks, found = made_of(source, launch)
    replica = replica.model_copy(update=changes or {})
    if disk is not None:
        index, update = disk
        disks = (*disks[:index], disks[index].model_copy(update=update), *disks[index + 1 :])
    read = ReplicaReads.model_validate({**found.model_dump(), **(reads or {})})
    return compare(source, source, IMAGE, launch, replica, disks, read)


def spoiled(verification: Verification) -> list[str]:
    assert verification.verdict == "differs"
    assert all(row.verdict == "differs" for row in verification.rows if row.blocking)
    return [row.key for row in verification.rows if row.blocking]


@pytest.mark.parametrize("billing", [Billing(), SUBSCRIPTION, SPOT], ids=["on-demand", "subscription", "spot"])
def test_a_perfect_replica_is_a_match_however_it_is_paid_for(billing: Billing) -> None:
    verification = judged(source=spot_source() if billing is SPOT else SOURCE, billing=billing)
    assert [row for row in verification.rows if row.blocking] == []
    assert verification.verdict == "match"


@pytest.mark.parametrize("key", FLIPS)
def test_a_spoiled_attribute_of_the_instance_is_the_one_that_is_named(key: str) -> None:
    assert spoiled(judged(FLIPS[key])) == [key]


@pytest.mark.parametrize("key", READS)
def test_a_spoiled_attribute_of_a_further_read_is_the_one_that_is_named(key: str) -> None:
    assert spoiled(judged(reads=READS[key])) == [key]


@pytest.mark.parametrize("key", SUBSCRIPTION_FLIPS)
def test_a_spoiled_attribute_of_a_subscription_is_the_one_that_is_named(key: str) -> None:
    assert spoiled(judged(SUBSCRIPTION_FLIPS[key], billing=SUBSCRIPTION)) == [key]


def test_a_subscription_that_does_not_renew_itself_as_decided_is_named() -> None:
    off: dict[str, object] = {"auto_renew": {"auto_renew_enabled": False}}
    assert spoiled(judged(billing=SUBSCRIPTION, reads=off)) == ["auto_renew"]


@pytest.mark.parametrize("key", SPOT_FLIPS)
def test_a_spoiled_attribute_of_a_spot_instance_is_the_one_that_is_named(key: str) -> None:
    assert spoiled(judged(SPOT_FLIPS[key], source=spot_source(), billing=SPOT)) == [key]


@pytest.mark.parametrize("key", DISK_FLIPS)
def test_a_spoiled_attribute_of_a_disk_is_the_one_that_is_named(key: str) -> None:
    verification = judged(disk=DISK_FLIPS[key])
    assert spoiled(verification) == [key]
    (row,) = (row for row in verification.rows if row.blocking)
    assert row.device == SOURCE.disks[DISK_FLIPS[key][0]].device


def test_every_row_of_the_ledger_that_can_be_judged_is_spoiled_once() -> None:
    tried = {*FLIPS, *READS, *SUBSCRIPTION_FLIPS, *SPOT_FLIPS, *DISK_FLIPS, "auto_renew"}
    assert {row.key for row in LEDGER} - tried == BY_NATURE


@pytest.mark.parametrize("field", ["ram_role_name", "has_user_data"])
def test_what_was_carried_and_cannot_be_read_keeps_it_from_being_a_match(field: str) -> None:
    verification = judged(reads={field: None})
    assert verification.verdict == "differs"
    assert [row.verdict for row in verification.rows if row.blocking] == ["not_readable"]


def test_what_was_left_out_and_cannot_be_read_does_not() -> None:
    source = SOURCE.model_copy(update={"ram_role_name": None, "has_user_data": None})
    launch = launch_of(source)
    replica, disks, _ = made_of(source, launch)
    assert not launch.ram_role_name
    plain = launch.model_copy(update={"user_data_from": ""})
    verification = compare(source, source, IMAGE, plain, replica, disks)
    assert verification.verdict == "match"
    assert {row.key for row in verification.rows if row.verdict == "not_readable"} >= {"ram_role_name", "user_data"}


def test_a_right_that_nobody_decided_on_is_named_though_the_sources_could_not_be_read() -> None:
    source = SOURCE.model_copy(update={"ram_role_name": None})
    launch = launch_of(source)
    replica, disks, reads = made_of(source, launch)
    stray = reads.model_copy(update={"ram_role_name": "OtherRole"})
    assert spoiled(compare(source, source, IMAGE, launch, replica, disks, stray)) == ["ram_role_name"]


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("/dev/xvdb", "matches"),
        ("/dev/vdb", "matches"),
        ("/dev/xvdz", "cannot_be_carried"),
        ("", "not_readable"),
    ],
)
def test_another_name_of_a_disk_is_told_and_is_no_other_disk(name: str, verdict: str) -> None:
    launch = launch_of()
    instance, disks, _ = made_of(SOURCE, launch)
    replica = Source(instance=instance, disks=(disks[0], disks[1].model_copy(update={"device": name}), disks[2]))
    rows = {row.device: row for row in disk_fidelity(SOURCE, IMAGE, launch, replica) if row.key == "device"}
    assert rows["/dev/xvdb"].verdict == verdict
    assert rows["/dev/xvdb"].source == rows["/dev/xvdb"].decided == "/dev/xvdb"
    assert not rows["/dev/xvdb"].blocking
