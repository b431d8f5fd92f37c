"""The stdio transport's input: read where nothing has to wait for it, and every frame looked at before the SDK does.

The SDK reads stdin in a thread that nobody can call back: a server that is told to end would wait for the host's next
line. And it drops a frame that it cannot parse (half of a surrogate pair, as hosts cut strings, is one): the request in
it would never be answered, a form that was answered so would stay open.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import cast

import anyio
from mcp.server.stdio import stdio_server
from mcp.shared.message import SessionMessage
from mcp_types import ErrorData, JSONRPCError, RequestId, jsonrpc_message_adapter

from ecs_dr.protocol.sdk import Server

logger = logging.getLogger(__name__)

PARSE_ERROR = -32700
INVALID_REQUEST = -32600

MOST_FRAME_BYTES = 8 * 1024 * 1024
"""A longer line is no message of any host: an answer takes a few hundred bytes."""

UNREADABLE = "\N{REPLACEMENT CHARACTER}"

_CHUNK = 64 * 1024
_AHEAD = 64
"""Lines that are read before the server has taken them."""

Send = Callable[[SessionMessage], Awaitable[None]]


async def run_stdio(server: Server) -> None:
    """Serve on stdin and stdout until stdin ends, or the task is cancelled. Stray output stays off stdout."""
    with _own_stdin() as descriptor:
        if descriptor is None:
            await server.run_stdio_async()  # a stdin that is no file: a test's
            return
        lines = _Lines(descriptor)
        frames = cast("anyio.AsyncFile[str]", lines)  # the transport iterates over it, and does nothing else
        async with stdio_server(stdin=frames) as (read, write):
            lines.answer = write.send
            # The one public way to serve on stdio, `run_stdio_async`, opens stdin itself and takes no streams; these
            # are its own two lines. tests/journeys/test_ending.py notices when the name has gone.
            lowlevel = server._lowlevel_server  # noqa: SLF001 - see above
            await lowlevel.run(read, write, lowlevel.create_initialization_options())


@contextlib.contextmanager
def _own_stdin() -> Iterator[int | None]:
    """A descriptor of our own for stdin; meanwhile, what reads stdin in this process or a child of it finds its end.

    None where stdin is no file.
    """
    try:
        stdin = sys.stdin.fileno()
        own = os.dup(stdin)
    except (AttributeError, OSError, ValueError):
        yield None
        return
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, stdin)
    os.close(nothing)
    try:
        yield own
    finally:
        # Not closed: the thread may still be reading it.
        os.dup2(own, stdin)


class _Lines:
    """The frames on a descriptor, as the transport wants them: one line each, each of them a message."""

    def __init__(self, descriptor: int) -> None:
        self.answer: Send | None = None
        self._descriptor = descriptor
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._room = threading.Semaphore(_AHEAD)
        # Nobody waits for it: it ends with the process, wherever it is in its reading.
        threading.Thread(target=self._read, name="stdin", daemon=True).start()

    async def __aiter__(self) -> AsyncIterator[str]:
        """Each frame that can be parsed; the others are answered here."""
        while (line := await self._lines.get()) is not None:
            self._room.release()
            frame = await self._looked_at(line)
            if frame is not None:
                yield frame

    def _read(self) -> None:
        rest = b""
        skipping = False
        while chunk := self._chunk():
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                if not skipping:
                    self._hand_over(line)
                skipping = False
            if len(rest) > MOST_FRAME_BYTES:
                if not skipping:
                    logger.warning("a line of more than %d bytes on stdin was dropped", MOST_FRAME_BYTES)
                rest, skipping = b"", True
        if rest and not skipping:
            self._hand_over(rest)
        self._hand_over(None)

    def _chunk(self) -> bytes:
        try:
            return os.read(self._descriptor, _CHUNK)
        except OSError:
            return b""

    def _hand_over(self, line: bytes | None) -> None:
        self._room.acquire()
        with contextlib.suppress(RuntimeError):  # the loop is closed: the server has ended
            self._loop.call_soon_threadsafe(self._lines.put_nowait, line)

    async def _looked_at(self, line: bytes) -> str | None:
        text = line.decode("utf-8", errors="replace")
        if not text.strip():
            return None
        try:
            jsonrpc_message_adapter.validate_json(text, by_name=False)
        except ValueError:
            return await self._refuse(text)
        return text

    async def _refuse(self, text: str) -> str | None:
        """Answer a frame that is no message; of one that answers a question of ours, tell the server what it is."""
        frame = _parsed(text)
        code = PARSE_ERROR if frame is None or "\\ud" in text.lower() else INVALID_REQUEST
        request_id = _id_of(frame)
        words = "Parse error" if code == PARSE_ERROR else "Invalid Request"
        error = JSONRPCError(jsonrpc="2.0", id=request_id, error=ErrorData(code=code, message=words))
        if frame is None or request_id is None:
            logger.warning("a line of %d characters on stdin is no message and names no id: dropped", len(text))
            return None
        if code == PARSE_ERROR and _is_accepted_form(frame):
            # A person answered, and half of a character was cut off on the way: no option, so it is asked again.
            result = {"action": "accept", "content": {"choice": UNREADABLE}}
            return json.dumps({"jsonrpc": "2.0", "id": request_id, "result": result})
        if frame.keys() & {"result", "error"}:
            return error.model_dump_json(by_alias=True, exclude_unset=True)
        if self.answer is not None:
            await self.answer(SessionMessage(error))
        return None


def _parsed(text: str) -> dict[str, object] | None:
    """The object that a frame is; None where it is none. More patient than the SDK, which takes no half of a pair."""
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return frame if isinstance(frame, dict) else {}


def _id_of(frame: dict[str, object] | None) -> RequestId | None:
    """The id where it can be known."""
    request_id = None if frame is None else frame.get("id")
    if isinstance(request_id, bool) or not isinstance(request_id, int | str):
        return None
    return None if isinstance(request_id, str) and not request_id.isprintable() else request_id


def _is_accepted_form(frame: dict[str, object]) -> bool:
    result = frame.get("result")
    return isinstance(result, dict) and result.get("action") == "accept" and isinstance(result.get("content"), dict)
