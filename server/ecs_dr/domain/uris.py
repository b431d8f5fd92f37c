"""Under which addresses MCP clients read what a recovery has written."""

from __future__ import annotations

from ecs_dr.domain.telling import Words

URI_PREFIX = "ecs-dr://report/"
RUNBOOK_URI = "ecs-dr://runbook/{session_id}/{name}"


def report_uri(session_id: str) -> Words:
    """Where the report of a session is read over MCP."""
    return Words(f"{URI_PREFIX}{session_id}")


def report_markdown_uri(session_id: str) -> Words:
    """The same as text: a tenth of the page, for whoever reads it through a model."""
    return Words(f"{report_uri(session_id)}/markdown")
