"""Things that happen at the same time, or to a zone that was left: nothing stale is kept, nothing made is forgotten."""

from __future__ import annotations

from collections.abc import Mapping

import anyio
import pytest

from ecs_dr.cloud.transport import ApiRequest, Json, Transport
from ecs_dr.domain.questions import CONFIRM, CREATE_VSWITCH
from ecs_dr.domain.steps import Answer
from ecs_dr.errors import NoCredentials
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.desk import SOURCE, Desk
from tests.workflow.bench import Fault, break_line, refusal, session_of, up_to

ZONE_K, ZONE_L = "cn-beijing-k", "cn-beijing-l"


class Held:
    """Holds back the first request of an action, or about some resource, until it is let go."""

    def __init__(self, inner: Transport, wanted: str) -> None:
        self._inner = inner
        self._wanted: str | None = wanted
        self.arrived = anyio.Event()
        self.let_go = anyio.Event()

    async def call(self, request: ApiRequest) -> Mapping[str, Json]:
        if self._wanted is not None and self._wanted in {request.action, request.params.get("DestinationResource")}:
            self._wanted = None
            self.arrived.set()
            await self.let_go.wait()
        return await self._inner.call(request)


async def desk_with_target(world: str = "no-vswitch") -> Desk:
    desk = Desk(world)
    await desk.settle(await desk.collect())
    await desk.settle(await desk.call("choose_target", target_zone_id=ZONE_K))
    return desk


async def test_disks_that_were_checked_for_a_zone_left_meanwhile_are_checked_again() -> None:
    desk = await desk_with_target("disk-unsupported")
    desk.world.disk_support[ZONE_K].data = ["cloud_essd", "cloud_auto"]
    held = Held(desk.transport.inner, "DataDisk")
    desk.transport.inner = held
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(desk.call, "check_disks")
        await held.arrived.wait()
        await desk.settle(await desk.call("choose_target", target_zone_id=ZONE_L))
        held.let_go.set()
    session = session_of(desk)
    assert session.target is not None
    assert session.target.zone_id == ZONE_L
    assert session.disks is None, "zone l lacks cloud_auto and PL0: this is asked about"


async def test_vswitches_that_were_read_for_a_zone_left_meanwhile_are_not_offered() -> None:
    desk = await desk_with_target()
    desk.transport.inner = held = Held(desk.transport.inner, "DescribeVSwitches")
    answers: list[Answer] = []

    async def prepare() -> None:
        answers.append(await desk.call("prepare_vswitch"))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(prepare)
        await held.arrived.wait()
        await desk.settle(await desk.call("choose_target", target_zone_id=ZONE_L))
        held.let_go.set()
    assert ZONE_L in answers[0].message
    assert ZONE_K not in answers[0].message.partition("\n\n")[0]


@pytest.mark.parametrize("during", ["CreateVSwitch", "DescribeVSwitches"], ids=["the request", "its start"])
async def test_a_vswitch_of_a_zone_left_while_it_was_made_is_told_and_not_used(during: str) -> None:
    desk = await desk_with_target()
    asked = await desk.call("prepare_vswitch")
    desk.transport.inner = held = Held(desk.transport.inner, during)
    answers: list[Answer] = []

    async def create() -> None:
        answers.append(await desk.answer(asked, CREATE_VSWITCH))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(create)
        await held.arrived.wait()
        await desk.settle(await desk.call("choose_target", target_zone_id=ZONE_L))
        held.let_go.set()
    session = session_of(desk)
    assert session.vswitch is None
    assert answers[0].status == "needs_answer"
    assert ZONE_L in answers[0].message
    assert len(session.created_vswitch_ids) == (1 if during == "CreateVSwitch" else 0)


@pytest.mark.parametrize("pending", [False, True])
async def test_a_vswitch_made_for_a_zone_that_was_left_is_still_named(pending: bool) -> None:  # noqa: FBT001 - parametrized
    desk = await desk_with_target()
    if pending:
        desk.world.behaviour.vswitch_pending_seconds = 1_000
    made = await desk.answer(await desk.call("prepare_vswitch"), CREATE_VSWITCH)
    await desk.settle(await desk.call("choose_target", target_zone_id=ZONE_L))
    shown = await desk.call("get_session")
    assert shown.message.count(f"VSwitch {made.data['vswitch_id']}") == 1
    assert shown.message.count("vsw-") == 1, "and no other is"


async def reading_put_off() -> tuple[Desk, Answer]:
    """The source is confirmed, and a read of it must wait longer than the call may last."""
    desk = Desk(options=RecoveryOptions(call_budget_seconds=10))
    break_line(desk, Fault("DescribeUserData", refusal("ServiceUnavailable", http_status=503)))
    return desk, await desk.answer(await desk.collect(), CONFIRM)


async def test_an_optional_read_that_must_be_retried_later_is_in_progress() -> None:
    desk, answer = await reading_put_off()
    assert answer.status == "in_progress"
    assert answer.session_id == desk.session_id


async def test_a_reading_that_was_put_off_goes_on_in_the_next_call_without_asking_again() -> None:
    desk, answer = await reading_put_off()
    while answer.status == "in_progress":
        answer = await desk.collect()
    assert answer.status == "done"


async def test_credentials_that_are_gone_during_the_optional_reads_are_told_as_such() -> None:
    desk = Desk()

    def no_provider_answers(request: ApiRequest) -> None:
        if request.action == "DescribeUserData":
            raise NoCredentials("NoCredentials", "no_credentials")

    desk.transport.before.append(no_provider_answers)
    with pytest.raises(NoCredentials) as refused:
        await desk.settle(await desk.collect())
    assert refused.value.step == "source"


async def test_a_source_that_is_gone_when_the_replica_is_verified_is_told_and_the_replica_stays() -> None:
    desk = Desk()
    await up_to(desk, "create_instance")
    desk.world.instances[SOURCE].lost = True
    verified = await desk.settle(await desk.call("verify_instance"))
    assert verified.status == "done"
    assert verified.data["verdict"] == "differs"
    assert verified.data["source_changes"] == [f'{SOURCE}: "present" -> null']
    criteria = verified.data["criteria"]
    assert isinstance(criteria, list)
    failed = [row["name"] for row in criteria if isinstance(row, dict) and not row["passed"]]
    assert failed == ["Source instance integrity"]
    assert session_of(desk).replica is not None
