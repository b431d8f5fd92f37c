"""The three forms of a report. The same sealed report always gives the same text."""

from __future__ import annotations

import json
import re
from datetime import tzinfo
from functools import cache
from typing import TYPE_CHECKING, Protocol

from markupsafe import Markup, escape

from ecs_dr.domain.attributes.model import NOTHING
from ecs_dr.domain.model import JsonValue
from ecs_dr.domain.pages.words import duration, said_kind, told_value
from ecs_dr.domain.report.model import LAUNCH, FidelityEntry, RequestRecord, SealedReport
from ecs_dr.domain.texts import Texts
from ecs_dr.domain.texts.wording import field_label, worded_value
from ecs_dr.domain.times import parse_time, told_time
from ecs_dr.report.pages import source
from ecs_dr.report.picture import timeline_picture
from ecs_dr.report.words import clock_time, drawn, harmless, visible, without_hidden, zone_of

if TYPE_CHECKING:
    from jinja2 import Environment

DESK_WIDTH, PHONE_WIDTH = 960, 340
VERDICTS = ("matches", "differs_by_decision", "differs", "cannot_be_carried", "not_readable")
DATA_ID = "ecs-dr-report"
_LINK = re.compile(r"https://[A-Za-z0-9._~/?=&%-]+")
_CODE = re.compile(r"`([^`]+)`")


def render_json(sealed: SealedReport) -> str:
    """The sealed report as JSON; characters that show nothing are escaped, so that none hides in it."""
    return to_json(sealed.model_dump(mode="json"), indent=2) + "\n"


def render_html(sealed: SealedReport) -> str:
    """One self-contained page, with the sealed report inside for `verify-report`."""
    report, texts = sealed.report, _texts(sealed)
    return (
        environment("html")
        .get_template("report.html.j2")
        .render(
            _view(sealed, texts),
            t=html_words(texts),
            style=Markup(source("style.css")),  # noqa: S704 - a file of this package
            desk=timeline_picture(report, texts, DESK_WIDTH, "desk"),
            phone=timeline_picture(report, texts, PHONE_WIDTH, "phone"),
            data=inert(sealed.model_dump(mode="json")),
            data_id=DATA_ID,
        )
    )


def render_markdown(sealed: SealedReport) -> str:
    """The report as Markdown, for a chat, a ticket or a model."""
    texts = _texts(sealed)
    text = environment("md").get_template("report.md.j2").render(_view(sealed, texts), t=markdown_words(texts))
    return text.rstrip("\n") + "\n"


def _texts(sealed: SealedReport) -> Texts:
    """The report's language, with its times."""
    return Texts(sealed.report.language, zone_of(sealed.report.utc_offset_minutes))


def _view(sealed: SealedReport, texts: Texts) -> dict[str, object]:
    """What both templates see."""
    report, zone = sealed.report, zone_of(sealed.report.utc_offset_minutes)
    return {
        "report": report,
        "seal": sealed.seal,
        "took": lambda seconds: duration(seconds, texts),
        "moment": lambda when: told_time(when, zone),
        "time": lambda when: clock_time(when, report.timeline.began_at, zone),
        "said": lambda row, value: told_value(row.key, value, texts),
        "word": lambda value: worded_value(value, texts),
        "released": _released(report.drill_until, zone),
        "launch_in_doubt": any(one.kind == "unknown" and one.id == LAUNCH for one in report.leftovers),
        "kind": lambda name: said_kind(name, texts),
        "field": lambda name: field_label(name, texts),
        "untouched": any(one.name == "source_integrity" and one.passed for one in report.criteria),
        "drawn": drawn,
        "link": lambda url: Markup(url if _LINK.fullmatch(url) else "-"),  # noqa: S704 - of harmless characters alone
        "groups": _groups(report.fidelity),
        "counts": {verdict: sum(row.verdict == verdict for row in report.fidelity) for verdict in VERDICTS},
        "creating": [record for record in report.requests if record.mutating],
        "reading": _by_action(report.requests),
        "last_number": report.requests[-1].number if report.requests else 0,
    }


def _released(when: str, zone: tzinfo) -> str:
    moment = parse_time(when)
    return when if moment is None else told_time(moment, zone)


class TemplateWords(Protocol):
    """The catalogue as a template calls it."""

    def __call__(self, key: str, **values: str | float) -> Markup:
        """The text with its values filled in."""
        ...


def html_words(texts: Texts) -> TemplateWords:
    """The catalogue for HTML: escaped, and what stands between backticks as code."""

    def words(key: str, **values: str | float) -> Markup:
        text = str(escape(visible(texts(key, **values))))
        return Markup(_CODE.sub(r"<code>\1</code>", text))  # noqa: S704 - escaped in the line above

    return words


def markdown_words(texts: Texts) -> TemplateWords:
    """The catalogue for Markdown: our own words as they are, the values in them made harmless."""

    def words(key: str, **values: str | float) -> Markup:
        return Markup(texts(key, **{name: str(harmless(str(value))) for name, value in values.items()}))  # noqa: S704 - not HTML; the values are made harmless

    return words


def _groups(rows: tuple[FidelityEntry, ...]) -> list[tuple[str, list[FidelityEntry], list[str]]]:
    """Under the name of each group, disks one by one: its rows, and the names of what neither side has."""
    groups: dict[str, tuple[list[FidelityEntry], list[str]]] = {}
    for row in rows:
        name = f"{row.group_label} {row.device}" if row.device else row.group_label
        shown, neither = groups.setdefault(name, ([], []))
        if row.verdict == "matches" and {row.source, row.decided, row.replica} == {NOTHING}:
            neither.append(row.label)
        else:
            shown.append(row)
    return [(name, shown, neither) for name, (shown, neither) in groups.items()]


def _by_action(requests: tuple[RequestRecord, ...]) -> list[tuple[str, int, int]]:
    """Reading requests: action, how many, how many of them were refused or not answered."""
    found: dict[str, tuple[int, int]] = {}
    for record in requests:
        if not record.mutating:
            count, failed = found.get(record.action, (0, 0))
            found[record.action] = (count + 1, failed + (record.result != "OK"))
    return [(action, count, failed) for action, (count, failed) in sorted(found.items())]


def inert(value: JsonValue) -> Markup:
    """JSON for a script element, in which nothing is escaped by HTML's own rules: no `<` may be in it."""
    data = to_json(value, indent=None)
    safe = data.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(safe)  # noqa: S704 - no `<`, `>` or `&` is left in it


def to_json(value: JsonValue, indent: int | None) -> str:
    """JSON; characters that show nothing are escaped, so that none hides in it."""
    separators = (",", ":") if indent is None else None
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
    return without_hidden(text, _escaped)


def _escaped(character: str) -> str:
    return json.dumps(character, ensure_ascii=True)[1:-1]


@cache
def environment(form: str) -> Environment:
    """The templates, for `html` or `md`."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("ecs_dr.report"),
        autoescape=form == "html",  # noqa: S701 - Markdown has no escaping of its own: `harmless` is its
        finalize=visible if form == "html" else harmless,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
