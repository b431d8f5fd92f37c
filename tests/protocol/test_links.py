"""What a host gets beside the answers: links to the report, hints for its cache, and who the server is."""

from __future__ import annotations

import re
import threading
from base64 import b64decode

import pytest
from mcp_types import ResourceLink, TextResourceContents

from ecs_dr.domain.report.seal import Sealed
from ecs_dr.protocol.app import ICON
from ecs_dr.report import forms
from tests.protocol.fakes import ScriptedRecovery, connected
from tests.support.ways import ANSWER_MODERN, INPUT_REQUEST, in_memory


async def test_the_verification_links_to_markdown_for_the_assistant_and_to_html_for_the_person() -> None:
    async with in_memory(ANSWER_MODERN) as stage:
        verified = await stage.host.recover()
        result = await stage.host.client.call_tool("verify_instance", {"session_id": stage.host.session_id})
        links = [block for block in result.content if isinstance(block, ResourceLink)]
        assert [link.uri for link in links] == [verified.data["report_markdown_uri"], verified.data["report_uri"]]
        told = [(link.mime_type, (link.annotations.audience or []) if link.annotations else []) for link in links]
        assert told == [("text/markdown", ["assistant"]), ("text/html", ["user"])]
        assert [bool(link.title) for link in links] == [True, True]
        for link in links:
            (read,) = (await stage.host.client.read_resource(link.uri)).contents
            assert isinstance(read, TextResourceContents)


async def test_a_page_is_drawn_when_it_is_read_and_beside_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def noted(sealed: Sealed) -> str:
        drawn.append(threading.current_thread().name)
        return sealed.seal.head

    for form in ("as_html", "as_markdown", "as_json"):
        monkeypatch.setattr(forms, form, noted)
    async with in_memory(ANSWER_MODERN) as stage:
        verified = await stage.host.recover()
        await stage.host.client.call_tool("verify_instance", {"session_id": stage.host.session_id})
        assert drawn == []
        for uri in (verified.data["report_markdown_uri"], verified.data["report_uri"]):
            await stage.host.client.read_resource(str(uri))
    assert len(drawn) == 2
    assert threading.main_thread().name not in drawn


async def test_an_answer_without_a_report_links_to_nothing() -> None:
    async with in_memory(INPUT_REQUEST) as stage:
        await stage.host.collect()
        result = await stage.host.client.call_tool("get_session", {"session_id": stage.host.session_id})
        assert [block.type for block in result.content] == ["text"]


async def test_what_is_listed_may_be_cached_by_anyone_and_what_is_read_may_not() -> None:
    async with connected(ScriptedRecovery(), "2026-07-28") as client:
        lists = (
            await client.list_tools(),
            await client.list_prompts(),
            await client.list_resources(),
            await client.list_resource_templates(),
        )
        assert {(one.ttl_ms, one.cache_scope) for one in lists} == {(300_000, "public")}
        read = await client.read_resource("ecs-dr://skill")
        assert (read.ttl_ms, read.cache_scope) == (0, "private")


async def test_the_server_says_who_it_is() -> None:
    async with connected(ScriptedRecovery(), "legacy") as client:
        info = client.server_info
        assert info is not None
        assert info.icons == [ICON]
        assert re.fullmatch(r"data:image/svg\+xml;base64,[A-Za-z0-9+/]+=*", ICON.src), "a URI holds no spaces"
        assert b64decode(ICON.src.partition(",")[2]).startswith(b"<svg ")
        assert info.title
