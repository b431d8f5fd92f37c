"""Whether a template is one of OOS, as far as that can be told without an account.

Every reference resolves, every selector compiles, every task's fields are known, and ECS and VPC calls name parameters
that the installed SDK's requests have. Calibrated on the public templates (`python -m tests.runbook.calibrate FOLDER`).
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import TypeAlias

import jq

from ecs_dr.cloud.transport import Json

Yaml: TypeAlias = "Mapping[str, Yaml] | Sequence[Yaml] | str | int | float | bool | None"

FORMAT = "OOS-2019-06-01"
TOP = frozenset(
    {"FormatVersion", "Description", "Parameters", "RamRole", "Tasks", "Outputs", "Metadata", "Conditions", "Rules"}
)
TYPES = frozenset({"String", "Json", "Number", "List", "Boolean"})
PARAMETER = frozenset(
    {
        *("Type", "Label", "Description", "Default", "AllowedValues", "AllowedPattern", "MinLength", "MaxLength"),
        *("MinValue", "MaxValue", "NoEcho", "AssociationProperty", "AssociationPropertyMetadata", "Required"),
        *("ConstraintDescription", "Placeholder", "Confirm", "Hidden"),
    }
)
TASK = frozenset(
    {
        *("Name", "Action", "Properties", "Description", "Outputs", "Loop", "When", "OnError", "OnSuccess"),
        *("Retries", "Delay", "DelayType", "BackOff", "MaxRetryInterval", "Output", "Label", "Parameters"),
    }
)
PSEUDO = "acs::"
JUMPS = frozenset({"ACS::END", "ACS::NEXT"})
MAX_NAME = 200
MAX_LOOP = 1000
MAX_RETRIES = 300
WAITS = ("ACS::WaitFor", "ACS::CheckFor")
_REFERENCE = re.compile(r"{{\s*([^{}]+?)\s*}}")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,200}")
_SDK = {
    "ecs": "alibabacloud_ecs20140526.models",
    "vpc": "alibabacloud_vpc20160428.models",
}
_WRITTEN = re.compile(r"result\['([^']+)'\] = ")
"""How the SDK's models write a field under its wire name."""
_NUMBER = re.compile(r"[.]?\d+")

COMMON = frozenset({"ClientToken", "RegionId", "Tags", "DryRun"})


def lint(template: Yaml) -> list[str]:
    """What is wrong with it; nothing for a template that can be one."""
    if not isinstance(template, Mapping):
        return ["no mapping"]
    found = [f"unknown field {name}" for name in template if name not in TOP]
    if template.get("FormatVersion") != FORMAT:
        found.append("FormatVersion")
    parameters = _mapping(template.get("Parameters"))
    tasks = template.get("Tasks")
    if not isinstance(tasks, list) or not tasks:
        return [*found, "no tasks"]
    found += [fault for name, one in parameters.items() for fault in _parameter(name, one)]
    found += list(_tasks(tasks, parameters))
    known = {name.lower() for name in parameters} | {name for task in tasks for name in _outputs(_mapping(task))}
    for name, output in _mapping(template.get("Outputs")).items():
        found += [f"output {name}: {fault}" for fault in _references(output, known, in_loop=False)]
    found += [f"RamRole: {fault}" for fault in _references(template.get("RamRole"), known, in_loop=False)]
    return found


def _mapping(value: Yaml) -> Mapping[str, Yaml]:
    return value if isinstance(value, Mapping) else {}


def _parameter(name: str, one: Yaml) -> Iterator[str]:
    fields = _mapping(one)
    if fields.get("Type") not in TYPES:
        yield f"parameter {name}: Type {fields.get('Type')}"
    yield from (f"parameter {name}: unknown field {field}" for field in fields if field not in PARAMETER)
    allowed, default = fields.get("AllowedValues"), fields.get("Default")
    if isinstance(allowed, list) and default is not None and not isinstance(default, list) and default not in allowed:
        yield f"parameter {name}: Default is not allowed"


def _tasks(tasks: Sequence[Yaml], parameters: Mapping[str, Yaml]) -> Iterator[str]:
    names = [str(_mapping(task).get("Name")) for task in tasks]
    yield from (f"task {name}: named twice" for name in {name for name in names if names.count(name) > 1})
    known = {name.lower() for name in parameters}
    # A jump may lead back: what a later task outputs is known to an earlier one that it jumps to.
    known |= {name for task in tasks for name in _outputs(_mapping(task))}
    for task in tasks:
        fields = _mapping(task)
        name = str(fields.get("Name"))
        yield from (f"task {name}: {fault}" for fault in _task(fields, known, frozenset(names)))


def _outputs(task: Mapping[str, Yaml]) -> Iterator[str]:
    name = str(task.get("Name")).lower()
    aggregated = _mapping(_mapping(task.get("Loop")).get("Outputs"))
    for output in (*_mapping(task.get("Outputs")), *aggregated):
        yield f"{name}.{output.lower()}"


