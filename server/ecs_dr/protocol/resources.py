"""Resources: the state and the report of a session, for hosts that read rather than call."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

import anyio.to_thread
from mcp.server.mcpserver.exceptions import ResourceNotFoundError

from ecs_dr.domain.uris import RUNBOOK_URI, URI_PREFIX
from ecs_dr.errors import InvalidInput, UnknownSession
from ecs_dr.protocol.results import Presenter
from ecs_dr.protocol.sdk import Server
from ecs_dr.protocol.service import RecoveryService

if TYPE_CHECKING:
    from ecs_dr.domain.report.seal import Sealed

ReportForm = Literal["html", "markdown", "json"]
SESSION_URI = "ecs-dr://session/{session_id}"
REPORT_URI = f"{URI_PREFIX}{{session_id}}"


def add_resources(server: Server, recovery: RecoveryService, presenter: Presenter) -> None:
    """Register the session resource (the answer of `get_session` as JSON) and the three forms of the report."""
    _add_report(server, recovery)
    _add_runbook(server, recovery)

    @server.resource(
        SESSION_URI,
        name="session",
        title="Recovery session",
        description="State, resources, decisions and open questions of one disaster recovery session.",
        mime_type="application/json",
    )
    async def session(session_id: str) -> str:
        try:
            answer = await recovery.call("get_session", {"session_id": session_id}, None, "input_request")
        except (UnknownSession, InvalidInput):
            raise ResourceNotFoundError("no such recovery session in this process") from None
        return json.dumps(presenter.content(answer), ensure_ascii=False)


def _add_report(server: Server, recovery: RecoveryService) -> None:
    async def drawn(session_id: str, form: ReportForm) -> str:
        try:
            sealed = await recovery.shelf.report(session_id)
        except (UnknownSession, InvalidInput):
            raise ResourceNotFoundError("no such recovery session in this process") from None
        # What is sealed does not change any more; a session, which the event loop works on, is for no other thread.
        return await anyio.to_thread.run_sync(_draw, sealed, form)

    @server.resource(
        REPORT_URI,
        name="report",
        title="Recovery report (HTML)",
        description="The report of one recovery as a self-contained, sealed page.",
        mime_type="text/html",
    )
    async def report(session_id: str) -> str:
        return await drawn(session_id, "html")

    @server.resource(
        f"{REPORT_URI}/markdown",
        name="report_markdown",
        title="Recovery report (Markdown)",
        description="The same report as Markdown, for a chat, a ticket or a model.",
        mime_type="text/markdown",
    )
    async def report_markdown(session_id: str) -> str:
        return await drawn(session_id, "markdown")

    @server.resource(
        f"{REPORT_URI}/json",
        name="report_json",
        title="Recovery report (JSON)",
        description="The same report as sealed JSON (schema: references/report.schema.json).",
        mime_type="application/json",
    )
    async def report_json(session_id: str) -> str:
        return await drawn(session_id, "json")


def _draw(sealed: Sealed, form: ReportForm) -> str:
    from ecs_dr.report.forms import as_html, as_json, as_markdown

    return {"html": as_html, "markdown": as_markdown, "json": as_json}[form](sealed)


def _add_runbook(server: Server, recovery: RecoveryService) -> None:
    @server.resource(
        RUNBOOK_URI,
        name="runbook",
        title="OOS runbook",
        description="A template of Alibaba Cloud OOS that export_runbook wrote.",
        mime_type="application/json",
    )
    async def runbook(session_id: str, name: str) -> str:
        text = recovery.shelf.runbook(session_id, name)
        if text is None:
            raise ResourceNotFoundError("no such runbook in this process")
        return text
