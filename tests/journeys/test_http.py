"""Recoveries over Streamable HTTP: one `serve --transport http` process, many clients, a cloud reset in between."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from ecs_dr.simulator.clock import AcceleratedClock
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.http import SimulatorServer, SimulatorThread
from ecs_dr.simulator.world import load_world
from tests.support.doors import free_port, until_it_listens
from tests.support.host import REGION, SOURCE, Host
from tests.support.person import CANCELLED, DECLINED, Person, Reply
from tests.support.ways import (
    ANSWER_LEGACY,
    ANSWER_MODERN,
    ELICITATION,
    INPUT_REQUEST,
    ROADS,
    Program,
    Way,
    credentials_for,
)
from tests.support.witness import NOTHING, Made, Witness

FAST = 1000


@dataclass(frozen=True)
class Service:
    """The running program and the cloud below it."""

    url: str
    simulator: Simulator

    def world(self, name: str) -> Witness:
        """Start over in another world. The program keeps its sessions of the former ones: they are finished."""
        self.simulator.world = load_world(name)
        self.simulator.reset()
        return Witness(self.simulator)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    world = load_world("healthy")
    simulator = Simulator(world, AcceleratedClock(FAST, world.start_time))
    port = free_port()
    errors = tmp_path_factory.mktemp("http") / "stderr.txt"
    with SimulatorThread(SimulatorServer(simulator)) as cloud:
        program = Program(("--transport", "http", "--port", str(port)), credentials_for(cloud))
        with errors.open("w", encoding="utf-8") as stderr, started(program, stderr.fileno()) as process:
            until_it_listens(port, process)
            yield Service(f"http://127.0.0.1:{port}/mcp", simulator)
            process.terminate()
            assert process.wait(timeout=20) == 128 + signal.SIGTERM
    assert "Traceback" not in errors.read_text(encoding="utf-8")


def started(program: Program, stderr: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - this interpreter and this package
        program.command(), env=program.environment(), stdout=subprocess.DEVNULL, stderr=stderr
    )


@pytest.mark.parametrize(
    ("way", "world"),
    [
        *((way, "healthy") for way in ROADS),
        (INPUT_REQUEST, "no-vswitch"),
        (ELICITATION, "encrypted"),
        (ANSWER_MODERN, "eip-only"),
        (ANSWER_LEGACY, "prepaid"),
    ],
    ids=str,
)
async def test_a_recovery_over_http_ends_with_one_verified_replica(way: Way, world: str, service: Service) -> None:
    witness, person = service.world(world), Person()
    async with way.client(service.url, person) as client:
        host = Host(client, person)
        last = await host.recover()
    assert last.data["verdict"] == "match", last.text
    witness.check(host.session_id, Made(images=1, vswitches=1 if world == "no-vswitch" else 0, instances=1))
    witness.check_replica()
    assert ("answer_question" in host.tools) == (not way.shows_forms)


@pytest.mark.parametrize("way", [INPUT_REQUEST, ELICITATION], ids=str)
@pytest.mark.parametrize("reply", [DECLINED, CANCELLED, Reply("sure")], ids=["declined", "cancelled", "unknown"])
async def test_what_is_not_answered_over_http_is_not_done(reply: Reply, way: Way, service: Service) -> None:
    witness, person = service.world("healthy"), Person(first=[reply] * 9)
    async with way.client(service.url, person) as client:
        heard = await Host(client, person).call("collect_source", instance_id=SOURCE, region_id=REGION)
    assert heard.status == "stopped"
    assert witness.made == NOTHING
    assert service.simulator.journal == []


@pytest.mark.parametrize(("first", "second"), [(INPUT_REQUEST, ANSWER_LEGACY), (ANSWER_LEGACY, ELICITATION)], ids=str)
async def test_another_client_takes_a_recovery_up_where_the_first_one_left_it(
    first: Way, second: Way, service: Service
) -> None:
    witness, person = service.world("healthy"), Person()
    async with first.client(service.url, person) as client:
        host = Host(client, person)
        await host.collect()
        await host.settle(await host.call("create_image"))
    async with second.client(service.url, person) as client:
        host = Host(client, person, host.session_id)
        last = await host.follow(await host.call("get_session"))
    assert last.data["verdict"] == "match"
    witness.check(host.session_id, Made(images=1, instances=1))
