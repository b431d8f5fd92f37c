"""Ten minutes of half-open, slow, huge and malformed connections and 2,000 clients beside 50 recoveries over HTTP.

    python -m benchmarks.soak [--minutes 10] [--recoveries 50] [--clients 2000] [--attackers 300] [--idle-seconds 60]

The server is `ecs-dr serve --transport http` with a token, a process of its own; the cloud is simulated in this one. It
holds when no recovery is lost, everything on the cloud is what the recoveries decided, and the server's memory stays
what it was once each kind of attack had been there. Exit code 1 when it does not hold.

Half of the clients go without a word, and the transport keeps the session of each until it was idle long enough: with
the fifteen minutes of a server in use, ten minutes see them pile up and none of them end. So their idle life is a tenth
of the run here (`--idle-seconds` says otherwise). How many there may be at once is bounded (`transports.MOST_CLIENTS`).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import httpx2 as httpx

from benchmarks.attacks import ATTACKS, TOKEN
from benchmarks.crowd import crowded
from benchmarks.rig import REGION
from benchmarks.startup import resident_mib
from benchmarks.table import show
from ecs_dr.simulator.clock import AcceleratedClock
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.http import SimulatorServer, SimulatorThread
from tests.support.doors import free_port, until_it_listens
from tests.support.ways import credentials_for

ROOT = Path(__file__).resolve().parents[1]
VERSION = "2025-11-25"
SPEED = 4.0
"""The cloud's time against ours: an image of eight minutes takes two."""
PATIENCE_SECONDS = 300.0
"""How much longer than the attack the recoveries may take to end."""
WARM_SHARE = 0.4
"""Of the time: by then each kind of attack and most of what a process does once has been there."""
IDLE_SHARE = 0.1
"""Of the time: the idle life of a client's session, so that the run sees several of them end."""
GROWTH_MIB = 8.0
"""What may be added after the warm time: recoveries that have ended are kept, a tenth of a MiB each."""
SERVER = """
import sys
from ecs_dr.protocol import transports
transports.SESSION_IDLE_SECONDS = float(sys.argv.pop(1))
from ecs_dr.cli import main
main()
"""


@dataclass
class Soak:
    """What has happened so far."""

    url: str
    port: int
    until: float
    attacks: Counter[str] = field(default_factory=Counter)
    clients: int = 0
    turned_away: Counter[str] = field(default_factory=Counter)
    """Clients that were not served, by the reason."""
    stayed: int = 0
    """Clients that went without a word: the transport keeps their sessions until they are idle long enough."""
    verdicts: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    """Seconds since the beginning, MiB."""
    answers: list[float] = field(default_factory=list)
    """Seconds that a small request took, one a second."""

    @property
    def goes_on(self) -> bool:
        """Whether the attack lasts."""
        return time.monotonic() < self.until


class Caller:
    """One client of the protocol, without an SDK: two thousand of them are to cost this process little."""

    def __init__(self, soak: Soak, http: httpx.AsyncClient) -> None:
        self._http, self._url = http, soak.url
        self._headers = {
            "authorization": f"Bearer {TOKEN}",
            "accept": "application/json, text/event-stream",
            "mcp-protocol-version": VERSION,
        }
        self._number = 0

    async def begin(self) -> None:
        """Shake hands."""
        about = {"name": "soak", "version": "1"}
        params = {"protocolVersion": VERSION, "capabilities": {}, "clientInfo": about}
        response = await self._post({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params})
        self._headers["mcp-session-id"] = response.headers["mcp-session-id"]
        await self._post({"jsonrpc": "2.0", "method": "notifications/initialized"})

    async def leave(self) -> None:
        """End the transport's session."""
        await self._http.delete(self._url, headers=self._headers)

    async def request(self, method: str, **params: object) -> dict[str, object]:
        """One request; its result."""
        self._number += 1
        message = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": params}
        response = await self._post(message)
        lines = [line.removeprefix("data:") for line in response.text.splitlines() if line.startswith("data:")]
        for text in lines or [response.text]:
            answer = json.loads(text) if text.strip() else {}
            if answer.get("id") == self._number:
                result: dict[str, object] = answer["result"]
                return result
        raise RuntimeError(f"no answer to {method}: {response.status_code} {response.text[:200]}")

    async def tool(self, name: str, **arguments: str) -> dict:  # type: ignore[type-arg]
        """A tool call; its structured content."""
        content = (await self.request("tools/call", name=name, arguments=arguments))["structuredContent"]
        if not isinstance(content, dict):
            raise TypeError(name)
        return content

    async def _post(self, message: dict[str, object]) -> httpx.Response:
        response = await self._http.post(self._url, json=message, headers=self._headers)
        response.raise_for_status()
        return response


