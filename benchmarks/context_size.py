"""What passes through the model in one recovery: ours, and the CLI-driven skill's, both measured."""

# An assertion here checks that the measured run went as it should.
# ruff: noqa: S101

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path

from mcp.client.client import Client
from mcp_types import CallToolResult, ElicitRequestParams, ElicitResult, TextContent

from benchmarks.rig import REGION, SOURCE, Cloud
from benchmarks.skill_client import SkillClient
from benchmarks.table import show
from ecs_dr.protocol.app import build_server
from ecs_dr.protocol.mirror import mirrored

SKILL_DOCUMENT_BYTES = 21_959
"""Of the official skill's SKILL.md, as published. Its references are read in trouble alone."""
OUR_DOCUMENT_BYTES = (Path(__file__).parents[1] / "SKILL.md").stat().st_size
"""Of ours, which a host with the skill reads as well; its references likewise in trouble alone."""
BYTES_A_TOKEN = 4
"""A rule of thumb for English and JSON."""
IMAGE_SECONDS = 480


@dataclass
class Passed:
    """Bytes that a model reads and writes."""

    tools_list: int = 0
    tools_for_the_model: int = 0
    """Of it: names, descriptions and input schemas, which is what a host puts before its model."""
    arguments: int = 0
    text: int = 0
    structured: int = 0
    indented: int = 0
    """The structured content as OpenClaw shows it."""
    calls: int = 0
    requests: int = 0
    as_commands: int = 0
    """The same requests typed as commands of the CLI."""
    as_printed: int = 0
    """What the CLI would print for them."""


async def _accept(_context: object, params: ElicitRequestParams) -> ElicitResult:
    """A person who takes what is recommended; the form does not pass through the model."""
    schema = params.requested_schema  # type: ignore[union-attr]
    choice = schema["properties"]["choice"]["oneOf"][0]["const"]
    return ElicitResult(action="accept", content={"choice": choice})


async def ours(*, forms: bool, with_plan: bool) -> Passed:
    """One recovery through a real MCP client in memory; without the plan a host that goes on at once."""
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
        passed.tools_for_the_model = _bytes(
            [{"name": one.name, "description": one.description, "input": one.input_schema} for one in tools.tools]
        )
        first = await _call(client, passed, "collect_source", {"instance_id": SOURCE, "region_id": REGION})
        session_id = str(first["session_id"])
        content = await _settle(client, passed, first)
        if not with_plan:
            made = await _call(client, passed, "create_image", {"session_id": session_id})
            content = await _settle(client, passed, made)
        while content["next"] is not None:
            following = await _call(client, passed, str(content["next"]["tool"]), {"session_id": session_id})
            content = await _settle(client, passed, following)
        assert content["data"]["verdict"] == "match"
    line = cloud.line
    passed.requests, passed.as_commands, passed.as_printed = line.calls.total(), line.command_bytes, line.response_bytes
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
    passed.indented += len(mirrored(content).encode())
    return dict(content)


def _bytes(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


async def theirs() -> tuple[int, int, int]:
    """Commands, their bytes, and the bytes of what the CLI prints."""
    cloud = Cloud(IMAGE_SECONDS)
    client = SkillClient(cloud)
    async with cloud.clock.running():
        await client.recover()
    return client.commands, cloud.line.command_bytes, cloud.line.response_bytes


def context_size() -> None:
    """The tables."""
    document = SKILL_DOCUMENT_BYTES
    commands, command_bytes, printed = asyncio.run(theirs())
    skill = document + command_bytes + printed
    rows: list[tuple[object, ...]] = []
    for name, forms, with_plan in (
        ("forms", True, False),
        ("forms, planned", True, True),
        ("no forms", False, False),
        ("no forms, planned", False, True),
    ):
        passed = asyncio.run(ours(forms=forms, with_plan=with_plan))
        same_reads = document + passed.as_commands + passed.as_printed
        kinds = (("text", passed.text), ("structured", passed.structured), ("structured, indented", passed.indented))
        for kind, results in kinds:
            whole = OUR_DOCUMENT_BYTES + passed.tools_list + passed.arguments + results
            shown = OUR_DOCUMENT_BYTES + passed.tools_for_the_model + passed.arguments + results
            rows.append(
                (
                    f"ours, {name} ({kind})",
                    passed.calls,
                    OUR_DOCUMENT_BYTES + passed.tools_list,
                    passed.arguments,
                    results,
                    whole,
                    whole // BYTES_A_TOKEN,
                    f"{whole / skill:.2f}",
                    f"{shown / skill:.2f}",
                    f"{shown / same_reads:.2f}",
                )
            )
        rows.append(_cli(f"CLI, the same {passed.requests} requests", passed.requests, document, passed))
    alone = Passed(as_commands=command_bytes, as_printed=printed)
    rows.append(_cli("CLI, the skill's own order", commands, document, alone))
    show(
        "What passes through the model in one recovery, in bytes",
        (
            "side",
            "calls",
            "tools or document",
            "arguments",
            "results",
            "all",
            "tokens (about)",
            "to the skill",
            "without schemas of results",
            "to the same requests",
        ),
        rows,
        "A host passes a result's text or its structured content; OpenClaw the latter, indented. Tokens: bytes "
        "divided by 4. Both sides with their SKILL.md and without the references, which are read in trouble alone. For "
        "the CLI: the commands, and what they print, indented as the CLI does. `without schemas of "
        "results`: of tools/list only names, descriptions and input schemas, which is what a host puts before its "
        "model; `to the same requests`: that, against the CLI doing all that ours did (optional reads, plan, dry "
        "runs).",
    )


def _cli(name: str, commands: int, document: int, passed: Passed) -> tuple[object, ...]:
    whole = document + passed.as_commands + passed.as_printed
    tokens = whole // BYTES_A_TOKEN
    return (name, commands, document, passed.as_commands, passed.as_printed, whole, tokens, "", "", "")
