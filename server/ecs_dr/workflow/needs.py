"""What a step needs of the steps before it, and what it says when that is not there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps

from ecs_dr.domain import links
from ecs_dr.domain.source import Source
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.texts.wording import worded_value
from ecs_dr.errors import CloudRefused, ErrorKind, RecoveryFailed, SourceUnusable, StepOutOfOrder
from ecs_dr.workflow.following import next_tool
from ecs_dr.workflow.memory.chosen import ImageState, Target
from ecs_dr.workflow.memory.sightings import Sighting
from ecs_dr.workflow.run import Run

StepFunction = Callable[[Run], Awaitable[Answer]]


def require_source(run: Run) -> Source:
    """The source that Step 1 read.

    Raises:
        StepOutOfOrder: It was not read yet.
        SourceUnusable: It was read, and cannot be recovered this way.
    """
    source = run.session.source
    if source is None:
        raise StepOutOfOrder("SourceMissing", "source_missing", next_tool=next_tool(run.session))
    has_image_anyway = run.session.only_imaging_blocked and run.session.image is not None
    if run.session.blocked and not has_image_anyway:
        raise SourceUnusable("SourceBlocked", "source_blocked", {"instance": source.instance.instance_id})
    return source


def require_target(run: Run) -> Target:
    """The zone and type that Step 4a settled.

    Raises:
        StepOutOfOrder: They are not settled yet.
    """
    if run.session.target is None:
        raise StepOutOfOrder("TargetMissing", "target_missing", next_tool="choose_target")
    return run.session.target


class Overtaken(Exception):  # noqa: N818 - control flow of a step, not an error
    """Another step decided anew, while this one was reading, what this one rests on."""


def resting_on_target(step: StepFunction) -> StepFunction:
    """For a step that rests on the target: overtaken by Step 4a, it runs again from its top.

    Steps run side by side, so after each `await` the target may be another one. This is the one place that knows:
    a step calls `still` before it keeps or says anything, and what it found out for the old target is not used.
    """

    @wraps(step)
    async def until_it_holds(run: Run) -> Answer:
        while True:
            try:
                return await step(run)
            except Overtaken:
                continue

    return until_it_holds


def holds(run: Run, target: Target) -> bool:
    """Whether it is still the target, and not one that was decided meanwhile, alike or not."""
    return run.session.target is target


def still(run: Run, target: Target) -> None:
    """Before what was read or made for that target is kept.

    Raises:
        Overtaken: Another one was decided meanwhile.
    """
    if not holds(run, target):
        raise Overtaken


def check_made_as_asked(state: ImageState) -> None:
    """That an image of snapshots holds exactly those it was asked for, as far as it names them.

    Nothing documented says that its mapping does (CreateImage, DiskDeviceMapping): what it names is compared.

    Raises:
        RecoveryFailed: It holds another one, or lacks one.
    """
    if state.origin is None or state.image is None or state.image.phase != "ready":
        return
    asked, named = set(state.origin.snapshot_ids), [mapping.snapshot_id for mapping in state.image.mappings]
    other = sorted({one for one in named if one} - asked)
    lacking = sorted(asked - set(named)) if all(named) else []
    if other or lacking or len(named) != len(asked):
        values = {
            "image": state.image_id,
            "other": ", ".join(other) or "-",
            "lacking": ", ".join(lacking) or "-",
        }
        raise RecoveryFailed("ImageOfOtherSnapshots", "image_of_other_snapshots", values, next_tool="collect_source")


def failed_image(run: Run, state: ImageState) -> RecoveryFailed:
    """The image is gone, or ended in a status from which none comes back."""
    link = links.image_list(run.session.region_id)
    if state.gone or state.image is None:
        sighting = run.session.sightings.get(state.image_id)
        values = {
            "image": state.image_id,
            "link": link,
            "seen": run.texts.moment(sighting.seen_at if sighting is not None else None),
            "looked": run.texts.moment(sighting.looked_at if sighting is not None else None),
        }
        return RecoveryFailed("ImageVanished", "image_vanished", values, next_tool="create_image")
    values = {
        "image": state.image_id,
        "status": worded_value(state.image.status, run.texts),
        "link": link,
    }
    return RecoveryFailed("ImageFailed", "image_failed", values, next_tool="create_image")


async def check_it_would_be_listed(may: Awaitable[bool], action: str, sighting: Sighting | None = None) -> None:
    """That a list is empty is a fact only where the identity may list: without the permission the answer is empty too.

    Args:
        may: What a dry run says of that.
        action: The one that listed nothing.
        sighting: Of what was not listed: not seen is not absent where nothing may be seen.

    Raises:
        CloudRefused: With kind PERMISSION: it may not.
    """
    if await may:
        return
    if sighting is not None:
        sighting.forget_absence()
    raise hidden_by_permission(action)


def hidden_by_permission(action: str) -> CloudRefused:
    """To raise for an empty list whose dry run shows that it is empty for want of the permission.

    The cloud said nothing that could be quoted: the message is the key of a text (`diagnosis.said_of`).
    """
    told = "empty_list_means_permission"
    return CloudRefused(action, ErrorKind.PERMISSION, "Forbidden.RAM", told, missing_permission=action)
