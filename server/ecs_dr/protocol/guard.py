"""What stands in front of the HTTP server: who may call, and how much a request may say, and how slowly."""

from __future__ import annotations

import contextlib
import hmac
import re
from collections.abc import Sequence

import anyio
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ecs_dr.workflow.tool_calls.callers import CALLER, caller_at

MAX_REQUEST_BYTES = 256 * 1024
"""The longest request body. An answer to a question takes a few hundred bytes."""

BODY_SECONDS = 20.0
"""How long a request's body may take to arrive."""

_PORT = r"(:[0-9]{1,5})?"


class Guard:
    """Refuses who may not call, and a request that is too long or too slow, before anything reads it.

    Args:
        app: What is guarded.
        token: What `Authorization: Bearer` must carry; None where the address alone keeps others out.
        names: The names under which this server may be addressed: a page in a browser that was led here by a name of
            its own (DNS rebinding) is refused. None where the names are not known; there the token is what no page has.
    """

    body_seconds = BODY_SECONDS

    def __init__(self, app: ASGIApp, token: str | None, names: Sequence[str] | None) -> None:
        self._app = app
        self._token = token
        either = "" if names is None else "|".join(map(re.escape, names))
        # The whole of it: `localhost:80.example.com` begins as a name that is known.
        self._host = None if names is None else re.compile(f"({either}){_PORT}")
        self._origin = None if names is None else re.compile(f"http://({either}){_PORT}")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an allowed request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._misdirected(headers)
        body = None
        if refusal is None and not self._is_known(headers):
            refusal = _refuse(401, "a bearer token is needed", {"www-authenticate": "Bearer"})
        if refusal is None:
            with anyio.move_on_after(self.body_seconds) as patience:
                body = await _read(headers, receive)
            if patience.cancelled_caught:
                refusal = _refuse(408, f"a request arrives within {self.body_seconds:g} s")
        if body is None:
            refusal = refusal or _refuse(413, f"a request has at most {MAX_REQUEST_BYTES} bytes")
            await refusal(scope, receive, send)
            return
        CALLER.set(_caller(scope, headers))
        with contextlib.closing(_Replay(body, receive)) as replay:
            await self._app(scope, replay, send)

    def _misdirected(self, headers: Headers) -> JSONResponse | None:
        if self._host is not None and not self._host.fullmatch(headers.get("host", "")):
            return _refuse(421, "this server is not known by that Host")
        origin = headers.get("origin")
        if self._origin is not None and origin is not None and not self._origin.fullmatch(origin):
            return _refuse(403, "pages of that Origin may not call this server")
        return None

    def _is_known(self, headers: Headers) -> bool:
        if self._token is None:
            return True
        scheme, _, given = headers.get("authorization", "").partition(" ")
        same = hmac.compare_digest(given.strip().encode(), self._token.encode())
        return same and scheme.lower() == "bearer"


def _caller(scope: Scope, headers: Headers) -> str:
    """Who calls: by the transport's session where the protocol has one, else by the address.

    Requests of the newer protocol have none, and whatever they name as such was never handed out by this server.
    """
    session_id = headers.get("mcp-session-id")
    version = headers.get("mcp-protocol-version")
    if session_id and (version is None or version in HANDSHAKE_PROTOCOL_VERSIONS):
        return session_id[:128]
    client = scope.get("client")
    return caller_at(str(client[0] if client else ""))


def _refuse(status: int, why: str, headers: dict[str, str] | None = None) -> JSONResponse:
    # What the rest of the request is does not matter any more: the connection is not kept for it.
    return JSONResponse({"error": why}, status_code=status, headers={"connection": "close", **(headers or {})})


async def _read(headers: Headers, receive: Receive) -> bytes | None:
    """The body; None when it is announced, or turns out, to be too long."""
    announced = headers.get("content-length", "0")
    if not announced.isdigit() or int(announced) > MAX_REQUEST_BYTES:
        return None
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(chunks)
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > MAX_REQUEST_BYTES:
            return None
        if not message.get("more_body", False):
            return b"".join(chunks)


class _Replay:
    """Hands the body over in one piece, then whatever else comes (the end of the connection).

    The transport keeps the last request of each client's session: that is not to keep its body and its connection.
    """

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive: Receive | None = receive

    async def __call__(self) -> Message:
        if self._body is not None:
            whole: Message = {"type": "http.request", "body": self._body, "more_body": False}
            self._body = None
            return whole
        return {"type": "http.disconnect"} if self._receive is None else await self._receive()

    def close(self) -> None:
        """The request is over."""
        self._body = self._receive = None
