"""Completions: what a host offers while a person fills in a prompt or the address of a resource.

Nothing here asks the cloud: regions are a fixed list, everything else is what this process has seen. A completion is
a suggestion; what is typed is checked where it is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mcp_types import Completion, CompletionArgument, CompletionContext, PromptReference, ResourceTemplateReference

from ecs_dr.domain.model import JsonObject
from ecs_dr.protocol.sdk import Server
from ecs_dr.protocol.service import RecoveryService

MOST_VALUES = 100
"""MCP allows no more in one answer."""

REGIONS: tuple[str, ...] = (
    "cn-hangzhou",
    "cn-shanghai",
    "cn-beijing",
    "cn-shenzhen",
    "cn-zhangjiakou",
    "cn-huhehaote",
    "cn-wulanchabu",
    "cn-chengdu",
    "cn-guangzhou",
    "cn-heyuan",
    "cn-qingdao",
    "cn-hongkong",
    "cn-nanjing",
    "cn-fuzhou",
    "cn-wuhan-lr",
    "cn-zhongwei",
    "ap-southeast-1",
    "ap-southeast-3",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ap-northeast-1",
    "ap-northeast-2",
    "us-west-1",
    "us-east-1",
    "us-southeast-1",
    "eu-central-1",
    "eu-west-1",
    "me-east-1",
    "me-central-1",
    "na-south-1",
)
"""Public regions of ECS (product metadata of the OpenAPI portal, 2026-11)."""


def add_completions(server: Server, recovery: RecoveryService) -> None:
    """Register completions for session ids, instance ids, regions and zones."""

    async def complete(
        reference: PromptReference | ResourceTemplateReference,
        argument: CompletionArgument,
        context: CompletionContext | None,
    ) -> Completion:
        del reference  # the names of arguments mean the same everywhere
        settled = (context.arguments if context is not None else None) or {}
        sessions = await _sessions(recovery)
        candidates: Iterable[str]
        if argument.name == "region_id":
            candidates = (*_seen(sessions, "region_id"), *REGIONS)
        elif argument.name == "target_zone_id":
            candidates = recovery.zone_ids(settled.get("region_id") or None)
        elif argument.name in {"session_id", "instance_id"}:
            candidates = _seen(sessions, argument.name)
        else:
            candidates = ()
        return _matching(candidates, argument.value)

    server.completion()(complete)  # type: ignore[no-untyped-call] # the SDK's decorator has no types


async def _sessions(recovery: RecoveryService) -> tuple[JsonObject, ...]:
    """What `get_session` lists: over HTTP that is nothing, and so nothing is completed from it."""
    listed = (await recovery.call("get_session", {}, None, "input_request")).data.get("sessions")
    return tuple(one for one in listed if isinstance(one, dict)) if isinstance(listed, list) else ()


def _seen(sessions: tuple[JsonObject, ...], field: str) -> Iterator[str]:
    for session in sessions:
        value = session.get(field)
        if isinstance(value, str):
            yield value


def _matching(candidates: Iterable[str], typed: str) -> Completion:
    wanted = typed.strip().lower()
    values = [value for value in dict.fromkeys(candidates) if value.lower().startswith(wanted)]
    return Completion(values=values[:MOST_VALUES], total=len(values), has_more=len(values) > MOST_VALUES)
