"""Recoveries through the real program on stdin and stdout: the real SDK, signed requests, HTTP on loopback."""

from __future__ import annotations

import json
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TextIO

import anyio
import pytest

from ecs_dr.simulator.clock import AcceleratedClock, ManualClock
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.http import SimulatorServer
from ecs_dr.simulator.world import load_world
from tests.support.host import REGION, SOURCE, Host
from tests.support.person import Form, Person
from tests.support.ways import (
    ANSWER_LEGACY,
    ANSWER_MODERN,
    ELICITATION,
    INPUT_REQUEST,
    OFF_LEGACY,
    OFF_MODERN,
    Program,
    Way,
    credentials_for,
    over_stdio,
)
from tests.support.witness import Made, Witness

FAST = 1000
"""Cloud seconds per second: an image of four minutes takes a quarter of one."""


@asynccontextmanager
async def cloud(world: str, *, stepped: bool = False) -> AsyncIterator[SimulatorServer]:
    """A simulated cloud in this process, for a program in another one."""
    loaded = load_world(world)
    clock = ManualClock(loaded.start_time) if stepped else AcceleratedClock(FAST, loaded.start_time)
    async with SimulatorServer(Simulator(loaded, clock)) as server:
        yield server


@asynccontextmanager
async def journey(
    way: Way, server: SimulatorServer, person: Person, errors: TextIO, settings: Mapping[str, str] | None = None
) -> AsyncIterator[tuple[Host, Witness]]:
    """A host whose program reaches that cloud through its settings, as it would reach Alibaba Cloud."""
    program = Program(settings={**credentials_for(server), **(settings or {})})
    witness = Witness(server.simulator)
    async with over_stdio(way, program, person, errors=errors) as host:
        yield host, witness


RECOVERIES = {
    (INPUT_REQUEST, "no-vswitch"): Made(1, 1, 1),
    (ELICITATION, "many"): Made(1, 0, 1),
    (ANSWER_MODERN, "sold-out"): Made(1, 0, 1),
    (OFF_LEGACY, "disk-unsupported"): Made(1, 0, 1),
}


@pytest.mark.sweep(2)
@pytest.mark.parametrize("met", RECOVERIES, ids=lambda met: f"{met[0]} {met[1]}")
async def test_a_recovery_over_stdio_ends_with_one_verified_replica(met: tuple[Way, str], errors: TextIO) -> None:
    (way, world), made, person = met, RECOVERIES[met], Person()
    async with cloud(world) as server, journey(way, server, person, errors) as (host, witness):
        last = await host.recover()
        assert last.data["verdict"] == "match", last.text
        assert not last.simulated, "the program was started as for Alibaba Cloud"
        witness.check(host.session_id, made)
        witness.check_replica()
        assert ("answer_question" in host.tools) == (not way.shows_forms)


async def test_a_permission_is_waited_for_and_the_recovery_goes_on(errors: TextIO) -> None:
    async with cloud("denied") as server:

        def grant(form: Form) -> None:
            if "retry" in form.options:
                server.simulator.world.identities["operator"].denied.clear()

        async with journey(ELICITATION, server, Person(on_form=grant), errors) as (host, witness):
            assert (await host.recover()).data["verdict"] == "match"
            witness.check(host.session_id, Made(1, 0, 1))


async def test_a_call_ends_within_its_budget_a_cancelled_one_changes_nothing_and_the_next_goes_on(
    errors: TextIO,
) -> None:
    """The cloud's clock stands still until it is stepped, so that the image cannot be ready too early."""
    settings = {"ECS_DR_CALL_BUDGET_SECONDS": "0.2"}
    async with (
        cloud("healthy", stepped=True) as server,
        journey(ANSWER_LEGACY, server, Person(), errors, settings) as (host, seen),
    ):
        clock = server.simulator.clock
        assert isinstance(clock, ManualClock)
        # What is imported for the first request of all may take longer than this budget.
        for _ in range(100):
            if (await host.collect()).status == "done":
                break
            await anyio.sleep(0.1)
        await host.settle(await host.call("create_image"))
        assert (await host.call("wait_for_image")).status == "in_progress"
        await host.cancelled_at_first_progress("wait_for_image")
        assert seen.made == Made(images=1)
        clock.advance(300)
        heard = await host.settle(await host.call("wait_for_image"))
        while heard.next is not None and heard.next.tool != "verify_instance":
            heard = await host.settle(await host.call(heard.next.tool))
        clock.advance(60)
        assert (await host.follow(heard)).data["verdict"] == "match"
        seen.check(host.session_id, Made(1, 0, 1))


async def test_the_program_with_a_cloud_of_its_own_recovers_too(errors: TextIO) -> None:
    program = Program(("--simulate", "slow-image", "--speed", str(FAST)), {"ECS_DR_POLL_SECONDS": "60"})
    async with over_stdio(OFF_MODERN, program, errors=errors) as host:
        last = await host.recover()
        assert last.data["verdict"] == "match"
        assert last.simulated
        session = (await host.call("get_session")).data
        assert session["verdict"] == "match"


async def test_without_credentials_the_first_call_says_how_to_configure_them(errors: TextIO) -> None:
    no_metadata = {"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}
    async with over_stdio(ANSWER_LEGACY, Program(settings=no_metadata), errors=errors) as host:
        heard = await host.call("check_credentials")
        assert heard.problem is not None
        assert heard.problem.code == "NoCredentials"
        assert "aliyun configure" in heard.text


def test_stdout_carries_the_protocol_and_nothing_else() -> None:
    """Spoken by hand: every line that comes back is one JSON-RPC message, up to the end of stdin."""
    program = Program(("--simulate", "--speed", str(FAST)))
    hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "by-hand", "version": "1"}}
    arguments = {"instance_id": SOURCE, "region_id": REGION}
    requests = [
        request("initialize", hello, 1),
        request("notifications/initialized", {}),
        request("tools/list", {}, 2),
        request("tools/call", {"name": "check_credentials", "arguments": {}}, 3),
        request("tools/call", {"name": "collect_source", "arguments": arguments}, 4),
        request("tools/call", {"name": "create_image", "arguments": {"session_id": "nobody"}}, 5),
        request("tools/call", {"name": "no_such_tool", "arguments": {}}, 6),
    ]
    with subprocess.Popen(  # noqa: S603 - this interpreter and this package
        program.command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=program.environment(),
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        answers: dict[int, dict[str, object]] = {}
        for line in requests:
            process.stdin.write(line)
            process.stdin.flush()
            while "id" in json.loads(line) and json.loads(line)["id"] not in answers:
                message = json.loads(process.stdout.readline())
                assert message["jsonrpc"] == "2.0"
                answers[message.get("id", 0)] = message
        rest, complaints = process.communicate(timeout=20)
    assert rest == ""
    assert "Traceback" not in complaints
    assert process.returncode == 0
    assert sorted(key for key in answers if key) == [1, 2, 3, 4, 5, 6]


def request(method: str, params: Mapping[str, object], number: int | None = None) -> str:
    """One line of JSON-RPC."""
    message: dict[str, object] = {"jsonrpc": "2.0", "method": method, "params": params}
    return json.dumps(message if number is None else {**message, "id": number}) + "\n"
