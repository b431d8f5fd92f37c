"""A recovery through a real client over stdio whose server is killed at random moments, and taken up again.

The server and the simulated cloud are processes of their own. The person always takes the recommended option, so that
exactly one image, one VSwitch and one replica must come of it, however often the server dies.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import anyio
from mcp.shared.exceptions import MCPError

from tests.support.host import REGION, SOURCE, Heard, Host
from tests.support.ways import ANSWER_LEGACY, INPUT_REQUEST, SERVER_ROOT, Program, Way, over_stdio

SPEED = 400
"""Cloud seconds per second: an image of four minutes takes 0.6 s."""
LONGEST_LIFE_SECONDS = 3.0
"""A server dies this long after its start at the latest: a recovery takes about as long."""
ROUNDS = 40
COLLECTIONS = {"images": "CreateImage", "vswitches": "CreateVSwitch", "instances": "RunInstances"}


@dataclass
class CloudProcess:
    """`ecs-dr simulate` as a process of its own."""

    url: str
    key_id: str
    secret: str

    def reset(self) -> None:
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/_simulator/reset", method="POST")).close()  # noqa: S310 - loopback

    def read(self, what: str) -> object:
        with urllib.request.urlopen(f"{self.url}/_simulator/{what}") as answer:  # noqa: S310 - loopback
            found: object = json.load(answer)
        return found

    def ids(self) -> dict[str, set[str]]:
        state = self.read("state")
        assert isinstance(state, dict)
        return {name: set(state[name]) for name in COLLECTIONS}

    def source(self) -> object:
        state = self.read("state")
        assert isinstance(state, dict)
        return state["instances"][SOURCE]

    def settings(self) -> dict[str, str]:
        return {
            "ECS_DR_ECS_ENDPOINT": self.url,
            "ECS_DR_VPC_ENDPOINT": self.url,
            "ALIBABA_CLOUD_ACCESS_KEY_ID": self.key_id,
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": self.secret,
        }


@contextmanager
def cloud_process(scenario: str = "no-vswitch") -> Iterator[CloudProcess]:
    command = [sys.executable, "-m", "ecs_dr", "simulate", "--port", "0", "--speed", str(SPEED), "--scenario", scenario]
    environment = {**os.environ, "PYTHONPATH": str(SERVER_ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:  # noqa: S603 - our own program
        try:
            yield _introduced(process)
        finally:
            process.terminate()


def _introduced(process: subprocess.Popen[str]) -> CloudProcess:
    """Read address and (fake) key from what it prints."""
    assert process.stdout is not None
    url = key_id = ""
    for line in process.stdout:
        if line.startswith("Simulated Alibaba Cloud"):
            url = line.split()[-1]
        for part in line.split():
            name, _, value = part.partition("=")
            if name == "ALIBABA_CLOUD_ACCESS_KEY_ID":
                key_id = value
            if name == "ALIBABA_CLOUD_ACCESS_KEY_SECRET":
                return CloudProcess(url, key_id, value)
    raise AssertionError("the simulator did not start")


@dataclass
class Killed:
    """What happened in one recovery."""

    kills: int = 0
    lives: int = 0
    resumes: int = 0
    last: Heard | None = None
    steps: list[str] = field(default_factory=list)
    """What the host was waiting for when the server died."""


GoOn = Callable[[Host, Killed], Awaitable[Heard]]
"""Takes up what a session id names, or begins, and goes on to the end."""


async def recover_among_kills(
    cloud: CloudProcess,
    dice: random.Random,
    kills: int,
    errors: Path,
    go_on: GoOn | None = None,
    longest_seconds: float = LONGEST_LIFE_SECONDS,
) -> Killed:
    """One recovery whose server is killed `kills` times at random moments, then left alone."""
    story, session_id = Killed(), ""
    with errors.open("w", encoding="utf-8") as stream:
        while story.lives < ROUNDS:
            story.lives += 1
            way = dice.choice((ANSWER_LEGACY, INPUT_REQUEST))
            deadly = story.kills < kills
            life = Life(session_id, dice if deadly else None, go_on or _go_on, longest_seconds)
            session_id, last = await _live(cloud, way, life, stream, story)
            if last is not None:
                story.last = last
                return story
    raise AssertionError("the recovery does not end")


@dataclass(frozen=True)
class Life:
    """What one life of the server is for; without dice it is left alone."""

    session_id: str
    dice: random.Random | None
    go_on: GoOn
    longest_seconds: float


async def _live(cloud: CloudProcess, way: Way, life: Life, stream: object, story: Killed) -> tuple[str, Heard | None]:
    """One life of the server: until the recovery is complete, or the server is dead."""
    host: Host | None = None
    last: Heard | None = None
    try:
        async with over_stdio(way, Program(settings=cloud.settings()), errors=stream) as host:  # type: ignore[arg-type] # a text stream
            host.session_id = life.session_id
            async with anyio.create_task_group() as tasks:
                if life.dice is not None:
                    tasks.start_soon(_kill_after, life.dice.uniform(0, life.longest_seconds), story, host)
                last = await life.go_on(host, story)
                tasks.cancel_scope.cancel()
    except (MCPError, OSError, anyio.ClosedResourceError, anyio.BrokenResourceError, BaseExceptionGroup) as error:
        if not _is_lost_connection(error):
            raise
    return (host.session_id if host is not None else life.session_id), last


async def _go_on(host: Host, story: Killed) -> Heard:
    if host.session_id:
        story.resumes += 1
        taken_up = await host.settle(await host.call("resume_session", instance_id=SOURCE, region_id=REGION))
        assert taken_up.status == "done", taken_up.text
        return await host.follow(taken_up)
    return await host.follow(await host.collect())


async def _kill_after(seconds: float, story: Killed, host: Host) -> None:
    await anyio.sleep(seconds)
    for pid in _server_processes():
        os.kill(pid, signal.SIGKILL)
        story.kills += 1
        story.steps.append(host.tools[-1] if host.tools else "start")


def _server_processes() -> list[int]:
    """The servers that this process has started: its own children, by their command line."""
    found = []
    for listing in Path("/proc/self/task").glob("*/children"):
        for pid in listing.read_text(encoding="ascii").split():
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            if b"ecs_dr" in command and b"serve" in command:
                found.append(int(pid))
    return found


def _is_lost_connection(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(_is_lost_connection(one) for one in error.exceptions)
    return isinstance(error, MCPError | OSError | anyio.ClosedResourceError | anyio.BrokenResourceError)


def check(cloud: CloudProcess, before: dict[str, set[str]], source: object, story: Killed) -> None:
    """One of each, named in the last answer; the source as it was."""
    assert story.last is not None
    assert story.last.data["verdict"] == "match", story.last.text
    after = cloud.ids()
    for name, action in COLLECTIONS.items():
        made = after[name] - before[name]
        assert len(made) == 1, f"{action}: {sorted(made)} after {story.kills} kills at {story.steps}"
        assert next(iter(made)) in story.last.text, f"{made} is not named"
    assert cloud.source() == source
