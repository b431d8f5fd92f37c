"""The forms of a sealed report, of one recovery or of an application: the one place that tells the two apart."""

from __future__ import annotations

from ecs_dr.domain.application.report import FORMAT, SealedApplication
from ecs_dr.domain.model import JsonValue
from ecs_dr.domain.report.model import SealedReport
from ecs_dr.domain.report.seal import Sealed
from ecs_dr.report.application import application_html, application_json, application_markdown
from ecs_dr.report.render import render_html, render_json, render_markdown


def as_html(sealed: Sealed) -> str:
    """One self-contained page, with the sealed report inside."""
    return application_html(sealed) if isinstance(sealed, SealedApplication) else render_html(sealed)


def as_markdown(sealed: Sealed) -> str:
    """For a chat, a ticket or a model."""
    return application_markdown(sealed) if isinstance(sealed, SealedApplication) else render_markdown(sealed)


def as_json(sealed: Sealed) -> str:
    """The sealed data, as `verify-report` reads it."""
    return application_json(sealed) if isinstance(sealed, SealedApplication) else render_json(sealed)


def parsed(document: JsonValue) -> Sealed:
    """A sealed report as what it says it is.

    Raises:
        ValidationError: It has not that form.
    """
    report = document.get("report") if isinstance(document, dict) else None
    if isinstance(report, dict) and report.get("format") == FORMAT:
        return SealedApplication.model_validate(document)
    return SealedReport.model_validate(document)
