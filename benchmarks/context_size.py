"""What passes through the model in one recovery: ours, and the CLI-driven skill's, both measured."""

# An assertion here checks that the measured run went as it should.
# ruff: noqa: S101

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

from mcp.client.client import Client
from mcp_types import CallToolResult, ElicitRequestParams, ElicitResult, TextContent

from benchmarks.rig import REGION, SOURCE, Cloud
from benchmarks.skill_client import SkillClient
from benchmarks.table import show
from ecs_dr.protocol.app import build_server

SKILL_DOCUMENT_BYTES = 21_959
"""Of the official skill's SKILL.md, as published; its references come on top and are not counted."""
BYTES_A_TOKEN = 4
"""A rule of thumb for English and JSON."""
IMAGE_SECONDS = 480


@dataclass
class Passed:
    """Bytes that a model reads and writes."""

    tools_list: int = 0
    arguments: int = 0
    text: int = 0
    structured: int = 0
    calls: int = 0


async def _accept(_context: object, params: ElicitRequestParams) -> ElicitResult:
    """A person who takes what is recommended; the form does not pass through the model."""
    schema = params.requested_schema  # type: ignore[union-attr]
    choice = schema["properties"]["choice"]["oneOf"][0]["const"]
    return ElicitResult(action="accept", content={"choice": choice})


async def ours(*, forms: bool, with_plan: bool) -> Passed:
    """One recovery through a real MCP client in memory."""
    cloud, passed = Cloud(IMAGE_SECONDS), Passed()
    recovery = cloud.recovery()
    server = build_server(recovery, elicitation="auto", simulated=True)
    callback = _accept if forms else None
    async with (
        cloud.clock.running(),
        recovery.running(),
        Client(server, mode="2026-07-28", elicitation_callback=callback) as client,  # type: ignore[arg-type]
    ):
        tools = await client.list_tools()
        passed.tools_list = _bytes(tools.model_dump(mode="json", by_alias=True, exclude_none=True))
        first = await _call(client, passed, "collect_source", {"instance_id": SOURCE, "region_id": REGION})
        session_id = str(first["session_id"])
        content = await _settle(client, passed, first)
        if with_plan:
            planned = await _call(client, passed, "plan_recovery", {"session_id": session_id})
            content = await _settle(client, passed, planned)
        while content["next"] is not None:
            following = await _call(client, passed, str(content["next"]["tool"]), {"session_id": session_id})
            content = await _settle(client, passed, following)
        assert content["data"]["verdict"] == "match"
    return passed


async def _settle(client: Client, passed: Passed, content: dict) -> dict:  # type: ignore[type-arg]
    while content["question"] is not None:
        question = content["question"]
        arguments = {
            "session_id": content["session_id"],
            "question_id": question["question_id"],
            "choice": question["options"][0]["value"],
        }
        content = await _call(client, passed, "answer_question", arguments)
    return content


async def _call(client: Client, passed: Passed, tool: str, arguments: dict[str, str]) -> dict:  # type: ignore[type-arg]
    passed.calls += 1
    passed.arguments += _bytes({"name": tool, "arguments": arguments})
    result = await client.call_tool(tool, arguments)
    assert isinstance(result, CallToolResult)
    passed.text += sum(len(block.text.encode()) for block in result.content if isinstance(block, TextContent))
    passed.structured += _bytes(result.structured_content)
    content = result.structured_content
    assert content is not None
    return dict(content)


def _bytes(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


async def theirs() -> tuple[int, int, int]:
    """Commands, their bytes, and the bytes of what the CLI prints."""
    cloud = Cloud(IMAGE_SECONDS)
    client = SkillClient(cloud)
    async with cloud.clock.running():
        await client.recover()
    return client.commands, client.command_bytes, cloud.line.response_bytes


def context_size() -> None:
    """The table."""
    rows: list[tuple[object, ...]] = []
    commands, command_bytes, printed = asyncio.run(theirs())
    other = SKILL_DOCUMENT_BYTES + command_bytes + printed
    for name, forms, with_plan in (
        ("ours, forms", True, False),
        ("ours, forms, planned", True, True),
        ("ours, no forms", False, False),
    ):
        passed = asyncio.run(ours(forms=forms, with_plan=with_plan))
        for kind, results in (("text", passed.text), ("structured", passed.structured)):
            whole = passed.tools_list + passed.arguments + results
            rows.append(
                (
                    f"{name} ({kind})",
                    passed.calls,
                    passed.tools_list,
                    passed.arguments,
                    results,
                    whole,
                    whole // BYTES_A_TOKEN,
                    f"{whole / other:.2f}",
                )
            )
    rows.append(
        (
            "skill's order, CLI",
            commands,
            SKILL_DOCUMENT_BYTES,
            command_bytes,
            printed,
            other,
            other // BYTES_A_TOKEN,
            "1",
        )
    )
    show(
        "What passes through the model in one recovery, in bytes",
        ("side", "calls", "tools or document", "arguments", "results", "all", "tokens (about)", "share"),
        rows,
        "A host passes a result's text or its structured content. Tokens: bytes divided by 4. For the CLI: SKILL.md "
        "without its references, the commands, and what they print, indented as the CLI does; the simulated cloud's "
        "answers hold only the fields that matter here, the real ones are several times as long.",
    )
