"""The timeline of a report: who was busy when, and for how long."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from ecs_dr.domain.report.model import Lane, Span, Timeline
from ecs_dr.domain.texts import Texts
from ecs_dr.workflow.memory.chosen import ImageState
from ecs_dr.workflow.session import Session

SHORTEST_SECONDS = 0.5
"""A call of this product that took less is not worth a line."""

OWN_STEPS = frozenset({"source", "plan", "target", "vswitch", "disks"})
"""Steps in which this product reads and checks. The others wait for the cloud."""

Stretch = tuple[datetime, datetime]


def build_timeline(session: Session, texts: Texts) -> Timeline:
    """Everything up to the last call."""
    began_at, ended_at = session.created_at, last_moment(session)
    spans = sorted(_spans(session, texts, ended_at), key=lambda span: (span.began_at, span.ended_at))
    cloud, person, product = (_merged(spans, lane) for lane in ("cloud", "person", "product"))
    everybody = _union((*cloud, *person, *product))
    total = (ended_at - began_at).total_seconds()
    person_or_cloud = _seconds(_union((*cloud, *person)))
    return Timeline(
        began_at=began_at,
        ended_at=ended_at,
        total_seconds=_rounded(total),
        cloud_seconds=_rounded(_seconds(cloud)),
        person_seconds=_rounded(_seconds(person)),
        overlap_seconds=_rounded(_seconds(cloud) + _seconds(person) - person_or_cloud),
        product_seconds=_rounded(_seconds(everybody) - person_or_cloud),
        idle_seconds=_rounded(max(total - _seconds(everybody), 0)),
        spans=tuple(spans),
    )


def last_moment(session: Session) -> datetime:
    """The last moment that a report can tell of."""
    answered = [entry.answered_at for entry in session.book.history]
    return max([session.created_at, session.chronicle.last_at or session.created_at, *answered])


def image_settled_at(state: ImageState) -> datetime | None:
    """When the image was seen ready, or failed; None while it is being built, or was settled before this session."""
    settled = state.image is not None and state.image.phase != "building"
    return state.polled_at if settled else None


def _spans(session: Session, texts: Texts, until: datetime) -> Iterable[Span]:
    image, replica = session.image, session.replica
    if image is not None and (image.image is None or image.image.phase == "building" or image.polled_at is not None):
        began = max(image.started_at, session.created_at)
        yield _span("image", "cloud", texts("report.span.image"), began, image_settled_at(image), until)
    if replica is not None and (began := max(replica.launched_at, session.created_at)) <= until:
        yield _span("launch", "cloud", texts("report.span.launch"), began, replica.running_at, until)
        for start, end in _verifications(session, until):
            yield _span("verify", "product", texts("report.span.verify"), start, end, until)
    for entry in session.book.history:
        label = decision_label(texts, entry.key)
        yield _span(f"decision:{entry.key}", "person", label, entry.asked_at, entry.answered_at, until)
    for call in session.chronicle.calls:
        if call.step in OWN_STEPS and (call.ended_at - call.began_at).total_seconds() >= SHORTEST_SECONDS:
            label = texts(f"report.span.{call.step}")
            yield _span(call.step, "product", label, call.began_at, call.ended_at, until)


def _verifications(session: Session, until: datetime) -> Iterable[Stretch]:
    """From the moment that the replica ran to the end of its verification; each later one by itself."""
    running_at = session.replica.running_at if session.replica is not None else None
    if running_at is None:
        return
    calls = [call for call in session.chronicle.calls if call.step == "verify" and call.ended_at >= running_at]
    yield running_at, calls[0].ended_at if calls else until
    yield from ((call.began_at, call.ended_at) for call in calls[1:])


def decision_label(texts: Texts, key: str) -> str:
    """The name of a decision by its key (`launch.confirm`), else by the step that asked (`launch`)."""
    numbered = key.rstrip("0123456789")  # `application.wave2`: each wave has its own
    if numbered != key and texts.has(f"report.decision.{numbered}"):
        return texts(f"report.decision.{numbered}", number=key.removeprefix(numbered))
    for name in (key, key.partition(".")[0]):
        if texts.has(f"report.decision.{name}"):
            return texts(f"report.decision.{name}")
    return texts("report.decision.other")


def _span(key: str, lane: Lane, label: str, began: datetime, ended: datetime | None, until: datetime) -> Span:
    end = max(began, min(ended or until, until))
    seconds = _rounded((end - began).total_seconds())
    return Span(
        key=key, lane=lane, label=label, began_at=began, ended_at=end, seconds=seconds, finished=ended is not None
    )


def _merged(spans: Iterable[Span], lane: str) -> list[Stretch]:
    return _union([(span.began_at, span.ended_at) for span in spans if span.lane == lane])


def _union(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same time, without a moment counted twice."""
    merged: list[Stretch] = []
    for began, ended in sorted(stretches):
        if merged and began <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ended))
        else:
            merged.append((began, ended))
    return merged


def _seconds(stretches: Iterable[Stretch]) -> float:
    return sum((ended - began for began, ended in stretches), timedelta()).total_seconds()


def _rounded(seconds: float) -> float:
    return round(seconds, 1)
