"""Links to a report beside the answer that names it: Markdown for the assistant, HTML for the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mcp_types import Annotations, ResourceLink

from ecs_dr.domain.steps import Answer
from ecs_dr.domain.texts import Texts
from ecs_dr.errors import InvalidInput, UnknownSession
from ecs_dr.protocol.service import RecoveryService

if TYPE_CHECKING:
    from ecs_dr.domain.application.report import SealedApplication


def report_links(answer: Answer, recovery: RecoveryService, say: Texts) -> list[ResourceLink]:
    """The links of an answer whose data names a report; else none."""
    page, markdown = answer.data.get("report_uri"), answer.data.get("report_markdown_uri")
    if answer.session_id is None or not isinstance(page, str) or not isinstance(markdown, str):
        return []
    try:
        texts = _rendered(recovery, answer.session_id, recovery.shelf.application(answer.session_id))
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
            (markdown, "report_markdown", "text/markdown", "assistant", texts[0]),
            (page, "report", "text/html", "user", texts[1]),
        )
    ]


def _rendered(recovery: RecoveryService, session_id: str, whole: SealedApplication | None) -> tuple[str, str]:
    """As Markdown and as HTML."""
    from ecs_dr.domain.report.seal import seal
    from ecs_dr.report.application import application_html, application_markdown
    from ecs_dr.report.render import render_html, render_markdown

    if whole is not None:
        return application_markdown(whole), application_html(whole)
    report = seal(recovery.report(session_id))
    return render_markdown(report), render_html(report)
