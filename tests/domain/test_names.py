"""Names that the API accepts, and identifiers that are safe to send and to show."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_dr.domain import names
from ecs_dr.domain.images.model import is_image_name

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
INJECTIONS = [
    "",
    " ",
    "i-abc def",
    "a\nb",
    "../x",
    "x;y",
    "<b>",
    "[i-1]",
    "*",
    "i-1?x=1",
    "i-12345\n",
    "ｉ-12345",
    "i-" + "a" * 200,
]


def test_the_default_image_name_names_the_source() -> None:
    assert names.default_image_name("i-2zesource0001") == "Create_from_i-2zesource0001"


def test_a_free_default_name_is_used() -> None:
    assert names.free_image_name("i-1234", {"Create_from_i-9999"}, NOW) == "Create_from_i-1234"


def test_a_taken_default_name_gets_the_time_and_then_a_number() -> None:
    taken = ["Create_from_i-1234"]
    assert names.free_image_name("i-1234", taken, NOW) == "Create_from_i-1234_20261122_0930"
    taken.append("Create_from_i-1234_20261122_0930")
    assert names.free_image_name("i-1234", taken, NOW) == "Create_from_i-1234_20261122_0930_2"
    taken.append("Create_from_i-1234_20261122_0930_2")
    assert names.free_image_name("i-1234", taken, NOW) == "Create_from_i-1234_20261122_0930_3"


@given(suffixes=st.sets(st.sampled_from(["", "_20261122_0930", "_20261122_0930_2", "_20261122_0930_3"])))
def test_a_free_name_is_free_and_valid(suffixes: set[str]) -> None:
    taken = {f"Create_from_i-2zesource0001{suffix}" for suffix in suffixes}
    name = names.free_image_name("i-2zesource0001", taken, NOW)
    assert name not in taken
    assert is_image_name(name)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("prod-web", "recovery-prod-web"),
        ("web-[1,4]", "recovery-web--1-4-"),
        ("生产环境 web", "recovery-生产环境-web"),
        ("", "recovery-i-1234"),
        ("   ", "recovery-i-1234"),
        ("a" * 128, "recovery-" + "a" * 119),
        ("http://x", "recovery-http:--x"),
    ],
)
def test_the_replica_is_named_after_the_source(source: str, expected: str) -> None:
    assert names.replica_name(source, "i-1234") == expected


@given(source=st.text(max_size=200))
def test_whatever_the_source_is_called_the_replicas_name_is_accepted(source: str) -> None:
    name = names.replica_name(source, "i-1234")
    assert names.is_instance_name(name)
    assert len(name) <= 128
    assert not set(name) & set("[],\n <>`")


@pytest.mark.parametrize("text", ["ab", "恢复实例", "web_1.prod:a-b", "A" * 128])
def test_an_instance_name_the_api_accepts(text: str) -> None:
    assert names.is_instance_name(text)


@pytest.mark.parametrize(
    "text", ["", "a", "1ab", "-ab", "_ab", "a b", "web[1,4]", "http://web", "https:web", "a" * 129, "ab\n", "a,b"]
)
def test_an_instance_name_the_api_refuses_or_reads_differently(text: str) -> None:
    assert not names.is_instance_name(text)


@pytest.mark.parametrize(
    ("check", "good"),
    [
        ("is_region_id", ["cn-beijing", "ap-southeast-1", "cn-shanghai-finance-1", "us-west-1", "cn-wulanchabu"]),
        ("is_zone_id", ["cn-beijing-h", "ap-southeast-1a", "us-west-1b", "cn-shanghai-finance-1a"]),
        ("is_instance_id", ["i-2zesource0001", "i-bp67acfmxazb4ph00000", "i-BP67AC"]),
        ("is_vswitch_id", ["vsw-2zea", "vsw-bp1ddbrxdlrcbim460000", "vsw-k", "vsw-2ze-source-h"]),
        ("is_instance_type", ["ecs.g7.xlarge", "ecs.e-c1m2.large", "ecs.gn6i-c4g1.xlarge", "ecs.t5-lc1m2.small"]),
        ("is_image_id", ["m-2ze1", "aliyun_3_x64_20G_alibase_20240528.vhd", "centos_7_9_x64_20G_alibase_20220824.vhd"]),
    ],
)
def test_real_identifiers_pass_and_nothing_else_does(check: str, good: list[str]) -> None:
    accepts = getattr(names, check)
    assert [text for text in good if not accepts(text)] == []
    assert [text for text in INJECTIONS if accepts(text)] == []
    assert [text for text in good if accepts(text + "\n") or accepts(f" {text}") or accepts(f"{text}&x=1")] == []


@pytest.mark.parametrize("text", ["beijing", "CN-BEIJING", "cn_beijing", "cn-"])
def test_a_region_id_of_the_wrong_shape_is_refused(text: str) -> None:
    assert not names.is_region_id(text)


@pytest.mark.parametrize(
    ("zone", "region"),
    [
        ("cn-beijing-h", "cn-beijing"),
        ("us-west-1a", "us-west-1"),
        ("cn-shanghai-finance-1a", "cn-shanghai-finance-1"),
        ("cn-north-2-gov-1b", "cn-north-2-gov-1"),
    ],
)
def test_a_zone_given_as_region_is_named_as_such(zone: str, region: str) -> None:
    assert not names.is_region_id(zone)
    assert names.region_of_zone(zone) == region
    error = names.not_a_region(zone)
    assert (error.key, error.values) == ("zone_as_region", {"zone": zone, "region": region})


@pytest.mark.parametrize("region", ["cn-zhangjiakou-na62-a01", "cn-hangzhou-bj-b01", "cn-heyuan-acdr-1", "me-east-1"])
def test_no_region_is_taken_for_a_zone(region: str) -> None:
    assert names.is_region_id(region)
    assert names.region_of_zone(region) is None


@pytest.mark.parametrize("text", ["g7.xlarge", "ecs.g7", "ecs..xlarge", "ecs.g7.xlarge.x"])
def test_an_instance_type_of_the_wrong_shape_is_refused(text: str) -> None:
    assert not names.is_instance_type(text)
