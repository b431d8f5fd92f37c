"""What a host may offer while a person types."""

from __future__ import annotations

import pytest
from mcp_types import PromptReference, ResourceTemplateReference

from ecs_dr.domain.stock.model import Stock, ZoneStock
from ecs_dr.workflow.memory.chosen import Target
from ecs_dr.workflow.run import RecoveryOptions
from tests.protocol.fakes import ERAS, Era, ScriptedRecovery, connected
from tests.support.desk import Desk

SESSIONS = ("5e55" * 8, "ab12" * 8)
DRILL = PromptReference(name="drill")


def with_sessions() -> ScriptedRecovery:
    recovery = ScriptedRecovery()
    recovery.data = {
        "sessions": [
            {"session_id": SESSIONS[0], "instance_id": "i-bp1first", "region_id": "cn-hangzhou"},
            {"session_id": SESSIONS[1], "instance_id": "i-2zesecond", "region_id": "cn-beijing"},
        ]
    }
    return recovery


async def completed(era: Era, name: str, typed: str, known: dict[str, str] | None = None) -> list[str]:
    async with connected(with_sessions(), era) as client:
        found = await client.complete(DRILL, {"name": name, "value": typed}, known)
    return list(found.completion.values)


@pytest.mark.parametrize("era", ERAS)
async def test_a_region_is_completed_from_its_beginning_with_those_in_use_first(era: Era) -> None:
    assert (await completed(era, "region_id", "cn-"))[:3] == ["cn-hangzhou", "cn-beijing", "cn-shanghai"]
    assert await completed(era, "region_id", "CN-BEI") == ["cn-beijing"]


@pytest.mark.parametrize("era", ERAS)
async def test_an_instance_is_one_that_this_process_has_recovered(era: Era) -> None:
    assert await completed(era, "instance_id", "i-b") == ["i-bp1first"]


async def test_zones_are_those_of_the_region_that_was_given_before() -> None:
    assert await completed("2026-07-28", "target_zone_id", "", {"region_id": "cn-beijing"}) == [
        "cn-beijing-k",
        "cn-beijing-l",
    ]
    assert await completed("2026-07-28", "target_zone_id", "cn-h") == ["cn-hangzhou-i"]


async def test_the_address_of_a_session_is_completed_from_the_sessions_that_are_listed() -> None:
    async with connected(with_sessions(), "2026-07-28") as client:
        reference = ResourceTemplateReference(uri="ecs-dr://session/{session_id}")
        found = await client.complete(reference, {"name": "session_id", "value": "ab"})
    assert found.completion.values == [SESSIONS[1]]


async def test_where_sessions_are_not_listed_none_is_completed() -> None:
    async with connected(ScriptedRecovery(), "2026-07-28") as client:
        found = await client.complete(PromptReference(name="explain_failure"), {"name": "session_id", "value": ""})
    assert found.completion.values == []


async def test_an_argument_of_another_name_has_no_completions() -> None:
    assert await completed("2026-07-28", "image_name", "") == []


@pytest.mark.parametrize(("lists_sessions", "zones"), [(True, ("cn-beijing-k",)), (False, ())])
def test_zones_come_from_the_sessions_of_this_process_unless_they_may_be_other_peoples(
    lists_sessions: bool,  # noqa: FBT001 - what is varied
    zones: tuple[str, ...],
) -> None:
    recovery = Desk(options=RecoveryOptions(lists_sessions=lists_sessions)).recovery
    session = recovery.sessions.create("i-2zesource0001", "cn-beijing")
    seen = ZoneStock(zone_id="cn-beijing-k", instance_type="ecs.g7.xlarge", stock=Stock("WithStock"))
    session.choose(Target("cn-beijing-k", "ecs.g7.xlarge", (seen,)))
    assert recovery.zone_ids(None) == zones
    assert recovery.zone_ids("cn-hangzhou") == ()
