"""A host that speaks to a server process in raw lines, and keeps every byte that the process writes."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer

from pydantic import TypeAdapter

from ecs_dr.domain.model import JsonObject

PATIENCE_SECONDS = 240.0
"""A process that has not ended by then is killed: building an environment takes a while on a busy machine."""

_MESSAGE = TypeAdapter(JsonObject)


@dataclass
class LineHost:
    """One process and the lines it wrote."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    errors: str = ""

    def send(self, method: str, number: int | None = None, **params: object) -> None:
        """A request, or without a number a notification."""
        numbered = {} if number is None else {"id": number}
        message = {"jsonrpc": "2.0", **numbered, "method": method, "params": params}
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def hear(self, number: int) -> JsonObject:
        """The result of that request."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            message = _MESSAGE.validate_json(line) if _is_message(line) else {}
            if message.get("id") == number:
                result = message["result"]
                assert isinstance(result, dict), message
                return result
        raise AssertionError(f"it ended without an answer to {number}: {self.lines}")

    def introduce(self) -> None:
        """Begin a session as hosts do; the server may still be starting."""
        client = {"name": "test", "version": "0"}
        self.send("initialize", 1, protocolVersion="2025-11-25", capabilities={}, clientInfo=client)

    def server_version(self) -> object:
        """What the server answers to the introduction."""
        server = self.hear(1)["serverInfo"]
        assert isinstance(server, dict)
        self.send("notifications/initialized")
        return server["version"]

    def tools(self) -> set[str]:
        """The names in `tools/list`."""
        self.send("tools/list", 2)
        tools = self.hear(2)["tools"]
        assert isinstance(tools, list)
        return {str(tool["name"]) for tool in tools if isinstance(tool, dict)}

    def call(self, tool: str) -> JsonObject:
        """The `structuredContent` of a tool without arguments."""
        self.send("tools/call", 3, name=tool, arguments={})
        content = self.hear(3)["structuredContent"]
        assert isinstance(content, dict)
        return content

    def leave(self) -> int:
        """Close its stdin, keep the rest of what it says, and return its exit code."""
        rest, self.errors = self.process.communicate()
        self.lines += rest.splitlines()
        return self.process.returncode

    def stray(self) -> list[str]:
        """Lines on stdout that are no protocol message."""
        return [line for line in self.lines if not _is_message(line)]


def _is_message(line: str) -> bool:
    try:
        message = json.loads(line)
    except ValueError:
        return False
    return isinstance(message, dict) and message.get("jsonrpc") == "2.0"


@contextmanager
def line_host(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Iterator[LineHost]:
    """Start a process in that folder, and make sure of its end."""
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 - the project's own programs
        command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=dict(environment), cwd=folder
    ) as process:
        guard = Timer(PATIENCE_SECONDS, process.kill)
        guard.start()
        try:
            yield LineHost(process)
        finally:
            guard.cancel()
            if process.poll() is None:
                process.kill()
