"""Ports of processes that are started."""

from __future__ import annotations

import socket
import subprocess
import time

START_SECONDS = 120.0
"""A process that does not listen by then never will, on however busy a machine."""
KNOCK_SECONDS = 0.02


def free_port() -> int:
    """One that nobody listens at now."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def until_it_listens(port: int, process: subprocess.Popen[bytes]) -> None:
    """Knock until the door opens: a process says in no other way that it is ready."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, f"it ended with {process.returncode}"
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(KNOCK_SECONDS)
    raise AssertionError("the server does not listen")
