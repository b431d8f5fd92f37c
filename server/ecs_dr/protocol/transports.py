"""How the server is reached over HTTP: on this machine, or behind a proxy that ends TLS. Logs go to stderr."""

from __future__ import annotations

import contextlib
import logging
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING

import anyio
from mcp.server.transport_security import TransportSecuritySettings
from starlette.types import ASGIApp

from ecs_dr.environment import is_loopback
from ecs_dr.protocol.guard import Guard
from ecs_dr.protocol.sdk import Server

if TYPE_CHECKING:
    import uvicorn

PATH = "/mcp"

BACKLOG = 100
"""Connections that the system holds while the server is busy."""

GRACE_SECONDS = 1
"""How long answers that are on their way may delay the end. Streams, which have none of their own, always do."""

_NAMES = ("127.0.0.1", "localhost", "[::1]")

SESSION_IDLE_SECONDS = 900
"""A client that was not heard of for so long begins anew; its recovery goes on under its own id."""

MOST_CLIENTS = 4000
"""Of the transport's own sessions, at 42 KiB each."""


class HostNotAllowed(ValueError):  # noqa: N818 - reads as what it is
    """The HTTP server would be reachable from other machines, and something that protects it there is missing.

    Attributes:
        host: The address.
        missing: What: `token`, or `tls` on the way to it.
    """

    def __init__(self, host: str, missing: str) -> None:
        super().__init__(f"{host!r} is not a loopback address, and there is no {missing}")
        self.host = host
        self.missing = missing


def require_protection(host: str, *, has_token: bool, behind_tls: bool) -> None:
    """Refuse an address that other machines can reach, unless clients are told apart and the line is private.

    Raises:
        HostNotAllowed: What is missing; `cli.error.host.*` tells the person what to do.
    """
    if is_loopback(host):
        return
    if not has_token:
        raise HostNotAllowed(host, "token")
    if not behind_tls:
        raise HostNotAllowed(host, "tls")


def http_app(server: Server, host: str, token: str | None = None, *, behind_tls: bool = False) -> ASGIApp:
    """The ASGI application, which answers at `/mcp`.

    On a loopback address it checks Host and Origin (DNS rebinding). With a token, every request must carry it.

    Raises:
        HostNotAllowed: `host` is not a loopback address, and there is no token, or nothing that ends TLS.
    """
    require_protection(host, has_token=token is not None, behind_tls=behind_tls)
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        host=host,
        session_idle_timeout=SESSION_IDLE_SECONDS,
        max_sessions=MOST_CLIENTS,
        # The guard looks at Host and Origin as a whole; this looks at their beginnings.
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    if not is_loopback(host):
        # Under which names others reach it is not known here; the token is what no web page has.
        return Guard(app, token, None)
    return Guard(app, token, tuple(dict.fromkeys((*_NAMES, f"[{host.strip('[]')}]" if ":" in host else host))))


async def run_http(
    server: Server,
    host: str,
    port: int,
    listener: socket.socket | None = None,
    *,
    token: str | None = None,
    behind_tls: bool = False,
) -> None:
    """Serve until cancelled; open connections get a moment to end.

    Args:
        server: What is served.
        host: A loopback address; with a token and behind TLS, any address.
        port: Where to listen.
        listener: A socket that listens already, in place of `port` (for whoever wants any free one).
        token: What clients must send as `Authorization: Bearer`.
        behind_tls: A proxy in front of it ends TLS.

    Raises:
        HostNotAllowed: As `http_app`.
        OSError: The port cannot be listened on.
    """
    import uvicorn

    from ecs_dr.protocol.connection import IDLE_SECONDS, BoundedConnection, at_a_stretch

    app = http_app(server, host, token, behind_tls=behind_tls)
    listening = listener or listen(host, port)  # uvicorn would end the process over a taken port
    # Without a log_config of its own, uvicorn logs through the root logger: to stderr.
    config = uvicorn.Config(
        app,
        http=BoundedConnection,
        ws="none",
        timeout_keep_alive=IDLE_SECONDS,
        backlog=at_a_stretch(BACKLOG),
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    serving = _quiet(uvicorn.Server(config))

    async def serve() -> None:
        # A cancellation asks uvicorn to stop: cut off, it would leave its sockets and sessions open.
        with anyio.CancelScope(shield=True), _cut_off_without_a_word(serving):
            await serving.serve(sockets=[listening])
        tasks.cancel_scope.cancel()

    # In a task of its own: one that asyncio itself cancels is not shielded.
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(serve)
        try:
            await anyio.sleep_forever()
        finally:
            serving.should_exit = True


@contextlib.contextmanager
def _cut_off_without_a_word(server: uvicorn.Server) -> Iterator[None]:
    """A stream that is cut off because the server was told to end is no error to log."""
    log = logging.getLogger("uvicorn.error")

    def is_news(_record: logging.LogRecord) -> bool:
        return not server.should_exit

    log.addFilter(is_news)
    try:
        yield
    finally:
        log.removeFilter(is_news)


def _quiet(server: uvicorn.Server) -> uvicorn.Server:
    """Leaves the process's signals alone: whoever runs this ends it by a cancellation (`ecs_dr.ending`)."""

    @contextlib.contextmanager
    def capture_nothing() -> Iterator[None]:
        yield

    server.capture_signals = capture_nothing  # type: ignore[method-assign] # its one switch for that
    return server


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there.

    Raises:
        OSError: The port is taken, or the address is none of this machine.
        ValueError: The host cannot be a name.
    """
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named: only then does asyncio set TCP_NODELAY, without which each answer on a kept connection
    # waits 40 ms for the client's delayed acknowledgement.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening
