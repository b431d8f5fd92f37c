"""Each creating call x each fault on the wire, through the real SDK over HTTP: made once, and told truly."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from ecs_dr.cloud.adapter import AlibabaCloud
from ecs_dr.cloud.credentials import StaticKey
from ecs_dr.cloud.retry import RetryPolicy
from ecs_dr.cloud.sdk import SdkTransport
from ecs_dr.protocol.app import build_server
from ecs_dr.simulator.clock import AcceleratedClock
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.faults import FaultRule
from ecs_dr.simulator.http import SimulatorServer
from ecs_dr.simulator.world import load_world
from ecs_dr.workflow.clock import ScaledClock
from ecs_dr.workflow.ids import RandomIds
from ecs_dr.workflow.recovery import Recovery
from ecs_dr.workflow.run import RecoveryOptions
from tests.faults.line import THROTTLES
from tests.support.host import Host
from tests.support.person import Person
from tests.support.ways import ANSWER_MODERN
from tests.support.witness import Made, Witness

SPEED = 2000.0
READ_TIMEOUT_SECONDS = 0.4
CREATING = ("ecs:CreateImage", "vpc:CreateVSwitch", "ecs:RunInstances")

FAULTS: dict[str, FaultRule] = {
    "reset before": FaultRule("", effect="reset"),
    "lost response": FaultRule("", effect="lost_response"),
    "gateway page": FaultRule("", effect="gateway_page"),
    "gateway page after": FaultRule("", effect="gateway_page_after"),
    "garbled": FaultRule("", effect="garbled"),
    "timeout": FaultRule("", delay_seconds=READ_TIMEOUT_SECONDS * 2),
    "internal error": FaultRule("", effect="error", code="InternalError", http_status=500),
    "token busy": FaultRule("", effect="error", code="IdempotentProcessing", http_status=400),
    **{
        kind.value: FaultRule("", effect="throttle", code=kind.value, http_status=429, retry_after_seconds=1)
        for kind in THROTTLES
    },
}


@asynccontextmanager
async def over_http(rule: FaultRule, action: str) -> AsyncIterator[tuple[Host, Witness, SimulatorServer]]:
    world = load_world("no-vswitch")
    world.behaviour.image_seconds = 60
    clock = ScaledClock(SPEED)
    async with SimulatorServer(Simulator(world, AcceleratedClock(SPEED))) as server:
        names = ("effect", "code", "http_status", "retry_after_seconds", "delay_seconds")
        first_real = 3 if action == "ecs:RunInstances" else 1  # rehearsed with the plan, and before the go-ahead
        chosen = {name: getattr(rule, name) for name in names}
        server.faults.rules.append(FaultRule(action, first_real, first_real + 1, message="injected", **chosen))
        key = StaticKey(server.access_key_id, server.access_key_secret)
        transport = SdkTransport(server.url, server.url, key, read_timeout_seconds=READ_TIMEOUT_SECONDS)
        cloud = AlibabaCloud(transport, clock, RetryPolicy(wait_seconds=5, attempts=3))
        recovery = Recovery(cloud, clock, RandomIds(), RecoveryOptions(simulated=True))
        mcp_server = build_server(recovery, elicitation="auto", simulated=True)
        person = Person()
        witness = Witness(server.simulator)
        async with recovery.running(), ANSWER_MODERN.client(mcp_server, person) as client:
            yield Host(client, person), witness, server


@pytest.mark.sweep(3)
@pytest.mark.parametrize("action", CREATING)
@pytest.mark.parametrize("fault", FAULTS, ids=str)
async def test_a_fault_on_the_wire_makes_nothing_twice(fault: str, action: str) -> None:
    async with over_http(FAULTS[fault], action) as (host, witness, server):
        last = await host.recover()
        assert sum(server.faults.hits().values()) == 2, server.faults.hits()
        assert last.data["verdict"] == "match", last.text
        assert witness.made == Made(images=1, vswitches=1, instances=1)
        told = "\n".join(heard.text for heard in host.heard)
        assert "ClientToken" in told, "every wait is told"
