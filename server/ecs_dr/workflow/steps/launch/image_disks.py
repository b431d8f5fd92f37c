"""An image of this recovery whose disks are not those that were read: the person decides, with the image as it is."""

from __future__ import annotations

from collections.abc import Iterable

from ecs_dr.domain.disks.image_alone import AsInImage, as_in_image
from ecs_dr.domain.model import JsonValue
from ecs_dr.domain.pages.words import kind
from ecs_dr.domain.questions import ABORT, CONFIRM
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.telling import Words, spaced
from ecs_dr.workflow.memory.chosen import DiskPlan
from ecs_dr.workflow.run import Run

KEY = "launch.disks"


def settle_image_disks(run: Run) -> Answer | None:
    """Where the image that this recovery made has other disks than planned, they go into the launch, by decision.

    Returns:
        The answer where the person stops; None: nothing was asked, or they are the plan now.
    """
    session, state, plan = run.session, run.session.image, run.session.disks
    if plan is None or state is None or state.adopted or state.image is None or state.image.phase != "ready":
        return None
    found = as_in_image(plan.disks, state.image.mappings)
    if found is None:
        return None
    facts: JsonValue = [state.image_id, *(disk.model_dump(mode="json") for disk in found.disks)]
    options = (run.option(CONFIRM, "image_disks", recommended=True, count=len(found.disks)), run.abort_option())
    asked = run.texts("question.launch.image_disks", image=state.image_id, instance=session.instance_id)
    if (
        run.decide(KEY, facts, lambda: run.question(spaced(asked, told_difference(run, found)), options)).choice
        == ABORT
    ):
        return run.aborted("instance", KEY)
    session.choose(DiskPlan(disks=found.disks, supported=plan.supported))
    return None


def told_difference(run: Run, found: AsInImage) -> Words:
    """What the image has more, what it lacks, what has another size in it."""
    lines = []
    if found.more:
        disk = found.disks[-1]
        more = _listed(run, ((one.device, one.size_gib) for one in found.more))
        category = kind(disk.category, disk.performance_level, run.texts)
        lines.append(run.texts("image_disks.more", disks=more, category=category))
    if found.missing:
        missing = _listed(run, ((one.device, one.size_gib) for one in found.missing))
        lines.append(run.texts("image_disks.missing", disks=missing))
    if found.resized:
        resized = _listed(run, ((disk.device, mapping.size_gib) for disk, mapping in found.resized))
        lines.append(run.texts("image_disks.resized", disks=resized))
    return spaced(*lines)


def _listed(run: Run, disks: Iterable[tuple[str, int]]) -> Words:
    return run.texts("list.separator").join(f"{device} ({size} GiB)" for device, size in disks)
