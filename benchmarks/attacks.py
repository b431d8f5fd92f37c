"""What a stranger may do to a server over HTTP, a connection at a time: half open, slow, huge, malformed."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Awaitable, Callable

TOKEN = "soak-" + "0" * 27
Attack = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
HEAD = b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
KNOWN = HEAD + f"Authorization: Bearer {TOKEN}\r\nAccept: application/json, text/event-stream\r\n".encode()


async def _half_open(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"X-Half: ")
    await writer.drain()
    await asyncio.sleep(15)


async def _silent(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(15)


async def _slow_head(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    for byte in HEAD:
        writer.write(bytes((byte,)))
        await writer.drain()
        await asyncio.sleep(0.5)


async def _slow_body(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(KNOWN + b"Content-Length: 5000\r\n\r\n")
    for _ in range(60):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.5)


async def _huge_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"X-Huge: " + b"a" * 1_000_000 + b"\r\n\r\n")
    await writer.drain()
    await reader.read(1000)


async def _huge_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(KNOWN + b"Transfer-Encoding: chunked\r\n\r\n")
    for _ in range(40):
        writer.write(b"4000\r\n" + b"a" * 0x4000 + b"\r\n")
        await writer.drain()
    await reader.read(1000)


async def _many_heads(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"".join(b"X-%d: a\r\n" % number for number in range(3000)) + b"\r\n")
    await writer.drain()
    await reader.read(1000)


async def _malformed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    bodies = (b"{", b"[]", b'"\\ud800"', b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":[' + b"[" * 50_000)
    body = random.choice(bodies)  # noqa: S311 - a schedule, not a secret
    writer.write(KNOWN + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    await writer.drain()
    await reader.read(1000)


async def _noise(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(os.urandom(2000))
    await writer.drain()
    await reader.read(1000)


async def _no_token(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Authorization: Bearer wrong\r\nContent-Length: 2\r\n\r\n{}")
    await writer.drain()
    await reader.read(1000)


ATTACKS: tuple[Attack, ...] = (
    _half_open,
    _silent,
    _slow_head,
    _slow_body,
    _huge_head,
    _huge_body,
    _many_heads,
    _malformed,
    _noise,
    _no_token,
)
