"""What may be of a recovery although no tag proves it: told before a second image or replica is proposed.

Where tags may not be set, or are off, a process that ends leaves nothing that names its session. An image says by its
name, or by another session's tags, that it is of the source; an instance says what image it was launched from.
"""

from __future__ import annotations

from functools import partial

from ecs_dr.domain.images.adoption import provenance
from ecs_dr.domain.images.model import Image
from ecs_dr.domain.lineage import SESSION, tagged
from ecs_dr.domain.source import Instance
from ecs_dr.domain.texts.wording import worded_value
from ecs_dr.domain.times import parse_time
from ecs_dr.workflow.memory.sightings import Unproven
from ecs_dr.workflow.reads.side_by_side import SideBySide
from ecs_dr.workflow.reads.told import reading
from ecs_dr.workflow.run import Run

MOST_IMAGES = 3


async def look_for_unproven(run: Run) -> Unproven:
    """Read the account's images of this source, and the instances that run on them, as of now."""
    instance_id = run.session.instance_id
    with reading(run.clock.now) as read:
        own = [image for image in await run.cloud.own_images(run.scope) if image.phase != "failed"]
        known = [(image, provenance(image, instance_id)) for image in own]
        mine = [image for image, evidence in known if evidence.by_tags or evidence.by_name]
        newest = sorted(mine, key=lambda image: image.creation_time, reverse=True)[:MOST_IMAGES]
        reads = SideBySide()
        launched = [reads.read(partial(run.cloud.instances_from, run.scope, image.image_id)) for image in newest]
        await reads.finish()
    return Unproven(read.at, tuple(newest), tuple(one for found in launched for one in found.value))


def told_images(run: Run, found: Unproven) -> str:
    """The images, and what was launched from each, with the time of the reading; empty: there are none."""
    parts = [_image(run, image) for image in found.images]
    return _told(run, found, [*parts, *(_replica(run, one) for one in found.replicas)])


def told_replicas(run: Run, found: Unproven, image_id: str) -> str:
    """What was launched from one of them; empty: nothing."""
    return _told(run, found, [_replica(run, one) for one in found.replicas if one.image_id == image_id])


def _told(run: Run, found: Unproven, parts: list[str]) -> str:
    listed = run.texts("list.separator").join(parts)
    return run.texts("unproven.read", what=listed, at=run.texts.moment(found.read_at)) if parts else ""


def _image(run: Run, image: Image) -> str:
    session = tagged(image.tags, SESSION)
    key = "unproven.image_of" if session else "unproven.image"
    return run.texts(
        key,
        id=image.image_id,
        name=image.name,
        status=worded_value(image.status, run.texts),
        made=run.texts.moment(parse_time(image.creation_time)),
        session=session[:40],
    )


def _replica(run: Run, one: Instance) -> str:
    status = worded_value(one.status, run.texts)
    name = one.name
    return run.texts("unproven.replica", id=one.instance_id, name=name, status=status, image=one.image_id)