def _task(task: Mapping[str, Yaml], known: set[str], names: frozenset[str]) -> Iterator[str]:
    if not _NAME.fullmatch(str(task.get("Name"))):
        yield "Name"
    action = str(task.get("Action"))
    if not action.upper().startswith("ACS::"):
        yield f"Action {action}"
    yield from (f"unknown field {field}" for field in task if field not in TASK)
    for jump in ("OnError", "OnSuccess"):
        target = task.get(jump)
        if target is not None and str(target) not in JUMPS | names:
            yield f"{jump} leads nowhere: {target}"
    retries = task.get("Retries")
    if isinstance(retries, int) and not 0 <= retries <= MAX_RETRIES:
        yield f"Retries {retries}"
    yield from _loop(task, known)
    yield from _references(task.get("Properties"), known, in_loop="Loop" in task)
    yield from _references(task.get("When"), known, in_loop="Loop" in task)
    for name, output in _mapping(task.get("Outputs")).items():
        yield from (f"output {name}: {fault}" for fault in _selector(_mapping(output).get("ValueSelector")))
    yield from _properties(action, _mapping(task.get("Properties")))


def _loop(task: Mapping[str, Yaml], known: set[str]) -> Iterator[str]:
    loop = _mapping(task.get("Loop"))
    if task.get("Loop") is not None and not loop.get("Items"):
        yield "Loop without Items"
    items = loop.get("Items")
    if isinstance(items, list) and len(items) > MAX_LOOP:
        yield "too many Items"
    yield from _references(items, known, in_loop=False)
    fields = {name.lower() for name in _mapping(task.get("Outputs"))}
    for name, gathered in _mapping(loop.get("Outputs")).items():
        field = str(_mapping(gathered).get("AggregateField")).lower()
        if field not in fields:
            yield f"aggregate {name}: no output {field}"


def _properties(action: str, properties: Mapping[str, Yaml]) -> Iterator[str]:
    if action.lower() == "acs::executeapi" or action in WAITS:
        yield from _call(properties)
    if action in WAITS:
        yield from _selector(properties.get("PropertySelector"))
        if "DesiredValues" not in properties and "NotDesiredValues" not in properties:
            yield "nothing is waited for"
    if action == "ACS::Approve" and "NotifyType" not in properties:
        yield "NotifyType"


def _call(properties: Mapping[str, Yaml]) -> Iterator[str]:
    service, api = properties.get("Service"), properties.get("API")
    if not isinstance(service, str) or not isinstance(api, str):
        yield "Service and API"
        return
    wanted = accepted(service.lower(), api)
    if wanted is None:
        return
    for name in _mapping(properties.get("Parameters")):
        if _NUMBER.sub("", name) not in wanted and name not in COMMON:
            yield f"{api} has no {name}"


@cache
def accepted(service: str, api: str) -> frozenset[str] | None:
    """The parameters of an API as OOS spells them: nested ones flat, lists in the plural; None for an unknown one."""
    if service not in _SDK or "{{" in api:
        return None
    model = getattr(import_module(_SDK[service]), f"{api}Request", None)
    if model is None:
        return None
    return frozenset(_spellings(model, ""))


def _spellings(request: type, prefix: str) -> Iterator[str]:
    """Wire names of a request model, as its `to_map` writes them, in every number; those of the models inside too."""
    module = import_module(request.__module__)
    for wire in dict.fromkeys(_WRITTEN.findall(inspect.getsource(vars(request)["to_map"]))):
        name = _NUMBER.sub("", wire).replace(".", "")
        yield from (f"{prefix}{name}", f"{prefix}{name}s", f"{prefix}{name}es", f"{prefix}{name}".removesuffix("s"))
        nested = getattr(module, f"{request.__name__}{wire.replace('.', '')}", None)
        if nested is not None:
            yield from _spellings(nested, f"{prefix}{name}")


def _references(value: Yaml, known: set[str], *, in_loop: bool) -> Iterator[str]:
    for text in _texts(value):
        for reference in _REFERENCE.findall(text):
            name = reference.strip().lower()
            if name.startswith("oos:"):
                continue  # a parameter that OOS itself keeps
            if name.startswith(PSEUDO):
                if name == "acs::taskloopitem" and not in_loop:
                    yield f"{reference} outside of a loop"
                continue
            if name not in known and name.split(".")[0] not in {one for one in known if "." not in one}:
                yield f"{reference} is nothing"


def _texts(value: Yaml) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _texts(key)
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _selector(selector: Yaml) -> Iterator[str]:
    if not isinstance(selector, str):
        return  # worked out by a function
    try:
        compiled(selector)
    except ValueError as error:
        yield f"selector {selector!r}: {str(error)[:80]}"


@cache
def compiled(selector: str) -> Callable[[Json], list[Json]]:
    """A jq program, made once: the leading dot may be missing, and a reference stands for a value.

    Raises:
        ValueError: It is none.
    """
    text = _REFERENCE.sub("1", selector.strip())
    try:
        program = jq.compile(text)
    except ValueError:
        program = jq.compile(f".{text}")

    def results(answer: Json) -> list[Json]:
        found: list[Json] = program.input_value(answer).all()
        return found

    return results
