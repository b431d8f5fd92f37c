"""Tags that an application's resources carry beside those of their own recovery."""

from __future__ import annotations

from ecs_dr.domain.lineage import APPLICATION, MEMBERS, WAVE
from ecs_dr.domain.model import Tag


def application_tags(application_id: str, wave: int, members: int) -> tuple[Tag, ...]:
    """To which application and wave something belongs, and how many members there are."""
    return (
        Tag(key=APPLICATION, value=application_id),
        Tag(key=WAVE, value=str(wave)),
        Tag(key=MEMBERS, value=str(members)),
    )


def tagged(tags: tuple[Tag, ...], key: str) -> str:
    """The value of a tag; empty where there is none."""
    return next((tag.value for tag in tags if tag.key == key), "")
