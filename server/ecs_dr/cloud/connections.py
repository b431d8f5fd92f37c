"""Connections to the cloud's endpoints, kept between requests, and the one TLS context of the process.

The SDK's own road makes a TLS context and a connection for each request: loading the certificates of the system takes
40 ms of CPU, on the event loop, so that a plan's reads side by side would hold up every other session.
"""

from __future__ import annotations

import asyncio
import functools
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from urllib.request import getproxies_environment

import aiohttp
import certifi

IDLE_SECONDS = 5.0
"""How long an unused connection is kept: less than servers and what lies between keep theirs, so that none is found
closed by the other side, and long enough for requests that follow one another."""

MOST_TO_ONE_HOST = 100
"""Whoever comes later waits for a connection that becomes free; far more than the budget of reads lets out."""


@functools.cache
def tls_context() -> ssl.SSLContext:
    """What the SDK trusts: the system's certificates (or SSL_CERT_FILE and SSL_CERT_DIR) and those of certifi."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


@dataclass(frozen=True)
class HttpRequest:
    """One request as the SDK built and signed it.

    Attributes:
        kept: Whether a connection that is open already may carry it. A creating request goes over a new one: a
            connection that the other side closes at that moment would leave it open whether something was created.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    connect_timeout_seconds: float
    read_timeout_seconds: float
    kept: bool
    loopback: bool


@dataclass(frozen=True)
class HttpAnswer:
    """What came back; header names are in lower case."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


class Connections:
    """What carries requests; its connections end when they are idle, and with the event loop at the latest.

    Args:
        tls: Whom to trust; without it, whom the SDK trusts.
    """

    def __init__(self, tls: Callable[[], ssl.SSLContext] = tls_context) -> None:
        self._tls = tls
        self._loop: asyncio.AbstractEventLoop | None = None
        self._open: AsyncIterator[_Sessions] | None = None
        self._sessions: _Sessions | None = None

    async def send(self, request: HttpRequest) -> HttpAnswer:
        """Send one request once.

        Raises:
            aiohttp.ClientError: No usable answer came back.
            OSError: As that.
            TimeoutError: As that.
        """
        sessions = await self._of_this_loop()
        session = sessions.kept if request.kept else sessions.single
        timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=request.connect_timeout_seconds, sock_read=request.read_timeout_seconds
        )
        async with session.request(
            request.method,
            request.url,
            data=request.body,
            headers=request.headers,
            proxy=_proxy(request),
            timeout=timeout,
        ) as response:
            body = await response.read()
            headers = {name.lower(): value for name, value in response.headers.items()}
            return HttpAnswer(response.status, response.reason or "", headers, body)

    async def _of_this_loop(self) -> _Sessions:
        loop = asyncio.get_running_loop()
        if self._sessions is None or self._loop is not loop:
            # A loop that ends closes the asynchronous generators that were begun on it: nobody has to remember to.
            self._loop, self._open = loop, _sessions(self._tls())
            self._sessions = await anext(self._open)
        return self._sessions


@dataclass(frozen=True)
class _Sessions:
    kept: aiohttp.ClientSession
    single: aiohttp.ClientSession


async def _sessions(tls: ssl.SSLContext) -> AsyncIterator[_Sessions]:
    kept = aiohttp.TCPConnector(ssl=tls, limit=0, limit_per_host=MOST_TO_ONE_HOST, keepalive_timeout=IDLE_SECONDS)
    single = aiohttp.TCPConnector(ssl=tls, limit=0, force_close=True)
    # Cookies that a server sets are nothing to the next session.
    async with (
        aiohttp.ClientSession(connector=kept, cookie_jar=aiohttp.DummyCookieJar()) as keeping,
        aiohttp.ClientSession(connector=single, cookie_jar=aiohttp.DummyCookieJar()) as closing,
    ):
        yield _Sessions(keeping, closing)


def _proxy(request: HttpRequest) -> str | None:
    """What the SDK takes: HTTPS_PROXY or https_proxy, whatever NO_PROXY says; this machine is reached without one."""
    if request.loopback:
        return None
    return getproxies_environment().get("https")
