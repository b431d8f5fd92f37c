"""What carries this session's tags on the cloud: found by source and session alone, as everything else may change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ecs_dr.domain.images.model import Image, ImageRequest
from ecs_dr.domain.lineage import SESSION, SOURCE
from ecs_dr.domain.model import Tag
from ecs_dr.domain.network.model import VSwitch
from ecs_dr.domain.source import Instance
from ecs_dr.workflow.memory.sightings import Made
from ecs_dr.workflow.reads.side_by_side import SideBySide
from ecs_dr.workflow.reads.told import reading
from ecs_dr.workflow.run import Run

IMAGE_STEP = "image"


@dataclass(frozen=True)
class TaggedResources:
    """Images, VSwitches and instances of this session, the newest first."""

    read_at: datetime
    """Of which time the readings tell."""
    images: tuple[Image, ...] = ()
    vswitches: tuple[VSwitch, ...] = ()
    replicas: tuple[Instance, ...] = ()


async def find_tagged(run: Run) -> TaggedResources:
    """Look for everything that carries the tags of this session, and write down when it was seen."""
    session = run.session
    tags = (Tag(key=SESSION, value=session.session_id), Tag(key=SOURCE, value=session.instance_id))
    reads = SideBySide()
    found_images = reads.read(lambda: run.cloud.images_tagged(run.scope, tags))
    found_vswitches = reads.read(lambda: run.cloud.vswitches_tagged(run.scope, tags))
    found_replicas = reads.read(lambda: run.cloud.instances_tagged(run.scope, tags))
    with reading(run.clock.now) as read:
        await reads.finish()
    images, vswitches, replicas = found_images.value, found_vswitches.value, found_replicas.value
    seen = [
        *((one.image_id, one.status) for one in images),
        *((one.vswitch_id, one.status) for one in vswitches),
        *((one.instance_id, one.status) for one in replicas),
    ]
    for resource_id, status in seen:
        session.sightings.note(resource_id, read.at, status)
    return TaggedResources(
        images=tuple(sorted(images, key=lambda one: one.creation_time, reverse=True)),
        vswitches=vswitches,
        replicas=tuple(sorted(replicas, key=lambda one: one.creation_time, reverse=True)),
        read_at=read.at,
    )


async def find_made_of(run: Run, step: str, request: ImageRequest) -> Image | None:
    """The image that a request made which was sent and not answered: by its tags, else by its name."""
    found = list(await run.cloud.images_tagged(run.scope, run.lineage(step)))
    if not found:
        named = await run.cloud.find_images(run.scope, request.image_name)
        found = [image for image in named if _is_of(request, image)]
    # One that failed before is not what this call made: it is the reason for the call.
    replaced = {state.image_id for state in run.session.own_images}
    return next((image for image in found if image.image_id not in replaced), None)


def _is_of(request: ImageRequest, image: Image) -> bool:
    """Whether the image came of that request: its tags prove it, without tags its description must fit."""
    if request.tags:
        return set(request.tags) <= set(image.tags)
    return not image.tags and image.description == request.description


async def _image_set_aside(run: Run) -> Image | None:
    """An image that was asked for without an answer, and is not asked for again, if it is there: then that is settled.

    Not found it stays in doubt: no number of looks proves that it will never be listed.
    """
    session = run.session
    request = session.pending.image_set_aside
    if request is None:
        return None
    with reading(run.clock.now) as read:
        image = await find_made_of(run, IMAGE_STEP, request)
    if image is not None:
        session.sightings.note(image.image_id, read.at, image.status)
        if IMAGE_STEP in session.book.in_doubt():
            session.book.close_attempt(IMAGE_STEP, "done")
    return image


async def find_strays(run: Run) -> TaggedResources | None:
    """Look once more: what was listed late, or was made by another server on this session, must not be forgotten.

    Returns:
        What carries the tags; None where none are set, and nothing was looked for.
    """
    session = run.session
    set_aside = await _image_set_aside(run)
    found = await find_tagged(run) if run.options.profile_tags else None
    in_use = session.image.image_id if session.image is not None else ""
    known = {
        in_use,
        *(failed.image_id for failed in session.failed_images),
        *session.own_vswitch_ids,
        session.replica.instance_id if session.replica is not None else "",
    }
    listed: list[Made] = [] if set_aside is None else [("image", set_aside.image_id)]
    if found is not None:
        listed += [("image", one.image_id) for one in found.images]
        listed += [("vswitch", one.vswitch_id) for one in found.vswitches]
        listed += [("replica", one.instance_id) for one in found.replicas]
    session.strays = tuple(dict.fromkeys(one for one in listed if one[1] not in known))
    return found
