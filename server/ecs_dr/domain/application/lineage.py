"""Tags that an application's resources carry beside those of their own recovery."""

from __future__ import annotations

from ecs_dr.domain.application.waves import Waves, waves_text
from ecs_dr.domain.lineage import APPLICATION, MEMBERS, WAVE, WAVES
from ecs_dr.domain.model import Tag, digest

DIGEST_CHARACTERS = 16


def waves_digest(waves: Waves) -> str:
    """By this whoever takes an application up again knows whether waves are the same."""
    return digest(waves_text(waves))[:DIGEST_CHARACTERS]


def application_tags(application_id: str, wave: int, members: int, waves: str) -> tuple[Tag, ...]:
    """To which application and wave something belongs, how many members there are, and the digest of all waves."""
    return (
        Tag(key=APPLICATION, value=application_id),
        Tag(key=WAVE, value=str(wave)),
        Tag(key=MEMBERS, value=str(members)),
        Tag(key=WAVES, value=waves),
    )
