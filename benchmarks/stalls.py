"""How long the server's event loop stands still while it carries out a whole recovery.

The server runs as a host starts it, on stdio, with a task beside it that is due each millisecond. Once over HTTPS, with
the simulated cloud in another process; once with the one of `--simulate`, which shares its loop.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TextIO

from benchmarks.figures import Kept
from benchmarks.startup import Server, recover
from benchmarks.table import show
from ecs_dr import wiring
from ecs_dr.settings import Settings
from ecs_dr.simulator.certificate import Certificate
from ecs_dr.simulator.clock import AcceleratedClock
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.http import SimulatorServer, SimulatorThread
from ecs_dr.simulator.world import load_world
from ecs_dr.starting import Simulation

SPEED = 60
ROUNDS = 5
DUE_SECONDS = 0.001
TOLD_SECONDS = 0.003
VENDOR = ("alibabacloud", "darabonba", "Tea")
"""The packages of the vendor's SDK, which is imported once, in a thread, while a question is open."""


async def watch(told: TextIO) -> None:
    """Write down when and how long the loop stood still, and whether the vendor's SDK was being imported meanwhile."""
    known, before = len(sys.modules), time.perf_counter()
    while True:
        await asyncio.sleep(DUE_SECONDS)
        now = time.perf_counter()
        stood, before = now - before - DUE_SECONDS, now
        new, known = list(sys.modules)[known:], len(sys.modules)
        if stood > TOLD_SECONDS:
            of_vendor = any(name.startswith(VENDOR) for name in new)
            print(before, f"{1000 * stood:.1f}", "import" if of_vendor else "work", file=told, flush=True)


def serve_watched(path: str) -> None:
    """`ecs-dr serve` in this process, with that watch in its loop."""
    from ecs_dr.cli import app

    serve = wiring.serve_mcp

    with Path(path).open("w", encoding="ascii") as told:

        async def watched(settings: Settings, simulation: Simulation | None, http: wiring.HttpAddress | None) -> None:
            watching = asyncio.create_task(watch(told))
            await serve(settings, simulation, http)
            watching.cancel()

        wiring.serve_mcp = watched
        app()


def longest(*, https: bool) -> tuple[float, float]:
    """The longest stalls of one server's first recovery in ms: while the SDK is imported, and otherwise."""
    certificate = Certificate()
    cloud = SimulatorServer(Simulator(load_world("healthy"), AcceleratedClock(SPEED)), certificate=certificate)
    with tempfile.TemporaryDirectory() as folder, SimulatorThread(cloud) as simulated:
        told, trusted = Path(folder, "stalls"), Path(folder, "trusted.pem")
        trusted.write_text(certificate.pem, encoding="ascii")
        environment = {
            "ECS_DR_ECS_ENDPOINT": simulated.url,
            "ECS_DR_VPC_ENDPOINT": simulated.url,
            "ALIBABA_CLOUD_ACCESS_KEY_ID": simulated.access_key_id,
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": simulated.access_key_secret,
            "SSL_CERT_FILE": str(trusted),
        }
        watched = ("-m", "benchmarks.stalls", str(told), "serve")
        embedded = ("--simulate", "healthy", "--speed", str(SPEED))
        server = Server(*watched, **environment) if https else Server(*watched, *embedded)
        server.start()
        began = time.perf_counter()  # of the machine, the same in both processes
        recover(server)
        server.stop()
        stood = [line.split() for line in told.read_text(encoding="ascii").splitlines()]
    found = {"import": 0.0, "work": 0.0}
    for moment, ms, kind in stood:
        if float(moment) > began:
            found[kind] = max(found[kind], float(ms))
    return found["import"], found["work"]


def stalls(*, quick: bool) -> Kept:
    """The table: the least of several rounds, so that other programs of the machine do not count."""
    rounds = 2 if quick else ROUNDS
    rows: list[tuple[str, float, float]] = []
    for name in ((apart := "HTTPS, the cloud in another process"), "--simulate, the cloud in the same loop"):
        found = [longest(https=name == apart) for _ in range(rounds)]
        rows.append((name, min(one for one, _ in found), min(one for _, one in found)))
    show(
        "The event loop's longest stall in a process's first recovery",
        ("server", "while the vendor's SDK is imported (ms)", "otherwise (ms)"),
        rows,
        f"The least of {rounds} rounds. Goal: below 120 ms, and below 50 ms otherwise.",
    )
    return {"stall_import": max(row[1] for row in rows), "stall": max(row[2] for row in rows)}


if __name__ == "__main__":
    told_to = sys.argv.pop(1)
    sys.argv[0] = os.fspath(Path("ecs-dr"))
    serve_watched(told_to)
