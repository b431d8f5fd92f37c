"""A host that passes nothing but the text on: the text alone must carry a whole recovery."""

from __future__ import annotations

import re

import pytest
from mcp.client.client import Client
from mcp_types import TextContent

from tests.support.host import REGION, SOURCE
from tests.support.ways import ANSWER_LEGACY, ANSWER_MODERN, Way, in_memory
from tests.support.witness import Made

SOURCE_ARGUMENTS = {"instance_id": SOURCE, "region_id": REGION}
FINISHED = {"en": "Next: nothing more to call.", "zh": "下一步：无需再调用其他工具。"}


async def text_of(client: Client, tool: str, arguments: dict[str, str]) -> str:
    result = await client.call_tool(tool, dict(arguments))
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))


def call_named_by(text: str) -> tuple[str, dict[str, str]]:
    """The next call as somebody makes it who read this text and nothing else."""
    session = re.search(r"session_id `([0-9a-f]{32})`|(?:Session: |会话：)([0-9a-f]{32})", text)
    assert session is not None, text
    arguments = {"session_id": session[1] or session[2]}
    question = re.search(r"question_id `([0-9a-f]{32})`", text)
    if question is not None:
        options = re.findall(r"^- (?:选项 )?`([^`]+)`", text, re.MULTILINE)
        return "answer_question", {**arguments, "question_id": question[1], "choice": options[0]}
    following = re.search(r"(?:Next: |下一步：调用 )`([a-z_]+)`", text)
    assert following is not None, text
    return following[1], arguments


@pytest.mark.parametrize("way", [ANSWER_MODERN, ANSWER_LEGACY], ids=str)
@pytest.mark.parametrize("world", ["healthy", "no-vswitch", "sold-out", "slow-image", "prepaid"])
async def test_a_recovery_can_be_read_from_the_text_alone(world: str, way: Way) -> None:
    async with in_memory(way, world) as stage:
        client = stage.host.client
        text = await text_of(client, "collect_source", SOURCE_ARGUMENTS)
        for _ in range(60):
            if FINISHED[way.language] in text:
                break
            text = await text_of(client, *call_named_by(text))
        assert "verdict: match" in text
        assert stage.witness.made == Made(images=1, vswitches=1 if world == "no-vswitch" else 0, instances=1)


@pytest.mark.parametrize("way", [ANSWER_MODERN, ANSWER_LEGACY], ids=str)
async def test_a_failure_says_in_the_text_what_is_wrong_and_which_tool_is_next(way: Way) -> None:
    async with in_memory(way) as stage:
        await stage.host.collect()
        text = await text_of(stage.host.client, "create_instance", {"session_id": stage.host.session_id})
        assert call_named_by(text) == ("create_image", {"session_id": stage.host.session_id})


@pytest.mark.parametrize("way", [ANSWER_MODERN, ANSWER_LEGACY], ids=str)
async def test_a_failure_after_an_answer_leads_back_to_the_step_and_not_to_the_used_question(way: Way) -> None:
    async with in_memory(way) as stage:
        asked = await stage.host.call("collect_source", instance_id="i-2zenobody0001", region_id=REGION)
        failed = await stage.host.answer(asked, "confirm")
        assert failed.problem is not None
        assert failed.problem.code == "InstanceNotFound"
        assert call_named_by(failed.text)[0] == "image_from_snapshots"
        unknown = await stage.host.answer(await stage.host.call("collect_source", **SOURCE_ARGUMENTS), "perhaps")
        assert call_named_by(unknown.text)[0] == "answer_question"
