"""Criteria are values, and are worded for a person in either language."""

from __future__ import annotations

import pytest

from ecs_dr.domain.facts import Attached, Change, Compared, Fact, Named, values
from ecs_dr.domain.texts import Language, Texts
from ecs_dr.domain.texts.wording import field_label, worded_facts, worded_value

STOPPED = Change(owner="instance", field="status", before="Running", after="Stopped")
CASES: list[tuple[tuple[Fact, ...], str, str]] = [
    (
        values("Running", "ecs.g7.xlarge", "172.16.32.1"),
        "Running, ecs.g7.xlarge, 172.16.32.1",
        "运行中、ecs.g7.xlarge、172.16.32.1",
    ),
    (
        values("PayByTraffic", "5 Mbps", "PostPaid"),
        "paid by traffic, 5 Mbps, pay-as-you-go",
        "按使用流量、5 Mbps、按量付费",
    ),
    (
        (*values("i-1", "Running"), Attached(count=3)),
        "i-1, Running, 3 disks attached",
        "i-1、运行中、3 块云盘已挂载",
    ),
    (
        (*values("PostPaid"), Named(field="security_group_ids", value="sg-1, sg-2")),
        "pay-as-you-go, Security groups: sg-1, sg-2",
        "按量付费、安全组：sg-1, sg-2",
    ),
    ((STOPPED,), "Status: Running → Stopped", "状态：运行中 → 已停止"),
    ((Change(owner="d-1", field="size_gib", before=40, after=60),), "d-1 GiB: 40 → 60", "d-1 GiB：40 → 60"),
    ((Change(owner="i-1", field="", before="present", after=None),), "i-1: present → —", "i-1：有 → —"),
    (
        (Compared(device="/dev/xvdb", unlike=("category",), unread=("content",)),),
        "/dev/xvdb (≠ Category, ? Content (snapshot))",
        "/dev/xvdb (≠ 云盘类型, ? 数据来源（快照）)",
    ),
]


@pytest.mark.parametrize(("told", "english", "chinese"), CASES)
def test_facts_are_said_in_the_language_of_the_person(told: tuple[Fact, ...], english: str, chinese: str) -> None:
    assert worded_facts(told, Texts("en")) == english
    assert worded_facts(told, Texts("zh")) == chinese


def test_what_somebody_wrote_stays_one_value_and_becomes_no_measured_fact() -> None:
    written = Change(owner="instance", field="description", before="x", after="y; 3 × In_use; i-2ze1; [Running](u)")
    assert worded_facts((written,), Texts("en")) == "Description: x → y; 3 × In_use; i-2ze1; ［Running］(u)"
    assert worded_facts((written,), Texts("zh")) == "描述：x → y; 3 × In_use; i-2ze1; ［Running］(u)"


def test_a_change_travels_in_no_language() -> None:
    assert str(STOPPED) == 'instance.status: "Running" -> "Stopped"'


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_value_that_is_no_term_of_the_cloud_stays_as_it_is(language: Language) -> None:
    texts = Texts(language)
    assert [worded_value(name, texts) for name in ("prod-web", "named", "{x}", "")] == ["prod-web", "named", "{x}", ""]
    assert field_label("no_such_field", texts) == "no_such_field"
