"""What comes in on stdin: frames that are messages go on to the server, and any other is answered where it can be."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

import pytest
from mcp.shared.message import SessionMessage

from ecs_dr.protocol import stdio
from ecs_dr.protocol.sdk import Server
from ecs_dr.protocol.stdio import INVALID_REQUEST, PARSE_ERROR, UNREADABLE, _Lines, _own_stdin, run_stdio

PING = '{"jsonrpc":"2.0","id":1,"method":"ping"}'
HALF = '{"jsonrpc":"2.0","id":%s,"method":"tools/call","params":{"name":"a","arguments":{"x":"\\ud83d"}}}'
FORM = '{"jsonrpc":"2.0","id":7,"result":{"action":"%s","content":{"choice":"\\ud83d"}}}'


@dataclass
class Heard:
    """What the server was given, and what the host was answered past it."""

    frames: list[str] = field(default_factory=list)
    answers: list[dict[str, object]] = field(default_factory=list)

    async def answer(self, message: SessionMessage) -> None:
        self.answers.append(json.loads(message.message.model_dump_json(by_alias=True, exclude_unset=True)))


@asynccontextmanager
async def pipe() -> AsyncIterator[tuple[_Lines, int]]:
    """The frames of a pipe, and the end that a host writes to."""
    reading, writing = os.pipe()
    yield _Lines(reading), writing
    os.close(reading)


async def said(*lines: str | bytes, answered: bool = True) -> Heard:
    """What comes of the lines, the last one without an end."""
    heard = Heard()
    async with pipe() as (frames, writing):
        frames.answer = heard.answer if answered else None
        os.write(writing, b"\n".join(line.encode() if isinstance(line, str) else line for line in lines))
        os.close(writing)
        heard.frames = [frame async for frame in frames]
    return heard


async def test_messages_go_on_and_blank_lines_do_not(caplog: pytest.LogCaptureFixture) -> None:
    assert await said(PING, "", "  ", PING) == Heard([PING, PING])
    assert caplog.text == ""


@pytest.mark.parametrize("request_id", ["3", '"a"'])
async def test_a_request_with_half_a_character_is_answered_with_its_id(request_id: str) -> None:
    heard = await said(HALF % request_id, PING)
    error = {"code": PARSE_ERROR, "message": "Parse error"}
    assert heard == Heard([PING], [{"jsonrpc": "2.0", "id": json.loads(request_id), "error": error}])


async def test_an_object_that_is_no_message_is_an_invalid_request() -> None:
    heard = await said('{"jsonrpc":"2.0","id":4,"method":5}')
    error = {"code": INVALID_REQUEST, "message": "Invalid Request"}
    assert heard == Heard([], [{"jsonrpc": "2.0", "id": 4, "error": error}])


@pytest.mark.parametrize(
    "line",
    ["no JSON", "[" * 100_000, b"\xff\xfe", "[1]", HALF % "true", HALF % "null", HALF % '"\\u001b"', HALF % "1.5"],
)
async def test_what_names_no_id_is_dropped_and_its_content_is_not_logged(
    line: str | bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert await said(line, PING) == Heard([PING])
    assert "names no id: dropped" in caplog.text
    assert "tools/call" not in caplog.text


async def test_an_accepted_form_with_half_a_character_is_an_answer_that_is_no_option() -> None:
    (frame,) = (await said(FORM % "accept")).frames
    assert json.loads(frame)["result"] == {"action": "accept", "content": {"choice": UNREADABLE}}


async def test_another_answer_that_cannot_be_read_becomes_an_error_for_the_one_who_asked() -> None:
    (frame,) = (await said(FORM % "decline")).frames
    assert (json.loads(frame)["id"], json.loads(frame)["error"]["code"]) == (7, PARSE_ERROR)


async def test_before_anybody_can_be_answered_the_next_frame_is_read_all_the_same() -> None:
    assert await said(HALF % "3", PING, answered=False) == Heard([PING])


@pytest.mark.parametrize("ended", [True, False], ids=["and ends", "and does not end"])
async def test_a_line_without_end_is_dropped(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, *, ended: bool
) -> None:
    monkeypatch.setattr(stdio, "MOST_FRAME_BYTES", 100)
    monkeypatch.setattr(stdio, "_CHUNK", 30)
    with caplog.at_level(logging.WARNING):
        heard = await said(PING, "x" * 400, *([PING] if ended else []))
    assert heard == Heard([PING] * (2 if ended else 1))
    assert caplog.text.count("more than 100 bytes") == 1
    assert "names no id" not in caplog.text


async def test_an_end_that_can_no_longer_be_read_is_the_end() -> None:
    reading, writing = os.pipe()
    os.close(writing)
    os.close(reading)
    assert [frame async for frame in _Lines(reading)] == []


def test_meanwhile_stdin_is_at_its_end_for_everybody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"two lines")
    with os.fdopen(reading) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        with _own_stdin() as own:
            assert own is not None
            assert os.read(reading, 10) == b""
            assert os.read(own, 3) == b"two"
        assert os.read(reading, 10) == b" lines"
        os.close(own)
    os.close(writing)


async def test_where_stdin_is_no_file_the_sdk_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Sdk:
        served = 0

        async def run_stdio_async(self) -> None:
            self.served += 1

    server = Sdk()
    monkeypatch.setattr(sys, "stdin", None)
    await run_stdio(cast("Server", server))
    assert server.served == 1
