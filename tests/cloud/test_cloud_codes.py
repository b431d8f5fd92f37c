"""Every error code of the API's tables has the kind that the workflow acts on."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from ecs_dr.cloud.code_table import EXACT, TEXTS
from ecs_dr.cloud.codes import classify
from ecs_dr.errors import ErrorKind

_DATA = tomllib.loads((Path(__file__).parent / "api_codes.toml").read_text(encoding="utf-8"))
_CODES = [
    (section, code, kind)
    for section, table in _DATA.items()
    if section != "text"
    for kind, codes in table.items()
    for code in codes
]


@pytest.mark.parametrize(("section", "code", "kind"), _CODES)
def test_every_code_of_the_api_tables_is_classified(section: str, code: str, kind: str) -> None:
    assert classify(code) == ErrorKind(kind), section


@pytest.mark.parametrize("entry", _DATA["text"], ids=lambda entry: f"{entry['code']}: {entry['message'][:30]}")
def test_codes_that_mean_several_things_are_told_apart_by_their_text(entry: dict[str, str]) -> None:
    assert classify(entry["code"], entry["message"]) == ErrorKind(entry["kind"])


def test_no_code_stands_in_the_data_twice_with_different_kinds() -> None:
    kinds: dict[str, set[str]] = {}
    for _, code, kind in _CODES:
        kinds.setdefault(code, set()).add(kind)
    assert {code: found for code, found in kinds.items() if len(found) > 1} == {}


def test_a_throttling_code_nobody_has_seen_is_throttling() -> None:
    assert classify("Throttling.SomethingNew", http_status=400) is ErrorKind.THROTTLED
    assert classify("Flow.throttlingByRegion") is ErrorKind.THROTTLED


def test_both_spellings_of_the_quota_family_are_quota() -> None:
    assert classify("QuotaExceed.SomethingNew") is ErrorKind.QUOTA
    assert classify("QuotaExceeded.SomethingNew") is ErrorKind.QUOTA


def test_a_code_nobody_knows_is_unknown_and_transient_only_as_5xx() -> None:
    assert classify("Astonishing") is ErrorKind.UNKNOWN
    assert classify("Astonishing", http_status=403) is ErrorKind.UNKNOWN
    assert classify("Astonishing", http_status=503) is ErrorKind.TRANSIENT


def test_a_known_permanent_code_stays_permanent_even_as_5xx() -> None:
    assert classify("InvalidImage.OSType", http_status=500) is ErrorKind.PARAMETER


def test_the_status_never_overrides_the_code() -> None:
    for status in (400, 403, 404, 409, 500, 503):
        assert classify("OperationDenied.NoStock", http_status=status) is ErrorKind.NO_STOCK


def test_every_kind_but_unknown_has_a_code() -> None:
    throttled_by_family = {ErrorKind.THROTTLED}
    assert set(EXACT.values()) | throttled_by_family | {ErrorKind.UNKNOWN} == set(ErrorKind)


def test_message_fragments_are_lower_case_so_that_they_can_match() -> None:
    assert all(fragment == fragment.lower() for _, fragment, _ in TEXTS)
