"""The report as an MCP App (extension `io.modelcontextprotocol/ui`): hosts that show apps show it below the answer.

Other hosts get the answer's text, as ever: the tool only names the page in its `_meta`.
"""

from __future__ import annotations

from collections.abc import Mapping

from mcp.server.apps import Apps

from ecs_dr.domain.steps import ToolName
from ecs_dr.report.pages import app_page

APP_URI = "ui://ecs-dr/report.html"
SHOWN_BY: Mapping[ToolName, str] = {"verify_instance": APP_URI}
"""Which tool's answer a host shows in which page."""


def report_app() -> Apps:
    """The extension with its one page. It loads nothing from anywhere."""
    apps = Apps()
    apps.add_html_resource(
        APP_URI,
        app_page(),
        name="report_app",
        title="Recovery report",
        description="Shows the report of a verified recovery in hosts that support MCP Apps.",
        prefers_border=True,
    )
    return apps


def tool_meta(tool: ToolName) -> dict[str, object] | None:
    """The `_meta` of a tool; None for a tool without a page."""
    uri = SHOWN_BY.get(tool)
    return None if uri is None else {"ui": {"resourceUri": uri}}
