"""Types that can take the source's place: judged by the same image in the plan and in Step 4a."""

from __future__ import annotations

from ecs_dr.domain.images.model import Image
from ecs_dr.domain.source import Source
from ecs_dr.domain.stock.model import InstanceTypeFacts, TypeStock
from ecs_dr.domain.stock.ranking import rank_substitutes
from ecs_dr.errors import CloudError
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session import Session


def deciding_image(session: Session) -> Image | None:
    """The image whose architecture, boot mode and drivers a type must suit (DescribeImages); None while unknown.

    It is the one that will be launched once that is ready. Until then it is the source's own: a whole-instance image
    takes these properties over from it (CreateImage).
    """
    image = session.image.image if session.image is not None else None
    if image is not None and image.phase == "ready":
        return image
    return session.source_image or image


async def read_deciding_image(run: Run, source: Source) -> None:
    """Read the source's image, once, while no ready one says what a type must suit; it may be left out."""
    session = run.session
    image = deciding_image(session)
    if session.source_image is not None or (image is not None and image.phase == "ready"):
        return
    try:
        session.source_image = await run.cloud.describe_image(run.scope, source.instance.image_id)
    except CloudError as error:
        if not error.may_be_skipped:
            raise


def replacements(
    session: Session, source: Source, own: InstanceTypeFacts, candidates: tuple[TypeStock, ...]
) -> tuple[TypeStock, ...]:
    """The candidates that can take the place of the source's type, closest first.

    Args:
        session: The recovery.
        source: The source.
        own: Its type.
        candidates: Types that one zone lists.
    """
    image = deciding_image(session)
    return rank_substitutes(
        own,
        candidates,
        image.architecture if image is not None else "",
        image_boot_mode=image.boot_mode if image is not None else "",
        image_nvme_support=image.nvme_support if image is not None else "",
        disk_count=len(source.disks),
    )
