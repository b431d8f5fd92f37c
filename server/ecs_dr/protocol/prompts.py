"""Prompts: a user's first sentence, ready made."""

from __future__ import annotations

from typing import Annotated

from mcp.server.mcpserver.prompts import Prompt
from pydantic import Field

from ecs_dr.domain.texts import Texts
from ecs_dr.protocol.sdk import Server

MAX_CHARACTERS = 64


def add_prompts(server: Server, texts: Texts) -> None:
    """Register `recover_instance`."""

    def recover_instance(
        instance_id: Annotated[str, Field(description="Source ECS instance id")] = "",
        region_id: Annotated[str, Field(description="Its region id")] = "",
    ) -> str:
        return texts(
            "prompt.recover_instance",
            instance_id=instance_id.strip()[:MAX_CHARACTERS] or texts("prompt.ask_instance"),
            region_id=region_id.strip()[:MAX_CHARACTERS] or texts("prompt.ask_region"),
        )

    server.add_prompt(
        Prompt.from_function(
            recover_instance,
            title="Recover an ECS instance",
            description="Recover an Alibaba Cloud ECS instance into another availability zone, step by step.",
        )
    )
