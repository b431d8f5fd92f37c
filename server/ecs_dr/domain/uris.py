"""Under which addresses MCP clients read what a recovery has written."""

from __future__ import annotations

URI_PREFIX = "ecs-dr://report/"
RUNBOOK_URI = "ecs-dr://runbook/{session_id}/{name}"


def report_uri(session_id: str) -> str:
    """Where the report of a session is read over MCP."""
    return f"{URI_PREFIX}{session_id}"


def report_markdown_uri(session_id: str) -> str:
    """The same as text: a tenth of the page, for whoever reads it through a model."""
    return f"{report_uri(session_id)}/markdown"
