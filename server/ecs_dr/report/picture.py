"""The timeline as a picture: inline SVG, coloured by the page's own style, so that it follows light and dark."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from ecs_dr.domain.pages.words import duration
from ecs_dr.domain.report.model import Lane, RecoveryReport, Span
from ecs_dr.domain.texts import Texts

LANES: tuple[Lane, ...] = ("cloud", "person", "product")
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 43200, 86400, 172800, 604800)
"""Seconds between two marks of the axis."""

MARGIN, BAR, LANE_HEIGHT, BRACKET_HEIGHT, AXIS_HEIGHT = 2.0, 26.0, 52.0, 30.0, 24.0
NARROWEST = 3.0
"""The width of what took hardly any time: it happened, and is seen."""
CHARACTER, MARK_GAP = 6.9, 78.0


@dataclass(frozen=True)
class Canvas:
    """Where times are on a picture of so many units across."""

    width: float
    began_at: datetime
    seconds: float

    def x(self, when: datetime) -> float:
        """The place of a moment."""
        return self.at((when - self.began_at).total_seconds())

    def at(self, seconds: float) -> float:
        """The place of so many seconds after the beginning."""
        share = min(max(seconds / self.seconds, 0.0), 1.0) if self.seconds else 0.0
        return round(MARGIN + share * (self.width - 2 * MARGIN), 1)


def timeline_picture(report: RecoveryReport, texts: Texts, width: int, name: str) -> Markup:
    """The picture, `width` units across; `name` is its class."""
    timeline = report.timeline
    canvas = Canvas(width, timeline.began_at, timeline.total_seconds)
    lanes = [lane for lane in LANES if any(span.lane == lane for span in timeline.spans)]
    brackets = list(_brackets(report, texts))
    top = BRACKET_HEIGHT * len(brackets)
    bottom = top + LANE_HEIGHT * len(lanes)
    alt = texts("report.timeline.alt", total=duration(timeline.total_seconds, texts))
    parts = [
        Markup('<svg class="timeline {}" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
            name, width, bottom + AXIS_HEIGHT, alt
        )
    ]
    parts += _axis(canvas, texts, top, bottom)
    for place, (kind, label, began, ended) in enumerate(brackets):
        parts += _bracket(canvas, kind, label, (began, ended), BRACKET_HEIGHT * place)
    for place, lane in enumerate(lanes):
        y = top + LANE_HEIGHT * place
        parts.append(
            Markup('<text class="lane" x="{}" y="{}">{}</text>').format(MARGIN, y + 15, texts(f"report.lane.{lane}"))
        )
        for span in timeline.spans:
            if span.lane == lane:
                parts += _bar(canvas, span, texts, y + 20)
    return Markup("").join([*parts, Markup("</svg>")])


def _brackets(report: RecoveryReport, texts: Texts) -> Iterator[tuple[str, str, datetime, datetime]]:
    """Recovery time and recovery point, each from where to where; a snapshot from before the recovery has no room."""
    measures = report.measures
    if measures.running_at is None:
        return
    began = report.timeline.began_at
    if measures.rto_seconds is not None and not report.resumed:
        yield "rto", f"RTO {duration(measures.rto_seconds, texts)}", began, measures.running_at
    if measures.snapshot_at is not None and measures.snapshot_at >= began:
        yield "rpo", f"RPO {duration(measures.rpo_seconds, texts)}", measures.snapshot_at, measures.running_at


def _bracket(canvas: Canvas, kind: str, label: str, ends: tuple[datetime, datetime], y: float) -> Iterator[Markup]:
    left, right = canvas.x(ends[0]), canvas.x(ends[1])
    line = y + 20
    yield Markup('<path class="bracket {}" d="M{} {}v8M{} {}H{}M{} {}v8"/>').format(
        kind, left, line - 4, left, line, right, right, line - 4
    )
    room = _text_width(label)
    x = min(max((left + right - room) / 2, left + 4), canvas.width - room - MARGIN)
    yield Markup('<text class="note {}" x="{}" y="{}">{}</text>').format(kind, round(max(x, MARGIN), 1), y + 13, label)


def _bar(canvas: Canvas, span: Span, texts: Texts, y: float) -> Iterator[Markup]:
    left = canvas.x(span.began_at)
    width = max(canvas.x(span.ended_at) - left, NARROWEST)
    left = min(left, canvas.width - MARGIN - width)
    took = duration(span.seconds, texts)
    state = "" if span.finished else " open"
    yield Markup(
        '<g><title>{} · {}</title><rect class="bar {}{}" x="{}" y="{}" width="{}" height="{}" rx="4"/>'
    ).format(span.label, took, span.lane, state, round(left, 1), y, round(width, 1), BAR)
    for label in (f"{span.label} · {took}", span.label):
        if _text_width(label) + 12 <= width:
            yield Markup('<text class="in" x="{}" y="{}">{}</text>').format(round(left + 7, 1), y + 17.5, label)
            break
    yield Markup("</g>")


def _axis(canvas: Canvas, texts: Texts, top: float, bottom: float) -> Iterator[Markup]:
    wanted = canvas.seconds / max(canvas.width / MARK_GAP, 1)
    step = next((step for step in STEPS if step >= wanted), STEPS[-1])
    if canvas.seconds / step > 2 * canvas.width / MARK_GAP:
        step = int(canvas.seconds // 4) or 1
    taken = 0.0
    for number in range(int(canvas.seconds // step) + 1):
        x = canvas.at(number * step)
        label = "0" if number == 0 else duration(number * step, texts)
        room = _text_width(label)
        at = min(max(x - room / 2, MARGIN), canvas.width - room)
        yield Markup('<path class="grid" d="M{} {}V{}"/>').format(x, top, bottom + 4)
        if number == 0 or at > taken + CHARACTER:
            taken = at + room
            yield Markup('<text class="tick" x="{}" y="{}">{}</text>').format(round(at, 1), bottom + 18, label)


def _text_width(text: str) -> float:
    """About how wide a text of 12 units' height is."""
    return sum(12.0 if unicodedata.east_asian_width(one) in "WF" else CHARACTER for one in text)
