"""The bearer token and the size limit in front of the HTTP server."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from starlette.responses import Response
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from ecs_dr.protocol.app import build_server
from ecs_dr.protocol.guard import MAX_REQUEST_BYTES, Guard
from ecs_dr.protocol.transports import http_app
from ecs_dr.settings import SettingsError, http_token, load_settings
from ecs_dr.workflow.tool_calls.callers import CALLER, caller_at, may_be_several
from tests.protocol.fakes import ScriptedRecovery
from tests.protocol.test_transports import INITIALIZE

TOKEN = "a-token-of-the-test-0001"
ACCEPT = {"accept": "application/json, text/event-stream", "host": "127.0.0.1:8765"}


def status_of(headers: Mapping[str, str | bytes], host: str = "127.0.0.1", token: str | None = TOKEN) -> int:
    app = http_app(build_server(ScriptedRecovery(), elicitation="auto", simulated=True), host, token, behind_tls=True)
    with TestClient(app) as client:
        merged = [
            (name.encode(), value if isinstance(value, bytes) else value.encode())
            for name, value in {**ACCEPT, **headers}.items()
        ]
        return client.post("/mcp", json=INITIALIZE, headers=merged).status_code


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": TOKEN},
        {"authorization": f"Basic {TOKEN}"},
        {"authorization": f"Bearer {TOKEN}x"},
        {"authorization": f"Bearer {TOKEN[:-1]}"},
        {"authorization": "Bearer "},
        {"authorization": "Bearer \u00e9"},
    ],
    ids=repr,
)
@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_without_the_token_nothing_is_answered(headers: dict[str, str], host: str) -> None:
    assert status_of(headers, host) == 401


@pytest.mark.parametrize(("host", "name"), [("127.0.0.1", "127.0.0.1:8765"), ("0.0.0.0", "recovery.example.com")])
def test_with_the_token_a_client_is_served(host: str, name: str) -> None:
    assert status_of({"authorization": f"Bearer {TOKEN}", "host": name}, host) == 200


def test_on_loopback_host_and_origin_are_checked_with_a_token_as_well() -> None:
    assert status_of({"authorization": f"Bearer {TOKEN}", "host": "rebound.example.com"}) == 421


def caller_of(**headers: str) -> str:
    seen = ""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal seen
        seen = CALLER.get()
        await Response()(scope, receive, send)

    client = TestClient(Guard(app, None, None), client=("192.0.2.1", 4000))
    client.post("/mcp", headers={name.replace("_", "-"): value for name, value in headers.items()})
    return seen


def test_only_the_protocol_that_has_sessions_is_believed_to_be_one_of_them() -> None:
    everybody = caller_at("192.0.2.1")
    assert caller_of(mcp_session_id="s1") == "s1"
    assert caller_of(mcp_session_id="s1", mcp_protocol_version="2025-11-25") == "s1"
    assert caller_of(mcp_session_id="s1", mcp_protocol_version="2026-07-28") == everybody
    assert caller_of(mcp_session_id="s1", mcp_protocol_version="of my own") == everybody
    assert caller_of() == everybody
    assert may_be_several(everybody)


async def test_a_request_that_is_over_keeps_neither_its_body_nor_its_connection() -> None:
    """The transport holds on to the last request of each client for as long as its session lasts."""
    kept: list[Receive] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, send
        kept.append(receive)
        assert (await receive())["body"] == b"{}"

    class Connection:
        async def receive(self) -> Message:
            return {"type": "http.request", "body": b"{}", "more_body": False}

        async def send(self, message: Message) -> None:
            del message

    connection = Connection()
    gone = weakref.ref(connection)
    await Guard(app, None, None)({"type": "http", "headers": []}, connection.receive, connection.send)
    del connection
    assert gone() is None
    assert await kept[0]() == {"type": "http.disconnect"}


def oversized() -> Iterator[bytes]:
    for _ in range(3):
        yield b" " * (MAX_REQUEST_BYTES // 2)


@pytest.mark.parametrize("chunked", [True, False])
def test_a_request_that_says_too_much_is_refused(*, chunked: bool) -> None:
    app = http_app(build_server(ScriptedRecovery(), elicitation="auto", simulated=True), "127.0.0.1")
    with TestClient(app) as client:
        body = oversized() if chunked else b" " * (MAX_REQUEST_BYTES + 1)
        assert client.post("/mcp", content=body, headers=ACCEPT).status_code == 413


def _token_file(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str, mode: int = 0o600) -> Path:
    file = folder / "token"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    monkeypatch.setenv("ECS_DR_HTTP_TOKEN_FILE", os.fspath(file))
    return file


def test_the_token_comes_from_a_file_or_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert http_token(load_settings()) is None
    monkeypatch.setenv("ECS_DR_HTTP_TOKEN", TOKEN)
    assert http_token(load_settings()) == TOKEN
    assert TOKEN not in repr(load_settings())
    _token_file(tmp_path, monkeypatch, f"{TOKEN}-of-the-file\n")
    assert http_token(load_settings()) == f"{TOKEN}-of-the-file"


@pytest.mark.parametrize("text", ["short", "with a space in the middle of it", "\u4ee4\u724c" * 12])
def test_a_token_that_keeps_nobody_out_stops_the_start_without_being_shown(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _token_file(tmp_path, monkeypatch, text)
    with pytest.raises(SettingsError, match="ECS_DR_HTTP_TOKEN_FILE") as refused:
        http_token(load_settings())
    assert text not in str(refused.value).removesuffix("token_short")


@pytest.mark.parametrize("mode", [0o622, 0o620, 0o602, 0o666])
def test_a_token_file_that_others_can_change_stops_the_start_whoever_owns_it(
    mode: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = _token_file(tmp_path, monkeypatch, TOKEN, mode)
    monkeypatch.setattr(os, "geteuid", lambda: file.stat().st_uid + 1)
    with pytest.raises(SettingsError, match="token_writable"):
        http_token(load_settings())


@pytest.mark.parametrize("mode", [0o400, 0o440, 0o444, 0o644])
def test_a_token_file_that_somebody_else_made_readable_is_taken(
    mode: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As containers mount secrets: owned by root, for a process that is not."""
    file = _token_file(tmp_path, monkeypatch, TOKEN, mode)
    monkeypatch.setattr(os, "geteuid", lambda: file.stat().st_uid + 1)
    assert http_token(load_settings()) == TOKEN


@pytest.mark.parametrize("mode", [0o666, 0o644, 0o640, 0o602, 0o444])
def test_a_token_file_that_others_reach_stops_the_start(
    mode: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _token_file(tmp_path, monkeypatch, TOKEN, mode)
    with pytest.raises(SettingsError, match=r"token_(readable|writable)"):
        http_token(load_settings())


def test_a_token_file_is_read_within_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _token_file(tmp_path, monkeypatch, "t" * 5000)
    with pytest.raises(SettingsError, match="token_large"):
        http_token(load_settings())
    monkeypatch.setenv("ECS_DR_HTTP_TOKEN_FILE", "/dev/zero")
    with pytest.raises(SettingsError, match="token_no_file"):
        http_token(load_settings())


def test_a_token_file_that_is_not_there_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECS_DR_HTTP_TOKEN_FILE", "no/such/file")
    with pytest.raises(SettingsError, match="token_unreadable"):
        http_token(load_settings())
