"""What carries this session's tags on the cloud: found by source and session alone, as everything else may change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ecs_dr.domain.images.model import Image
from ecs_dr.domain.lineage import SESSION, SOURCE
from ecs_dr.domain.model import Tag
from ecs_dr.domain.network.model import VSwitch
from ecs_dr.domain.source import Instance
from ecs_dr.workflow.reads.side_by_side import SideBySide
from ecs_dr.workflow.reads.told import reading
from ecs_dr.workflow.run import Run


@dataclass(frozen=True)
class Found:
    """Images, VSwitches and instances of this session, the newest first."""

    read_at: datetime
    """Of which time the readings tell."""
    images: tuple[Image, ...] = ()
    vswitches: tuple[VSwitch, ...] = ()
    replicas: tuple[Instance, ...] = ()


async def find_tagged(run: Run) -> Found:
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
    return Found(
        images=tuple(sorted(images, key=lambda one: one.creation_time, reverse=True)),
        vswitches=vswitches,
        replicas=tuple(sorted(replicas, key=lambda one: one.creation_time, reverse=True)),
        read_at=read.at,
    )


async def find_strays(run: Run) -> Found | None:
    """Look once more: what was listed late, or was made by another server on this session, must not be forgotten.

    Returns:
        What carries the tags; None where none are set, and nothing was looked for.
    """
    session = run.session
    if not run.options.profile_tags:
        return None
    found = await find_tagged(run)
    in_use = session.image.image_id if session.image is not None else ""
    known = {
        in_use,
        *(failed.image_id for failed in session.failed_images),
        *session.own_vswitch_ids,
        session.replica.instance_id if session.replica is not None else "",
    }
    session.strays = (
        *(("image", one.image_id) for one in found.images if one.image_id not in known),
        *(("vswitch", one.vswitch_id) for one in found.vswitches if one.vswitch_id not in known),
        *(("replica", one.instance_id) for one in found.replicas if one.instance_id not in known),
    )
    return found
