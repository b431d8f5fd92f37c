"""Hosts that show structured content and text: the text is then the content itself, as they write it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from mcp.client.client import Client
from mcp_types import Implementation

from ecs_dr.domain.model import JsonObject
from ecs_dr.protocol.app import build_server
from ecs_dr.protocol.mirror import mirrored
from tests.protocol.fakes import SESSION, ScriptedRecovery, content_of, text_of
from tests.protocol.test_data_text import DATA


@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
@pytest.mark.parametrize(("name", "is_mirror"), [("openclaw-bundle-mcp", True), ("another-host", False)])
async def test_a_host_that_shows_both_gets_the_same_twice(name: str, mode: str, *, is_mirror: bool) -> None:
    server = build_server(ScriptedRecovery(), elicitation="off", simulated=True)
    introduced = Implementation(name=name, version="1")
    async with Client(server, mode=mode, client_info=introduced) as client:
        result = await client.call_tool("create_image", {"session_id": SESSION})
    assert (text_of(result) == mirrored(content_of(result))) is is_mirror


def test_it_is_written_as_javascript_writes_it() -> None:
    content: JsonObject = {
        "progress": 45.0,
        "seconds": 0.5,
        "name": "生产",
        "disks": [],
        "data": {},
        "at": [1, {"b": None}],
    }
    assert mirrored(content) == (
        '{\n  "progress": 45,\n  "seconds": 0.5,\n  "name": "生产",\n  "disks": [],\n  "data": {},\n'
        '  "at": [\n    1,\n    {\n      "b": null\n    }\n  ]\n}'
    )


@given(DATA)
def test_nothing_is_lost(data: JsonObject) -> None:
    assert json.loads(mirrored(data)) == data
