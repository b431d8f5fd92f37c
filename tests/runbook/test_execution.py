"""Exported templates, executed against the simulator over HTTP: what the product would have made, and no more."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from ecs_dr.cloud.credentials import StaticKey
from ecs_dr.cloud.sdk import SdkTransport
from ecs_dr.cloud.transport import ApiRequest, Json, NoAnswer, Transport
from ecs_dr.domain.runbook.language import spelled
from ecs_dr.errors import CloudRefused, RunbookImpossible
from ecs_dr.simulator.http import SimulatorServer
from ecs_dr.simulator.model_compute import Instance
from ecs_dr.simulator.world import World
from ecs_dr.workflow.exporting import Export
from tests.runbook.interpreter import Execution
from tests.runbook.linter import lint
from tests.support.desk import REGION, Desk
from tests.support.shop import shop, waves_of
from tests.support.shopper import Shopper

WORLDS = ("healthy", "disk-unsupported", "eip-only", "encrypted", "many", "no-vswitch", "prepaid", "sold-out")
PERSONAL = ("ecs-dr:",)
OWN = frozenset(
    {
        *("instance_id", "image_id", "private_ip_address", "network_interface_id", "mac_address", "creation_time"),
        *("launched_at", "tags", "public_ip_address", "ipv6_addresses", "vswitch_id", "expired_time", "serial_number"),
    }
)
"""What no two instances have in common."""
OWN_OF_DISKS = frozenset(
    {
        *("disk_id", "instance_id", "source_snapshot_id", "creation_time", "tags", "attached_time", "attached_at"),
        *("image_id", "serial_number"),
    }
)


def as_list(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


def as_tag(tag: object) -> tuple[str, str]:
    """Key and value; whatever execution it is of."""
    assert isinstance(tag, dict)
    is_of_execution = str(tag["Value"]).startswith(("exec-", "{{"))
    return str(tag["Key"]), "" if is_of_execution else str(tag["Value"])


async def exported(desk: Desk, waves: str, zone: str = "") -> Export:
    """The runbook of a shop that nobody has planned."""
    async with desk.open():
        _, made = await desk.recovery.applications.export(REGION, waves, zone)
    return made


def templates(made: Export) -> list[dict[str, Json]]:
    return [json.loads(file.text) for file in made.files]


@dataclass
class Losing:
    """Loses the first answer to each creating request: it was carried out, and nobody knows."""

    inner: Transport
    lost: int = 0
    seen: frozenset[str] = frozenset()

    async def call(self, request: ApiRequest) -> Mapping[str, Json]:
        answer = await self.inner.call(request)
        token = str(request.params.get("ClientToken", ""))
        if token and token not in self.seen:
            self.seen |= {token}
            self.lost += 1
            raise NoAnswer("the answer was lost")
        return answer


@asynccontextmanager
async def line(desk: Desk) -> AsyncIterator[Transport]:
    """The desk's cloud over HTTP and the real SDK."""
    async with SimulatorServer(desk.simulator, control=False) as server:
        yield SdkTransport(server.url, server.url, StaticKey(server.access_key_id, server.access_key_secret))


async def executed(
    desk: Desk, made: Export, execution_id: str = "exec-0000000000000001", approve: Callable[[str], bool] = bool
) -> list[tuple[str, Execution]]:
    """Every template in its order, as far as the one before succeeds."""
    runs: list[tuple[str, Execution]] = []
    async with line(desk) as transport:
        for template in templates(made):
            execution = Execution(template, transport, desk.clock, execution_id, approve)
            runs.append((await execution.run(), execution))
            if runs[-1][0] != "Success":
                break
    return runs


def replicas(world: World) -> list[dict[str, object]]:
    """What was launched, without what no two instances have in common, in the order of their names."""
    launched = [one for one in world.instances.values() if one.launched_at is not None]
    return [portrait(world, one) for one in sorted(launched, key=lambda one: (one.instance_name, one.host_name))]


def portrait(world: World, one: Instance) -> dict[str, object]:
    fields = {name: value for name, value in vars(one).items() if name not in OWN and not name.startswith("_")}
    if not fields["host_name"].startswith("prod-"):
        fields.pop("host_name")  # made up by the cloud, of the instance's id
    fields["tags"] = {key: value for key, value in one.tags.items() if not key.startswith(PERSONAL)}
    disks = [disk for disk in world.disks.values() if disk.instance_id == one.instance_id]
    fields["disks"] = [
        {name: value for name, value in vars(disk).items() if name not in OWN_OF_DISKS and not name.startswith("_")}
        for disk in sorted(disks, key=lambda disk: disk.device)
    ]
    return fields


@pytest.mark.parametrize("base", WORLDS)
async def test_a_template_makes_the_replicas_that_the_product_makes(base: str) -> None:
    waves = waves_of(1, 2)
    own = Desk(shop(3, base))
    async with own.open():
        shopper = Shopper(own)
        answer = await shopper.go_on(await shopper.plan(waves))
    assert answer.status == "done"
    desk = Desk(shop(3, base))
    made = await exported(desk, waves)
    assert [lint(template) for template in templates(made)] == [[]]
    ((status, execution),) = await executed(desk, made)
    assert (status, execution.fault) == ("Success", "")
    assert replicas(desk.world) == replicas(own.world)
    assert desk.mutations == own.mutations


