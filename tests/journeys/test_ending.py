"""One signal ends a command, whatever it is doing; what was under way is brought home or named."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVER = ROOT / "server"
INITIALIZE = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "test", "version": "1"},
}
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


class Started:
    """A command with pipes, as a host starts it."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "ecs_dr", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"PYTHONPATH": str(SERVER), "PATH": "", **environment},
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.stdin, self.stdout = self.process.stdin, self.process.stdout
        self._number = 0

    def say(self, line: str) -> None:
        self.stdin.write(f"{line}\n".encode())
        self.stdin.flush()

    def request(self, method: str, **params: object) -> None:
        self._number += 1
        self.say(json.dumps({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params}))

    def hear(self) -> dict[str, object]:
        heard: dict[str, object] = json.loads(self.stdout.readline())
        return heard

    def tool(self, name: str, **arguments: str) -> dict[str, object]:
        self.request("tools/call", name=name, arguments=arguments)
        result = self.hear()["result"]
        assert isinstance(result, dict)
        content: dict[str, object] = result["structuredContent"]
        return content

    def initialize(self) -> None:
        self.request("initialize", **INITIALIZE)
        assert "result" in self.hear()
        self.say(json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}))

    def end(self, number: int) -> tuple[int, str]:
        """The exit code, and what was written to stderr."""
        self.process.send_signal(number)
        _, error = self.process.communicate(timeout=20)
        return self.process.returncode, error.decode()


@pytest.mark.parametrize("number", SIGNALS)
def test_a_server_on_stdio_that_waits_for_its_host_ends(number: int) -> None:
    server = Started("serve", "--simulate")
    server.initialize()
    assert server.end(number) == (128 + number, "")


def test_a_server_over_http_ends() -> None:
    server = Started("serve", "--simulate", "--transport", "http", "--port", "0")
    time.sleep(2)
    assert server.end(signal.SIGTERM) == (128 + signal.SIGTERM, "")


def test_the_simulator_ends() -> None:
    simulator = Started("simulate", "--port", "0")
    assert simulator.stdout.readline()
    assert simulator.end(signal.SIGINT) == (128 + signal.SIGINT, "")


def test_a_creating_request_in_flight_is_finished_and_named(tmp_path: Path) -> None:
    faults = tmp_path / "faults.toml"
    faults.write_text('[[fault]]\naction = "ecs:CreateImage"\ndelay_seconds = 3\n', encoding="utf-8")
    simulator = Started("simulate", "--port", "0", "--faults", str(faults))
    introduction = [simulator.stdout.readline().decode() for _ in range(12)]
    settings = dict(word.split("=", 1) for line in introduction for word in line.split() if "=" in word)
    server = Started("serve", ECS_DR_REPORT_DIR=str(tmp_path), ECS_DR_ELICITATION="off", **settings)
    server.initialize()
    answer = server.tool("collect_source", instance_id="i-2zesource0001", region_id="cn-beijing")
    session_id = str(answer["session_id"])
    server.tool("answer_question", session_id=session_id, question_id=question_of(answer), choice="confirm")
    answer = server.tool("create_image", session_id=session_id)
    while isinstance(answer["question"], dict):
        choice = answer["question"]["options"][0]["value"]
        arguments = {"session_id": session_id, "question_id": question_of(answer), "choice": choice}
        server.request("tools/call", name="answer_question", arguments=arguments)
        heard = server.hear()["result"]
        assert isinstance(heard, dict)
        answer = heard["structuredContent"]
    server.request("tools/call", name="create_image", arguments={"session_id": session_id})
    time.sleep(1)
    code, error = server.end(signal.SIGTERM)
    simulator.end(signal.SIGTERM)
    assert code == 128 + signal.SIGTERM
    assert session_id in error
    assert "exists: m-" in error
    kept = [file.read_text(encoding="utf-8") for file in tmp_path.glob("*.json")]
    image = error.partition("exists: ")[2].split()[0]
    assert any(image in report for report in kept)


def question_of(answer: dict[str, object]) -> str:
    question = answer["question"]
    assert isinstance(question, dict)
    return str(question["question_id"])


@pytest.mark.parametrize(
    "arguments",
    [["fidelity"], ["doctor", "--simulate"], ["recover", "--simulate", "--yes"]],
    ids=lambda arguments: arguments[0],
)
def test_a_reader_that_goes_away_is_no_traceback(arguments: Sequence[str]) -> None:
    command = Started(*arguments)
    command.stdout.close()
    command.stdin.close()
    assert command.process.stderr is not None
    error = command.process.stderr.read().decode()
    command.process.wait(timeout=30)
    command.process.stderr.close()
    assert "Traceback" not in error
    assert command.process.returncode != 0


FRAMES: Sequence[tuple[str, tuple[int | str, int] | None]] = (
    ('{"jsonrpc":"2.0","id":70,"method":"tools/call","params":{"name":"x","arguments":{"a":"\\ud83d"}}}', (70, -32700)),
    ('{"jsonrpc":"2.0","id":"seven","method":"ping","params":"\\uDC00"}', ("seven", -32700)),
    ('{"id":71}', (71, -32600)),
    ('{"jsonrpc":"2.0","id":72,"method":', None),
    ("[1, 2]", None),
    ("\\ud83d", None),
    ("[" * 100_000, None),
)


def test_a_frame_that_is_no_message_is_answered_where_its_id_is_known() -> None:
    server = Started("serve", "--simulate")
    server.initialize()
    for line, answered in FRAMES:
        server.say(line)
        if answered is not None:
            refused = server.hear()
            error = refused["error"]
            assert isinstance(error, dict)
            assert (refused["id"], error["code"]) == answered
        server.request("ping")
        assert "result" in server.hear()
    server.request("prompts/get", name="no-such-prompt")
    assert "error" in server.hear()
    _, said = server.end(signal.SIGTERM)
    assert len(said.splitlines()) == sum(answered is None for _, answered in FRAMES) + 1
    assert "no-such-prompt" not in said
    assert "method" not in said


def test_a_form_that_is_answered_with_half_a_character_does_not_stay_open() -> None:
    server = Started("serve", "--simulate")
    server.request("initialize", **{**INITIALIZE, "capabilities": {"elicitation": {}}})
    server.hear()
    server.say(json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}))
    arguments = {"instance_id": "i-2zesource0001", "region_id": "cn-beijing"}
    server.request("tools/call", name="collect_source", arguments=arguments)
    form = server.hear()
    assert form["method"] == "elicitation/create"
    content = '{"action":"accept","content":{"choice":"confirm","text":"\\ud83d"}}'
    server.say(f'{{"jsonrpc":"2.0","id":{json.dumps(form["id"])},"result":{content}}}')
    result = server.hear()["result"]
    assert isinstance(result, dict)
    assert result["structuredContent"]["status"] != "done"
    server.end(signal.SIGTERM)
