"""Links to a report beside the answer that names it: Markdown for the assistant, HTML for the person."""

from __future__ import annotations

from mcp_types import Annotations, ResourceLink

from ecs_dr.domain.report import SealedReport
from ecs_dr.domain.seal import seal
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.texts import Texts
from ecs_dr.errors import InvalidInput, UnknownSession
from ecs_dr.protocol.service import RecoveryService
from ecs_dr.report import render_html, render_markdown
from ecs_dr.report.application import application_html, application_markdown


def report_links(answer: Answer, recovery: RecoveryService, say: Texts) -> list[ResourceLink]:
    """The links of an answer whose data names a report; else none."""
    page, markdown = answer.data.get("report_uri"), answer.data.get("report_markdown_uri")
    if answer.session_id is None or not isinstance(page, str) or not isinstance(markdown, str):
        return []
    whole = recovery.shelf.application(answer.session_id)
    try:
        report = seal(recovery.report(answer.session_id)) if whole is None else None
    except (UnknownSession, InvalidInput):
        return []
    texts = _rendered(report) if report is not None else ("", "")
    if whole is not None:
        texts = application_markdown(whole), application_html(whole)
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


def _rendered(report: SealedReport) -> tuple[str, str]:
    return render_markdown(report), render_html(report)
