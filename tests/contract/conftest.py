"""The real, unmodified Alibaba Cloud SDKs against the simulator over HTTP, each test both sync and async."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from ecs_dr.simulator.certificate import Certificate
from ecs_dr.simulator.clock import ManualClock
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.http import SimulatorServer, SimulatorThread
from ecs_dr.simulator.world import load_world
from tests.contract.sdk_support import Sdk, Tls, World


@pytest.fixture(scope="session")
def served() -> Iterator[SimulatorServer]:
    """One cloud for all tests of the contract."""
    clock = ManualClock(datetime(2026, 11, 22, 8, 0, tzinfo=UTC))
    with SimulatorThread(SimulatorServer(Simulator(load_world("healthy"), clock))) as running:
        yield running


@pytest.fixture(scope="session")
def served_over_tls(served: SimulatorServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tls]:
    """The same cloud over HTTPS, and the file with what is to be trusted there."""
    certificate = Certificate()
    file = tmp_path_factory.mktemp("tls") / "certificate.pem"
    file.write_text(certificate.pem, encoding="ascii")
    with SimulatorThread(SimulatorServer(served.simulator, faults=served.faults, certificate=certificate)) as running:
        yield Tls(running, str(file))


@pytest.fixture
def server(served: SimulatorServer, monkeypatch: pytest.MonkeyPatch) -> SimulatorServer:
    """The server, back in the beginning and without faults. The SDK takes a proxy even for loopback, hence none."""
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    served.simulator.reset()
    served.faults.rules.clear()
    return served


@pytest.fixture(params=["sync", "async"])
def sdk(request: pytest.FixtureRequest, server: SimulatorServer, served_over_tls: Tls) -> Sdk:
    """Both SDK clients; each test runs with their synchronous and with their asynchronous methods.

    The synchronous ones speak HTTPS. The asynchronous ones make a TLS context for each request, which would cost the
    suite minutes: they speak HTTP here, and HTTPS in `test_sdk_https.py`.
    """
    return Sdk(server, request.param, served_over_tls if request.param == "sync" else None)


@pytest.fixture
def world(server: SimulatorServer) -> World:
    """The simulated cloud behind the SDK."""
    return World(server)
