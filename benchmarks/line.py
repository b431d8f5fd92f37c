"""One reading request over HTTPS: the bare vendor SDK against this product's transport, on the same simulated cloud."""

# An assertion here checks that the measured run went as it should.

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from benchmarks.figures import Kept
from benchmarks.table import show
from ecs_dr.cloud.credentials import StaticKey
from ecs_dr.cloud.sdk import SdkTransport
from ecs_dr.cloud.transport import API_VERSIONS, ApiRequest
from ecs_dr.simulator.certificate import Certificate
from ecs_dr.simulator.clock import RealClock
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.http import SimulatorServer, SimulatorThread
from ecs_dr.simulator.world import load_world

REGION = "cn-beijing"
REQUESTS = 30
SIDE_BY_SIDE = 8
"""As many as one session sends at once."""

Send = Callable[[], Awaitable[object]]


def bare(server: SimulatorServer, certificate_file: str) -> Send:
    """The SDK as it is; before anything of ours has touched it."""
    from alibabacloud_ecs20140526.client import Client
    from alibabacloud_ecs20140526.models import DescribeInstancesRequest
    from alibabacloud_tea_openapi.utils_models import Config
    from darabonba.runtime import RuntimeOptions

    client = Client(
        Config(
            access_key_id=server.access_key_id,
            access_key_secret=server.access_key_secret,
            endpoint=server.endpoint,
            protocol="https",
            region_id=REGION,
        )
    )
    request, runtime = DescribeInstancesRequest(region_id=REGION), RuntimeOptions(ca=certificate_file)
    return lambda: client.describe_instances_with_options_async(request, runtime)


def ours(server: SimulatorServer, certificate: Certificate) -> Send:
    """Kept connections, one TLS context."""
    key, context = StaticKey(server.access_key_id, server.access_key_secret), certificate.for_client()
    transport = SdkTransport(server.url, server.url, key, tls=lambda: context)
    request = ApiRequest("ecs", API_VERSIONS["ecs"], "DescribeInstances", REGION, {"RegionId": REGION}, "0" * 32)
    return lambda: transport.call(request)


async def measured(send: Send) -> tuple[float, float, float]:
    """Milliseconds of processor and of wall time a request, and the event loop's longest stall beside many."""
    await send()
    began, began_processor = time.perf_counter(), time.thread_time()
    for _ in range(REQUESTS):
        await send()
    processor, wall = time.thread_time() - began_processor, time.perf_counter() - began
    longest, done = 0.0, asyncio.Event()

    async def watch() -> None:
        nonlocal longest
        before = time.perf_counter()
        while not done.is_set():
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            longest, before = max(longest, now - before - 0.001), now

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0.01)
    await asyncio.gather(*(send() for _ in range(SIDE_BY_SIDE)))
    done.set()
    await watching
    return 1000 * processor / REQUESTS, 1000 * wall / REQUESTS, 1000 * longest


def line(*, quick: bool) -> Kept:  # noqa: ARG001 - it is quick
    """The table."""
    certificate = Certificate()
    cloud = SimulatorServer(Simulator(load_world("healthy"), RealClock()), certificate=certificate)
    with tempfile.TemporaryDirectory() as folder, SimulatorThread(cloud) as server:
        file = Path(folder, "certificate.pem")
        file.write_text(certificate.pem, encoding="ascii")
        rows = [
            ("bare SDK", *asyncio.run(measured(bare(server, str(file))))),
            ("ours", *asyncio.run(measured(ours(server, certificate)))),
        ]
    show(
        "One reading request over HTTPS",
        ("side", "CPU ms", "wall ms", f"stall beside {SIDE_BY_SIDE} at once (ms)"),
        rows,
        "The client's own thread; the simulated cloud answers from another. Goal: no stall above 20 ms.",
    )
    return {"line_ratio": rows[1][1] / rows[0][1]}
