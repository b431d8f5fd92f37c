"""From the start of the process to the first tools/list, against a bare server of the same SDK; and memory."""

# An assertion here checks that the measured run went as it should.
# ruff: noqa: S101

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from benchmarks.figures import Kept
from benchmarks.table import show

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 15
BARE = """
from mcp.server.mcpserver import MCPServer
server = MCPServer("bare")
@server.tool()
def ping() -> str:
    "Answer."
    return "pong"
server.run("stdio")
"""
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "benchmark", "version": "1"},
    },
}


class Server:
    """A server's process, spoken to line by line."""

    def __init__(self, *command: str, **environment: str) -> None:
        self._began = time.perf_counter()
        self._number = 1
        self._process = subprocess.Popen(  # noqa: S603 - this Python, our own programs
            [sys.executable, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT / "server"), "PATH": "", "ECS_DR_POLL_SECONDS": "0.1", **environment},
        )

    def start(self) -> float:
        """Shake hands and list the tools; seconds since the process was started."""
        self._send(HELLO)
        self._answer(1)
        self._send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        self.request("tools/list", {})
        return time.perf_counter() - self._began

    def request(self, method: str, params: dict[str, object]) -> dict[str, object]:
        """One request; its result."""
        self._number += 1
        self._send({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})
        return self._answer(self._number)

    def tool(self, name: str, **arguments: str) -> dict:  # type: ignore[type-arg]
        """A tool call; its structured content."""
        content = self.request("tools/call", {"name": name, "arguments": arguments})["structuredContent"]
        assert isinstance(content, dict)
        return content

    def resident_mib(self) -> float:
        """Memory of the process."""
        return resident_mib(self._process.pid)

    def cpu_seconds(self) -> float:
        """What all its threads have had of the processor so far."""
        threads = Path(f"/proc/{self._process.pid}/task").iterdir()
        return sum(int((one / "schedstat").read_text(encoding="utf-8").split()[0]) for one in threads) / 1e9

    def stop(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.terminate()
        self._process.wait()

    def _send(self, message: dict[str, object]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()

    def _answer(self, number: int) -> dict[str, object]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            message = json.loads(line)
            if message.get("id") == number:
                result: dict[str, object] = message["result"]
                return result
        raise RuntimeError("the server ended")


def resident_mib(pid: int) -> float:
    """Memory of a process (VmRSS)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def recover(server: Server) -> None:
    """A whole simulated recovery with recommended answers."""
    content = server.tool("collect_source", instance_id="i-2zesource0001", region_id="cn-beijing")
    session = str(content["session_id"])
    while content["question"] is not None or content["next"] is not None:
        if content["question"] is not None:
            question = content["question"]
            content = server.tool(
                "answer_question",
                session_id=session,
                question_id=question["question_id"],
                choice=question["options"][0]["value"],
            )
        else:
            content = server.tool(content["next"]["tool"], session_id=session)


OURS, BARE_ONE = ("-m", "ecs_dr", "serve"), ("-c", BARE)


class Starts:
    """The starts of one of the two servers."""

    def __init__(self, *command: str) -> None:
        self._command = command
        self.seconds: list[float] = []
        self.cpu: list[float] = []
        self.idle: list[float] = []

    def once_more(self) -> None:
        """Start it, list its tools, end it."""
        server = Server(*self._command)
        self.seconds.append(server.start())
        self.cpu.append(server.cpu_seconds())
        self.idle.append(server.resident_mib())
        server.stop()


def ratio(mine: list[float], others: list[float]) -> float:
    """The median of the ratios of what was measured one right after the other: other work slows both of a pair."""
    return median(one / other for one, other in zip(mine, others, strict=True))


def startup(*, quick: bool) -> Kept:
    """The tables."""
    for command in (OURS, BARE_ONE):  # files that are read for the first time, of either
        Starts(*command).once_more()
    ours, bare = Starts(*OURS), Starts(*BARE_ONE)
    rounds = 3 if quick else ROUNDS
    for number in range(rounds):
        for starts in (ours, bare) if number % 2 else (bare, ours):
            starts.once_more()
    server = Server(*OURS, "--simulate", "healthy", "--speed", "5000")
    server.start()
    recover(server)
    after = server.resident_mib()
    server.stop()
    of_time = ratio(ours.seconds, bare.seconds)
    show(
        "From the start of the process to the first tools/list",
        ("server", "median (s)", "CPU (s)", "idle (MiB)", "after a recovery (MiB)"),
        (
            ("ecs-dr serve", median(ours.seconds), median(ours.cpu), median(ours.idle), after),
            ("bare server, one tool", median(bare.seconds), median(bare.cpu), median(bare.idle), "-"),
        ),
        f"Ratio {of_time:.2f} (of CPU {ratio(ours.cpu, bare.cpu):.2f}); goal: at most 1.05. The median over {rounds} "
        "pairs of starts, one right after the other and each first in turn. After a recovery the process holds the "
        "Alibaba Cloud SDKs and the simulated cloud as well.",
    )
    return {"start_ratio": of_time}
