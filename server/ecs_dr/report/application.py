"""The report of an application as HTML, Markdown and JSON. The same sealed report always gives the same text."""

from __future__ import annotations

from markupsafe import Markup

from ecs_dr.domain.application.report import SealedApplication
from ecs_dr.domain.pages.words import coin, duration
from ecs_dr.domain.texts import Texts
from ecs_dr.domain.times import told_time
from ecs_dr.report.pages import source
from ecs_dr.report.render import DATA_ID, environment, html_words, inert, markdown_words, to_json
from ecs_dr.report.words import zone_of


def application_json(sealed: SealedApplication) -> str:
    """The sealed report as JSON."""
    return to_json(sealed.model_dump(mode="json"), indent=2) + "\n"


def application_html(sealed: SealedApplication) -> str:
    """One self-contained page, with the sealed report inside for `verify-report`."""
    texts = Texts(sealed.report.language)
    return (
        environment("html")
        .get_template("application.html.j2")
        .render(
            _view(sealed, texts),
            t=html_words(texts),
            style=Markup(source("style.css")),  # noqa: S704 - a file of this package
            data=inert(sealed.model_dump(mode="json")),
            data_id=DATA_ID,
        )
    )


def application_markdown(sealed: SealedApplication) -> str:
    """The report as Markdown, for a chat, a ticket or a model."""
    texts = Texts(sealed.report.language)
    template = environment("md").get_template("application.md.j2")
    return template.render(_view(sealed, texts), t=markdown_words(texts)).rstrip("\n") + "\n"


def _view(sealed: SealedApplication, texts: Texts) -> dict[str, object]:
    zone = zone_of(sealed.report.utc_offset_minutes)
    return {
        "report": sealed.report,
        "seal": sealed.seal,
        "moment": lambda when: told_time(when, zone),
        "coin": lambda currency: coin(currency, texts),
        "took": lambda seconds: duration(seconds, texts),
    }
