"""Prompts: a user's first sentence, ready made."""

from __future__ import annotations

import re
from typing import Annotated

from mcp.server.mcpserver.prompts import Prompt
from pydantic import Field

from ecs_dr.domain.texts import Texts
from ecs_dr.protocol.sdk import Server

_WORD = re.compile(r"[\w.:-]{1,64}", re.ASCII)
"""What an id may look like: a prompt's argument ends up in an instruction, so nothing else gets through."""

InstanceId = Annotated[str, Field(description="Source ECS instance id")]
RegionId = Annotated[str, Field(description="Its region id")]
ZoneId = Annotated[str, Field(description="Zone you have in mind, if any")]
SessionId = Annotated[str, Field(description="Session id of the recovery")]


def add_prompts(server: Server, texts: Texts) -> None:
    """Register `recover_instance`, `drill` and `explain_failure`."""

    def recover_instance(instance_id: InstanceId = "", region_id: RegionId = "", target_zone_id: ZoneId = "") -> str:
        return _task(texts, "recover_instance", instance_id, region_id, target_zone_id)

    def drill(instance_id: InstanceId = "", region_id: RegionId = "", target_zone_id: ZoneId = "") -> str:
        return _task(texts, "drill", instance_id, region_id, target_zone_id)

    def explain_failure(session_id: SessionId = "") -> str:
        return texts("prompt.explain_failure", session_id=_word(session_id) or texts("prompt.latest_session"))

    described = (
        (
            recover_instance,
            "Recover an ECS instance",
            "Recover an Alibaba Cloud ECS instance into another availability zone, step by step.",
        ),
        (
            drill,
            "Rehearse a disaster recovery",
            "Rehearse the recovery of an Alibaba Cloud ECS instance: plan first, a replica that is not to stay.",
        ),
        (
            explain_failure,
            "Explain what went wrong",
            "Explain why a disaster recovery failed or stopped, what exists now, and what to do.",
        ),
    )
    for function, title, description in described:
        server.add_prompt(Prompt.from_function(function, title=title, description=description))


def _task(texts: Texts, name: str, instance_id: str, region_id: str, zone_id: str) -> str:
    zone = _word(zone_id)
    task = texts(
        f"prompt.{name}",
        instance_id=_word(instance_id) or texts("prompt.ask_instance"),
        region_id=_word(region_id) or texts("prompt.ask_region"),
    )
    return f"{task} {texts('prompt.zone', zone_id=zone)}" if zone else task


def _word(value: str) -> str:
    """The argument when it looks like an id, nothing otherwise."""
    word = value.strip()
    return word if _WORD.fullmatch(word) else ""
