"""What passes through the model in one recovery: ours, and the CLI-driven skill's, both measured."""

# An assertion here checks that the measured run went as it should.
# ruff: noqa: S101

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mcp.client.client import Client
from mcp_types import CallToolResult, ElicitRequestParams, ElicitResult, TextContent

from benchmarks.figures import Kept
from benchmarks.rig import DEFAULT_BUDGET_SECONDS, REGION, SOURCE, Cloud
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
LONG_IMAGE_SECONDS = 3600
REGISTERED_BUDGET_SECONDS = 240.0
"""ECS_DR_CALL_BUDGET_SECONDS as our command for OpenClaw sets it: 0.8 of the timeout that it sets."""
FIRST_RELEASE: Mapping[tuple[bool, bool], tuple[int, int, int]] = {
    (True, False): (14_758, 20_340, 26_967),
    (True, True): (14_736, 20_732, 28_151),
    (False, False): (24_585, 31_936, 40_762),
    (False, True): (25_019, 34_798, 45_490),
}
"""Bytes of results of the first release (commit ae1d5f5), by this same measure at the default budget: with forms or
without, with the plan or without; as text, structured, and structured and indented."""


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


async def ours(
    *,
    forms: bool,
    with_plan: bool,
    budget_seconds: float = DEFAULT_BUDGET_SECONDS,
    image_seconds: float = IMAGE_SECONDS,
) -> Passed:
    """One recovery through a real MCP client in memory; without the plan a host that goes on at once."""
    cloud, passed = Cloud(image_seconds), Passed()
    recovery = cloud.recovery(budget_seconds)
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


async def theirs(image_seconds: float = IMAGE_SECONDS) -> Passed:
    """The skill's own order: its commands, and what the CLI prints."""
    cloud = Cloud(image_seconds)
    client = SkillClient(cloud)
    async with cloud.clock.running():
        await client.recover()
    line = cloud.line
    return Passed(calls=client.commands, as_commands=line.command_bytes, as_printed=line.response_bytes)


WAYS = (
    ("forms", True, False),
    ("forms, planned", True, True),
    ("no forms", False, False),
    ("no forms, planned", False, True),
)


@cache
def _passed(forms: bool, with_plan: bool, budget: float, image_seconds: float) -> Passed:  # noqa: FBT001 - of a way
    """Of ours, once for both tables."""
    return asyncio.run(ours(forms=forms, with_plan=with_plan, budget_seconds=budget, image_seconds=image_seconds))


def context_size(*, quick: bool) -> Kept:  # noqa: ARG001 - it is quick
    """The tables."""
    rival = asyncio.run(theirs())
    skill = SKILL_DOCUMENT_BYTES + rival.as_commands + rival.as_printed
    rows: list[tuple[object, ...]] = []
    shares: dict[str, float] = {}
    for budget in (DEFAULT_BUDGET_SECONDS, REGISTERED_BUDGET_SECONDS):
        for name, forms, with_plan in WAYS:
            passed = _passed(forms, with_plan, budget, IMAGE_SECONDS)
            same_reads = SKILL_DOCUMENT_BYTES + passed.as_commands + passed.as_printed
            kinds = (("text", passed.text), ("structured", passed.structured), ("indented", passed.indented))
            for (kind, results), before in zip(kinds, FIRST_RELEASE[forms, with_plan], strict=True):
                whole = OUR_DOCUMENT_BYTES + passed.tools_for_the_model + passed.arguments + results
                if with_plan:
                    shares[f"bytes_{name.split(',')[0].replace(' ', '_')}_{budget:.0f}_{kind}"] = whole / skill
                rows.append(
                    (
                        f"ours, {name} ({kind})",
                        f"{budget:.0f} s",
                        passed.calls,
                        OUR_DOCUMENT_BYTES,
                        passed.tools_for_the_model,
                        passed.arguments,
                        results,
                        f"{results / before:.2f}",
                        whole,
                        whole // BYTES_A_TOKEN,
                        f"{whole / skill:.2f}",
                        f"{whole / same_reads:.2f}",
                    )
                )
    parts = (rival.calls, SKILL_DOCUMENT_BYTES, 0, rival.as_commands, rival.as_printed)
    rows.append(("CLI, the skill's own order", "", *parts, "", skill, skill // BYTES_A_TOKEN, "", ""))
    _show_bytes(rows)
    return shares | turns()


def _show_bytes(rows: list[tuple[object, ...]]) -> None:
    show(
        f"What passes through the model in one recovery with an image of {IMAGE_SECONDS // 60} minutes, in bytes",
        (
            "side",
            "call budget",
            "calls",
            "SKILL.md",
            "tools",
            "arguments",
            "results",
            "results to the first release",
            "all",
            "tokens (about)",
            "to the skill",
            "to the same requests",
        ),
        rows,
        "A host passes a result's text or its structured content; OpenClaw the latter, indented. Tokens: bytes "
        "divided by 4. Both sides with their SKILL.md and without the references, which are read in trouble alone. "
        "Of our tools what a host puts before its model: names, descriptions, input schemas; the CLI needs none. For "
        "the CLI: the commands, and what they print, indented as the CLI does. Call budget: 45 s is the default, 240 s "
        "what our command for OpenClaw sets. `to the same requests`: against the CLI doing all that ours did "
        "(optional reads, plan, dry runs).",
    )


def turns() -> dict[str, float]:
    """How often the model is called in one recovery: once for each tool call, or command."""
    rows: list[tuple[object, ...]] = []
    found: dict[str, float] = {}
    for seconds in (IMAGE_SECONDS, LONG_IMAGE_SECONDS):
        rival = asyncio.run(theirs(seconds)).calls
        for name, forms, with_plan in WAYS:
            calls = [
                _passed(forms, with_plan, budget, seconds).calls
                for budget in (DEFAULT_BUDGET_SECONDS, REGISTERED_BUDGET_SECONDS)
            ]
            rows.append((f"{seconds // 60} min, {name}", *calls, rival))
            if (forms, with_plan) == (True, True):
                names = (f"turns_{seconds // 60}_{kind}" for kind in ("45", "240", "rival"))
                found |= dict(zip(names, (*calls, rival), strict=True))
    show(
        "Model turns in one recovery",
        ("image", "ours, 45 s a call", "ours, 240 s a call", "CLI, the skill's own order"),
        rows,
        "Each tool call, or command, is a turn; without forms the call that passes an answer on is one of them.",
    )
    return found
