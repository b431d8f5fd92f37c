"""Which road a client's declaration leads to."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Literal, cast

import pytest
from mcp_types import ClientCapabilities

from ecs_dr.protocol.asking import road_of
from ecs_dr.protocol.sdk import CallContext


def context(capabilities: object, protocol_version: str, *, back_channel: bool = True) -> CallContext:
    declared = None if capabilities is None else ClientCapabilities.model_validate(capabilities)
    session = SimpleNamespace(can_send_request=back_channel)
    return cast(
        "CallContext",
        SimpleNamespace(
            client_capabilities=declared,
            protocol_version=protocol_version,
            request_context=SimpleNamespace(session=session),
        ),
    )


FORMS: tuple[object, ...] = (
    {"elicitation": {}},
    {"elicitation": {"form": {}}},
    {"elicitation": {"form": {}, "url": {}}},
)
NO_FORMS: tuple[object, ...] = (None, {}, {"roots": {}}, {"elicitation": {"url": {}}})


@pytest.mark.parametrize("capabilities", FORMS)
def test_a_modern_client_with_forms_gets_an_input_request(capabilities: object) -> None:
    assert road_of(context(capabilities, "2026-07-28"), "auto") == "input_request"


@pytest.mark.parametrize("capabilities", FORMS)
@pytest.mark.parametrize("version", ["2025-06-18", "2025-11-25"])
def test_an_earlier_client_with_forms_is_asked_during_the_call(capabilities: object, version: str) -> None:
    assert road_of(context(capabilities, version), "auto") == "elicitation"


@pytest.mark.parametrize("capabilities", NO_FORMS)
@pytest.mark.parametrize("version", ["2025-11-25", "2026-07-28"])
def test_a_client_without_forms_gets_the_question_as_a_result(capabilities: object, version: str) -> None:
    assert road_of(context(capabilities, version), "auto") == "answer_question"


@pytest.mark.parametrize("version", ["2025-11-25", "2026-07-28"])
def test_elicitation_off_always_means_a_result(version: Literal["2025-11-25", "2026-07-28"]) -> None:
    assert road_of(context({"elicitation": {"form": {}}}, version), "off") == "answer_question"


def test_a_connection_that_cannot_carry_a_request_back_gets_a_result() -> None:
    unreachable = context({"elicitation": {"form": {}}}, "2025-11-25", back_channel=False)
    assert road_of(unreachable, "auto") == "answer_question"
