"""What stops a recovery before anything is created, and what is only to be known."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ecs_dr.domain.disks.model import Disk
from ecs_dr.domain.images.model import Image
from ecs_dr.domain.model import Tag
from ecs_dr.domain.source import Source
from ecs_dr.domain.source_gate import Finding, blockers, image_warnings, warnings
from ecs_dr.domain.texts import Texts, catalogue
from tests.domain.recovery_facts import AUTO, ESSD, INSTANCE, SOURCE, SYSTEM

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def with_instance(**changes: object) -> Source:
    return SOURCE.model_copy(update={"instance": INSTANCE.model_copy(update=changes)})


def with_disk(disk: Disk = AUTO, **changes: object) -> Source:
    changed = disk.model_copy(update=changes)
    return SOURCE.model_copy(update={"disks": tuple(changed if item is disk else item for item in SOURCE.disks)})


def stopped_without_a_system_disk() -> Source:
    """A system disk can be detached of a stopped instance alone."""
    return with_instance(status="Stopped").model_copy(update={"disks": (AUTO,)})


def alike() -> Source:
    """Two data disks without a name, of one size and of different categories."""
    other = AUTO.model_copy(update={"disk_id": "d-other", "category": "cloud_ssd", "device": ""})
    return SOURCE.model_copy(update={"disks": (SYSTEM, AUTO.model_copy(update={"device": ""}), other)})


def keys(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.key for finding in findings]


def test_an_ordinary_instance_has_no_blocker() -> None:
    assert blockers(SOURCE, NOW) == ()
    assert blockers(with_instance(status="Stopped"), NOW) == ()


@pytest.mark.parametrize(
    ("source", "key"),
    [
        (with_instance(network_type="classic"), "classic_network"),
        (with_instance(vpc_id=""), "classic_network"),
        (with_instance(status="Starting"), "transitional_state"),
        (with_instance(status=""), "transitional_state"),
        (with_instance(locks=("security",)), "locked"),
        (with_instance(locks=("financial",)), "locked"),
        (with_instance(locks=("recycling",)), "locked"),
        (with_instance(charge_type="PrePaid", expired_time="2026-11-22T11:59Z"), "subscription_expired"),
        (with_instance(local_storage_count=2), "local_disks"),
        (with_disk(category="local_ssd_pro"), "local_disks"),
        (with_disk(category="ephemeral_ssd"), "local_disks"),
        (with_disk(category="elastic_ephemeral_disk_standard"), "local_disks"),
        (with_disk(category="cloud_regional_disk_auto"), "shared_disks"),
        (with_disk(multi_attach=True), "shared_disks"),
        (with_disk(status="Detaching"), "disks_in_transition"),
        (with_disk(status=""), "disks_in_transition"),
        (with_disk(locks=("security",)), "disks_locked"),
        (stopped_without_a_system_disk(), "no_system_disk"),
        (with_disk(SYSTEM, type="data"), "disks_not_readable"),
        (SOURCE.model_copy(update={"disks": ()}), "disks_not_readable"),
    ],
)
def test_each_obstacle_is_named_alone(source: Source, key: str) -> None:
    assert keys(blockers(source, NOW)) == [key]


@pytest.mark.parametrize("expiry", ["2026-11-22T12:01Z", "2099-12-31T15:59Z", "", "soon", "2020-01-01"])
def test_a_subscription_that_runs_on_or_has_no_readable_end_is_no_obstacle(expiry: str) -> None:
    assert blockers(with_instance(charge_type="PrePaid", expired_time=expiry), NOW) == ()


def test_pay_as_you_go_never_expires() -> None:
    assert blockers(with_instance(expired_time="2020-01-01T00:00Z"), NOW) == ()


def data_disks(count: int) -> Source:
    disks = [
        ESSD.model_copy(update={"disk_id": f"d-{index}", "device": f"/dev/xvd{chr(ord('b') + index)}"})
        for index in range(count)
    ]
    return SOURCE.model_copy(update={"disks": (SYSTEM, *disks)})


def test_sixteen_data_disks_are_the_most() -> None:
    assert blockers(data_disks(16), NOW) == ()
    assert keys(blockers(data_disks(17), NOW)) == ["too_many_disks"]


def test_every_obstacle_is_told_at_once() -> None:
    source = with_disk(multi_attach=True).model_copy(
        update={"instance": INSTANCE.model_copy(update={"network_type": "classic", "locks": ("financial",)})}
    )
    assert keys(blockers(source, NOW)) == ["classic_network", "locked", "shared_disks"]


@pytest.mark.parametrize(
    ("source", "key"),
    [
        (SOURCE, "crash_consistent"),
        (SOURCE, "runs_twice"),
        (SOURCE, "new_public_ip"),
        (SOURCE, "encrypted_disks"),
        (SOURCE, "key_pair_login"),
        (with_instance(key_pair_name=""), "password_not_carried"),
        (with_instance(status="Stopped", stopped_mode="StopCharging"), "economical_stop"),
        (with_instance(charge_type="PrePaid"), "subscription"),
        (with_instance(spot_strategy="SpotAsPriceGo"), "spot"),
        (with_instance(auto_release_time="2026-12-01T00:00Z"), "auto_release"),
        (with_instance(eip_address="203.0.113.9"), "eip_not_carried"),
        (with_instance(eip_allocation_id="eip-1"), "eip_not_carried"),
        (with_instance(ipv6_addresses=("2001:db8::1",)), "ipv6_not_carried"),
        (with_instance(secondary_eni_ids=("eni-2",)), "secondary_interfaces"),
        (with_instance(secondary_private_ips=("172.17.0.6",)), "secondary_addresses"),
        (with_instance(tags=(Tag(key="ack.aliyun.com", value="c1"),)), "tags_not_carried"),
        (with_instance(tags=(Tag(key="acs:autoscaling:id", value="x"),)), "tags_not_carried"),
        (with_instance(deployment_set_id="ds-1"), "placement_not_carried"),
        (SOURCE.model_copy(update={"ram_role_name": "app"}), "ram_role_not_carried"),
        (SOURCE.model_copy(update={"has_user_data": True}), "user_data_not_carried"),
        (with_instance(tags=tuple(Tag(key=f"k{n:02}", value="v") for n in range(21))), "tags_beyond_limit"),
        (with_disk(device=""), "no_device_name"),
        (alike(), "disks_alike"),
        (with_disk(auto_snapshot_policy_id="sp-1"), "snapshot_policy_not_carried"),
        (SOURCE.model_copy(update={"unread": ("ecs:DescribeUserData",)}), "not_readable"),
    ],
)
def test_each_difference_is_told(source: Source, key: str) -> None:
    assert key in keys(warnings(source))


def test_what_is_not_there_is_not_warned_about() -> None:
    plain = with_instance(public_ips=(), status="Stopped")
    quiet = plain.model_copy(update={"disks": (SYSTEM, AUTO)})
    assert keys(warnings(quiet)) == ["runs_twice", "key_pair_login"]


def test_a_marketplace_image_is_known_once_the_image_is() -> None:
    image = Image(image_id="m-1", name="x", status="Available")
    assert image_warnings(image) == ()
    assert keys(image_warnings(image.model_copy(update={"product_code": "cmjj0001"}))) == ["marketplace_image"]


ALL_FINDINGS = (
    *blockers(with_disk(status="Detaching", locks=("security",)), NOW),
    *blockers(with_disk(category="local_ssd_pro"), NOW),
    *blockers(with_disk(multi_attach=True), NOW),
    *blockers(with_instance(network_type="classic", status="Starting", locks=("financial",)), NOW),
    *blockers(with_instance(charge_type="PrePaid", expired_time="2020-01-01T00:00Z"), NOW),
    *blockers(data_disks(17), NOW),
    *blockers(with_disk(SYSTEM, type="data"), NOW),
    *blockers(stopped_without_a_system_disk(), NOW),
    *warnings(with_disk(device="")),
    *warnings(alike()),
    *warnings(with_instance(tags=tuple(Tag(key=f"k{n:02}", value="v") for n in range(21)))),
    *warnings(SOURCE),
    *warnings(with_instance(key_pair_name="", status="Stopped", stopped_mode="StopCharging")),
    *warnings(
        with_instance(
            charge_type="PrePaid",
            spot_strategy="SpotAsPriceGo",
            auto_release_time="2026-12-01T00:00Z",
            eip_address="203.0.113.9",
            ipv6_addresses=("2001:db8::1",),
            secondary_eni_ids=("eni-2",),
            secondary_private_ips=("172.17.0.6",),
            tags=(Tag(key="acs:x", value="y"),),
            deployment_set_id="ds-1",
        )
    ),
    *warnings(
        SOURCE.model_copy(update={"ram_role_name": "app", "has_user_data": True, "unread": ("ecs:DescribeUserData",)})
    ),
    *warnings(with_disk(auto_snapshot_policy_id="sp-1")),
    *warnings(with_disk(shown_in_group="rg-1")),
    *image_warnings(Image(image_id="m-1", name="x", status="Available", product_code="cmjj0001")),
)


@pytest.mark.parametrize("finding", ALL_FINDINGS, ids=lambda finding: finding.key)
def test_every_finding_has_its_text_in_both_languages(finding: Finding) -> None:
    for texts in (Texts("en"), Texts("zh")):
        text = texts(f"finding.{finding.key}", **finding.values)
        assert all(value in text for value in finding.values.values())


FOUND_ON_THE_CLOUD = {"recovered_before"}
"""What no reading of the source alone gives: found by a step (tests/workflow/test_recovered_before.py)."""


LISTING = "not_carried"
"""The sentence that lists those which are asked about later."""


def test_no_text_of_a_finding_is_without_its_finding() -> None:
    told = {key.partition(".")[2] for key in catalogue("en") if key.startswith("finding.")}
    assert told == set(keys(ALL_FINDINGS)) | FOUND_ON_THE_CLOUD | {LISTING}


def test_what_is_asked_later_is_told_in_one_line_and_keeps_its_codes() -> None:
    later = tuple(finding for finding in ALL_FINDINGS if finding.is_asked_later)
    assert set(keys(later)) == {"ram_role_not_carried", "user_data_not_carried", "snapshot_policy_not_carried"}
    assert "{items}" in catalogue("en")[f"finding.{LISTING}"]


def test_what_others_named_cannot_pose_as_markup() -> None:
    source = with_instance(tags=(Tag(key="acs:[x](http://evil.example)", value="y"),))
    finding = next(item for item in warnings(source) if item.key == "tags_not_carried")
    told = Texts("en")(f"finding.{finding.key}", **finding.values)
    assert "evil.example" in told
    assert "[x]" not in told
