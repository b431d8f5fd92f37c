"""The SDK's generic types, settled once: no lifespan state, and no interest in the transport's own request."""

from __future__ import annotations

from typing import TypeAlias

from mcp.server.mcpserver import Context, MCPServer

Lifespan: TypeAlias = dict[str, object]
Server: TypeAlias = MCPServer[Lifespan]
CallContext: TypeAlias = Context[Lifespan, object]
