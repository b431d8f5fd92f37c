"""What an image that existed before is held against: the source's type, and the image that the source came of."""

from __future__ import annotations

from ecs_dr.domain.images.fit import fit
from ecs_dr.domain.images.model import Image
from ecs_dr.domain.source import Source
from ecs_dr.domain.verification.comparison import AttributeRow
from ecs_dr.workflow.reads.optional import if_permitted
from ecs_dr.workflow.run import Run


async def read_fit(run: Run, source: Source, image: Image) -> tuple[AttributeRow, ...]:
    """Each comparison of the image with source and type; what may not be read is shown as not compared."""
    session, instance = run.session, source.instance
    found = await if_permitted(lambda: run.cloud.instance_types(run.scope, (instance.instance_type,))) or ()
    facts = next((one for one in found if one.instance_type == instance.instance_type), None)
    if session.source_image is None and instance.image_id:
        session.source_image = await run.cloud.describe_image(run.scope, instance.image_id)
    return fit(source, image, facts, session.source_image)
