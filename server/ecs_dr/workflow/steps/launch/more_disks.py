"""An image that holds more disks than could be read of its source: the person decides, with the image as it is."""

from __future__ import annotations

from ecs_dr.domain.disks.image_alone import as_the_image_has_them, more_of_image
from ecs_dr.domain.disks.model import DiskMapping
from ecs_dr.domain.model import JsonValue
from ecs_dr.domain.pages.words import kind
from ecs_dr.domain.questions import ABORT, CONFIRM
from ecs_dr.domain.steps import Answer
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session import DiskPlan

KEY = "launch.disks"


def settle_more_disks(run: Run) -> Answer | None:
    """Where the image that this recovery made has further disks, they go into the launch, by decision.

    Returns:
        The answer where the person stops; None: nothing was asked, or they are part of the plan now.
    """
    session, state, plan = run.session, run.session.image, run.session.disks
    if plan is None or state is None or state.adopted or state.image is None or state.image.phase != "ready":
        return None
    more = more_of_image(plan.disks, state.image.mappings)
    if not more:
        return None
    further = as_the_image_has_them(more, plan.disks)
    values = {
        "image": state.image_id,
        "instance": session.instance_id,
        "disks": told_mappings(run, more),
        "category": kind(further[0].category, further[0].performance_level, run.texts),
    }
    facts: JsonValue = [state.image_id, *(mapping.model_dump() for mapping in more)]
    options = (run.option(CONFIRM, "more_disks", recommended=True, count=len(more)), run.abort_option())
    text = run.texts("question.launch.more_disks", **values)
    if run.decide(KEY, facts, lambda: run.question(text, options)).choice == ABORT:
        return run.aborted("instance", KEY)
    session.choose(DiskPlan(disks=(*plan.disks, *further), supported=plan.supported))
    return None


def told_mappings(run: Run, mappings: tuple[DiskMapping, ...]) -> str:
    """Each with its size."""
    shown = (f"{mapping.device} ({mapping.size_gib} GiB)" for mapping in mappings)
    return run.texts("list.separator").join(shown)
