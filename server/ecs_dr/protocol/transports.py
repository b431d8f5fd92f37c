"""How the server is reached: stdio, or Streamable HTTP on this machine. Logs go to stderr on both."""

from __future__ import annotations

import socket

import anyio
from mcp.server.transport_security import TransportSecuritySettings
from starlette.types import ASGIApp

from ecs_dr.environment import is_loopback
from ecs_dr.protocol.guard import Guard
from ecs_dr.protocol.sdk import Server

PATH = "/mcp"

GRACE_SECONDS = 3
"""How long open streams may delay the end."""

_NAMES = ("127.0.0.1", "localhost", "[::1]")


class HostNotAllowed(ValueError):  # noqa: N818 - reads as what it is
    """The HTTP server would be reachable from other machines, and nothing there checks who calls."""


def require_loopback(host: str) -> None:
    """Refuse an address that other machines can reach.

    Raises:
        HostNotAllowed: One clear line for the person who started the server.
    """
    if not is_loopback(host):
        raise HostNotAllowed(
            f"{host!r} is not a loopback address. Anyone who reaches this port could act with your cloud identity: "
            "serve on 127.0.0.1 and reach it through an SSH tunnel, or set ECS_DR_HTTP_TOKEN_FILE to a file with a "
            "token that every client must send."
        )


def http_app(server: Server, host: str, token: str | None = None) -> ASGIApp:
    """The ASGI application, which answers at `/mcp`.

    On a loopback address it checks Host and Origin (DNS rebinding). With a token, every request must carry it.

    Raises:
        HostNotAllowed: `host` is not a loopback address, and there is no token.
    """
    try:
        require_loopback(host)
    except HostNotAllowed:
        if token is None:
            raise
        # Under which names others reach it is not known here; the token is what no web page has.
        open_to_all = TransportSecuritySettings(enable_dns_rebinding_protection=False)
        app = server.streamable_http_app(streamable_http_path=PATH, host=host, transport_security=open_to_all)
        return Guard(app, token)
    names = dict.fromkeys((*_NAMES, f"[{host.strip('[]')}]" if ":" in host else host))
    security = TransportSecuritySettings(
        allowed_hosts=[allowed for name in names for allowed in (name, f"{name}:*")],
        allowed_origins=[f"http://{allowed}" for name in names for allowed in (name, f"{name}:*")],
    )
    app = server.streamable_http_app(streamable_http_path=PATH, host=host, transport_security=security)
    return Guard(app, token)


async def run_http(
    server: Server, host: str, port: int, listener: socket.socket | None = None, *, token: str | None = None
) -> None:
    """Serve until cancelled, or until SIGINT or SIGTERM; open connections get a moment to end.

    Args:
        server: What is served.
        host: A loopback address; with a token, any address.
        port: Where to listen.
        listener: A socket that listens already, in place of `port` (for whoever wants any free one).
        token: What clients must send as `Authorization: Bearer`.

    Raises:
        HostNotAllowed: `host` is not a loopback address, and there is no token.
        OSError: The port cannot be listened on.
    """
    import uvicorn

    app = http_app(server, host, token)
    listening = listener or _listen(host.strip("[]"), port)  # uvicorn would end the process over a taken port
    # Without a log_config of its own, uvicorn logs through the root logger: to stderr.
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    serving = uvicorn.Server(config)

    async def stop_when_cancelled() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            serving.should_exit = True

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(stop_when_cancelled)
        # A cancellation asks uvicorn to stop: cut off, it would leave its sockets and sessions open.
        with anyio.CancelScope(shield=True):
            await serving.serve(sockets=[listening])
        tasks.cancel_scope.cancel()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


async def run_stdio(server: Server) -> None:
    """Serve on stdin and stdout until stdin ends. The SDK keeps stray output off stdout."""
    await server.run_stdio_async()
