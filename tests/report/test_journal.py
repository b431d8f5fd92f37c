"""The record of requests: every one, nothing of what was in it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ecs_dr.cloud import journal
from ecs_dr.cloud.journal import JournalTransport
from ecs_dr.cloud.transport import ApiError, ApiRequest, Json, NoAnswer
from tests.cloud.fakes import ScriptedTransport, StepClock

OK: Mapping[str, Json] = {"RequestId": "REQUEST-OK"}
SESSION = "a" * 32


def request(action: str = "DescribeInstances", session: str | None = SESSION, **params: Json) -> ApiRequest:
    return ApiRequest(
        product="ecs",
        version="2014-05-26",
        action=action,
        region_id="cn-beijing",
        params={"RegionId": "cn-beijing", **params},
        session_id=session,
    )


async def test_an_answered_request_is_recorded_with_its_request_id() -> None:
    transport = JournalTransport(ScriptedTransport(OK), StepClock())
    await transport.call(request())
    (record,) = transport.requests(SESSION)
    assert (record.action, record.result, record.request_id, record.attempt) == (
        "ecs:DescribeInstances",
        "OK",
        "REQUEST-OK",
        1,
    )
    assert not record.mutating


async def test_a_refusal_is_recorded_with_code_status_and_request_id() -> None:
    refused = ApiError("Forbidden.RAM", "no", http_status=403, request_id="REQUEST-NO")
    transport = JournalTransport(ScriptedTransport(refused), StepClock())
    with pytest.raises(ApiError):
        await transport.call(request())
    (record,) = transport.requests(SESSION)
    assert (record.result, record.http_status, record.request_id) == ("Forbidden.RAM", 403, "REQUEST-NO")


async def test_a_request_that_nobody_answered_is_recorded_as_that() -> None:
    transport = JournalTransport(ScriptedTransport(NoAnswer("reset")), StepClock())
    with pytest.raises(NoAnswer):
        await transport.call(request())
    assert [record.result for record in transport.requests(SESSION)] == ["NoAnswer"]


async def test_a_creating_request_that_is_sent_again_counts_its_sends() -> None:
    transport = JournalTransport(ScriptedTransport(NoAnswer("reset"), OK, OK), StepClock())
    with pytest.raises(NoAnswer):
        await transport.call(request("RunInstances", ClientToken="token-1"))
    await transport.call(request("RunInstances", ClientToken="token-1"))
    await transport.call(request("RunInstances", ClientToken="token-2"))
    assert [(record.attempt, record.mutating) for record in transport.requests(SESSION)] == [
        (1, True),
        (2, True),
        (1, True),
    ]


async def test_a_reading_request_counts_its_sends_until_it_succeeds() -> None:
    transport = JournalTransport(ScriptedTransport(NoAnswer("reset"), OK, OK), StepClock())
    with pytest.raises(NoAnswer):
        await transport.call(request())
    await transport.call(request())
    await transport.call(request())
    assert [record.attempt for record in transport.requests(SESSION)] == [1, 2, 1]


async def test_a_rehearsal_creates_nothing() -> None:
    transport = JournalTransport(ScriptedTransport(OK), StepClock())
    await transport.call(request("RunInstances", DryRun=True))
    assert [record.mutating for record in transport.requests(SESSION)] == [False]


async def test_no_parameter_is_ever_kept() -> None:
    transport = JournalTransport(ScriptedTransport(OK), StepClock())
    await transport.call(request("RunInstances", ClientToken="token-1", UserData="c2VjcmV0", InstanceName="shop"))
    text = repr(transport.requests(SESSION))
    assert not [value for value in ("token-1", "c2VjcmV0", "shop") if value in text]
    assert "c2VjcmV0" not in repr(transport._pages)


async def test_of_a_long_session_the_oldest_readings_go_and_what_created_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MAX_READS", 5)
    transport = JournalTransport(ScriptedTransport(*[OK] * 21), StepClock())
    await transport.call(request("CreateImage", ClientToken="token-1"))
    for _ in range(20):
        await transport.call(request())
    assert [record.number for record in transport.requests(SESSION)] == [1, 17, 18, 19, 20, 21]


async def test_sessions_do_not_see_each_other_and_the_quietest_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MAX_SESSIONS", 2)
    transport = JournalTransport(ScriptedTransport(*[OK] * 4), StepClock())
    for session in ("a", "b", "a", "c"):
        await transport.call(request(session=session))
    assert [len(transport.requests(session)) for session in ("a", "b", "c")] == [2, 0, 1]
