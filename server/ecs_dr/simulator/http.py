"""The simulator as an HTTP server on the loopback interface, for the unmodified SDKs and for people."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Self

import anyio
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.faults import FaultPlan
from ecs_dr.simulator.gateway import CONNECTION, Gateway
from ecs_dr.simulator.model_catalogue import Identity

if TYPE_CHECKING:
    from ecs_dr.simulator.certificate import Certificate

_HOST = "127.0.0.1"
_LONGEST_REQUEST_HEAD = 256 * 1024
"""Bytes. The RPC style carries every parameter in the URL, user data of 32 KB included."""


class _DroppableConnection(H11Protocol):
    """An HTTP connection that the application can reset, as a failing network does."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type] # uvicorn serves stream transports alone
        serve: ASGIApp = self.app

        async def serve_with_connection(scope: Scope, receive: Receive, send: Send) -> None:
            scope[CONNECTION] = transport
            await serve(scope, receive, send)

        self.app = serve_with_connection


class _QuietServer(uvicorn.Server):
    """A server that leaves the process's signal handlers alone, says when it is up and ends at once when told."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()
        self.leaving = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    async def main_loop(self) -> None:
        await self.leaving.wait()


class SimulatorServer:
    """Serves a simulator on 127.0.0.1 for as long as its `async with` block lasts.

    Args:
        simulator: The cloud to serve.
        port: The TCP port; 0 takes a free one.
        faults: What goes wrong on the way, None for nothing.
        control: Whether the control endpoints under `/_simulator/` are there.
        certificate: What it shows; with one it speaks HTTPS, without HTTP.
    """

    def __init__(
        self,
        simulator: Simulator,
        *,
        port: int = 0,
        faults: FaultPlan | None = None,
        control: bool = True,
        certificate: Certificate | None = None,
    ) -> None:
        self.simulator = simulator
        self.certificate = certificate
        self.gateway = Gateway(simulator, faults, control=control)
        self._wanted_port = port
        self._socket: socket.socket | None = None
        self._server: _QuietServer | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def faults(self) -> FaultPlan:
        """The plan in force; rules may be added while the server runs."""
        return self.gateway.faults

    @property
    def port(self) -> int:
        """The TCP port in use.

        Raises:
            RuntimeError: The server is not running.
        """
        if self._socket is None:
            raise RuntimeError("the simulator's server is not running")
        port: int = self._socket.getsockname()[1]
        return port

    @property
    def endpoint(self) -> str:
        """Host and port, as the SDKs take an endpoint."""
        return f"{_HOST}:{self.port}"

    @property
    def url(self) -> str:
        """The address with its scheme."""
        return f"{self.protocol}://{self.endpoint}"

    @property
    def protocol(self) -> str:
        """`https` with a certificate, else `http`."""
        return "http" if self.certificate is None else "https"

    @property
    def access_key_id(self) -> str:
        """The fake access key id of the world's default identity."""
        return self._default_identity.access_key_id

    @property
    def access_key_secret(self) -> str:
        """The fake secret of the world's default identity."""
        return self._default_identity.access_key_secret

    @property
    def _default_identity(self) -> Identity:
        world = self.simulator.world
        return world.identities[world.default_identity]

    async def __aenter__(self) -> Self:
        """Start listening.

        Raises:
            OSError: The port is taken.
        """
        self._socket = _listen(self._wanted_port)
        certificate = self.certificate
        config = uvicorn.Config(
            self.gateway.app(),
            ssl_context_factory=None if certificate is None else lambda _config, _make: certificate.for_server(),
            http=_DroppableConnection,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            h11_max_incomplete_event_size=_LONGEST_REQUEST_HEAD,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=1,
        )
        self._server = _QuietServer(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[self._socket]), name="simulator-server")
        await self._server.up.wait()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop listening and close every connection."""
        if self._server is None or self._serving is None or self._socket is None:
            return
        self._server.leaving.set()
        # A cancelled caller cancels every await of its own, and must still leave nothing listening behind.
        with anyio.CancelScope(shield=True):
            await self._serving
            # Over TLS a connection waits for the other side's goodbye, which a client that keeps it does not say.
            for connection in list(self._server.server_state.connections):
                if connection.transport is not None:
                    connection.transport.abort()
            await asyncio.sleep(0)
        self._socket.close()
        self._server = self._serving = self._socket = None


def _listen(port: int) -> socket.socket:
    # With the protocol named: only then does asyncio set TCP_NODELAY, without which each answer on a kept connection
    # waits 40 ms for the client's delayed acknowledgement.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((_HOST, port))
        listening.listen()
        listening.setblocking(False)  # noqa: FBT003 - the standard library's signature
    except OSError:
        listening.close()
        raise
    return listening


class SimulatorThread:
    """Serves a simulator from a thread of its own, for synchronous code, while its `with` block lasts.

    Args:
        server: A server that is not running yet.
    """

    def __init__(self, server: SimulatorServer) -> None:
        self.server = server
        self._ready = threading.Event()
        self._failure: OSError | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="simulator-server", daemon=True)

    def __enter__(self) -> SimulatorServer:
        """Start the thread and wait until the server listens.

        Raises:
            OSError: The port is taken.
        """
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure
        return self.server

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop the server and wait for the thread."""
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        try:
            async with self.server:
                self._ready.set()
                await self._stop.wait()
        except OSError as error:
            self._failure = error
            self._ready.set()
