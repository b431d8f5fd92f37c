"""What strangers can do to the HTTP server before they are asked for anything: little, and not for long."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from time import perf_counter

import anyio
import httpx2
import pytest

from ecs_dr.logs import PatientHandler
from ecs_dr.protocol.app import build_server
from ecs_dr.protocol.connection import BoundedConnection, at_a_stretch, most_connections
from ecs_dr.protocol.guard import Guard
from ecs_dr.protocol.transports import listen, run_http
from tests.protocol.fakes import ScriptedRecovery
from tests.protocol.test_transports import INITIALIZE

TOKEN = "a-token-of-the-test-0001"
ACCEPT = {"accept": "application/json, text/event-stream"}
HALF_A_HEAD = b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def served(token: str | None = None) -> AsyncIterator[int]:
    listener = listen("127.0.0.1", 0)
    server = build_server(ScriptedRecovery(), elicitation="auto", simulated=True)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: run_http(server, "127.0.0.1", 0, listener, token=token))
        yield listener.getsockname()[1]
        tasks.cancel_scope.cancel()


async def opened(port: int, said: bytes) -> Line:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(said)
    await writer.drain()
    return reader, writer


async def is_over(line: Line, within: float = 2.0) -> bool:
    with anyio.move_on_after(within):
        try:
            return await line[0].read() == b""
        except ConnectionResetError:
            return True
    return False


async def status_of(port: int, token: str | None = None) -> int:
    headers = ACCEPT | ({"authorization": f"Bearer {token}"} if token else {})
    async with httpx2.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"http://127.0.0.1:{port}/mcp", json=INITIALIZE, headers=headers)
        return answer.status_code


@pytest.mark.parametrize("said", [b"", HALF_A_HEAD])
async def test_who_does_not_say_what_is_wanted_in_time_is_not_waited_for(
    said: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BoundedConnection, "head_seconds", 0.1)
    async with served() as port:
        line = await opened(port, said)
        assert await is_over(line)
        line[1].close()


async def test_slow_drops_do_not_prolong_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BoundedConnection, "head_seconds", 0.2)
    async with served() as port:
        line = await opened(port, HALF_A_HEAD)
        for _ in range(50):
            await asyncio.sleep(0.02)
            if line[1].is_closing():
                break
            line[1].write(b"x")
        else:
            pytest.fail("still there after a second of drops")


async def test_silent_connections_make_room_the_oldest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BoundedConnection, "most", 4)
    async with served(TOKEN) as port:
        lines = [await opened(port, HALF_A_HEAD) for _ in range(12)]
        await asyncio.sleep(0.1)
        assert await status_of(port, TOKEN) == 200
        gone = [await is_over(line, within=0.05) for line in lines]
        assert gone[:8] == [True] * 8
        assert all(first >= second for first, second in pairwise(gone))
        for _, writer in lines:
            writer.close()


@pytest.mark.parametrize("limit", [64, 256, 512, 1024])
def test_the_bound_stays_below_what_the_process_may_open(limit: int) -> None:
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, before[1]))
    try:
        assert most_connections() + 2 * at_a_stretch(100) + 10 < limit
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def test_a_body_that_never_comes_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Guard, "body_seconds", 0.1)
    head = b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\n"
    async with served() as port:
        reader, writer = await opened(port, head)
        with anyio.fail_after(2):
            assert (await reader.read()).startswith(b"HTTP/1.1 408 ")
        writer.close()


async def test_who_has_no_token_is_refused_before_the_body_and_let_go() -> None:
    head = b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\n"
    async with served(TOKEN) as port:
        reader, writer = await opened(port, head)
        with anyio.fail_after(2):
            assert (await reader.read()).startswith(b"HTTP/1.1 401 ")
        writer.close()


async def test_an_answer_on_a_kept_connection_leaves_at_once() -> None:
    async with served() as port, httpx2.AsyncClient(trust_env=False) as client:
        took: list[float] = []
        for _ in range(12):
            began = perf_counter()
            await client.post(f"http://127.0.0.1:{port}/mcp", json=INITIALIZE, headers=ACCEPT)
            took.append(perf_counter() - began)
        # A delayed acknowledgement is waited for at least 40 ms.
        assert min(took[2:]) < 0.03


def test_a_log_that_cannot_be_written_ends_nothing() -> None:
    class Broken:
        def write(self, _text: str) -> int:
            raise OSError(24, "Too many open files")

        def flush(self) -> None:
            raise OSError(24, "Too many open files")

    handler = PatientHandler(Broken())
    handler.emit(logging.makeLogRecord({"msg": "socket.accept() out of system resource", "exc_info": None}))
