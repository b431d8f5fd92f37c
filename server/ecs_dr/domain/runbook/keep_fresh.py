"""A smaller template: on a timer it makes an image of each source, and deletes none."""

from __future__ import annotations

from collections.abc import Sequence

from ecs_dr.domain.model import JsonObject, JsonValue
from ecs_dr.domain.runbook import tasks
from ecs_dr.domain.runbook.language import FORMAT, both, select, template_text
from ecs_dr.domain.runbook.model import RunbookMember
from ecs_dr.domain.runbook.parameters import control_parameters, region_parameter

TIMER = "{{ timerTrigger }}"


def keep_fresh(region_id: str, members: Sequence[RunbookMember]) -> str:
    """The template.

    Args:
        region_id: Of the sources.
        members: The sources.
    """
    ordered = sorted(members, key=lambda member: member.source_id)
    timer = tasks.task(
        "timer",
        "ACS::TimerTrigger",
        {
            "Type": select("type", TIMER),
            "Expression": select("expression", TIMER),
            "EndDate": select("endDate", TIMER),
            "TimeZone": select("timeZone", TIMER),
        },
        both("export.task.timer"),
    )
    steps: list[JsonValue] = [timer, tasks.check_sources(ordered), *tasks.make_images(ordered)]
    template: JsonObject = {
        "FormatVersion": FORMAT,
        "Description": both("export.fresh.about", count=len(ordered), region=region_id),
        "Parameters": {**region_parameter(region_id), "timerTrigger": _timer_parameter(), **control_parameters()},
        "RamRole": "{{ OOSAssumeRole }}",
        "Tasks": steps,
        "Outputs": {"imageIds": {"Type": "List", "Value": tasks.IMAGE_IDS}},
    }
    return template_text(template)


def _timer_parameter() -> JsonObject:
    return {
        "Label": both("export.parameter.timer"),
        "Description": both("export.parameter.timer_why"),
        "Type": "Json",
        "AssociationProperty": "ALIYUN::OOS::Component::TimerTrigger",
        "AssociationPropertyMetadata": {"MinuteInterval": 30},
    }
