"""An HTTP server on loopback that answers from a script and keeps what was on the wire."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}


@dataclass(frozen=True)
class Canned:
    """One answer. `drop` closes the connection without one; `hold` never answers."""

    status: int = 200
    body: str = "{}"
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    hold: bool = False


def answer(**body: object) -> Canned:
    return Canned(body=json.dumps(body))


def error(status: int, code: str, message: str = "", headers: dict[str, str] | None = None, **more: object) -> Canned:
    body = {"Code": code, "Message": message, "RequestId": "REQUEST-1", "HostId": "ecs.example", **more}
    return Canned(status, json.dumps(body), headers or {})


class TinyServer:
    """Answers the n-th request with the n-th canned answer; the last one is repeated."""

    def __init__(self, *script: Canned) -> None:
        self.script = list(script)
        self.seen: list[Seen] = []
        self.host = ""
        self._server: asyncio.Server | None = None
        self._held: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.host = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in self._held:
            writer.close()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        method, target, _ = first.split(" ")
        self.seen.append(Seen(method, target, headers, body))
        canned = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if canned.hold:
            self._held.append(writer)
            return
        if not canned.drop:
            payload = canned.body.encode()
            extra = "".join(f"{name}: {value}\r\n" for name, value in canned.headers.items())
            writer.write(
                f"HTTP/1.1 {canned.status} Status\r\nContent-Type: application/json\r\n{extra}"
                f"Content-Length: {len(payload)}\r\nConnection: close\r\n\r\n".encode()
                + payload
            )
            await writer.drain()
        writer.close()
