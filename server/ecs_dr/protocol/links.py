"""Links to a report beside the answer that names it: Markdown for the assistant, HTML for the person."""

from __future__ import annotations

from mcp_types import Annotations, ResourceLink

from ecs_dr.domain.steps import Answer
from ecs_dr.domain.texts import Texts
from ecs_dr.errors import InvalidInput, UnknownSession
from ecs_dr.protocol.service import RecoveryService


def report_links(answer: Answer, recovery: RecoveryService, say: Texts) -> list[ResourceLink]:
    """The links of an answer whose data names a report; else none."""
    page, markdown = answer.data.get("report_uri"), answer.data.get("report_markdown_uri")
    if answer.session_id is None or not isinstance(page, str) or not isinstance(markdown, str):
        return []
    from ecs_dr.report.forms import as_html, as_markdown

    try:
        sealed = recovery.shelf.report(answer.session_id)
    except (UnknownSession, InvalidInput):
        return []
    return [
        ResourceLink(
            type="resource_link",
            uri=uri,
            name=name,
            title=say(f"link.{name}"),
            mime_type=mime_type,
            size=len(text.encode()),
            annotations=Annotations(audience=[audience]),
        )
        for uri, name, mime_type, audience, text in (
            (markdown, "report_markdown", "text/markdown", "assistant", as_markdown(sealed)),
            (page, "report", "text/html", "user", as_html(sealed)),
        )
    ]
