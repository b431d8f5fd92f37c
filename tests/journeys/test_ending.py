"""One signal ends a command, whatever it is doing; what was under way is brought home or named."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from tests.support.doors import free_port, until_it_listens

pytestmark = pytest.mark.usefixtures("signals_as_in_a_terminal")

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
        self.process.wait(timeout=20)  # with its stdin still open: the end of that ends it as well
        _, error = self.process.communicate(timeout=20)
        return self.process.returncode, error.decode()


@pytest.mark.parametrize("number", SIGNALS)
def test_a_server_on_stdio_that_waits_for_its_host_ends(number: int) -> None:
    server = Started("serve", "--simulate")
    server.initialize()
    assert server.end(number) == (128 + number, "")


def test_a_server_over_http_ends() -> None:
    port = free_port()
    server = Started("serve", "--simulate", "--transport", "http", "--port", str(port))
    until_it_listens(port, server.process)
    assert server.end(signal.SIGTERM) == (128 + signal.SIGTERM, "")


def test_a_stream_that_a_client_holds_open_does_not_hold_up_the_end() -> None:
    port = free_port()
    server = Started("serve", "--simulate", "--transport", "http", "--port", str(port))
    until_it_listens(port, server.process)
    headers = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    hello = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": INITIALIZE})
    client.request("POST", "/mcp", hello, headers)
    begun = client.getresponse()
    begun.read()
    client.request("GET", "/mcp", headers={**headers, "mcp-session-id": begun.headers["mcp-session-id"]})
    assert client.getresponse().status == 200
    assert server.end(signal.SIGTERM) == (128 + signal.SIGTERM, "")
    client.close()


def test_the_simulator_ends() -> None:
    simulator = Started("simulate", "--port", "0")
    assert simulator.stdout.readline()
    assert simulator.end(signal.SIGINT) == (128 + signal.SIGINT, "")


@contextmanager
def creating_an_image(folder: Path, seconds: float) -> Iterator[tuple[Started, str]]:
    """A server whose CreateImage takes so long and is under way, and its session's id."""
    faults = folder / "faults.toml"
    faults.write_text(f'[[fault]]\naction = "ecs:CreateImage"\ndelay_seconds = {seconds}\n', encoding="utf-8")
    simulator = Started("simulate", "--port", "0", "--faults", str(faults))
    introduction = [simulator.stdout.readline().decode() for _ in range(12)]
    settings = dict(word.split("=", 1) for line in introduction for word in line.split() if "=" in word)
    server = Started("serve", ECS_DR_REPORT_DIR=str(folder), ECS_DR_ELICITATION="off", **settings)
    server.initialize()
    answer = server.tool("collect_source", instance_id="i-2zesource0001", region_id="cn-beijing")
    session_id = str(answer["session_id"])
    server.tool("answer_question", session_id=session_id, question_id=question_of(answer), choice="confirm")
    answer = server.tool("create_image", session_id=session_id)
    while isinstance(answer["question"], dict):
        choice = answer["question"]["options"][0]["value"]
        arguments = {"session_id": session_id, "question_id": question_of(answer), "choice": choice}
        answer = server.tool("answer_question", **arguments)
    server.request("tools/call", name="create_image", arguments={"session_id": session_id})
    while not any(faults_met(settings["ECS_DR_ECS_ENDPOINT"]).values()):
        assert server.process.poll() is None
        time.sleep(0.05)
    yield server, session_id
    simulator.end(signal.SIGTERM)


def faults_met(cloud: str) -> dict[str, int]:
    """How often each fault was met: a request that is delayed counts from its arrival."""
    with urllib.request.urlopen(f"{cloud}/_simulator/faults") as answer:  # noqa: S310 - loopback
        met: dict[str, int] = json.load(answer)
    return met


def kept_reports(folder: Path) -> list[str]:
    return [file.read_text(encoding="utf-8") for file in folder.glob("*.json")]


@pytest.mark.parametrize("signals", [1, 2])
def test_a_creating_request_in_flight_is_finished_and_named(signals: int, tmp_path: Path) -> None:
    with creating_an_image(tmp_path, seconds=3) as (server, session_id):
        for _ in range(signals - 1):
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
        code, error = server.end(signal.SIGTERM)
    assert code == 128 + signal.SIGTERM
    assert ("image was sent with ClientToken" in error) == (signals > 1)
    assert session_id in error
    assert "created: m-" in error
    image, _, state = error.partition("created: ")[2].partition(" (")
    assert state.startswith("accepted, not "), "nobody has read it: that it exists was not seen"
    assert any(image in report for report in kept_reports(tmp_path))


def test_a_creating_request_that_is_cut_off_is_named_before(tmp_path: Path) -> None:
    with creating_an_image(tmp_path, seconds=15) as (server, session_id):
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.stderr is not None
        warned = server.process.stderr.readline() + server.process.stderr.readline()
        assert b"one signal more ends at once" in warned
        code, error = server.end(signal.SIGTERM)
    assert code == -signal.SIGTERM
    assert session_id in error
    assert "image was sent with ClientToken" in error
    assert "Traceback" not in error
    assert any(session_id in report for report in kept_reports(tmp_path))


