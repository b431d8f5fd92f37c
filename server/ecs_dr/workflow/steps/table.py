"""Which function carries which tool."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from ecs_dr.domain.steps import ToolName
from ecs_dr.workflow.needs import StepFunction
from ecs_dr.workflow.reads.image_watch import ImageWatcher
from ecs_dr.workflow.reporting.ports import ReportShelf
from ecs_dr.workflow.steps import (
    adopt_image,
    check_disks,
    choose_target,
    collect_source,
    create_image,
    image_from_snapshots,
    plan_recovery,
    prepare_vswitch,
    resume_session,
    verify_instance,
    wait_for_image,
)
from ecs_dr.workflow.steps.launch import create_instance


def step_functions(watcher: ImageWatcher, shelf: ReportShelf | None = None) -> Mapping[ToolName, StepFunction]:
    """The steps, those that make or await an image with whoever watches over it.

    Args:
        watcher: Polls images.
        shelf: Where earlier reports are found by name; None: nowhere.
    """
    return {
        "collect_source": collect_source.run_step,
        "plan_recovery": plan_recovery.run_step,
        "create_image": partial(create_image.run_step, watcher=watcher),
        "image_from_snapshots": partial(image_from_snapshots.run_step, watcher=watcher),
        "adopt_image": partial(adopt_image.run_step, watcher=watcher),
        "wait_for_image": partial(wait_for_image.run_step, watcher=watcher),
        "choose_target": choose_target.run_step,
        "prepare_vswitch": prepare_vswitch.run_step,
        "check_disks": check_disks.run_step,
        "create_instance": partial(create_instance.run_step, watcher=watcher),
        "verify_instance": partial(verify_instance.run_step, watcher=watcher),
        "resume_session": partial(resume_session.run_step, watcher=watcher, shelf=shelf),
    }
