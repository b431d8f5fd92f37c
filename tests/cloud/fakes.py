"""A transport that answers from a script, and a clock that only counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, settings

from ecs_dr.cloud.adapter import AlibabaCloud
from ecs_dr.cloud.retry import RetryPolicy
from ecs_dr.cloud.transport import ApiError, ApiRequest, Json
from ecs_dr.domain.model import JsonObject, digest
from ecs_dr.workflow.ports import Attempt, RetryNotice, Scope

PATIENT = settings(suppress_health_check=[HealthCheck.too_slow])
"""A property is about values; how long one takes depends on who else uses the machine."""

REGION = "cn-beijing"
TOKEN = "token-1"
SESSION = "0123456789abcdef" * 2

Reply = Mapping[str, Json] | Exception


class StepClock:
    """Sleeps by counting."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=sum(self.slept))

    def host_seconds(self) -> float:
        return sum(self.slept)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def in_host_seconds(self, seconds: float) -> float:
        return seconds


class ScriptedTransport:
    """Answers the n-th request with the n-th reply; the last one is repeated."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.requests: list[ApiRequest] = []

    async def call(self, request: ApiRequest) -> Mapping[str, Json]:
        self.requests.append(request)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        return reply

    @property
    def actions(self) -> list[str]:
        return [f"{request.product}:{request.action}" for request in self.requests]


class Notices:
    """Collects what the person is told of waits."""

    def __init__(self) -> None:
        self.seen: list[RetryNotice] = []

    async def __call__(self, notice: RetryNotice) -> bool:
        self.seen.append(notice)
        return True


def scope(notices: Notices | None = None) -> Scope:
    return Scope(session_id=SESSION, region_id=REGION, on_retry=notices)


def cloud(transport: ScriptedTransport, clock: StepClock | None = None, attempts: int = 3) -> AlibabaCloud:
    return AlibabaCloud(transport, clock or StepClock(), RetryPolicy(wait_seconds=15, attempts=attempts))


def permit(parameters: JsonObject, token: str = TOKEN) -> Attempt:
    return Attempt(decision_id="decision-1", parameters_digest=digest(parameters), client_token=token)


def refusal(code: str, message: str = "", status: int = 400, *, retry_after: float | None = None) -> ApiError:
    return ApiError(code, message, http_status=status, request_id="REQUEST-1", retry_after_seconds=retry_after)
