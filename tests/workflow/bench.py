"""What the workflow's tests share: short roads to a step, faults on the way to the cloud, and looks at its state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from ecs_dr.cloud.transport import ApiError, ApiRequest, Json, NoAnswer, Transport
from ecs_dr.domain.questions import CONFIRM
from ecs_dr.domain.steps import Answer, ToolName
from ecs_dr.simulator.journal import JournalEntry
from ecs_dr.simulator.world import World, load_world
from ecs_dr.workflow.session import Session
from tests.support.desk import REGION, SOURCE, Desk

MUTATING = frozenset({"CreateImage", "CreateVSwitch", "RunInstances"})
NOTHING = {"CreateImage": 0, "CreateVSwitch": 0, "RunInstances": 0}


def world_with(name: str = "healthy", *, denied: tuple[str, ...] = ()) -> World:
    """A built-in world, its identity lacking some permissions."""
    world = load_world(name)
    world.identities["operator"].denied.extend(denied)
    return world


def refusal(code: str, message: str = "refused", http_status: int = 400) -> ApiError:
    return ApiError(code, message, http_status=http_status, request_id="REQUEST-OF-THE-TEST")


@dataclass
class Fault:
    """What happens to the next `times` requests of an action; `carried_out`: after the cloud did them."""

    action: str
    error: ApiError | NoAnswer
    times: int = 1
    carried_out: bool = False
    dry_run: bool = False


@dataclass
class Flaky:
    """A bad line to the cloud."""

    inner: Transport
    faults: list[Fault] = field(default_factory=list)

    async def call(self, request: ApiRequest) -> Mapping[str, Json]:
        dry_run = bool(request.params.get("DryRun"))
        for fault in self.faults:
            if fault.times > 0 and fault.action == request.action and fault.dry_run == dry_run:
                fault.times -= 1
                if fault.carried_out:
                    await self.inner.call(request)
                raise fault.error
        return await self.inner.call(request)


def break_line(desk: Desk, *faults: Fault) -> Flaky:
    """Put faults between the desk and its cloud."""
    flaky = Flaky(desk.transport.inner, list(faults))
    desk.transport.inner = flaky
    return flaky


def session_of(desk: Desk) -> Session:
    return desk.recovery.sessions.get(desk.session_id)


def key_of(answer: Answer) -> str | None:
    return answer.question.key if answer.question is not None else None


def id_of(answer: Answer) -> str:
    assert answer.question is not None, answer
    return answer.question.question_id


def text_of(answer: Answer) -> str:
    assert answer.question is not None, answer
    return answer.question.question.text


def values_of(answer: Answer) -> list[str]:
    """The option values of the answer's question, in order."""
    assert answer.question is not None, answer
    return [option.value for option in answer.question.question.options]


def sends(desk: Desk, action: str) -> list[JournalEntry]:
    """Every request of an action that was no rehearsal, carried out or not."""
    return [entry for entry in desk.simulator.calls(action) if entry.params.get("DryRun") != "True"]


@contextmanager
def no_requests(desk: Desk) -> Iterator[None]:
    """Within this, nothing may be sent to the cloud."""
    before = len(desk.simulator.journal)
    yield
    sent = [entry.action for entry in desk.simulator.journal[before:]]
    assert sent == []


def source_state(desk: Desk) -> dict[str, Json]:
    """Everything about the source: the instance, its disks, and what it is connected to."""
    state = desk.simulator.state()
    instances, disks = state["instances"], state["disks"]
    assert isinstance(instances, dict)
    assert isinstance(disks, dict)
    own: dict[str, Json] = {
        disk_id: disk for disk_id, disk in disks.items() if isinstance(disk, dict) and disk["instance_id"] == SOURCE
    }
    return {"instance": instances[SOURCE], "disks": own, "security_groups": state["security_groups"]}


async def until(desk: Desk, key: str, choices: Mapping[str, str] | None = None) -> Answer:
    """Walk the recovery with recommended options (or `choices`) until it asks `key`; that question is left open."""
    answer = await desk.collect(SOURCE, REGION)
    for _ in range(80):
        if answer.question is not None:
            if answer.question.key == key:
                return answer
            first = answer.question.question.options[0].value
            answer = await desk.answer(answer, (choices or {}).get(answer.question.key, first))
            continue
        assert answer.next is not None, answer
        answer = await desk.go_on(answer)
    raise AssertionError(f"{key} was never asked; asked were {desk.asked}")


async def up_to(desk: Desk, tool: ToolName, choices: Mapping[str, str] | None = None) -> Answer:
    """Walk the recovery until `tool` is done; its answer."""
    answer = await desk.settle(await desk.collect(SOURCE, REGION), choices)
    done: ToolName = "collect_source"
    for _ in range(30):
        if done == tool:
            return answer
        done = desk.following(answer)
        answer = await desk.settle(await desk.call(done), choices)
    raise AssertionError(f"{tool} was never next")


async def go_ahead(desk: Desk, answer: Answer | None = None, **arguments: str | None) -> Answer:
    """The question for the go-ahead of the launch, past the one about options that comes before it where it does."""
    asked = answer or await desk.call("create_instance", **arguments)
    while key_of(asked) == "launch.options":
        asked = await desk.answer(asked, values_of(asked)[0])
    return asked


async def launch_put_off(desk: Desk) -> None:
    """The launch is agreed to and throttled: it waits for its retry in the next call, which would go through."""
    await up_to(desk, "check_disks")
    await desk.settle(await desk.call("wait_for_image"))
    line = break_line(desk, Fault("RunInstances", refusal("Throttling.User"), times=99))
    assert (await desk.answer(await go_ahead(desk), CONFIRM)).status == "in_progress"
    line.faults.clear()
