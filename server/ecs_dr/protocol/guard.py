"""What stands in front of the HTTP server: who may call, and how much a request may say."""

from __future__ import annotations

import hmac
from collections.abc import MutableMapping

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_REQUEST_BYTES = 256 * 1024
"""The longest request body. An answer to a question takes a few hundred bytes."""


class Guard:
    """Refuses a request without the bearer token, and one whose body is too long, before anything reads it.

    Args:
        app: What is guarded.
        token: What `Authorization: Bearer` must carry; None where the address alone keeps others out.
    """

    def __init__(self, app: ASGIApp, token: str | None) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an allowed request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not self._is_known(headers):
            await _refuse(401, "a bearer token is needed", {"www-authenticate": "Bearer"})(scope, receive, send)
            return
        body = await _read(headers, receive)
        if body is None:
            await _refuse(413, f"a request has at most {MAX_REQUEST_BYTES} bytes")(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)

    def _is_known(self, headers: Headers) -> bool:
        if self._token is None:
            return True
        scheme, _, given = headers.get("authorization", "").partition(" ")
        same = hmac.compare_digest(given.strip().encode(), self._token.encode())
        return same and scheme.lower() == "bearer"


def _refuse(status: int, why: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": why}, status_code=status, headers=headers)


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


def _replay(body: bytes, receive: Receive) -> Receive:
    """Hand the body over in one piece, then whatever else comes (the end of the connection)."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        whole: MutableMapping[str, object] = {"type": "http.request", "body": body, "more_body": False}
        return whole

    return again