async def test_an_application_of_twelve() -> None:
    waves = waves_of(3, 4, 5)
    own, desk = Desk(shop(12)), Desk(shop(12))
    async with own.open():
        shopper = Shopper(own)
        await shopper.go_on(await shopper.plan(waves))
    runs = await executed(desk, await exported(desk, waves))
    assert [status for status, _ in runs] == ["Success"]
    assert replicas(desk.world) == replicas(own.world)
    assert len(runs[0][1].approvals) == 4
    made = [one for name, ids in runs[0][1].outputs().items() if name.endswith("ReplicaIds") for one in as_list(ids)]
    launched = [one.instance_id for one in desk.world.instances.values() if one.launched_at is not None]
    assert sorted(str(one) for one in made) == sorted(launched)


async def test_the_parts_of_a_wave_one_after_the_other_make_what_the_whole_would(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waves = waves_of(2, 4)
    whole, split = Desk(shop(6)), Desk(shop(6))
    await executed(whole, await exported(whole, waves))
    monkeypatch.setattr("ecs_dr.domain.runbook.template.MAX_BYTES", 18_000)
    made = await exported(split, waves)
    first, *others = (file.name for file in made.files)
    assert first == "-wave1"
    assert others == [f"-wave2-part{number}" for number in range(1, len(others) + 1)]
    assert len(others) > 1
    assert {status for status, _ in await executed(split, made)} == {"Success"}
    assert replicas(split.world) == replicas(whole.world)
    assert split.mutations == whole.mutations


async def test_what_is_sent_is_what_the_product_would_send_attribute_by_attribute() -> None:
    desk = Desk(shop(3))
    made = await exported(desk, waves_of(1, 2))
    ((_, execution),) = await executed(desk, made)
    sent = {str(parameters["InstanceName"]): parameters for api, parameters in execution.sent if api == "RunInstances"}
    assert len(sent) == 3
    for member in made.runbook.members:
        wanted = spelled(member.launch.parameters())
        found = dict(sent[member.launch.instance_name])
        for name in ("ImageId", "ClientToken"):
            found.pop(name)
            wanted.pop(name, None)
        assert [as_tag(one) for one in as_list(found["Tags"])] == [as_tag(one) for one in as_list(wanted["Tags"])]
        assert {**found, "Tags": ()} == {**wanted, "Tags": ()}


async def test_a_failed_image_stops_it_before_any_launch() -> None:
    desk = Desk(shop(2, "image-fails"))
    ((status, execution),) = await executed(desk, await exported(desk, waves_of(1, 1)))
    assert status == "Failed"
    assert execution.fault.startswith("waitImages")
    assert desk.mutations == {"CreateImage": 2, "CreateVSwitch": 0, "RunInstances": 0}


@pytest.mark.parametrize(("refused", "images", "launches"), [("images", 0, 0), ("wave 1", 3, 0), ("wave 2", 3, 1)])
async def test_a_rejected_approval_creates_nothing_further(refused: str, images: int, launches: int) -> None:
    desk = Desk(shop(3, "no-vswitch"))

    def approve(text: str) -> bool:
        return refused not in text.split(":", 1)[0]

    ((status, _),) = await executed(desk, await exported(desk, waves_of(1, 2)), approve=approve)
    assert status == "Cancelled"
    assert desk.mutations == {"CreateImage": images, "CreateVSwitch": min(images, 1), "RunInstances": launches}


async def test_lost_answers_and_retried_tasks_create_nothing_twice() -> None:
    desk = Desk(shop(3, "no-vswitch"))
    made = await exported(desk, waves_of(1, 2))
    async with line(desk) as transport:
        losing = Losing(transport)
        execution = Execution(templates(made)[0], losing, desk.clock, "exec-0000000000000001")
        assert await execution.run() == "Success", execution.fault
    assert losing.lost == 7
    assert desk.mutations == {"CreateImage": 3, "CreateVSwitch": 1, "RunInstances": 3}


async def test_a_second_execution_asks_anew_and_is_a_recovery_of_its_own() -> None:
    desk = Desk(shop(2, "no-vswitch"))
    made = await exported(desk, waves_of(1, 1))
    first = await executed(desk, made, "exec-0000000000000001")
    second = await executed(desk, made, "exec-0000000000000002")
    assert [first[0][0], second[0][0]] == ["Success", "Success"]
    assert second[0][1].approvals == first[0][1].approvals
    assert desk.mutations == {"CreateImage": 4, "CreateVSwitch": 1, "RunInstances": 4}


@pytest.mark.parametrize(("base", "error"), [("local-disk", RunbookImpossible), ("denied", CloudRefused)])
async def test_what_cannot_be_exported_is_refused_with_its_reason(base: str, error: type[Exception]) -> None:
    desk = Desk(shop(1, base))
    with pytest.raises(error):
        await exported(desk, waves_of(1))
    assert sum(desk.mutations.values()) == 0


async def test_a_source_that_stands_in_the_target_zone_is_refused() -> None:
    desk = Desk(shop(1))
    with pytest.raises(RunbookImpossible) as refused:
        await exported(desk, waves_of(1), "cn-beijing-h")
    assert refused.value.code == "ZoneNotPossible"


async def test_the_template_on_a_timer_makes_images_and_nothing_else() -> None:
    desk = Desk(shop(2))
    made = await exported(desk, waves_of(2))
    template = json.loads(made.fresh())
    assert lint(template) == []
    template["Tasks"] = [task for task in template["Tasks"] if task["Action"] != "ACS::TimerTrigger"]
    async with line(desk) as transport:
        execution = Execution(template, transport, desk.clock, "exec-0000000000000001")
        assert await execution.run() == "Success", execution.fault
    assert desk.mutations == {"CreateImage": 2, "CreateVSwitch": 0, "RunInstances": 0}
