"""What time does to images and instances: their states are worked out from their start, never stored ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.clock import timestamp
from ecs_dr.simulator.model_compute import Disk, HistoryEvent, Image, Instance
from ecs_dr.simulator.world import World


@dataclass(frozen=True)
class ImageState:
    """How far an image is. `progress` is written as the API writes it: empty, or `45%`."""

    status: str
    progress: str
    usable: bool


def settle(world: World, now: datetime) -> None:
    """Let happen what must have happened by now and leaves a lasting mark.

    It runs before every request, and looks only at what may have come to that since the last one.
    """
    sources = world.instances.changes.take()
    suspects = [*world.images.select(world.images.changes.take()), *world.images.by_source.rows(*sources)]
    for image in suspects:
        _fail_when_the_source_changed(world, image, now)
    if world.behaviour.instance_vanishes_after_seconds is not None:
        after = timedelta(seconds=world.behaviour.instance_vanishes_after_seconds)
        for launched_at, instance in world.instances.launches.take(now - after):
            _lose(world, instance, launched_at + after)


def image_state(image: Image, now: datetime) -> ImageState:
    """The state of an image at a moment."""
    if image.started_at is None:
        return ImageState(image.outcome, "100%", usable=image.outcome == "Available")
    age = (now - image.started_at).total_seconds()
    making = age - image.waiting_seconds
    if making < 0:
        return ImageState("Waiting", "", usable=False)
    if making < image.seconds:
        percent = int(100 * making / image.seconds)
        return ImageState("Creating", f"{percent}%" if making > 0 else "", usable=False)
    if image.outcome == "CreateFailed":
        return ImageState("CreateFailed", "", usable=False)
    usable = image.outcome == "Available" and making >= image.seconds + image.usable_delay_seconds
    return ImageState(image.outcome, "100%", usable=usable)


def image_visible(world: World, image: Image, now: datetime) -> bool:
    """Whether lists show the image yet."""
    return image.started_at is None or _seconds_since(image.started_at, now) >= world.behaviour.visibility_delay_seconds


def instance_visible(world: World, instance: Instance, now: datetime) -> bool:
    """Whether lists show the instance: not yet right after its launch, never again once it is lost."""
    if instance.lost:
        return False
    delay = world.behaviour.visibility_delay_seconds
    return instance.launched_at is None or _seconds_since(instance.launched_at, now) >= delay


def instance_status(world: World, instance: Instance, now: datetime) -> str:
    """Pending and Starting after a launch, then the status that it rests in."""
    if instance.launched_at is None:
        return instance.status
    age = _seconds_since(instance.launched_at, now)
    pending = world.behaviour.instance_pending_seconds
    if age < pending:
        return "Pending"
    return "Starting" if age < pending + world.behaviour.instance_start_seconds else instance.status


def disk_visible(world: World, disk: Disk, now: datetime) -> bool:
    """Whether lists show the disk: those of a new instance appear when they are attached."""
    instance = world.instances.get(disk.instance_id)
    if instance is not None and not instance_visible(world, instance, now):
        return False
    return disk.attached_at is None or disk.attached_at <= now


def observed(world: World, now: datetime) -> dict[str, Json]:
    """The whole state as JSON with what it looks like now: statuses, progress, and the time itself."""
    settle(world, now)
    state = world.snapshot()
    for image_id, view in _entries(state, "images"):
        current = image_state(world.images[image_id], now)
        view.update(status=current.status, progress=current.progress, usable=current.usable)
    for instance_id, view in _entries(state, "instances"):
        view["status"] = instance_status(world, world.instances[instance_id], now)
    return {"now": timestamp(now), **state}


def _entries(state: dict[str, Json], collection: str) -> list[tuple[str, dict[str, Json]]]:
    found = state[collection]
    return [(key, view) for key, view in found.items() if isinstance(view, dict)] if isinstance(found, dict) else []


def _fail_when_the_source_changed(world: World, image: Image, now: datetime) -> None:
    """Stopping, starting or restarting the instance while its image is being made spoils the image."""
    if image_state(image, now).status not in {"Waiting", "Creating"} or not image.source_instance_id:
        return
    source = world.instances.get(image.source_instance_id)
    spoilt = source is None or instance_status(world, source, now) != image.source_status
    if spoilt and image.outcome != "CreateFailed":
        image.outcome = "CreateFailed"


def _lose(world: World, instance: Instance, publish_time: datetime) -> None:
    instance.lost = True
    world.history_events.append(
        HistoryEvent(
            event_id=world.new_id("e", instance.region_id),
            instance_id=instance.instance_id,
            event_type="SystemFailure.Delete",
            reason="System failure: the instance could not be created for lack of resources.",
            region_id=instance.region_id,
            publish_time=publish_time,
        )
    )


def _seconds_since(moment: datetime, now: datetime) -> float:
    return (now - moment).total_seconds()
