from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from alibabacloud_tea_openapi.utils import Utils
from aliyunsdkcore.auth.composer.rpc_signature_composer import get_signed_url
from darabonba.request import DaraRequest

from ecs_dr.simulator.errors import Fault
from ecs_dr.simulator.signature import ALGORITHM, HttpRequest, SignatureChecker

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
KEY_ID = "test-access-key-id"
SECRET = "test-access-key-secret"
EMPTY_HASH = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True)
class Key:
    access_key_secret: str = SECRET
    security_token: str = ""


def checker(key: Key | None = None, now: datetime = NOW) -> SignatureChecker:
    keys = {KEY_ID: key or Key()}
    return SignatureChecker(keys.get, lambda: now)


def signed(
    query: dict[str, str] | None = None,
    *,
    secret: str = SECRET,
    nonce: str = "nonce-1",
    sent_at: str = "2026-11-22T08:00:00Z",
    token: str = "",
    method: str = "POST",
) -> HttpRequest:
    """A request signed by the SDK's own code, which is the oracle here."""
    request = DaraRequest()
    request.method = method
    request.pathname = "/"
    request.query = query if query is not None else {"RegionId": "cn-beijing"}
    request.headers = {
        "host": "127.0.0.1:8080",
        "x-acs-version": "2014-05-26",
        "x-acs-action": "DescribeInstances",
        "user-agent": "an agent (with, signs)",
        "x-acs-date": sent_at,
        "x-acs-signature-nonce": nonce,
        "accept": "application/json",
        "x-acs-content-sha256": EMPTY_HASH,
    }
    if token:
        request.headers["x-acs-security-token"] = token
    authorization = Utils.get_authorization(request, ALGORITHM, EMPTY_HASH, KEY_ID, secret)
    headers = {name.lower(): value for name, value in request.headers.items()}
    return HttpRequest(method, "/", dict(request.query), {**headers, "authorization": authorization}, b"")


def refusal_of(request: HttpRequest, by: SignatureChecker | None = None) -> str:
    with pytest.raises(Fault) as refused:
        (by or checker()).check(request)
    return refused.value.code


