"""The score of a practised recovery: what it would have cost on the day, and what the product would have let happen."""

from __future__ import annotations

from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.telling import NO_WORDS, Words, spaced
from ecs_dr.domain.texts import Texts
from ecs_dr.workflow.reporting.data import measures
from ecs_dr.workflow.session import Session

CREATE_IMAGE = "create_image"


def score(session: Session) -> JsonObject:
    """RPO and RTO in seconds, the questions, and the ways that failed although offered, or that were not offered."""
    measured = measures(session)
    ways: JsonObject = {"ways_failed": [*_failed(session)], "ways_not_offered": [*_not_offered(session)]}
    return {
        "rpo_seconds": measured.rpo_seconds,
        "rto_seconds": measured.rto_seconds,
        "questions": len(session.book.history),
        **{name: told for name, told in ways.items() if told},
    }


def told_score(session: Session, texts: Texts) -> Words:
    """Where there are such ways, the questions and they in a sentence each; RPO and RTO are on the page."""
    avoided = [texts("score.image_of_source") if way == CREATE_IMAGE else way for way in _not_offered(session)]
    told = [(key, ways) for key, ways in (("failed", _failed(session)), ("avoided", avoided)) if ways]
    lines = (texts(f"score.{key}", ways=texts("list.separator").join(ways)) for key, ways in told)
    return spaced(texts("score.line", questions=len(session.book.history)), *lines) if told else NO_WORDS


def _failed(session: Session) -> list[str]:
    """Zones and types that a launch was refused in, and images that ended in nothing."""
    types = [f"{zone} {kind}" for zone, kind in session.refusals.types]
    told = {zone for zone, _ in session.refusals.types}
    zones = [zone for zone in session.refusals.left_zones if zone not in told]
    return [*types, *zones, *(state.image_id for state in session.failed_images)]


def _not_offered(session: Session) -> list[str]:
    """The source's own image where its zone is silent, and zones that the plan told to be impossible."""
    plan = session.plan.plan if session.plan is not None else None
    zones = [zone.zone_id for zone in plan.zones if zone.readiness == "impossible"] if plan is not None else []
    return [*([CREATE_IMAGE] if session.snapshots_first else []), *zones]