async def recover(soak: Soak, source: str, delay: float) -> None:
    """One recovery, every question answered as recommended."""
    await asyncio.sleep(delay)
    try:
        async with httpx.AsyncClient(timeout=120) as http:
            caller = Caller(soak, http)
            await caller.begin()
            content = await caller.tool("collect_source", instance_id=source, region_id=REGION)
            while content["question"] is not None or content["next"] is not None:
                if content["status"] == "failed":
                    raise RuntimeError(content["problem"]["code"])  # noqa: TRY301 - lost, like any other
                if content["question"] is None:
                    content = await caller.tool(content["next"]["tool"], session_id=content["session_id"])
                    continue
                question = content["question"]
                content = await caller.tool(
                    "answer_question",
                    session_id=content["session_id"],
                    question_id=question["question_id"],
                    choice=question["options"][0]["value"],
                )
            soak.verdicts[str(content["data"].get("verdict", content["status"]))] += 1
    except Exception as error:  # noqa: BLE001 - whatever it is, this recovery is lost
        soak.lost.append(f"{source}: {type(error).__name__}: {str(error)[:200]}")


async def visit(soak: Soak) -> None:
    """A client that comes, lists the tools, looks around, and leaves or just goes."""
    try:
        async with httpx.AsyncClient(timeout=60) as http:
            caller = Caller(soak, http)
            await caller.begin()
            await caller.request("tools/list")
            await caller.tool("get_session")
            if random.random() < 0.5:  # noqa: S311 - a schedule, not a secret
                await caller.leave()
            else:
                soak.stayed += 1
        soak.clients += 1
    except (httpx.HTTPError, RuntimeError) as error:
        soak.turned_away[f"{type(error).__name__}: {str(error)[:60]}"] += 1


async def visits(soak: Soak, count: int, seconds: float) -> None:
    """So many clients, evenly over the time."""
    gap = seconds * 0.9 / count
    async with asyncio.TaskGroup() as tasks:
        for _ in range(count):
            tasks.create_task(visit(soak))
            await asyncio.sleep(gap)


async def attack(soak: Soak) -> None:
    """One attacker: one connection after the other."""
    while soak.goes_on:
        how = random.choice(ATTACKS)  # noqa: S311 - a schedule, not a secret
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", soak.port)
            try:
                async with asyncio.timeout(30):
                    await how(reader, writer)
            finally:
                writer.transport.abort()
        except (OSError, TimeoutError):
            soak.attacks["cut off by the server"] += 1
        soak.attacks[how.__name__.strip("_")] += 1
        await asyncio.sleep(0.2 + random.random())  # noqa: S311 - a schedule, not a secret


# -- the run ---------------------------------------------------------------------------------------------------


async def watch(soak: Soak, process: subprocess.Popen[bytes], began: float) -> None:
    """Memory, and how long a small request takes, once a second."""
    async with httpx.AsyncClient(timeout=60) as http:
        caller = Caller(soak, http)
        await caller.begin()
        while True:
            soak.memory.append((time.monotonic() - began, resident_mib(process.pid)))
            sent = time.perf_counter()
            await caller.request("ping")
            soak.answers.append(time.perf_counter() - sent)
            await asyncio.sleep(1)


async def run(soak: Soak, process: subprocess.Popen[bytes], sources: list[str], wanted: argparse.Namespace) -> None:
    """Everything at the same time."""
    seconds, began = wanted.minutes * 60.0, time.monotonic()
    watching = asyncio.create_task(watch(soak, process, began))
    try:
        async with asyncio.timeout(seconds + PATIENCE_SECONDS), asyncio.TaskGroup() as tasks:
            for number, source in enumerate(sources):
                tasks.create_task(recover(soak, source, delay=seconds * 0.6 * number / len(sources)))
            for _ in range(wanted.attackers):
                tasks.create_task(attack(soak))
            tasks.create_task(visits(soak, wanted.clients, seconds))
    except TimeoutError:
        soak.lost.append(f"not all had ended {PATIENCE_SECONDS:g} s after the attack")
    watching.cancel()


