"""The skill over MCP: listed whole, digested truly, and nothing is read before somebody asks."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import yaml
from mcp.client import Client
from mcp.shared.exceptions import MCPError
from mcp_types import PaginatedRequest, Request, TextResourceContents

from ecs_dr.protocol.app import build_server
from ecs_dr.protocol.skills import NAME, ROOT, SKILL_URI, GetSkillParams, GetSkillResult, ListSkillsResult
from tests.protocol.fakes import ERAS, Era, ScriptedRecovery, connected

TREE = Path(__file__).resolve().parents[2]


async def listed(era: Era = "2026-07-28") -> ListSkillsResult:
    async with connected(ScriptedRecovery(), era) as client:
        request = PaginatedRequest[str](method="skills/list")
        return await client.session.send_request(request, ListSkillsResult)


async def got(uri: str) -> GetSkillResult:
    async with connected(ScriptedRecovery(), "2026-07-28") as client:
        request = Request[GetSkillParams, str](method="skills/get", params=GetSkillParams(uri=uri))
        return await client.session.send_request(request, GetSkillResult)


async def test_the_extension_is_declared_to_whoever_discovers_the_server() -> None:
    server = build_server(ScriptedRecovery(), elicitation="auto", simulated=False)
    async with Client(server, mode="auto") as client:
        assert (client.server_capabilities.extensions or {}).get("io.modelcontextprotocol/skills") == {}


@pytest.mark.parametrize("era", ERAS)
async def test_the_one_skill_is_listed_and_its_address_ends_in_its_name(era: Era) -> None:
    (skill,) = (await listed(era)).skills
    assert skill.uri == SKILL_URI
    assert SKILL_URI.split("/")[-2] == skill.frontmatter["name"] == NAME


async def test_the_front_matter_is_that_of_the_file_field_by_field() -> None:
    (skill,) = (await listed()).skills
    page = (TREE / "SKILL.md").read_text(encoding="utf-8")
    assert skill.frontmatter == yaml.safe_load(page.split("---\n", 2)[1])


async def test_the_manifest_is_complete_and_every_file_is_what_it_says() -> None:
    (skill,) = (await listed()).skills
    of_the_tree = {"SKILL.md"} | {f"references/{file.name}" for file in (TREE / "references").iterdir()}
    assert {one.uri.removeprefix(f"{ROOT}/") for one in skill.resources} == of_the_tree
    async with connected(ScriptedRecovery(), "2026-07-28") as client:
        for one in skill.resources:
            (content,) = (await client.read_resource(one.uri)).contents
            assert isinstance(content, TextResourceContents)
            read = content.text.encode("utf-8")
            assert (len(read), f"sha256:{hashlib.sha256(read).hexdigest()}") == (one.size, one.digest)


async def test_looking_it_up_gives_the_same_entry_and_another_address_is_an_invalid_parameter() -> None:
    assert (await got(SKILL_URI)).skill == (await listed()).skills[0]
    params = GetSkillParams(uri="skill://somebody-else/SKILL.md")
    async with connected(ScriptedRecovery(), "2026-07-28") as client:
        with pytest.raises(MCPError) as refused:
            await client.session.send_request(
                Request[GetSkillParams, str](method="skills/get", params=params), GetSkillResult
            )
    assert refused.value.error.code == -32602


async def test_the_listing_may_be_kept_for_a_while_by_anybody() -> None:
    answer = await listed()
    assert (answer.cache_scope, answer.ttl_ms > 0, answer.result_type) == ("public", True, "complete")
