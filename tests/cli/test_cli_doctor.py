"""What the doctor finds, over simulated clouds."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pytest
from rich.console import Console

from ecs_dr.cloud.adapter import AlibabaCloud
from ecs_dr.cloud.allowlist import ALLOWED_ACTIONS
from ecs_dr.cloud.retry import RetryPolicy
from ecs_dr.cloud.transport import ApiRequest, Json
from ecs_dr.doctor import Doctor, Target
from ecs_dr.domain.texts import Language, Texts
from ecs_dr.errors import NoCredentials
from ecs_dr.simulator.clock import ManualClock
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.transport import SimulatorTransport
from ecs_dr.simulator.world import load_world
from ecs_dr.workflow.clock import SystemClock
from ecs_dr.workflow.ports import Identity

ENDPOINTS = {"ecs": "ecs.{region}.aliyuncs.com", "vpc": "vpc.{region}.aliyuncs.com"}


class IdentifiedTransport:
    """The simulator behind an identity, or behind none."""

    def __init__(self, simulator: Simulator, identity: Identity | None) -> None:
        self._simulated = SimulatorTransport(simulator)
        self._who = identity

    async def identity(self) -> Identity:
        if self._who is None:
            raise NoCredentials("NoCredentials", "no_credentials")
        return self._who

    async def call(self, request: ApiRequest) -> Mapping[str, Json]:
        assert self._who is not None, "nothing is sent without credentials"
        return await self._simulated.call(request)


class Examination:
    """One run of the doctor."""

    def __init__(self, *, credentials: bool = True, language: Language = "en") -> None:
        world = load_world("healthy")
        self.world = world
        self.simulator = Simulator(world, ManualClock(world.start_time))
        who = Identity(provider="env", identity_type="access_key") if credentials else None
        self._cloud = AlibabaCloud(IdentifiedTransport(self.simulator, who), SystemClock(), RetryPolicy(0, 0))
        self._texts = Texts(language)
        self.everywhere = Target(world.default_region, world.source_instance_id)
        self.said = ""

    async def run(self, target: Target) -> int:
        page = io.StringIO()
        doctor = Doctor(self._cloud, self._texts, ENDPOINTS, target, Console(file=page, width=120))
        code = await doctor.run()
        self.said = page.getvalue()
        return code

    def state_of(self, action: str) -> str:
        """What the table says of an action."""
        return next(line for line in self.said.splitlines() if f" {action} " in line)

    @property
    def sent(self) -> set[str]:
        return {entry.action for entry in self.simulator.journal}


async def test_a_healthy_machine_is_called_so_and_every_action_is_listed() -> None:
    examination = Examination()
    assert await examination.run(examination.everywhere) == 0
    assert [action.name for action in ALLOWED_ACTIONS if not examination.state_of(action.name)] == []
    assert "permitted" in examination.state_of("ecs:DescribeDisks")


async def test_nothing_that_creates_is_ever_sent() -> None:
    examination = Examination()
    await examination.run(examination.everywhere)
    assert examination.sent
    assert examination.sent.isdisjoint({"CreateImage", "CreateVSwitch", "RunInstances"})
    assert "only with your decision" in examination.state_of("ecs:RunInstances")


async def test_without_credentials_nothing_is_sent_and_the_way_to_configure_them_is_said() -> None:
    examination = Examination(credentials=False)
    assert await examination.run(examination.everywhere) == 1
    assert examination.sent == set()
    assert "aliyun configure" in " ".join(examination.said.split())
    assert "no credentials" in examination.state_of("ecs:DescribeDisks")


async def test_without_a_region_nothing_is_sent() -> None:
    examination = Examination()
    assert await examination.run(Target(None, None)) == 0
    assert examination.sent == set()
    assert "--region-id" in examination.state_of("ecs:DescribeDisks")
    assert "ecs.{region}.aliyuncs.com" in examination.said


async def test_with_a_region_alone_what_needs_an_instance_is_not_tried() -> None:
    examination = Examination()
    assert await examination.run(Target("cn-beijing", None)) == 0
    assert "permitted" in examination.state_of("ecs:DescribeInstances")
    assert "--instance-id" in examination.state_of("ecs:DescribeDisks")
    assert "ecs.cn-beijing.aliyuncs.com" in examination.said


@pytest.mark.parametrize("action", ["ecs:DescribeDisks", "ecs:DescribeInstances", "vpc:DescribeVSwitches"])
async def test_a_missing_permission_that_is_needed_is_found(action: str) -> None:
    examination = Examination()
    examination.world.identities[examination.world.default_identity].denied.append(action)
    assert await examination.run(examination.everywhere) == 1
    assert "not permitted" in examination.state_of(action)


async def test_a_missing_optional_permission_is_shown_and_is_no_failure() -> None:
    examination = Examination()
    examination.world.identities[examination.world.default_identity].denied.append("ecs:DescribeUserData")
    assert await examination.run(examination.everywhere) == 0
    assert "not permitted" in examination.state_of("ecs:DescribeUserData")


async def test_no_part_of_a_key_is_shown() -> None:
    examination = Examination(language="zh")
    await examination.run(examination.everywhere)
    assert "test-access-key" not in examination.said