def main() -> int:
    """Play, print, judge."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--recoveries", type=int, default=50)
    parser.add_argument("--clients", type=int, default=2000)
    parser.add_argument("--attackers", type=int, default=300)
    parser.add_argument("--idle-seconds", type=float)
    wanted = parser.parse_args()
    wanted.idle_seconds = wanted.idle_seconds or wanted.minutes * 60 * IDLE_SHARE
    cloud, sources = crowded(wanted.recoveries)
    simulator = Simulator(cloud.world, AcceleratedClock(SPEED, cloud.world.start_time))
    before, port = len(cloud.world.instances), free_port()
    with SimulatorThread(SimulatorServer(simulator)) as server, tempfile.TemporaryFile() as log:
        environment = {
            **os.environ,
            **credentials_for(server),
            "PYTHONPATH": str(ROOT / "server"),
            "ECS_DR_HTTP_TOKEN": TOKEN,
            "ECS_DR_CALL_BUDGET_SECONDS": "15",
            "ECS_DR_POLL_SECONDS": "10",
        }
        process = subprocess.Popen(  # noqa: S603 - this interpreter and this package
            [sys.executable, "-c", SERVER, str(wanted.idle_seconds), "serve", "--transport=http", f"--port={port}"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
        try:
            until_it_listens(port, process)
            soak = Soak(f"http://127.0.0.1:{port}/mcp", port, time.monotonic() + wanted.minutes * 60)
            asyncio.run(run(soak, process, sources, wanted))
            is_alive = process.poll() is None
        finally:
            process.terminate()
            process.wait(timeout=30)
        log.seek(0)
        tracebacks = log.read().count(b"Traceback")
    made = len(cloud.world.instances) - before
    return judge(soak, wanted, made=made, is_alive=is_alive, tracebacks=tracebacks)


def tenths(memory: list[tuple[float, float]]) -> list[float]:
    """The last figure of each tenth of the time."""
    whole = memory[-1][0]
    return [[mib for at, mib in memory if at <= whole * part / 10][-1] for part in range(1, 11)]


def judge(soak: Soak, wanted: argparse.Namespace, *, made: int, is_alive: bool, tracebacks: int) -> int:
    """Print the figures; 0 when it held."""
    settled = [mib for at, mib in soak.memory if at >= wanted.minutes * 60 * WARM_SHARE]
    middle, end = median(settled[:30]), median(settled[-30:])
    waits = sorted(soak.answers)
    rows = [
        ("recoveries verified", f"{soak.verdicts['match']} of {wanted.recoveries}"),
        ("replicas made", made),
        ("clients served", f"{soak.clients} of {wanted.clients}"),
        *((f"  not served: {why}", count) for why, count in soak.turned_away.most_common(6)),
        ("attacks", soak.attacks.total() - soak.attacks["cut off by the server"]),
        *((f"  {name}", count) for name, count in sorted(soak.attacks.items())),
        (f"memory after {WARM_SHARE:.0%} of the time, at the end (MiB)", f"{middle:.0f}, {end:.0f}"),
        ("  after each tenth of the time", ", ".join(f"{mib:.0f}" for mib in tenths(soak.memory))),
        (
            "clients that went without a word; idle life of their sessions (s)",
            f"{soak.stayed}; {wanted.idle_seconds:g}",
        ),
        (
            "a ping: median, 99 %, worst (ms)",
            f"{1000 * median(waits):.0f}, {1000 * waits[int(len(waits) * 0.99)]:.0f}, {1000 * waits[-1]:.0f}",
        ),
        ("tracebacks in the log", tracebacks),
    ]
    show(f"{wanted.minutes:g} minutes of attacks", ("what", "figure"), rows)
    for line in soak.lost[:20]:
        print(line)
    held = (
        is_alive
        and not tracebacks
        and not soak.lost
        and soak.verdicts["match"] == made == wanted.recoveries
        and end - middle <= GROWTH_MIB
    )
    print("\nheld" if held else "\nDID NOT HOLD")
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())
