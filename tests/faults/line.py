"""A bad line to the cloud: what may happen to a request between the adapter and the simulated cloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from ecs_dr.cloud.transport import ApiError, ApiRequest, Json, NoAnswer
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.transport import SimulatorTransport
from tests.support.clock import SteppedClock

MUTATING = ("CreateImage", "CreateVSwitch", "RunInstances")


class ProcessDied(BaseException):
    """The server's process ends here: no code of ours may run on and tidy up."""


class Kind(StrEnum):
    """What happens to one request."""

    INTERNAL_ERROR = "InternalError"
    SERVICE_UNAVAILABLE = "ServiceUnavailable"
    UNKNOWN_5XX = "Some.Code.Nobody.Knows"
    TOKEN_BUSY = "IdempotentProcessing"
    TOKEN_BUSY_LAST = "LastTokenProcessing"
    TOKEN_BUSY_VPC = "OperationFailed.IdempotentTokenProcessing"
    THROTTLED = "Throttling"
    THROTTLED_USER = "Throttling.User"
    THROTTLED_LOWER = "Throttling.user"
    THROTTLED_API = "Throttling.Api"
    THROTTLED_RESOURCE = "Throttling.Resource"
    THROTTLED_CONCURRENT = "Throttling.ConcurrentLimitExceeded"
    THROTTLED_REJECTED = "Rejected.Throttling"
    THROTTLED_VPC = "ServiceUnavailable.Throttling"
    FORBIDDEN = "Forbidden.RAM"
    QUOTA = "QuotaExceeded"
    NO_STOCK = "OperationDenied.NoStock"
    RESET = "reset"
    LOST = "lost"
    ERROR_AFTER = "error-after"
    GARBLED = "garbled"
    DELAYED = "delayed"
    TIMEOUT = "timeout"
    LATE = "late"
    DIES_BEFORE = "dies-before"
    DIES_AFTER = "dies-after"


STATUS: Mapping[Kind, int] = {
    Kind.INTERNAL_ERROR: 500,
    Kind.SERVICE_UNAVAILABLE: 503,
    Kind.UNKNOWN_5XX: 500,
    Kind.TOKEN_BUSY: 400,
    Kind.TOKEN_BUSY_LAST: 403,
    Kind.TOKEN_BUSY_VPC: 400,
    Kind.THROTTLED: 400,
    Kind.THROTTLED_USER: 400,
    Kind.THROTTLED_LOWER: 403,
    Kind.THROTTLED_API: 429,
    Kind.THROTTLED_RESOURCE: 429,
    Kind.THROTTLED_CONCURRENT: 400,
    Kind.THROTTLED_REJECTED: 403,
    Kind.THROTTLED_VPC: 503,
    Kind.FORBIDDEN: 403,
    Kind.QUOTA: 400,
    Kind.NO_STOCK: 403,
}
"""Kinds that are an error of the API, refused before anything is done, with the HTTP status they come with."""

DEATHS = (Kind.DIES_BEFORE, Kind.DIES_AFTER)
TRANSIENT = tuple(kind for kind in Kind if kind not in {Kind.FORBIDDEN, Kind.QUOTA, Kind.NO_STOCK, *DEATHS})
THROTTLES = tuple(kind for kind in Kind if "Throttling" in kind.value)

AFTER_THE_TOKEN = (Kind.QUOTA, Kind.NO_STOCK)
"""Refusals that come of carrying a request out: a token that was carried out before gets its first answer again."""

LATE_SECONDS = 40.0
TIMEOUT_SECONDS = 20.0


@dataclass
class Fault:
    """The next `times` requests of an action (`*`: of any), after `skip` of them, meet `kind`.

    Attributes:
        ignores_token: Refused also where the ClientToken was carried out before, as no documented check is.
    """

    action: str
    kind: Kind
    times: int = 1
    skip: int = 0
    ignores_token: bool = False

    def applies(self, request: ApiRequest) -> bool:
        if self.times <= 0 or self.action not in {"*", request.action}:
            return False
        if self.kind in DEATHS and request.params.get("DryRun"):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True


@dataclass
class FaultLine:
    """Implements `Transport`: the simulator in the same process, behind whatever goes wrong."""

    simulator: Simulator
    clock: SteppedClock
    faults: list[Fault] = field(default_factory=list)
    applied: list[tuple[str, Kind]] = field(default_factory=list)
    sent: list[ApiRequest] = field(default_factory=list)
    under_way: list[tuple[datetime, ApiRequest]] = field(default_factory=list)
    """Requests that the client gave up, and that the cloud will carry out all the same."""

    def __post_init__(self) -> None:
        self._cloud = SimulatorTransport(self.simulator)

    async def call(self, request: ApiRequest) -> Mapping[str, Json]:
        await self.deliver()
        self.sent.append(request)
        fault = next((one for one in list(self.faults) if one.applies(request)), None)
        if fault is None or (self._was_done(request) and fault.kind in AFTER_THE_TOKEN and not fault.ignores_token):
            return await self._cloud.call(request)
        self.applied.append((request.action, fault.kind))
        return await self._meet(fault.kind, request)

    async def deliver(self, *, everything: bool = False) -> None:
        """Let arrive what is under way and due."""
        due = [entry for entry in self.under_way if everything or entry[0] <= self.clock.now()]
        self.under_way = [entry for entry in self.under_way if entry not in due]
        for _, request in due:
            try:
                await self._cloud.call(request)
            except ApiError:
                continue

    async def heal(self) -> None:
        """The line is good from now on, and nothing is under way any more."""
        self.faults.clear()
        await self.deliver(everything=True)

    def _was_done(self, request: ApiRequest) -> bool:
        """Whether this ClientToken was carried out before: the cloud answers as it did then."""
        token = request.params.get("ClientToken")
        done = self.simulator.calls(request.action)
        return token is not None and any(one.outcome == "OK" and one.params.get("ClientToken") == token for one in done)

    async def _meet(self, kind: Kind, request: ApiRequest) -> Mapping[str, Json]:
        if kind in STATUS:
            wait = 7.0 if kind in THROTTLES else None
            raise ApiError(
                kind.value, "injected", http_status=STATUS[kind], request_id="FAULT", retry_after_seconds=wait
            )
        if kind is Kind.RESET:
            raise NoAnswer("ConnectionResetError")
        if kind is Kind.LATE:
            self.under_way.append((self.clock.now() + timedelta(seconds=LATE_SECONDS), request))
            await self.clock.sleep(TIMEOUT_SECONDS)
            raise NoAnswer("no answer in time")
        if kind is Kind.DIES_BEFORE:
            raise ProcessDied
        answer = await self._carry_out(request)
        if kind in {Kind.DELAYED, Kind.TIMEOUT}:
            await self.clock.sleep(TIMEOUT_SECONDS - 2)
        if kind is Kind.DELAYED:
            return answer
        raise self._after(kind)

    async def _carry_out(self, request: ApiRequest) -> Mapping[str, Json]:
        return await self._cloud.call(request)

    def _after(self, kind: Kind) -> BaseException:
        if kind is Kind.DIES_AFTER:
            return ProcessDied()
        if kind is Kind.ERROR_AFTER:
            return ApiError("InternalError", "injected after the work was done", http_status=500, request_id="FAULT")
        return NoAnswer(f"nothing readable: {kind.value}")
