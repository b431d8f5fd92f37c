"""Links to a report beside the answer that names it: Markdown for the assistant, HTML for the person.

Without its size, which would have both drawn for each answer: they are when a host reads one.
"""

from __future__ import annotations

from mcp_types import Annotations, ResourceLink

from ecs_dr.domain.steps import Answer
from ecs_dr.domain.texts import Texts


def report_links(answer: Answer, say: Texts) -> list[ResourceLink]:
    """The links of an answer whose data names a report; else none."""
    page, markdown = answer.data.get("report_uri"), answer.data.get("report_markdown_uri")
    if not isinstance(page, str) or not isinstance(markdown, str):
        return []
    return [
        ResourceLink(
            type="resource_link",
            uri=uri,
            name=name,
            title=say(f"link.{name}"),
            mime_type=mime_type,
            annotations=Annotations(audience=[audience]),
        )
        for uri, name, mime_type, audience in (
            (markdown, "report_markdown", "text/markdown", "assistant"),
            (page, "report", "text/html", "user"),
        )
    ]
