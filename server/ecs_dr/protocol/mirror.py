"""For a host that puts structured content and text before its model: the text that it recognises as the same.

OpenClaw shows its model the structured content, and below it each text block, except for one that is exactly the
structured content as JSON, indented by two. With that one the model reads every answer once in place of twice, and an
OpenClaw that showed the text alone would still show everything.
"""

from __future__ import annotations

import json

from ecs_dr.domain.model import JsonObject, JsonValue
from ecs_dr.protocol.sdk import CallContext

SHOW_BOTH = frozenset({"openclaw-bundle-mcp"})
"""Names by which such hosts introduce themselves (`clientInfo`)."""


def shows_both(context: CallContext) -> bool:
    """Whether the caller is such a host."""
    params = context.request_context.session.client_params
    return params is not None and params.client_info.name in SHOW_BOTH


def mirrored(content: JsonObject) -> str:
    """The content as JavaScript's `JSON.stringify(content, null, 2)` writes it."""
    return json.dumps(_as_javascript(content), ensure_ascii=False, indent=2)


def _as_javascript(value: JsonValue) -> JsonValue:
    """JavaScript has one kind of number: 1.0 is written 1."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_as_javascript(item) for item in value]
    if isinstance(value, dict):
        return {name: _as_javascript(item) for name, item in value.items()}
    return value
