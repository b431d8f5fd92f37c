"""What is carried along, called by the names that the question shows."""

from __future__ import annotations

import pytest

from ecs_dr.domain.attributes.choices import Offer, read_words

OFFERED = (
    Offer(word="ram_role", key="ram_role_name", value="ShopWebRole"),
    Offer(word="user_data", key="user_data", value="present"),
    Offer(word="snapshot_policy", key="auto_snapshot_policy_id", value="sp-1"),
    Offer(word="no_public_ip", key="public_ip", value="39.105.0.10"),
    Offer(word="release_24h", key="auto_release_time", value="-"),
)


@pytest.mark.parametrize(
    ("text", "carried", "public_ip", "hours"),
    [
        ("带上 RAM 角色就行，不要公网IP", {"ram_role"}, False, None),
        ("RAM role, automatic snapshot policy", {"ram_role", "snapshot_policy"}, True, None),
        ("ram角色 和 自动快照策略", {"ram_role", "snapshot_policy"}, True, None),
        ("User data, automatic release after 8 hours", {"user_data"}, True, 8),
        ("自动释放时间 48 小时", set(), True, 48),
        ("ram_role user_data no_public_ip release_12h", {"ram_role", "user_data"}, False, 12),
        ("release_24h", set(), True, 24),
    ],
)
def test_names_of_the_table_are_understood(text: str, carried: set[str], public_ip: bool, hours: int | None) -> None:  # noqa: FBT001
    wanted = read_words(text, OFFERED)
    assert wanted.unknown == ()
    assert (set(wanted.carried), wanted.public_ip, wanted.release_hours) == (carried, public_ip, hours)


@pytest.mark.parametrize(
    "text",
    [
        "不要 RAM 角色",
        "no RAM role",
        "public IP",
        "公网 IP",
        "自带公网 IP",
        "ram_role root",
        "everything",
        "release_900h",
    ],
)
def test_what_is_not_clear_is_asked_again(text: str) -> None:
    assert read_words(text, OFFERED).unknown != ()
