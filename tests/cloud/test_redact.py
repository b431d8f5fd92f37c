"""What must not leave the process does not, and what others wrote is harmless when it is shown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecs_dr.redact import DISPLAY_LIMIT, REDACTED, redact, safe_display
from tests.cloud.fakes import PATIENT

KEY = "LTAI" + "fake" * 4
SECRET = "fakeSecret" * 2 + "1234567890"
TOKEN = "CAIS" + "fake" * 6 + "+/="


@pytest.mark.parametrize(
    "text",
    [
        f"key {KEY} is unknown",
        f"AccessKeyId={KEY}&Amount=1",
        f"accessKeyId: {KEY}",
        f'{{"AccessKeySecret": "{SECRET}"}}',
        f"ALIBABA_CLOUD_ACCESS_KEY_SECRET={SECRET}",
        f"the secret is {SECRET}.",
        f"SecurityToken={TOKEN}",
        f"x-acs-security-token: {TOKEN}",
        f"token {TOKEN}",
        "STS." + "fake" * 4,
        f"Authorization: ACS3-HMAC-SHA256 Credential={KEY},SignedHeaders=host,Signature={SECRET}",
        f"headers {{'Authorization': 'ACS3-HMAC-SHA256 Credential={KEY},Signature={SECRET}'}}",
        f"sent ACS3-HMAC-SHA256 Credential={KEY},SignedHeaders=host;x-acs-date,Signature={SECRET}",
        f"Signature={SECRET}&SignatureNonce=1",
        f"Max retries exceeded with url: /?Amount=1&Password={SECRET}&AccessKeyId={KEY}",
        f"https://ecs.cn-beijing.aliyuncs.com/?SecurityToken={TOKEN}",
        f"server string to sign is:POST&%2F&AccessKeyId%3D{KEY}%26Password%3D{SECRET}",
        f"AccessKeyId%3D{KEY}",
        f"proxy http://user:{SECRET}@proxy.example:8080 refused",
        f"Bearer {SECRET}",
        f"UserData={SECRET}",
        f'password = "{SECRET} with spaces {SECRET}"',
    ],
)
def test_no_part_of_a_secret_survives(text: str) -> None:
    cleaned = redact(text)
    for secret in (KEY, SECRET, TOKEN, "STS.fake", "user:"):
        assert secret not in cleaned
    assert REDACTED in cleaned


def test_a_query_string_goes_and_the_host_stays() -> None:
    cleaned = redact("cannot reach https://ecs.cn-beijing.aliyuncs.com/?InstanceName=prod&Amount=1 (timeout)")
    assert cleaned == f"cannot reach https://ecs.cn-beijing.aliyuncs.com/?{REDACTED} (timeout)"


@pytest.mark.parametrize(
    "text",
    [
        "The specified InstanceId i-2zesource0001 does not exist.",
        "request id: 473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E",
        "session 0123456789abcdef0123456789abcdef",
        "User not authorized to operate on the specified resource.",
        "InvalidAccessKeyId.NotFound: Specified access key is not found.",
        "SignatureDoesNotMatch",
        "the image m-2zew631ot8lz98dm7lub is 45%",
        "Is it really gone? Yes.",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert redact(text) == text


@settings(PATIENT)
@given(st.text(max_size=200))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@settings(PATIENT)
@given(
    st.from_regex(r"LTAI[A-Za-z0-9]{12,20}", fullmatch=True), st.sampled_from([" ", "=", "'", '"', "(", ",", ":", "\n"])
)
def test_an_access_key_id_is_found_after_any_separator(key: str, separator: str) -> None:
    assert key not in redact(f"before{separator}{key}{separator}after")


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("web\u001b[31m-red", "web ［31m-red"),
        ("a\r\nb\tc", "a b c"),
        ("safe\u202egnp.exe", "safegnp.exe"),
        ("ze\u200bro\u2060width\ufeff", "zerowidth"),
        ("tag\U000e0041\U000e0042", "tag"),
        ("vs\ufe0f\U000e0100", "vs"),
        ("<b>bold</b>", "＜b＞bold＜/b＞"),
        ("[link](https://evil.example)", "［link］(https：//evil.example)"),
        ("`code` | cell", "｀code｀ ｜ cell"),
        ("&lt;script&gt;", "＆lt;script＆gt;"),
        ("[bold]rich[/bold]", "［bold］rich［/bold］"),
        ("  spaced\u00a0\u3000out  ", "spaced out"),
        ("\u3164blank\u2800", "blank"),
        ("", ""),
    ],
)
def test_control_invisible_and_markup_characters_are_neutralised(hostile: str, shown: str) -> None:
    assert safe_display(hostile) == shown


@pytest.mark.parametrize(
    "name", ["prod-web_01.example:8080", "生产环境-数据库", "naïve café", "日本語", "ecs.g7.xlarge"]
)
def test_ordinary_names_stay_as_they_are(name: str) -> None:
    assert safe_display(name) == name


def test_a_long_value_is_cut_and_says_so() -> None:
    shown = safe_display("x" * 1000)
    assert len(shown) == DISPLAY_LIMIT
    assert shown.endswith("…")


@settings(PATIENT)
@given(st.text(max_size=400))
def test_what_is_shown_is_one_line_of_visible_characters(text: str) -> None:
    shown = safe_display(text)
    assert len(shown) <= DISPLAY_LIMIT
    assert not set(shown) & set("<>[]`|*\\\n\r\t\u001b")
    assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}]


@settings(PATIENT)
@given(st.text(max_size=200))
def test_showing_twice_changes_nothing_more(text: str) -> None:
    once = safe_display(text)
    assert safe_display(once) == once


@given(st.text(alphabet="aZ0 .,:/+@%=-_<&#;*|\u200b\u3164\ufe0f\n", max_size=12), st.integers(1, 12))
def test_text_that_nothing_would_change_is_shown_as_all_other_text(text: str, limit: int) -> None:
    """A character that is always changed, and cut off again, sends the same text the long way."""
    whole = safe_display(f"{text}\u4e2d", 100)
    expected = whole.removesuffix("\u4e2d").rstrip()
    assert safe_display(text, limit) == (expected if len(expected) <= limit else expected[: limit - 1] + "…")
