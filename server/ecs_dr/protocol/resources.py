"""Resources: the state of a session, for hosts that read rather than call."""

from __future__ import annotations

import json

from mcp.server.mcpserver.exceptions import ResourceNotFoundError

from ecs_dr.errors import InvalidInput, UnknownSession
from ecs_dr.protocol.results import Presenter
from ecs_dr.protocol.sdk import Server
from ecs_dr.protocol.service import RecoveryService

SESSION_URI = "ecs-dr://session/{session_id}"


def add_resources(server: Server, recovery: RecoveryService, presenter: Presenter) -> None:
    """Register the session resource: the answer of `get_session` as JSON."""

    @server.resource(
        SESSION_URI,
        name="session",
        title="Recovery session",
        description="State, resources, decisions and open questions of one disaster recovery session.",
        mime_type="application/json",
    )
    async def session(session_id: str) -> str:
        try:
            answer = await recovery.call("get_session", {"session_id": session_id}, None)
        except (UnknownSession, InvalidInput):
            raise ResourceNotFoundError("no such recovery session in this process") from None
        return json.dumps(presenter.content(answer), ensure_ascii=False)