def with_header(request: HttpRequest, name: str, value: str | None) -> HttpRequest:
    headers = dict(request.headers)
    if value is None:
        del headers[name]
    else:
        headers[name] = value
    return replace(request, headers=headers)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"RegionId": "cn-beijing", "InstanceIds": '["i-1", "i-2"]'},
        {"ImageName": "备份 of web+db/1~2*3", "Description": "", "DryRun": "True"},
        {"DataDisk.10.Device": "/dev/xvdk", "DataDisk.2.Device": "/dev/xvdc", "Tag.1.Key": "a b"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_the_real_sdk_signs_is_accepted(query: dict[str, str], method: str) -> None:
    assert checker().check(signed(query, method=method)) == KEY_ID


def test_a_wrong_secret_is_refused() -> None:
    assert refusal_of(signed(secret="another-secret")) == "SignatureDoesNotMatch"


def test_a_changed_parameter_is_refused() -> None:
    request = replace(signed(), query={"RegionId": "cn-shanghai"})
    assert refusal_of(request) == "SignatureDoesNotMatch"


def test_a_changed_signed_header_is_refused() -> None:
    assert refusal_of(with_header(signed(), "x-acs-action", "RunInstances")) == "SignatureDoesNotMatch"


def test_a_header_that_was_not_signed_may_be_added_on_the_way() -> None:
    assert checker().check(with_header(signed(), "content-type", "application/octet-stream")) == KEY_ID


def test_a_body_that_was_not_signed_is_refused() -> None:
    assert refusal_of(replace(signed(), body=b"Action=RunInstances")) == "SignatureDoesNotMatch"


def test_an_unknown_key_is_not_found_with_status_404() -> None:
    def nobody(_: str) -> Key | None:
        return None

    with pytest.raises(Fault) as refused:
        SignatureChecker(nobody, lambda: NOW).check(signed())
    assert (refused.value.code, refused.value.http_status) == ("InvalidAccessKeyId.NotFound", 404)


@pytest.mark.parametrize("authorization", ["", "Basic abc", f"{ALGORITHM} Credential=a,SignedHeaders=,Signature=b"])
def test_an_authorization_that_is_no_v3_signature_is_incomplete(authorization: str) -> None:
    assert refusal_of(with_header(signed(), "authorization", authorization)) == "IncompleteSignature"


def test_a_missing_header_makes_the_signature_incomplete() -> None:
    assert refusal_of(with_header(signed(), "x-acs-date", None)) == "IncompleteSignature"


def test_the_action_must_be_among_the_signed_headers() -> None:
    request = signed()
    stripped = request.headers["authorization"].replace("x-acs-action;", "")
    assert refusal_of(with_header(request, "authorization", stripped)) == "IncompleteSignature"


@pytest.mark.parametrize("offset", [timedelta(minutes=16), timedelta(minutes=-16)])
def test_a_request_more_than_a_quarter_of_an_hour_off_is_expired(offset: timedelta) -> None:
    assert refusal_of(signed(), checker(now=NOW + offset)) == "InvalidTimeStamp.Expired"


def test_a_request_of_ten_minutes_ago_is_accepted() -> None:
    assert checker(now=NOW + timedelta(minutes=10)).check(signed()) == KEY_ID


def test_a_date_in_another_format_is_refused() -> None:
    assert refusal_of(signed(sent_at="Sun, 22 Nov 2026 08:00:00 GMT")) == "InvalidTimeStamp.Format"


def test_a_nonce_works_once() -> None:
    check = checker()
    check.check(signed(nonce="once"))
    assert refusal_of(signed(nonce="once"), check) == "SignatureNonceUsed"
    check.check(signed(nonce="twice"))


def test_a_refused_request_does_not_use_its_nonce_up() -> None:
    check = checker()
    assert refusal_of(signed(secret="another-secret"), check) == "SignatureDoesNotMatch"
    check.check(signed())


def test_nonces_are_forgotten_with_the_validity_of_a_date() -> None:
    times = iter([NOW, NOW, NOW + timedelta(minutes=20), NOW + timedelta(minutes=20)])
    check = SignatureChecker({KEY_ID: Key()}.get, lambda: next(times))
    check.check(signed(nonce="again"))
    check.check(signed(nonce="again", sent_at="2026-11-22T08:20:00Z"))


def test_temporary_credentials_need_their_token() -> None:
    check = checker(Key(security_token="test-security-token"))
    assert check.check(signed(token="test-security-token")) == KEY_ID
    assert refusal_of(signed(), check) == "MissingSecurityToken"
    assert refusal_of(signed(token="another-token"), check) == "InvalidSecurityToken.Malformed"


def test_a_token_with_a_long_term_key_is_a_mismatch() -> None:
    assert refusal_of(signed(token="a-token")) == "InvalidSecurityToken.MismatchWithAccessKey"


def test_no_refusal_repeats_the_secret_or_the_signature() -> None:
    request = signed(secret="another-secret")
    with pytest.raises(Fault) as refused:
        checker().check(request)
    assert SECRET not in str(refused.value)
    assert request.headers["authorization"].rpartition("=")[2] not in str(refused.value)


def signed_by_parameters(**changes: str) -> HttpRequest:
    """A request signed by the older SDK's own code."""
    given = {"Action": "DescribeInstances", "Version": "2014-05-26", "InstanceName": "备份 a+b/c*d~e&f=g%20'h"}
    url, _ = get_signed_url(given, KEY_ID, SECRET, "JSON", "GET", {})
    query = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    return HttpRequest("GET", "/", {**query, **changes}, {}, b"")


def of_the_moment() -> SignatureChecker:
    return SignatureChecker({KEY_ID: Key()}.get)


def test_the_older_sdks_signature_is_accepted_once() -> None:
    check, request = of_the_moment(), signed_by_parameters()
    assert check.check(request) == KEY_ID
    with pytest.raises(Fault, match="nonce"):
        check.check(request)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"InstanceName": "another"}, "SignatureDoesNotMatch"),
        ({"Signature": "bm90aGluZw=="}, "SignatureDoesNotMatch"),
        ({"SignatureMethod": "HMAC-SHA256"}, "IncompleteSignature"),
        ({"SignatureVersion": "2.0"}, "IncompleteSignature"),
        ({"SignatureNonce": ""}, "IncompleteSignature"),
        ({"AccessKeyId": "another"}, "InvalidAccessKeyId.NotFound"),
        ({"Timestamp": "2026-11-22 08:00:00"}, "InvalidTimeStamp.Format"),
        ({"Timestamp": "2020-01-01T00:00:00Z"}, "InvalidTimeStamp.Expired"),
        ({"SecurityToken": "another"}, "InvalidSecurityToken.MismatchWithAccessKey"),
    ],
)
def test_what_is_changed_after_signing_is_refused(changes: dict[str, str], code: str) -> None:
    with pytest.raises(Fault) as refused:
        of_the_moment().check(signed_by_parameters(**changes))
    assert refused.value.code == code
