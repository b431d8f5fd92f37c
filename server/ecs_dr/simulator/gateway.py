"""The API gateway in front of the simulator: HTTP in, HTTP out, in the RPC style of ECS and VPC.

It checks the signature, finds the identity behind the access key, meets out the faults of the plan, and writes
answers and errors as the cloud does. Under `/_simulator/` a person or a test on the same machine reads the
state and the journal, resets the world, and steps a manual clock.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from ecs_dr.cloud.transport import API_VERSIONS, Json
from ecs_dr.environment import is_loopback
from ecs_dr.simulator.clock import ManualClock, timestamp
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.errors import Denial, Fault
from ecs_dr.simulator.faults import FaultPlan, FaultRule
from ecs_dr.simulator.journal import JournalEntry, session_of, without_secrets
from ecs_dr.simulator.ram import identity_of_key
from ecs_dr.simulator.signature import RPC_PARAMETERS, HttpRequest, SignatureChecker

CONNECTION = "ecs_dr.simulator.connection"
"""Where the server puts a connection's transport into the ASGI scope, so that it can be dropped."""

_GATEWAY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
_FORM = "application/x-www-form-urlencoded"
_OF_THE_OLDER_SIGNATURE = RPC_PARAMETERS | {"Format", "SecurityToken", "Signature", "SignatureType"}


@dataclass(frozen=True)
class _Incoming:
    """A request that is understood and signed."""

    product: str
    version: str
    action: str
    params: Mapping[str, str]
    identity: str
    user_agent: str


class Gateway:
    """The HTTP face of one simulator.

    Args:
        simulator: The cloud behind it.
        faults: What goes wrong, None for nothing.
        control: Whether `/_simulator/` is there; it answers requests from this machine alone.
    """

    def __init__(self, simulator: Simulator, faults: FaultPlan | None = None, *, control: bool = True) -> None:
        self.simulator = simulator
        self.faults = faults if faults is not None else FaultPlan()
        self._checker = SignatureChecker(lambda key_id: identity_of_key(simulator.world, key_id))
        self._control = control

    def app(self) -> Starlette:
        """Return the ASGI application."""
        routes = [Route("/", self._answer, methods=["GET", "POST"])]
        if self._control:
            routes += [
                Route("/_simulator/state", self._state, methods=["GET"]),
                Route("/_simulator/journal", self._journal, methods=["GET"]),
                Route("/_simulator/faults", self._fault_hits, methods=["GET"]),
                Route("/_simulator/reset", self._reset, methods=["POST"]),
                Route("/_simulator/clock", self._clock, methods=["GET", "POST"]),
            ]
        return Starlette(routes=routes)

    async def _answer(self, request: Request) -> Response:
        try:
            incoming = await self._understand(request)
        except Fault as fault:
            await self._record_refusal(request, fault)
            return _error_response(fault, request.url.netloc)
        rule = self.faults.next_call(incoming.product, incoming.action)
        if rule is None:
            return self._carry_out(incoming, request)
        return await self._meet_fault(rule, incoming, request)

    async def _understand(self, request: Request) -> _Incoming:
        sent = await _as_signed(request)
        identity = identity_of_key(self.simulator.world, self._checker.check(sent))
        if identity is None:
            raise Fault("InvalidAccessKeyId.NotFound", "Specified access key is not found.", 404)
        incoming = _incoming(sent, identity.name)
        if not incoming.product:
            raise Fault("InvalidVersion", "Specified parameter Version is not valid.", 400)
        if sent.is_signed_by_parameters and sent.parameters.get("Format", "XML").upper() != "JSON":
            raise Fault("NotSimulated", "This simulator answers in JSON alone: send Format=JSON.", 501)
        return incoming

    def _carry_out(self, incoming: _Incoming, request: Request) -> Response:
        try:
            answer = self.simulator.handle(
                incoming.product,
                incoming.version,
                incoming.action,
                incoming.params,
                incoming.identity,
                incoming.user_agent,
            )
        except Fault as fault:
            return _error_response(fault, request.url.netloc)
        return JSONResponse(answer, headers={"x-acs-request-id": str(answer["RequestId"])})

    async def _meet_fault(self, rule: FaultRule, incoming: _Incoming, request: Request) -> Response:
        if rule.delay_seconds:
            await asyncio.sleep(rule.delay_seconds)
        error = rule.error()
        if error is not None:
            error.request_id = _request_id()
            self._record(incoming, error.code, error.http_status, error.request_id)
            return _error_response(error, request.url.netloc)
        if rule.carried_out:
            answer = self._carry_out(incoming, request)
        else:
            answer = Response(status_code=502)
            self._record(incoming, rule.effect, 502 if rule.shows_gateway_page else 0, _request_id())
        if rule.drops_connection:
            await _drop_connection(request)
        if rule.shows_gateway_page:
            return HTMLResponse(_GATEWAY_PAGE, status_code=502)
        if rule.cuts_the_answer:
            whole = bytes(answer.body)
            return Response(whole[: len(whole) // 2], answer.status_code, media_type="application/json")
        return answer

    async def _record_refusal(self, request: Request, fault: Fault) -> None:
        """Write down a request that was refused before the simulator saw it."""
        fault.request_id = _request_id()
        self._record(_incoming(await _as_signed(request), ""), fault.code, fault.http_status, fault.request_id)

    def _record(self, incoming: _Incoming, outcome: str, http_status: int, request_id: str) -> None:
        self.simulator.journal.append(
            JournalEntry(
                time=self.simulator.clock.now(),
                product=incoming.product,
                action=incoming.action,
                params=without_secrets(incoming.params),
                identity=incoming.identity,
                user_agent=incoming.user_agent,
                session_id=session_of(incoming.user_agent),
                outcome=outcome,
                http_status=http_status,
                request_id=request_id,
            )
        )

    async def _state(self, request: Request) -> Response:
        return _from_elsewhere(request) or JSONResponse(self.simulator.state())

    async def _journal(self, request: Request) -> Response:
        return _from_elsewhere(request) or JSONResponse([entry.as_json() for entry in self.simulator.journal])

    async def _fault_hits(self, request: Request) -> Response:
        return _from_elsewhere(request) or JSONResponse(self.faults.hits())

    async def _reset(self, request: Request) -> Response:
        refusal = _from_elsewhere(request)
        if refusal is not None:
            return refusal
        self.simulator.reset()
        self.faults.reset()
        self._checker.forget_nonces()
        return JSONResponse({"reset": True})

    async def _clock(self, request: Request) -> Response:
        refusal = _from_elsewhere(request)
        if refusal is not None:
            return refusal
        clock = self.simulator.clock
        if request.method == "POST":
            if not isinstance(clock, ManualClock):
                return _complaint(409, "this clock runs by itself; only a manual clock can be stepped")
            seconds = _seconds_of(await request.body())
            if seconds is None:
                return _complaint(400, 'send {"advance_seconds": a number, 0 or more}')
            clock.advance(seconds)
        return JSONResponse({"now": timestamp(clock.now())})


async def _as_signed(request: Request) -> HttpRequest:
    body = await request.body()
    headers = {name.lower(): value for name, value in request.headers.items()}
    query = dict(parse_qsl(request.url.query, keep_blank_values=True))
    form = dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True)) if _is_form(headers) else {}
    return HttpRequest(request.method, request.url.path, query, headers, body, form)


