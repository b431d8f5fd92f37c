"""Sending one request until the cloud has answered for good, or the retries are used up.

The waits are the cloud's time (the injected clock), every one is announced, and a mutating request is the same
request each time: same parameters, same ClientToken, so that a lost answer is found again rather than made twice.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import anyio

from ecs_dr.cloud.transport import LONGEST_CODE, ApiError, ApiRequest, Json, NoAnswer, Transport
from ecs_dr.domain.refusals import DECIDED_BEFORE_THE_TOKEN, Row, row_of
from ecs_dr.errors import (
    NO_ANSWER,
    RETRYABLE_KINDS,
    CallBudgetSpent,
    CloudError,
    CloudRefused,
    CredentialsPending,
    ErrorKind,
    NoCredentials,
    OutcomeUnknown,
)
from ecs_dr.redact import redact, safe_display
from ecs_dr.workflow.ports import Clock, NotifyRetry, RetryNotice

LONGEST_RETRY_AFTER_SECONDS = 60.0
"""A throttled action is free again with the next minute; a longer `x-acs-retry-after` is not waited for in one go."""


@dataclass(frozen=True)
class RetryPolicy:
    """How often, and how far apart, a request is sent again."""

    wait_seconds: float = 15
    attempts: int = 3
    """Retries after the first send."""


@dataclass
class _Sends:
    """What is known of the sends of one request so far."""

    ambiguous: bool = False
    """An earlier send may have been carried out."""


@dataclass(frozen=True)
class Retrier:
    """Sends requests through a transport with one policy."""

    transport: Transport
    clock: Clock
    policy: RetryPolicy
    jitter: Callable[[], float] = field(default=random.random)
    """0 to 1; spreads the waits of throttled callers."""

    async def send(
        self, request: ApiRequest, *, mutating: bool, notify: NotifyRetry | None = None, in_doubt: bool = False
    ) -> Mapping[str, Json]:
        """Send until answered, refused for good, or out of retries.

        Args:
            request: Sent unchanged each time.
            mutating: Whether it creates something: it then carries a ClientToken, one send is never interrupted,
                and an unmet dependency (a VSwitch still Pending) is waited for as well.
            notify: Told of each wait before it begins; it may end the retries, or put them off to a later call.
            in_doubt: An earlier send of the same request may have been carried out.

        Raises:
            CloudRefused: The API refused, and this request did nothing.
            OutcomeUnknown: No answer, or none that says whether a mutating request was carried out.
            CallBudgetSpent: From `notify`.
        """
        sends = _Sends(ambiguous=in_doubt)
        action = f"{request.product}:{request.action}"

        async def goes_on(notice: RetryNotice) -> bool:
            try:
                return notify is None or await notify(notice)
            except CallBudgetSpent as spent:
                spent.in_doubt = sends.ambiguous
                raise

        # A trial of a request meets what is still being made just as the request would.
        creates = mutating or bool(request.params.get("DryRun"))
        for attempt in itertools.count(1):
            try:
                return await self._once(request, sends, mutating=mutating)
            except CloudError as error:
                if attempt > self.policy.attempts or not _is_worth_a_retry(error, creates=creates):
                    raise
                seconds = self._wait(error, attempt)
                notice = RetryNotice(
                    action=action,
                    code=error.code,
                    attempt=attempt,
                    of=self.policy.attempts,
                    wait_seconds=seconds,
                    creates=mutating,
                )
                if not await goes_on(notice):
                    raise
            await self.clock.sleep(seconds)
        raise AssertionError("an endless loop has ended")

    async def _once(self, request: ApiRequest, sends: _Sends, *, mutating: bool) -> Mapping[str, Json]:
        action = f"{request.product}:{request.action}"
        try:
            if not mutating:
                return await self.transport.call(request)
            # A request that creates something is not abandoned half-way: its outcome is brought home first.
            with anyio.CancelScope(shield=True):
                answer = await self.transport.call(request)
            return answer  # noqa: RET504, TRY300 - a return inside the scope looks to mypy as if it might not happen
        except (CredentialsPending, NoCredentials) as error:
            error.in_doubt = sends.ambiguous  # this send never left; an earlier one may have arrived
            raise
        except ApiError as error:
            raise _refused(action, error, sends, mutating=mutating) from error
        except NoAnswer as error:
            sends.ambiguous = True
            unknown = OutcomeUnknown(action, ErrorKind.TRANSIENT, NO_ANSWER, redact(str(error)))
            unknown.creates = mutating
            raise unknown from error

    def _wait(self, error: CloudError, attempt: int) -> float:
        """Seconds until the next send."""
        if error.kind is ErrorKind.THROTTLED:
            grown = self.policy.wait_seconds * 2.0 ** (attempt - 1) * (1 + self.jitter() / 4)
            return max(grown, _retry_after(error))
        if error.kind is ErrorKind.DEPENDENCY:
            # A new VSwitch is Available within seconds: look early, then less often.
            return self.policy.wait_seconds * attempt / max(self.policy.attempts, 1)
        return self.policy.wait_seconds


def _retry_after(error: CloudError) -> float:
    cause = error.__cause__
    seconds = cause.retry_after_seconds if isinstance(cause, ApiError) else None
    return min(seconds or 0.0, LONGEST_RETRY_AFTER_SECONDS)


def _is_worth_a_retry(error: CloudError, *, creates: bool) -> bool:
    if error.code == NO_ANSWER or error.kind in RETRYABLE_KINDS:
        return True
    return creates and error.kind is ErrorKind.DEPENDENCY


def _refused(action: str, error: ApiError, sends: _Sends, *, mutating: bool) -> CloudError:
    """What a refusal means, given what was sent before."""
    row = row_of(error.code, error.message, error.http_status)
    server_failed = error.http_status is not None and error.http_status >= 500
    if row.retryable and (server_failed or row.kind is ErrorKind.TOKEN_BUSY):
        # A 5xx says nothing about what was done before it; a busy token says that a send is still under way.
        sends.ambiguous = True
    unknown = mutating and sends.ambiguous and (row.retryable or row.kind in DECIDED_BEFORE_THE_TOKEN)
    raised = OutcomeUnknown if unknown else CloudRefused
    refusal = raised(
        action,
        row.kind,
        error.code,
        redact(error.message),
        http_status=error.http_status,
        request_id=error.request_id,
        missing_permission=_missing_permission(action, row, error),
        denial=error.access_denied,
    )
    if isinstance(refusal, CloudRefused):
        refusal.after_doubt = mutating and sends.ambiguous
    return refusal


def _missing_permission(action: str, row: Row, error: ApiError) -> str | None:
    if row.kind is not ErrorKind.PERMISSION:
        return None
    if error.access_denied is not None and error.access_denied.auth_action:
        return safe_display(error.access_denied.auth_action, LONGEST_CODE)
    return row.permission or action
