"""What is said of a request that reached nobody, or nobody that speaks for the API."""

from __future__ import annotations

import pytest

from ecs_dr.cloud import sdk
from ecs_dr.cloud.transport import ApiError
from ecs_dr.domain.diagnosis import DiagnosisContext, explain
from ecs_dr.domain.refusals import row_of
from ecs_dr.domain.texts import Texts
from ecs_dr.errors import ErrorKind, OutcomeUnknown
from tests.cloud.test_cloud_sdk import request, transport
from tests.cloud.tiny_http import Canned, TinyServer


@pytest.mark.parametrize(
    ("error", "sort"),
    [
        (
            OSError("Cannot connect to host x ssl:<ssl.SSLContext object at 0x7f> [Name or service not known]"),
            "name_unknown",
        ),
        (OSError("Cannot connect to host x ssl:True [SSL: CERTIFICATE_VERIFY_FAILED]"), "untrusted"),
        (TimeoutError(), "timeout"),
        (ConnectionResetError("peer"), "cut"),
        (ValueError("https://ecs.x/?AccessKeyId=LTAI"), "unknown"),
        (None, "unknown"),
    ],
)
def test_what_was_not_reached_is_told_by_its_sort_in_both_languages(error: Exception | None, sort: str) -> None:
    assert sdk._told(error) == sort
    for language in ("en", "zh"):
        outcome = OutcomeUnknown("ecs:DescribeDisks", ErrorKind.TRANSIENT, "NoAnswer", sort)
        problem = explain(outcome, Texts(language), DiagnosisContext(region_id="cn-beijing"))
        assert Texts(language)(f"no_answer.{sort}") in problem.cause
        assert "Alibaba Cloud says" not in problem.cause


@pytest.mark.parametrize("status", [413, 414])
async def test_a_request_that_a_gateway_finds_too_long_is_refused_for_good(status: int) -> None:
    async with TinyServer(Canned(status, "<html>Too Large</html>")) as server:
        with pytest.raises(ApiError) as caught:
            await transport(server).call(request())
    assert (caught.value.code, caught.value.http_status) == ("RequestTooLarge", status)
    assert row_of("RequestTooLarge").option == "user_data"
