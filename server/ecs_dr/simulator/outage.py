"""A zone that is down, as public reports tell of two (Hong Kong, December 2022; Singapore, September 2024).

The zone sells nothing, no image can be made of what runs in it, the control plane of the region answers many calls
with an error, and launches from custom images fail in healthy zones too, as the image service depended on the zone.
Codes were not published: these are documented ones that say the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ecs_dr.simulator.errors import Fault
from ecs_dr.simulator.model_compute import Image, Instance
from ecs_dr.simulator.world import World

NEVER_SECONDS = 1e9


def check_control_plane(world: World, number: int, now: datetime) -> None:
    """Let each so-many-th call fail, by turns as throttled and as not available, for as long as the outage lasts.

    Args:
        world: Its outage says which.
        number: The call's number, from 1.
        now: The cloud's time.

    Raises:
        Fault: This call fails.
    """
    every, lasts = world.outage.failing_call_every, world.outage.control_plane_seconds
    if not every or number % every or (lasts is not None and elapsed(world, now) >= lasts):
        return
    if number // every % 2:
        raise Fault("Throttling", "Request was denied due to request throttling.", 429, retry_after_ms=1000)
    raise Fault("ServiceUnavailable", "The request has failed due to a temporary failure of the server.", 503)


def check_imaging(world: World, instance: Instance) -> None:
    """Refuse an image of an instance whose zone is down.

    Raises:
        Fault: The zone is down.
    """
    if instance.zone_id in world.outage.zones and world.outage.image_of_source == "refused":
        raise Fault("IncorrectInstanceStatus", "The current status of the resource does not support this operation.")


def imaging_seconds(world: World, instance: Instance) -> float:
    """How long an image of an instance takes: without end where its zone is down and the request was taken."""
    return NEVER_SECONDS if instance.zone_id in world.outage.zones else world.behaviour.image_seconds


def check_launching(world: World, image: Image, zone_id: str, now: datetime) -> None:
    """Refuse launches from custom images for as long as the image service does not reach the zone.

    Raises:
        Fault: It does not.
    """
    seconds = world.outage.custom_images_refused.get(zone_id, 0.0)
    if image.owner_alias == "self" and elapsed(world, now) < seconds:
        raise Fault(
            "OperationDenied.ImageNotValid",
            "The specified image is not available. Please check the status of the image.",
            403,
        )


def elapsed(world: World, now: datetime) -> float:
    """Seconds since this cloud began."""
    return (now - (world.began_at or world.start_time)) / timedelta(seconds=1)
