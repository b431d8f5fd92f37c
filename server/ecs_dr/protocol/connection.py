"""An HTTP connection that has bounds before anything is known of who is on the other side.

A stranger needs no token to open connections. How many there are, and how long one may take to say what it wants, is
therefore decided here, below the application: a connection that says nothing makes room for the next one.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

HEAD_SECONDS = 10.0
"""How long the head of a request may take, from its first byte or the beginning of the connection."""

IDLE_SECONDS = 60
"""How long a connection is kept between two requests."""

MOST_CONNECTIONS = 2048

SPARED_DESCRIPTORS = 256
"""Of what the system allows this process to open: kept for the cloud, the reports and the log."""


def most_connections() -> int:
    """How many connections there may be: well below the number of files that this process may open."""
    allowed = _descriptors()
    if allowed is None:
        return MOST_CONNECTIONS
    return min(MOST_CONNECTIONS, max(allowed - SPARED_DESCRIPTORS, allowed // 2))


def at_a_stretch(most: int) -> int:
    """How many connections are accepted at once: twice so many leave files to spare before any is turned away.

    At the limit of files asyncio tries to accept each of them all the same, and logs that it could not, over and over.
    """
    allowed = _descriptors()
    return most if allowed is None else max(1, min(most, (allowed - most_connections()) // 4))


def _descriptors() -> int | None:
    """How many files this process may open; None: as many as it wants."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return None
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if allowed == resource.RLIM_INFINITY else allowed


class BoundedConnection(H11Protocol):
    """One of at most `most_connections`; it says within `HEAD_SECONDS` what it wants, or ends."""

    most = most_connections()
    head_seconds = HEAD_SECONDS

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as the parent
        """Take a place; when there is none, the one that has been silent longest gives up its own."""
        super().connection_made(transport)
        self._deadline: asyncio.TimerHandle | None = None
        self.silent_since = self.loop.time()
        if len(self.connections) > self.most:
            self._make_room()
        self._begin_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave the place to others."""
        self._end_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; a head that is not complete has its time."""
        super().data_received(data)
        if not self.is_silent:
            self._end_waiting()
        elif self._deadline is None and not self.transport.is_closing():
            self._begin_waiting()

    def on_response_complete(self) -> None:
        """The next request has its own time; until it begins the connection is idle."""
        self.silent_since = self.loop.time()
        super().on_response_complete()

    @property
    def is_silent(self) -> bool:
        """Whether no request is being served on it."""
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request, whatever its type says
        return cycle is None or cycle.response_complete

    def _begin_waiting(self) -> None:
        self._deadline = self.loop.call_later(self.head_seconds, self._give_up)

    def _end_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if self.is_silent:
            self.transport.abort()

    def _make_room(self) -> None:
        silent = (
            one
            for one in self.connections
            if isinstance(one, BoundedConnection) and one.is_silent and not one.transport.is_closing()
        )
        # There is one at least: this connection has said nothing yet.
        min(silent, key=lambda one: one.silent_since).transport.abort()
