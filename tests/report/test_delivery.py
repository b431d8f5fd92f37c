"""The report over MCP: as a resource in three forms, as an app, and on the terminal."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp_types import TextResourceContents

from ecs_dr.cli import main
from ecs_dr.protocol.app import build_server
from ecs_dr.protocol.report_app import APP_URI
from ecs_dr.report.check import check_report
from tests.report.sample import SlowDesk


@asynccontextmanager
async def after_a_recovery() -> AsyncIterator[tuple[SlowDesk, Client]]:
    desk = SlowDesk()
    async with desk.open():
        await desk.recover()
        async with Client(build_server(desk.recovery, elicitation="off", simulated=True)) as client:
            yield desk, client


async def read(client: Client, uri: str) -> TextResourceContents:
    (content,) = (await client.read_resource(uri)).contents
    assert isinstance(content, TextResourceContents)
    return content


async def test_the_report_is_a_resource_in_three_forms() -> None:
    async with after_a_recovery() as (desk, client):
        base = f"ecs-dr://report/{desk.session_id}"
        page, text, data = [await read(client, f"{base}{form}") for form in ("", "/markdown", "/json")]
    assert [one.mime_type for one in (page, text, data)] == ["text/html", "text/markdown", "application/json"]
    assert check_report(page.text).outcome == "intact"
    assert check_report(data.text).outcome == "intact"
    assert text.text.startswith("# Recovery report: ")


async def test_the_forms_are_listed_as_templates() -> None:
    async with after_a_recovery() as (_, client):
        listed = await client.list_resource_templates()
    assert {template.uri_template for template in listed.resource_templates} >= {
        "ecs-dr://report/{session_id}",
        "ecs-dr://report/{session_id}/markdown",
        "ecs-dr://report/{session_id}/json",
    }


@pytest.mark.parametrize("form", ["", "/markdown", "/json"])
async def test_there_is_no_report_of_an_unknown_session(form: str) -> None:
    async with after_a_recovery() as (_, client):
        with pytest.raises(MCPError, match="no such recovery session"):
            await client.read_resource(f"ecs-dr://report/{'0' * 32}{form}")


async def test_the_seal_that_was_told_is_the_one_of_the_resource() -> None:
    async with after_a_recovery() as (desk, client):
        result = await client.call_tool("verify_instance", {"session_id": desk.session_id})
        assert result.structured_content is not None
        data = result.structured_content["data"]
        page = await read(client, data["report_uri"])
    assert check_report(page.text, data["report_digest"]).outcome == "intact"


async def test_hosts_that_show_apps_find_the_page_of_the_verification() -> None:
    async with after_a_recovery() as (_, client):
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        page = await read(client, APP_URI)
    assert tools["verify_instance"].meta == {"ui": {"resourceUri": APP_URI}}
    assert [name for name, tool in tools.items() if tool.meta] == ["verify_instance"]
    assert page.mime_type == "text/html;profile=mcp-app"
    assert "http" not in page.text


def ended(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert isinstance(end.value.code, int)
    return end.value.code


def test_the_terminal_ends_with_where_the_report_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECS_DR_LANGUAGE", "en")
    monkeypatch.setenv("COLUMNS", "200")
    assert ended("recover", "--simulate", "--yes", "--speed", "2000", "--report", str(tmp_path)) == 0
    (page,) = tmp_path.glob("*.html")
    assert capsys.readouterr().out.rstrip().endswith(f"Report: {page}")
    (kept,) = tmp_path.glob("*.json")
    assert json.loads(kept.read_text(encoding="utf-8"))["report"]["verdict"] == "match"