def _incoming(sent: HttpRequest, identity: str) -> _Incoming:
    """What a request asks for: named by its headers, or by its parameters where it is signed by them."""
    given = sent.parameters
    if sent.is_signed_by_parameters:
        version, action = given.get("Version", ""), given.get("Action", "")
        given = {name: value for name, value in given.items() if name not in _OF_THE_OLDER_SIGNATURE}
    else:
        version, action = sent.headers.get("x-acs-version", ""), sent.headers.get("x-acs-action", "")
    product = next((name for name, known in API_VERSIONS.items() if known == version), "")
    return _Incoming(product, version, action, given, identity, sent.headers.get("user-agent", ""))


def _is_form(headers: Mapping[str, str]) -> bool:
    return headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM


def _request_id() -> str:
    """Return a request id for what never reaches the simulator, whose own ids stay in their fixed order."""
    return str(uuid.uuid4()).upper()


def _error_response(fault: Fault, host: str) -> Response:
    body: dict[str, Json] = {
        "Code": fault.code,
        "Message": fault.message,
        "RequestId": fault.request_id,
        "HostId": host,
        "Recommend": f"https://api.aliyun.com/troubleshoot?q={fault.code}&requestId={fault.request_id}",
    }
    if fault.denial is not None:
        body["AccessDeniedDetail"] = _denial_detail(fault.denial)
    headers = {"x-acs-request-id": fault.request_id}
    if fault.retry_after_ms is not None:
        headers["x-acs-retry-after"] = str(fault.retry_after_ms)
    return JSONResponse(body, status_code=fault.http_status, headers=headers)


def _denial_detail(denial: Denial) -> dict[str, Json]:
    return {
        "AuthAction": denial.auth_action,
        "AuthPrincipalType": denial.principal_type,
        "AuthPrincipalDisplayName": denial.principal_name,
        "AuthPrincipalOwnerId": denial.owner_id,
        "PolicyType": denial.policy_type,
        "NoPermissionType": denial.no_permission_type,
        "EncodedDiagnosticMessage": f"simulated-diagnostic-message-for-{denial.auth_action}",
    }


async def _drop_connection(request: Request) -> None:
    """Reset the TCP connection, and wait until the server has noticed: no answer can be written any more."""
    connection = request.scope[CONNECTION]
    raw = connection.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.abort()
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _from_elsewhere(request: Request) -> Response | None:
    """Refuse what does not come from this machine, or was sent by a web page under another host's name."""
    client = request.client.host if request.client is not None else ""
    if is_loopback(client) and is_loopback(request.url.hostname or ""):
        return None
    return _complaint(403, "the control endpoints answer requests from this machine alone")


def _complaint(status: int, message: str) -> Response:
    return JSONResponse({"error": message}, status_code=status)


def _seconds_of(body: bytes) -> float | None:
    try:
        document: object = json.loads(body)
    except ValueError:
        return None
    seconds = document.get("advance_seconds") if isinstance(document, dict) else None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
        return None
    return float(seconds)
