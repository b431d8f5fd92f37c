"""A plan as one template, or as one for each wave, or for parts of a wave, where one would be larger than OOS takes."""

from __future__ import annotations

from ecs_dr.domain.model import JsonObject, JsonValue
from ecs_dr.domain.runbook import tasks
from ecs_dr.domain.runbook.language import FORMAT, MAX_BYTES, both, template_text
from ecs_dr.domain.runbook.model import Runbook, RunbookFile
from ecs_dr.domain.runbook.parameters import approval_parameters, control_parameters, interface, region_parameter
from ecs_dr.domain.runbook.telling import Teller
from ecs_dr.domain.texts import Texts
from ecs_dr.errors import RunbookImpossible


def runbook_files(runbook: Runbook, texts: Texts) -> tuple[RunbookFile, ...]:
    """The templates.

    Args:
        runbook: What is frozen.
        texts: In which language the approvals are worded; labels and descriptions are in both.

    Raises:
        RunbookImpossible: A single source's is larger than OOS takes.
    """
    whole = template_text(_template(runbook, texts))
    if _fits(whole):
        return (RunbookFile(name="", text=whole),)
    numbers = sorted({member.wave for member in runbook.members})
    return tuple(file for number in numbers for file in _of_wave(runbook.of_wave(number), number, texts))


def _of_wave(runbook: Runbook, number: int, texts: Texts) -> tuple[RunbookFile, ...]:
    """A wave's template, or as few alike in size as it takes, to be executed in their order.

    Raises:
        RunbookImpossible: A single source's is larger than OOS takes.
    """
    (whole,) = made = _in_parts(runbook, 1, texts)
    if not _fits(whole):
        # The largest source by itself first: where that does not fit, no number of parts will do.
        largest = max(runbook.members, key=lambda member: len(member.model_dump_json()))
        made = _in_parts(runbook.model_copy(update={"members": (largest,)}), 1, texts)
        # Each part has the frame of the whole once more: fewer than by size alone it never takes.
        fewest = max(2, _size(whole) // MAX_BYTES)
        for parts in range(fewest, len(runbook.members) + 1) if all(map(_fits, made)) else ():
            made = _in_parts(runbook, parts, texts)
            if all(map(_fits, made)):
                break
        if not all(map(_fits, made)):
            values = {"wave": str(number), "size": str(max(map(_size, made))), "limit": str(MAX_BYTES)}
            raise RunbookImpossible("RunbookTooLarge", "runbook_too_large", values)
    ends = [""] if len(made) == 1 else [f"-part{part}" for part in range(1, len(made) + 1)]
    return tuple(RunbookFile(name=f"-wave{number}{end}", text=text) for end, text in zip(ends, made, strict=True))


def _in_parts(runbook: Runbook, count: int, texts: Texts) -> list[str]:
    return [template_text(_template(part, texts)) for part in runbook.in_parts(count)]


def _size(text: str) -> int:
    return len(text.encode())


def _fits(text: str) -> bool:
    return _size(text) < MAX_BYTES


def _template(runbook: Runbook, texts: Texts) -> JsonObject:
    waves = runbook.waves
    members = tuple(member for wave in waves for member in wave)
    vswitches = runbook.new_vswitches
    teller = Teller(runbook, texts)
    steps: list[JsonObject] = [
        tasks.check_sources(members),
        tasks.approve("approveImages", teller.images(), both("export.task.approve_images")),
    ]
    for number, request in enumerate(vswitches, 1):
        steps += tasks.make_vswitch(number, request)
    steps += tasks.make_images(members)
    steps += tasks.read_images(members)
    outputs: JsonObject = {
        "imageIds": {"Type": "Json", "Value": tasks.IMAGE_OF},
        **{
            f"vSwitch{number}Id": {"Type": "String", "Value": tasks.vswitch_id(number)}
            for number in range(1, len(vswitches) + 1)
        },
    }
    for wave in waves:
        number = wave[0].wave
        about = both("export.task.approve_wave", wave=number)
        steps.append(tasks.approve(f"approveWave{number}", teller.launches(wave), about))
        groups = {f"launchWave{number}_{at}": group for at, group in enumerate(tasks.shapes(wave), 1)}
        steps += [tasks.launch(name, group, vswitches) for name, group in groups.items()]
        for name, group in groups.items():
            steps += tasks.read_back(name, group)
            outputs[f"{name}ReplicaIds"] = {"Type": "List", "Value": f"{{{{ {name}.replicaIds }}}}"}
    listed: list[JsonValue] = [*steps]
    return {
        "FormatVersion": FORMAT,
        "Description": teller.description(),
        "Parameters": {**region_parameter(runbook.region_id), **approval_parameters(), **control_parameters()},
        "RamRole": "{{ OOSAssumeRole }}",
        "Tasks": listed,
        "Outputs": outputs,
        "Metadata": interface(),
    }
