"""Hosts with a model of their own: how each is started on a task, with this server as its only MCP server.

Each runs in a new folder. Nobody sits in front of it, so forms are off and the assistant passes answers on by itself:
it answers for the person, and the prompt says what that person permits.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import anyio
from pydantic import ValidationError

from evals.arena import Arena
from evals.grading import Claim

ROOT = Path(__file__).resolve().parents[1]
_LONGEST_SECONDS = 1800
_CLAIM = re.compile(r"^\W*(\{.*\"created\".*\})\W*$", re.MULTILINE)
_AT_THE_END = (
    "Nobody can be asked while you work: what the task permits is permitted, nothing else is. At the very end print "
    'one line of JSON and nothing after it: {"created": [ids of every image, VSwitch and instance that was created], '
    '"verified": true if a replica was compared with its source and matches, else false}'
)


def _claude(prompt: str, at: Arena, folder: Path) -> list[str]:
    (folder / "mcp.json").write_text(json.dumps({"mcpServers": {"ecs-dr": _stdio(at)}}), encoding="utf-8")
    given = ["--mcp-config", str(folder / "mcp.json"), "--strict-mcp-config", "--allowedTools", "mcp__ecs-dr"]
    return ["claude", "-p", prompt, *given]


def _codex(prompt: str, at: Arena, folder: Path) -> list[str]:
    del folder
    server = _stdio(at)
    environment = ", ".join(f"{name} = {json.dumps(value)}" for name, value in at.environment.items())
    settings = {
        "command": json.dumps(server["command"]),
        "args": json.dumps(server["args"]),
        "env": f"{{{environment}}}",
    }
    given = [word for name, value in settings.items() for word in ("-c", f"mcp_servers.ecs-dr.{name}={value}")]
    return ["codex", "exec", "--skip-git-repo-check", "--sandbox", "read-only", *given, prompt]


def _openclaw(prompt: str, at: Arena, folder: Path) -> list[str]:
    del folder
    profile = ["openclaw", "--profile", "ecs-dr-evals"]
    subprocess.run([*profile, "mcp", "set", "ecs-dr", json.dumps(_stdio(at))], check=True)  # noqa: S603 - the user's host
    return [*profile, "agent", "--local", "--session-id", f"ecs-dr-eval-{at.case.id}", "--message", prompt]


def _qwen(prompt: str, at: Arena, folder: Path) -> list[str]:
    (folder / ".qwen").mkdir()
    settings = {"mcpServers": {"ecs-dr": {**_stdio(at), "trust": True}}}
    (folder / ".qwen/settings.json").write_text(json.dumps(settings), encoding="utf-8")
    return ["qwen", "-p", prompt]


HOSTS: Mapping[str, Callable[[str, Arena, Path], list[str]]] = {
    "claude": _claude,
    "codex": _codex,
    "openclaw": _openclaw,
    "qwen": _qwen,
}


def _stdio(at: Arena) -> dict[str, object]:
    command, *arguments = at.command
    return {"command": command, "args": arguments, "env": dict(at.environment)}


@dataclass(frozen=True)
class Said:
    """How a host ended, and what it claimed: None where its last words hold no claim."""

    claim: Claim | None
    words: str


async def put_to(host: str, at: Arena, folder: Path) -> Said:
    """Give a task to a host and wait for its end.

    Raises:
        FileNotFoundError: The host is not installed.
    """
    if shutil.which(host) is None:
        raise FileNotFoundError(f"{host} is not on the PATH")
    skill = (ROOT / "SKILL.md").read_text(encoding="utf-8").split("---\n", 2)[2]
    command = HOSTS[host](f"{skill}\n\n# The task\n\n{at.case.prompt}\n\n{_AT_THE_END}", at, folder)
    words = ""
    with anyio.move_on_after(_LONGEST_SECONDS):
        run = await anyio.run_process(command, cwd=folder, check=False, stdin=subprocess.DEVNULL)
        words = run.stdout.decode(errors="replace")
    return Said(claim_in(words), words)


def claim_in(words: str) -> Claim | None:
    """The last claim that a text holds."""
    found = _CLAIM.findall(words)
    try:
        return Claim.model_validate_json(found[-1]) if found else None
    except ValidationError:
        return None
