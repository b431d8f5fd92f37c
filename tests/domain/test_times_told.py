"""The zone and the words of a time that a person reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ecs_dr.domain.pages.words import told_value
from ecs_dr.domain.texts import Texts
from ecs_dr.domain.texts.wording import told_finding
from ecs_dr.domain.times import told_span, told_time, zone_for
from ecs_dr.environment import zone_named

WHEN = datetime(2026, 11, 22, 17, 8, 38, tzinfo=UTC)


@pytest.mark.parametrize(
    ("setting", "region", "told"),
    [
        ("", "cn-beijing", "2026-11-23 01:08:38 UTC+8"),
        ("", "ap-southeast-1", "2026-11-22 17:08:38 UTC"),
        ("UTC", "cn-beijing", "2026-11-22 17:08:38 UTC"),
        ("UTC-03:30", "cn-beijing", "2026-11-22 13:38:38 UTC-3:30"),
        ("+8", "eu-central-1", "2026-11-23 01:08:38 UTC+8"),
        ("Asia/Shanghai", "eu-central-1", "2026-11-23 01:08:38 UTC+8"),
    ],
)
def test_a_time_is_told_in_the_zone_that_is_set_or_in_the_regions(setting: str, region: str, told: str) -> None:
    assert told_time(WHEN, zone_for(zone_named(setting) if setting else None, region)) == told


def test_the_same_day_is_one_of_the_zone_and_not_of_utc() -> None:
    zone = zone_for(None, "cn-beijing")
    assert told_time(WHEN, zone, WHEN + timedelta(hours=2)) == "01:08:38"
    assert told_time(WHEN, zone, WHEN - timedelta(hours=2)) == "2026-11-23 01:08:38 UTC+8"


@pytest.mark.parametrize("name", ["UTC+15", "Mars/Base", "8", "../etc/passwd", "UTC+8:75"])
def test_what_is_no_zone_is_none(name: str) -> None:
    assert zone_named(name) is None


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        (0, "2026-11-23 01:08:38 UTC+8"),
        (2, "2026-11-23 01:08:38–03:08:38 UTC+8"),
        (24, "2026-11-23 01:08:38 UTC+8 – 2026-11-24 01:08:38 UTC+8"),
    ],
)
def test_from_when_to_when_is_told_with_no_date_twice(hours: int, told: str) -> None:
    assert told_span(WHEN, WHEN + timedelta(hours=hours), zone_for(None, "cn-beijing")) == told


@pytest.mark.parametrize(
    ("hours", "told"),
    [(0, "01:08:38"), (2, "01:08:38–03:08:38"), (24, "2026-11-23 01:08:38 UTC+8 – 2026-11-24 01:08:38 UTC+8")],
)
def test_a_span_of_the_day_that_a_sentence_names_is_told_without_its_date(hours: int, told: str) -> None:
    zone = zone_for(None, "cn-beijing")
    assert told_span(WHEN, WHEN + timedelta(hours=hours), zone, near=WHEN + timedelta(hours=3)) == told


def test_a_release_and_an_expiry_are_told_in_the_persons_zone_and_not_as_the_api_writes_them() -> None:
    texts = Texts("en", zone_for(None, "cn-beijing"))
    for stored in ("2026-11-22T17:08", "2026-11-22T17:08:00Z"):
        assert str(told_value("auto_release_time", stored, texts)) == "2026-11-23 01:08:00 UTC+8"
    assert str(told_value("auto_release_time", "-", texts)) == "-"
    told = told_finding("subscription", {"expired_time": "2027-06-03T16:00Z"}, texts)
    assert "until 2027-06-04 00:00:00 UTC+8" in str(told)