@pytest.mark.parametrize("signals", [1, 2])
def test_a_loop_that_hears_nothing_ends_by_itself_and_by_a_second_signal_at_once(signals: int, tmp_path: Path) -> None:
    """Here it is in a call that blocks it; while a program starts it is in an import."""
    code = "import time; from ecs_dr.ending import Ending\nasync def work(): print(flush=True); time.sleep(60)\n"
    program = tmp_path / "blocks.py"
    program.write_text(f"{code}Ending().run(work())\n", encoding="utf-8")
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, str(program)],
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": str(SERVER), "PATH": ""},
    )
    assert process.stdout is not None
    process.stdout.readline()
    for _ in range(signals):
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
    assert (process.poll() is None) == (signals == 1)
    process.communicate(timeout=5)
    assert process.returncode == -signal.SIGTERM


def test_a_recovery_in_the_terminal_ends_while_it_waits_for_the_cloud() -> None:
    recovery = Started("recover", "--simulate", "--yes", "--speed", "1")
    heard = b""
    while b"create_image" not in heard and b"Step 2" not in heard:
        line = recovery.stdout.readline()
        assert line, heard.decode()
        heard += line
    code, error = recovery.end(signal.SIGTERM)
    assert code == 128 + signal.SIGTERM
    assert "Traceback" not in error


def test_a_recovery_in_the_terminal_ends_while_it_asks() -> None:
    recovery = Started("recover", "--simulate")
    heard = b""
    while b"?" not in heard:
        heard += os.read(recovery.stdout.fileno(), 4096)
    code, error = recovery.end(signal.SIGINT)
    assert code == 128 + signal.SIGINT
    assert "Traceback" not in error


def test_the_doctor_ends_while_the_cloud_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(20)
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        keys = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "a", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "b"}
        places = {"ECS_DR_ECS_ENDPOINT": endpoint, "ECS_DR_VPC_ENDPOINT": endpoint}
        doctor = Started("doctor", "--region-id", "cn-beijing", **keys, **places)
        taken, _ = silent.accept()
        with taken:
            assert doctor.end(signal.SIGHUP) == (128 + signal.SIGHUP, "")


def question_of(answer: dict[str, object]) -> str:
    question = answer["question"]
    assert isinstance(question, dict)
    return str(question["question_id"])


@pytest.mark.parametrize(
    "arguments",
    [["fidelity"], ["doctor", "--simulate"], ["recover", "--simulate", "--yes"], ["simulate", "--port", "0"]],
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


@pytest.mark.parametrize("arguments", [["fidelity"], ["simulate", "--port", "0"]], ids=lambda arguments: arguments[0])
def test_an_output_that_is_full_is_one_line(arguments: Sequence[str]) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = our_program(*arguments, stdout=full, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (2, b"ecs-dr: The command ended early: No space left on device.\n")


def test_a_refusal_that_cannot_be_written_is_the_exit_code_alone() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = our_program("verify-report", "/nothing/there", stdout=subprocess.PIPE, stderr=full)
    assert (done.returncode, done.stdout) == (2, b""), "1 would say that the report is broken"


def test_ctrl_c_while_the_program_is_still_imported_ends_it_without_a_traceback(tmp_path: Path) -> None:
    """Python's own handler raises in the middle of the import, where a library may drop it."""
    early = "import os, signal\ntry:\n    os.kill(os.getpid(), signal.SIGINT)\nexcept BaseException:\n    pass\n"
    (tmp_path / "typer.py").write_text(early, encoding="utf-8")
    done = our_program("--version", path=f"{tmp_path}:{SERVER}", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")


def our_program(
    *arguments: str, stdout: IO[str] | int, stderr: IO[str] | int, path: str = str(SERVER)
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "ecs_dr", *arguments],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        env={"PYTHONPATH": path, "PATH": "", "ECS_DR_LANGUAGE": "en"},
        timeout=60,
    )


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


def test_a_form_that_is_answered_with_half_a_character_is_asked_again() -> None:
    server = Started("serve", "--simulate")
    server.request("initialize", **{**INITIALIZE, "capabilities": {"elicitation": {}}})
    server.hear()
    server.say(json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}))
    arguments = {"instance_id": "i-2zesource0001", "region_id": "cn-beijing"}
    server.request("tools/call", name="collect_source", arguments=arguments)
    form = server.hear()
    assert form["method"] == "elicitation/create"
    content = '{"action":"accept","content":{"choice":"custom","text":"i-2ze\\ud83d"}}'
    server.say(f'{{"jsonrpc":"2.0","id":{json.dumps(form["id"])},"result":{content}}}')
    again = server.hear()
    assert again["method"] == "elicitation/create"
    assert "\N{REPLACEMENT CHARACTER}" in str(again["params"])
    answer = {"action": "accept", "content": {"choice": "confirm"}}
    server.say(json.dumps({"jsonrpc": "2.0", "id": again["id"], "result": answer}))
    result = server.hear()["result"]
    assert isinstance(result, dict)
    assert result["structuredContent"]["status"] == "done"
    server.end(signal.SIGTERM)
