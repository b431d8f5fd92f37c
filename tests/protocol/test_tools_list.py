"""What a client sees of the tools.

After a wanted change: `./scripts/renew`, and read the diff.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from mcp_types import Tool

from ecs_dr.domain.model import JsonValue
from ecs_dr.protocol.catalogue import TOOLS
from tests.protocol.fakes import ERAS, Era, ScriptedRecovery, connected
from tests.support.renewal import hold

SNAPSHOTS = Path(__file__).parent.parent / "snapshots"
NAMES = [spec.name for spec in TOOLS]
CREATES = {
    *("create_image", "image_from_snapshots", "prepare_vswitch", "create_instance", "recover_application"),
    "answer_question",
}
BEGINS_ANEW = {"collect_source", "answer_question", "plan_application"}
OF_ONE_RECOVERY = {
    *("check_credentials", "collect_source", "plan_recovery", "create_image", "adopt_image", "wait_for_image"),
    *("choose_target", "prepare_vswitch", "check_disks", "create_instance", "verify_instance"),
    *("answer_question", "get_session", "resume_session"),
}
FIELDS = ["session_id", "step", "status", "message", "data", "question", "next", "problem", "simulated"]


async def listed(era: Era) -> dict[str, Tool]:
    async with connected(ScriptedRecovery(), era) as client:
        return {tool.name: tool for tool in (await client.list_tools()).tools}


def nodes(value: JsonValue) -> Iterator[JsonValue]:
    yield value
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        yield from nodes(child)


@pytest.mark.generated
@pytest.mark.parametrize("name", NAMES)
async def test_a_tool_looks_to_a_client_as_its_snapshot_says(name: str) -> None:
    tool = (await listed("2026-07-28"))[name]
    seen = (
        json.dumps(tool.model_dump(mode="json", by_alias=True, exclude_none=True), indent=2, ensure_ascii=False) + "\n"
    )
    hold(SNAPSHOTS / f"{name}.json", seen)


def test_there_is_a_snapshot_of_every_tool_and_of_nothing_else() -> None:
    assert sorted(path.stem for path in SNAPSHOTS.glob("*.json")) == sorted(NAMES)


@pytest.mark.parametrize("era", ERAS)
async def test_the_whole_list_stays_below_14_kib(era: Era) -> None:
    async with connected(ScriptedRecovery(), era) as client:
        result = await client.list_tools()
    wire = result.model_dump(mode="json", by_alias=True, exclude_none=True)
    assert len(json.dumps(wire, separators=(",", ":")).encode()) < 14 * 1024
    assert len(json.dumps({"tools": wire["tools"]}).encode()) < 14 * 1024  # also where JSON is written with spaces


async def test_both_protocol_eras_list_the_same_tools() -> None:
    assert await listed("legacy") == await listed("2026-07-28")


async def test_the_list_is_the_same_whether_or_not_questions_can_be_shown() -> None:
    async with connected(ScriptedRecovery(), "legacy", elicitation="off") as client:
        assert {tool.name: tool for tool in (await client.list_tools()).tools} == await listed("legacy")


@pytest.mark.parametrize("name", NAMES)
async def test_schemas_hold_nothing_that_real_clients_break_on(name: str) -> None:
    tool = (await listed("2026-07-28"))[name]
    assert tool.input_schema.pop("additionalProperties") is False
    for schema in (tool.input_schema, tool.output_schema):
        for node in nodes(schema):
            if isinstance(node, dict):
                assert not {"$ref", "$defs", "anyOf", "oneOf", "allOf", "additionalProperties"} & node.keys()
                assert node.get("type") != "null"
            assert not isinstance(node, bool)


@pytest.mark.parametrize("name", NAMES)
async def test_every_argument_is_described_text(name: str) -> None:
    tool = (await listed("legacy"))[name]
    for argument in tool.input_schema["properties"].values():
        assert argument["type"] == "string"
        assert argument["description"]


@pytest.mark.parametrize("name", NAMES)
async def test_the_output_schema_names_the_nine_fields_and_requires_nothing(name: str) -> None:
    tool = (await listed("legacy"))[name]
    assert tool.output_schema == {"type": "object", "properties": {field: {} for field in FIELDS}}


@pytest.mark.parametrize("name", NAMES)
async def test_annotations_are_true_and_those_of_the_protocol_left_out(name: str) -> None:
    tool = (await listed("legacy"))[name]
    assert tool.annotations is not None
    assert tool.annotations.read_only_hint is (None if name in CREATES else True)
    assert tool.annotations.destructive_hint is False
    assert tool.annotations.idempotent_hint is (None if name in BEGINS_ANEW else True)
    assert tool.annotations.open_world_hint is (False if name == "get_session" else None)


@pytest.mark.parametrize("era", ERAS)
async def test_the_tools_of_one_recovery_stay_below_10_kib(era: Era) -> None:
    async with connected(ScriptedRecovery(), era) as client:
        result = await client.list_tools()
    wire = result.model_dump(mode="json", by_alias=True, exclude_none=True)
    wire["tools"] = [tool for tool in wire["tools"] if tool["name"] in OF_ONE_RECOVERY]
    assert len(wire["tools"]) == len(OF_ONE_RECOVERY)
    assert len(json.dumps(wire, separators=(",", ":")).encode()) <= 10 * 1024


@pytest.mark.parametrize("name", NAMES)
async def test_names_are_short_and_descriptions_say_when_to_call(name: str) -> None:
    tool = (await listed("legacy"))[name]
    assert len(name) <= 24
    assert tool.title
    assert tool.description is not None
    assert "Call it" in tool.description or name == "answer_question"
    assert tool.description.isascii()


async def test_the_server_says_its_name_and_version() -> None:
    async with connected(ScriptedRecovery(), "legacy") as client:
        assert client.server_info is not None
        assert client.server_info.name == "ecs-dr"
        assert client.server_info.version
        assert client.session.instructions is not None
