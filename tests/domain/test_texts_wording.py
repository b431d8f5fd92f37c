"""Criteria travel in the cloud's own terms, and are worded for a person in either language."""

from __future__ import annotations

import pytest

from ecs_dr.domain.texts import Language, Texts
from ecs_dr.domain.texts.wording import field_label, worded_facts, worded_value

CASES: list[tuple[str, str, str]] = [
    (
        "Running; ecs.g7.xlarge; 172.16.32.1",
        "Running, ecs.g7.xlarge, 172.16.32.1",
        "运行中、ecs.g7.xlarge、172.16.32.1",
    ),
    ("PayByTraffic; 5 Mbps; PostPaid", "paid by traffic, 5 Mbps, pay-as-you-go", "按使用流量、5 Mbps、按量付费"),
    ("i-1; Running; 3 × In_use", "i-1, Running, 3 disks attached", "i-1、运行中、3 块云盘已挂载"),
    (
        "PostPaid; security_group_ids=sg-1, sg-2",
        "pay-as-you-go, Security groups: sg-1, sg-2",
        "按量付费、安全组：sg-1, sg-2",
    ),
    ('instance.status: "Running" -> "Stopped"', "Status: Running → Stopped", "状态：运行中 → 已停止"),
    ("d-1.size_gib: 40 -> 60", "d-1 GiB: 40 → 60", "d-1 GiB：40 → 60"),
    ('i-1: "present" -> null', "i-1: present → —", "i-1：有 → —"),
    ("/dev/xvdb (≠ category)", "/dev/xvdb (≠ Category)", "/dev/xvdb (≠ 云盘类型)"),
]


@pytest.mark.parametrize(("told", "english", "chinese"), CASES)
def test_facts_are_said_in_the_language_of_the_person(told: str, english: str, chinese: str) -> None:
    assert worded_facts(told, Texts("en")) == english
    assert worded_facts(told, Texts("zh")) == chinese


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_value_that_is_no_term_of_the_cloud_stays_as_it_is(language: Language) -> None:
    texts = Texts(language)
    assert [worded_value(name, texts) for name in ("prod-web", "named", "{x}", "")] == ["prod-web", "named", "{x}", ""]
    assert field_label("no_such_field", texts) == "no_such_field"
