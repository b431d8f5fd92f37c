"""The table of refusals: every published code has a row, and the kind and blame that the workflow acts on."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from ecs_dr.domain.attributes.table import DISKS, INSTANCE
from ecs_dr.domain.refusals import ROWS, Blame, classify, data_disk_number, option_of, row_of
from ecs_dr.domain.refusals.reading import has_own_row
from ecs_dr.domain.texts import Language, Texts
from ecs_dr.errors import ErrorKind

_HERE = Path(__file__).parent
_KINDS = tomllib.loads((_HERE / "kinds.toml").read_text(encoding="utf-8"))
TABLES = {
    action: tuple(table["codes"].split())
    for action, table in tomllib.loads((_HERE / "api_tables.toml").read_text(encoding="utf-8")).items()
}
_CODES = [
    (section, code, kind)
    for section, table in _KINDS.items()
    if section != "text"
    for kind, codes in table.items()
    for code in codes
]


def test_every_code_that_clients_know_has_its_kind() -> None:
    wrong = [(section, code, kind) for section, code, kind in _CODES if classify(code) != ErrorKind(kind)]
    assert wrong == []


@pytest.mark.parametrize("entry", _KINDS["text"], ids=lambda entry: f"{entry['code']}: {entry['message'][:30]}")
def test_codes_that_mean_several_things_are_told_apart_by_their_text(entry: dict[str, str]) -> None:
    assert classify(entry["code"], entry["message"]) == ErrorKind(entry["kind"])


def test_no_code_stands_in_the_data_twice_with_different_kinds() -> None:
    kinds: dict[str, set[str]] = {}
    for _, code, kind in _CODES:
        kinds.setdefault(code, set()).add(kind)
    assert {code: found for code, found in kinds.items() if len(found) > 1} == {}


def test_every_published_code_has_a_row_of_its_own_or_of_its_family() -> None:
    without = {code for codes in TABLES.values() for code in codes if row_of(code).blame is Blame.UNKNOWN}
    assert without == {"OperationDenied"}, "the bare code says nothing; its message does"
    own = {action: sum(map(has_own_row, codes)) for action, codes in TABLES.items()}
    assert {action: len(codes) for action, codes in TABLES.items()} == {
        "RunInstances": 416,
        "Relatives": 20,
        "CreateImage": 59,
        "CreateVSwitch": 15,
    }
    assert own["RunInstances"] >= 190


def test_no_two_rows_say_different_things_of_one_code() -> None:
    seen: dict[tuple[str, str], object] = {}
    for row in ROWS:
        for code in row.codes:
            assert (code, row.said) not in seen, code
            seen[code, row.said] = row


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_row_has_its_texts(language: Language) -> None:
    texts = Texts(language)
    keys = [f"diagnosis.{row.text}.{part}" for row in ROWS for part in ("message", "cause", "actions")]
    assert [key for key in keys if not texts.has(key)] == []


def test_a_row_that_blames_an_option_names_one_that_the_launch_can_do_without() -> None:
    carried = {one.key for one in INSTANCE if one.carry} | {one.key for one in DISKS if one.carry}
    assert [row for row in ROWS if (row.blame is Blame.OPTION) != bool(row.option)] == []
    assert {row.option for row in ROWS if row.option} <= carried


@pytest.mark.parametrize(
    ("code", "message", "blame"),
    [
        ("InvalidVSwitchId.IpNotEnough", "", Blame.ADDRESSES),
        ("OperationDenied", "The specified instanceType or zone is not available or not authorized.", Blame.TYPE),
        ("OperationDenied.SnapshotParamsNotValid", "The capacity of snapshot exceeds the size limit.", Blame.DISK_SIZE),
        ("IoOptimized.NotSupported", "The specified image is not support IoOptimized Instance.", Blame.IMAGE_TYPE),
        ("InvalidDiskSize.TooSmall", "Specified disk size is too small when choosing PL0", Blame.DISK_LEVEL),
        ("IncorrectImageStatus", "The image is being copied.", Blame.IMAGE_NOT_READY),
        ("IncorrectImageStatus", "The specified image is an Alibaba Cloud Marketplace image.", Blame.MARKETPLACE),
        ("InvalidInstanceType.NotSupported", "not supported by the deployment set", Blame.OPTION),
        ("InvalidParameter", 'The specified parameter "DataDisk.2.Size" is not valid.', Blame.DISK_SIZE),
        ("InvalidParameter", "The specified parameter SystemDisk.Category is not valid.", Blame.DISK_CATEGORY),
        ("InvalidParameter.Something", "SecurityGroupId is wrong", Blame.GROUP),
        ("InvalidKeyPairName.Whatever", "", Blame.OPTION),
        ("InvalidMaintenanceWindow.New", "the ZoneId is not valid", Blame.ZONE),
        ("Astonishing", "the ZoneId is not valid", Blame.UNKNOWN),
    ],
)
def test_what_is_blamed_goes_by_code_message_and_the_parameter_that_is_named(
    code: str, message: str, blame: Blame
) -> None:
    assert row_of(code, message).blame is blame


def test_a_disk_is_named_by_its_number_in_the_request() -> None:
    assert data_disk_number('The specified parameter "DataDisk.2.Size" is not valid.') == 2
    assert data_disk_number("The specified DataDisk.n.Size is not valid.") is None


def test_a_permission_names_what_can_be_left_out() -> None:
    assert option_of("Forbidden.RAM", "", "ram:PassRole") == "ram_role_name"
    assert option_of("Forbidden.RAM", "", "ecs:RunInstances") == ""


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
    assert classify("InvalidImage.OSType", http_status=500) is ErrorKind.REFERENCE


def test_the_status_never_overrides_the_code() -> None:
    for status in (400, 403, 404, 409, 500, 503):
        assert classify("OperationDenied.NoStock", http_status=status) is ErrorKind.NO_STOCK


def test_every_kind_that_the_cloud_says_has_a_row() -> None:
    never_a_code = {ErrorKind.THROTTLED, ErrorKind.UNKNOWN, ErrorKind.INCOMPLETE}
    assert {row.kind for row in ROWS} | never_a_code == set(ErrorKind)


def test_message_parts_are_lower_case_so_that_they_can_match() -> None:
    assert all(row.said == row.said.lower() for row in ROWS)
