"""An interpreter of the part of OOS that a runbook uses, over the real SDK: what an execution would do to a cloud.

Tasks run one after the other; a loop's rounds one after the other as well. A wait steps the clock.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ecs_dr.cloud.transport import API_VERSIONS, ApiError, ApiRequest, Json, NoAnswer, Product, Transport
from tests.runbook.linter import compiled
from tests.support.clock import SteppedClock

Object: TypeAlias = "Mapping[str, Json]"
Status: TypeAlias = Literal["Success", "Failed", "Cancelled"]

_ONE = re.compile(r"{{\s*([^{}]+?)\s*}}")
_GROUPS = ("SystemDisk", "CpuOptions", "ImageOptions", "SecurityOptions", "PrivateDnsNameOptions")
_SINGULAR = {"DataDisks": "DataDisk", "Tags": "Tag"}
_SENDS = 3


class TaskFailed(Exception):  # noqa: N818 - reads as what it is
    """A task came to an end that it should not."""


class Rejected(Exception):  # noqa: N818 - reads as what it is
    """Somebody said no."""


@dataclass
class Execution:
    """One execution of a template.

    Attributes:
        approve: What the approvers say to a text.
        approvals: What they were told.
        done: The tasks that ran, in order.
    """

    template: Object
    transport: Transport
    clock: SteppedClock
    execution_id: str
    approve: Callable[[str], bool] = lambda _text: True
    approvals: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    sent: list[tuple[str, dict[str, Json]]] = field(default_factory=list)
    """Creating calls as OOS spells them."""
    fault: str = ""
    values: dict[str, Json] = field(default_factory=dict)

    async def run(self, parameters: Mapping[str, Json] | None = None) -> Status:
        """From the first task to the end."""
        given: dict[str, Json] = {
            "approvers": ["operator"],
            "webHookUrl": "https://example.com/hook",
            **(parameters or {}),
        }
        for name, parameter in _object(self.template["Parameters"]).items():
            self.values[name] = given.get(name, _object(parameter).get("Default"))
        self.values |= {"ACS::ExecutionId": self.execution_id}
        tasks = [_object(task) for task in _list(self.template["Tasks"])]
        at = 0
        while at < len(tasks):
            task = tasks[at]
            at += 1
            if task.get("When") is not None and not self.resolve(task["When"]):
                continue
            try:
                await self._task(task)
            except Rejected:
                return "Cancelled"
            except TaskFailed as failed:
                self.fault = f"{task['Name']}: {failed}"
                if "OnError" not in task:
                    return "Failed"
                at = next(number for number, one in enumerate(tasks) if one["Name"] == task["OnError"])
            self.done.append(str(task["Name"]))
        return "Success"

    def outputs(self) -> dict[str, Json]:
        """What the execution hands out."""
        return {name: self.resolve(_object(one)["Value"]) for name, one in _object(self.template["Outputs"]).items()}

    async def _task(self, task: Object) -> None:
        loop = _object(task.get("Loop") or {})
        if not loop:
            for name, value in (await self._round(task)).items():
                self.values[f"{task['Name']}.{name}"] = value
            return
        rounds = []
        for item in _list(self.resolve(loop["Items"])):
            self.values["ACS::TaskLoopItem"] = item
            rounds.append(await self._round(task))
        self.values.pop("ACS::TaskLoopItem", None)
        for name, gathered in _object(loop.get("Outputs") or {}).items():
            wanted = str(_object(gathered)["AggregateField"])
            self.values[f"{task['Name']}.{name}"] = [outputs[wanted] for outputs in rounds]

    async def _round(self, task: Object) -> dict[str, Json]:
        action, properties = task["Action"], _object(task["Properties"])
        if action == "ACS::Approve":
            hook = _object(self.resolve(properties["WebHook"]))
            text = str(_object(_object(hook["Content"])["text"])["content"])
            self.approvals.append(text)
            if not self.approve(text):
                raise Rejected
            return {}
        if action == "ACS::ExecuteAPI":
            answer = await self._call(properties)
        elif action in {"ACS::CheckFor", "ACS::WaitFor"}:
            answer = await self._wait(task, properties)
        else:
            raise TaskFailed(f"no such action: {action}")
        return {
            name: _selected(str(_object(output)["ValueSelector"]), answer)
            for name, output in _object(task.get("Outputs") or {}).items()
        }

    async def _wait(self, task: Object, properties: Object) -> Json:
        retries = int(str(task.get("Retries", 10))) if task["Action"] == "ACS::WaitFor" else 0
        wanted, stop = _list(self.resolve(properties["DesiredValues"])), _list(properties.get("StopRetryValues") or [])
        for _ in range(retries + 1):
            answer = await self._call(properties)
            found = _selected(str(properties["PropertySelector"]), answer)
            if found in wanted:
                return answer
            if found in stop or not retries:
                raise TaskFailed(f"{found!r} instead of {wanted!r}")
            await self.clock.sleep(float(str(task.get("Delay", 2))))
        raise TaskFailed("waited in vain")

    async def _call(self, properties: Object) -> Json:
        service: Product = "ecs" if properties["Service"] == "ECS" else "vpc"
        api, parameters = str(properties["API"]), _object(self.resolve(properties["Parameters"]))
        if not api.startswith("Describe"):
            self.sent.append((api, dict(parameters)))
        params = api_parameters(parameters)
        request = ApiRequest(service, API_VERSIONS[service], api, str(params["RegionId"]), params)
        for send in range(_SENDS):
            try:
                return dict(await self.transport.call(request))
            except NoAnswer:
                if send == _SENDS - 1:
                    raise TaskFailed(f"{api}: no answer") from None
            except ApiError as error:
                raise TaskFailed(f"{api}: {error.code}") from None
        raise AssertionError

    def resolve(self, value: Json) -> Json:
        """References and functions worked out."""
        if isinstance(value, str):
            whole = _ONE.fullmatch(value.strip())
            return self._value(whole.group(1)) if whole else _ONE.sub(lambda one: str(self._value(one.group(1))), value)
        if isinstance(value, list):
            return [self.resolve(one) for one in value]
        if isinstance(value, dict):
            name = next(iter(value), "")
            if len(value) == 1 and name.startswith("Fn::"):
                return _function(name, _list(self.resolve(value[name])))
            return {key: self.resolve(one) for key, one in value.items()}
        return value

    def _value(self, reference: str) -> Json:
        if reference not in self.values:
            raise TaskFailed(f"{reference} is nothing")
        return self.values[reference]


def _function(name: str, arguments: list[Json]) -> Json:
    if name == "Fn::Select":
        key, source = arguments
        return _object(source)[str(key)] if isinstance(source, dict) else _list(source)[int(str(key))]
    if name == "Fn::Join":
        return str(arguments[0]).join(str(one) for one in _list(arguments[1]))
    if name == "Fn::Equals":
        return arguments[0] == arguments[1]
    raise TaskFailed(f"no such function: {name}")


def api_parameters(parameters: Object) -> dict[str, Json]:
    """From OOS's spelling to the API's own nesting."""
    found: dict[str, Json] = {}
    for name, value in parameters.items():
        group = next((one for one in _GROUPS if name.startswith(one) and name != one), None)
        if group is not None:
            inner = found.setdefault(group, {})
            if isinstance(inner, dict):
                inner[name.removeprefix(group)] = value
        elif name == "InstanceIds":
            found[name] = json.dumps(value)
        else:
            found[_SINGULAR.get(name, name)] = value
    return found


def _selected(selector: str, answer: Json) -> Json:
    found = compiled(selector)(answer)
    return found[0] if len(found) == 1 else found


def _object(value: Json | Object) -> dict[str, Json]:
    if not isinstance(value, Mapping):
        raise TaskFailed(f"no mapping: {value!r}")
    return dict(value)


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise TaskFailed(f"no list: {value!r}")
    return value
