"""Streamable HTTP on loopback: who may reach it, and that both eras work over it."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import httpx2
import pytest
from mcp.client import ClientRequestContext
from mcp.client.client import Client
from mcp_types import ElicitRequestParams, ElicitResult
from starlette.testclient import TestClient

from ecs_dr.protocol import transports
from ecs_dr.protocol.app import build_server
from ecs_dr.protocol.transports import HostNotAllowed, http_app, require_protection, run_http
from ecs_dr.workflow.ports import Progress
from ecs_dr.workflow.tool_calls.callers import CALLER, caller_at
from tests.protocol.fakes import ERAS, SESSION, Era, ScriptedRecovery, content_of, pinned

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


async def confirm(context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
    del context, params
    return ElicitResult(action="accept", content={"choice": "confirm"})


@asynccontextmanager
async def served(recovery: ScriptedRecovery) -> AsyncIterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = build_server(recovery, elicitation="auto", simulated=True)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run_http, server, "127.0.0.1", 0, listener)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize("era", ERAS)
async def test_a_question_is_asked_and_answered_over_http(era: Era) -> None:
    recovery = ScriptedRecovery(pinned(1))
    async with served(recovery) as url, Client(url, mode=era, elicitation_callback=confirm) as client:
        result = await client.call_tool("create_image", {"session_id": SESSION})
    assert content_of(result)["status"] == "done"
    assert recovery.answered == [(pinned(1).question_id, "confirm", None)]


@pytest.mark.parametrize("era", ERAS)
async def test_two_clients_are_told_apart(era: Era) -> None:
    recovery = ScriptedRecovery()
    seen: list[str] = []

    async def note(report: Progress | None) -> None:
        del report
        seen.append(CALLER.get())

    recovery.before_answer = note
    async with served(recovery) as url:
        for _ in range(2):
            async with Client(url, mode=era, elicitation_callback=confirm) as client:
                for _ in range(2):
                    await client.call_tool("create_image", {"session_id": SESSION})
    assert all(seen)
    # The newer protocol has no sessions of its own: there the address is what is known.
    assert len(set(seen)) == (1 if seen[0] == caller_at("127.0.0.1") else 2)


async def test_a_client_that_was_not_heard_of_for_long_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transports, "SESSION_IDLE_SECONDS", 0.05)
    headers = {"accept": "application/json, text/event-stream"}
    async with served(ScriptedRecovery()) as url, httpx2.AsyncClient(headers=headers, trust_env=False) as http:
        begun = await http.post(url, json=INITIALIZE)
        mine = {"mcp-session-id": begun.headers["mcp-session-id"]}
        assert begun.status_code == 200
        await anyio.sleep(0.3)
        assert (await http.post(url, json={**INITIALIZE, "method": "ping"}, headers=mine)).status_code == 404
        assert (await http.post(url, json=INITIALIZE)).status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost", "::1", "[::1]"])
def test_loopback_addresses_may_be_served(host: str) -> None:
    require_protection(host, has_token=False, behind_tls=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.10", "example.com", "localhost.example.com"])
def test_addresses_that_others_can_reach_are_refused_with_a_reason(host: str) -> None:
    server = build_server(ScriptedRecovery(), elicitation="auto", simulated=True)
    with pytest.raises(HostNotAllowed, match="no token"):
        http_app(server, host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.10"])
def test_a_token_alone_does_not_protect_plain_http_that_others_can_reach(host: str) -> None:
    server = build_server(ScriptedRecovery(), elicitation="auto", simulated=True)
    with pytest.raises(HostNotAllowed, match="no tls"):
        http_app(server, host, "a-token-of-the-test-0001")
    http_app(server, host, "a-token-of-the-test-0001", behind_tls=True)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "127.0.0.1:8765"}, 200),
        ({"host": "localhost:8765", "origin": "http://localhost:3000"}, 200),
        ({"host": "rebound.example.com:8765"}, 421),
        ({"host": "127.0.0.1:8765", "origin": "https://example.com"}, 403),
        ({"host": "127.0.0.1:8765", "origin": "null"}, 403),
        ({"host": "127.0.0.1:8765.example.com"}, 421),
        ({"host": "localhost:"}, 421),
        ({"host": "127.0.0.1:8765", "origin": "http://localhost:3000.example.com"}, 403),
        ({"host": "127.0.0.1:8765", "origin": "http://localhost:80@example.com"}, 403),
        ({"host": "127.0.0.1:8765", "origin": ""}, 403),
    ],
)
def test_a_page_in_a_browser_cannot_reach_the_server(headers: dict[str, str], status: int) -> None:
    app = http_app(build_server(ScriptedRecovery(), elicitation="auto", simulated=True), "127.0.0.1")
    accept = {"accept": "application/json, text/event-stream"}
    with TestClient(app) as client:
        assert client.post("/mcp", json=INITIALIZE, headers={**accept, **headers}).status_code == status


async def test_a_taken_port_is_an_error_and_not_the_end_of_the_process() -> None:
    server = build_server(ScriptedRecovery(), elicitation="auto", simulated=True)
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        await run_http(server, "127.0.0.1", taken.getsockname()[1])


async def test_nothing_but_the_mcp_path_is_served() -> None:
    async with served(ScriptedRecovery()) as url, httpx2.AsyncClient() as client:
        assert (await client.get(url.removesuffix("/mcp"))).status_code == 404
