"""Where an image comes from, as far as the image itself tells."""

from __future__ import annotations

from ecs_dr.domain.images.model import Image
from ecs_dr.domain.lineage import SOURCE, tagged
from ecs_dr.domain.model import Model
from ecs_dr.domain.names import default_image_name

_DAY, _HOUR, _MINUTE = 86400, 3600, 60


class Provenance(Model):
    """What speaks for an image being made of a source.

    Attributes:
        by_tags: Its lineage tag names the source: proven.
        by_name: It is named `Create_from_<instance id>`, as this product and others name such images: a hint.
        other_source: Its lineage tag names another instance; empty: it names none, or this one.
    """

    by_tags: bool
    by_name: bool
    other_source: str = ""


def provenance(image: Image, instance_id: str) -> Provenance:
    """Whether tags prove, or the name suggests, that an image is of this source; and whether tags name another."""
    named = tagged(image.tags, SOURCE)
    name = default_image_name(instance_id)
    return Provenance(
        by_tags=named == instance_id,
        by_name=image.name == name or image.name.startswith(f"{name}_"),
        other_source=named if named not in {"", instance_id} else "",
    )


def age_parts(seconds: float) -> tuple[int, int, int]:
    """Days, hours and minutes; a moment in the future counts as now."""
    whole = max(int(seconds), 0)
    return whole // _DAY, whole % _DAY // _HOUR, whole % _HOUR // _MINUTE
