"""The transport that signs and sends: the only module that imports the Alibaba Cloud SDKs, and on first use.

Importing them takes a second and reads the environment, so it happens in a worker thread when the first request is
made, never at start. The SDK sends each request once (no retry options are set): retries belong to `retry.py`, which
knows which of them are safe.
"""

from __future__ import annotations

import functools
import ssl
import threading
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread

from ecs_dr.cloud.allowlist import is_read
from ecs_dr.cloud.credentials import CREDENTIAL_SECONDS, Credentials, StaticKey, silence_sdk_loggers
from ecs_dr.cloud.endpoint import Endpoint
from ecs_dr.cloud.lossless import check_nothing_is_lost
from ecs_dr.cloud.transport import API_VERSIONS, ApiError, ApiRequest, Json, NoAnswer, Product
from ecs_dr.denial import Denial
from ecs_dr.domain.refusals import classify
from ecs_dr.errors import EcsDrError, ErrorKind
from ecs_dr.redact import redact
from ecs_dr.workflow.ports import Identity

if TYPE_CHECKING:
    from ecs_dr.cloud.connections import Connections

USER_AGENT = "AlibabaCloud-Agent-Skills/alibabacloud-ecs-disaster-recovery-image"

CONNECT_TIMEOUT_SECONDS = 5.0
"""The SDK's own value: an endpoint that does not accept in 5 s is not reachable."""

READ_TIMEOUT_SECONDS = 20.0
"""Twice the SDK's 10 s, which RunInstances and CreateImage can exceed: a timeout there leaves the outcome unknown.
Two of them still fit into the 45 s that one tool call may take."""

RESOLUTION_SECONDS = 5.0
"""For looking up the endpoint's name."""


class SdkTransport:
    """Implements `Transport` with the real SDK: one client per product and region, each with its explicit endpoint."""

    def __init__(
        self,
        ecs_endpoint: str,
        vpc_endpoint: str,
        credentials: StaticKey | None = None,
        *,
        read_timeout_seconds: float = READ_TIMEOUT_SECONDS,
        tls: Callable[[], ssl.SSLContext] | None = None,
        credential_seconds: float = CREDENTIAL_SECONDS,
    ) -> None:
        """Import and send nothing yet. `credentials` and `tls` replace the provider chain and whom the SDK trusts."""
        self._endpoints: Mapping[Product, str] = {"ecs": ecs_endpoint, "vpc": vpc_endpoint}
        self._read_timeout_seconds = read_timeout_seconds
        self._clients: dict[tuple[Product, str], _Client] = {}
        self._credentials = Credentials(credentials, credential_seconds)
        self._tls = tls
        self._connections: Connections | None = None
        self._building = threading.Lock()

    async def identity(self, patience_seconds: float | None = None) -> Identity:
        """Which provider of the chain answers, and with what type of identity; never a value.

        Raises:
            NoCredentials: None of them does.
            CredentialsPending: One is still at it, and this caller can wait no longer.
        """
        model = await self._credentials.ready(patience_seconds)
        return Identity(
            provider=str(model.provider_name or "unknown").removeprefix("default/"),
            identity_type="sts" if model.security_token else "access_key",
        )

    async def call(self, request: ApiRequest) -> Mapping[str, Json]:
        """Send one request once.

        Raises:
            ApiError: The API refused.
            NoAnswer: Nothing usable came back in time; the request may have been carried out.
            NoCredentials: The provider chain found no identity; nothing was sent.
            CredentialsPending: It has not answered yet; nothing was sent.
        """
        await self._credentials.ready(request.patience_seconds)
        client = self._clients.get((request.product, request.region_id))
        if client is None:
            client = await anyio.to_thread.run_sync(self._client, request.product, request.region_id)
            self._clients[request.product, request.region_id] = client
        try:
            return await self._send(client, request)
        except ApiError as error:
            if classify(error.code) is ErrorKind.CREDENTIALS:
                # Expired or replaced: the chain is asked anew before the next request.
                self._credentials.forget()
            raise

    def _client(self, product: Product, region_id: str) -> _Client:
        """Built in a worker thread: the first one imports the product's SDK, and loads the certificates."""
        from ecs_dr.cloud.connections import Connections, tls_context

        with self._building:
            if self._connections is None:
                tls = self._tls or tls_context
                tls()
                self._connections = Connections(tls)
        endpoint = Endpoint.of(self._endpoints[product], region_id)
        return _Client(product, region_id, endpoint, self._credentials, self._connections, self._read_timeout_seconds)

    async def _send(self, client: _Client, request: ApiRequest) -> Mapping[str, Json]:
        from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
        from darabonba.exceptions import UnretryableException

        try:
            # The SDK bounds the connect and each read; this bounds the whole, name resolution included.
            with anyio.fail_after(CONNECT_TIMEOUT_SECONDS + RESOLUTION_SECONDS + self._read_timeout_seconds):
                return await client.send(request)
        except AlibabaCloudException as error:
            raise _api_error(error) from None
        except UnretryableException as error:
            if isinstance(error.inner_exception, EcsDrError):
                raise error.inner_exception from None
            raise _without_a_body(error) from None
        except TimeoutError:
            raise NoAnswer("timeout") from None


class _Client:
    """The SDK's client of one product in one region."""

    def __init__(
        self,
        product: Product,
        region_id: str,
        endpoint: Endpoint,
        credentials: Credentials,
        connections: Connections,
        read_timeout_seconds: float,
    ) -> None:
        from alibabacloud_tea_openapi.models import Config

        module, models = _import_product(product)
        self._models = models
        self._connections = connections
        self._is_loopback = endpoint.is_loopback
        self._read_timeout_seconds = read_timeout_seconds
        self._sdk: Any = module.Client(
            Config(region_id=region_id, endpoint=endpoint.host, protocol=endpoint.protocol, credential=credentials)
        )
        suffix = "_with_options_async"
        self._methods = {
            name.removesuffix(suffix).replace("_", ""): name for name in dir(module.Client) if name.endswith(suffix)
        }

    async def send(self, request: ApiRequest) -> Mapping[str, Json]:
        """Send through the action's typed method, and return the body as the API wrote it."""
        if request.version != API_VERSIONS[request.product]:
            raise ValueError(f"this client speaks {API_VERSIONS[request.product]} alone")
        method = getattr(self._sdk, self._methods[request.action.lower()])
        typed = getattr(self._models, f"{request.action}Request")().from_map(dict(request.params))
        check_nothing_is_lost(request, typed.to_map())
        way = _WAY.set(_Way(self._connections, is_read=is_read(request), loopback=self._is_loopback))
        try:
            response = await method(typed, self._options(request))
        finally:
            _WAY.reset(way)
        # Of the whole response, not of its body: where a body does not fit the SDK's model, the map still has it.
        body = response.to_map().get("body")
        if not isinstance(body, dict):
            raise NoAnswer("not_json")
        return body

    def _options(self, request: ApiRequest) -> Any:
        from alibabacloud_tea_openapi.utils import Utils
        from darabonba.runtime import ExtendsParameters, RuntimeOptions

        agent = f"{USER_AGENT}/{request.session_id}" if request.session_id else USER_AGENT
        return RuntimeOptions(
            autoretry=False,
            connect_timeout=int(CONNECT_TIMEOUT_SECONDS * 1000),
            read_timeout=int(self._read_timeout_seconds * 1000),
            extends_parameters=ExtendsParameters(
                # Lower case: it replaces the header that the SDK made.
                headers={"user-agent": Utils.get_user_agent(agent)},
                # Not every action models RegionId (DescribeInstanceTypes); every request names it.
                queries={"RegionId": request.region_id},
            ),
        )


@dataclass(frozen=True)
class _Way:
    """How the request that is being sent leaves this process."""

    connections: Connections
    is_read: bool
    loopback: bool


_WAY: ContextVar[_Way | None] = ContextVar("way", default=None)


@functools.cache
def _send_over_kept_connections() -> None:
    """Put our connections in the place where the SDK makes a TLS context and a connection for each request.

    The SDK has no other seam there. What it signs and how it reads the answer stays its own.
    """
    from alibabacloud_tea_openapi import client as openapi
    from darabonba.core import DaraCore
    from darabonba.exceptions import RetryError
    from darabonba.response import DaraResponse

    from ecs_dr.cloud.connections import HttpRequest

    class Core(DaraCore):  # type: ignore[misc] # the SDK has no types
        @staticmethod
        async def async_do_action(request: Any, runtime_option: Any = None) -> Any:
            way = _WAY.get()
            if way is None:  # another client of the SDK in this process, none of ours
                return await DaraCore.async_do_action(request, runtime_option)
            body = request.body or b""
            try:
                answer = await way.connections.send(
                    HttpRequest(
                        method=request.method,
                        url=DaraCore.compose_url(request),
                        headers=request.headers,
                        body=body.encode() if isinstance(body, str) else body,
                        connect_timeout_seconds=runtime_option["connectTimeout"] / 1000,
                        read_timeout_seconds=runtime_option["readTimeout"] / 1000,
                        kept=way.is_read,
                        loopback=way.loopback,
                    )
                )
            except OSError as error:  # aiohttp's own of connections are that too; the SDK catches the same
                raise RetryError(str(error)) from None
            response = DaraResponse()
            response.status_code, response.status_message = answer.status, answer.reason
            response.headers, response.body = dict(answer.headers), answer.body
            return response

    openapi.DaraCore = Core


def _import_product(product: Product) -> tuple[Any, Any]:
    if product == "ecs":
        from alibabacloud_ecs20140526 import client as ecs_client
        from alibabacloud_ecs20140526 import models as ecs_models

        found: tuple[Any, Any] = (ecs_client, ecs_models)
    else:
        from alibabacloud_vpc20160428 import client as vpc_client
        from alibabacloud_vpc20160428 import models as vpc_models

        found = (vpc_client, vpc_models)
    _send_over_kept_connections()
    silence_sdk_loggers()
    return found


def import_products() -> None:
    """Import what the first request would: for a thread, while there is time."""
    from ecs_dr.cloud.connections import tls_context

    tls_context()
    _import_product("ecs")
    _import_product("vpc")


def _api_error(error: Any) -> ApiError | NoAnswer:
    """The SDK's exception as ours. Its `message` wraps the API's text; `data` is the body itself."""
    body: Mapping[str, Any] = error.data if isinstance(error.data, dict) else {}
    code = body.get("Code") or body.get("code")
    if not isinstance(code, str) or not code:
        return NoAnswer(f"HTTP {error.status_code} without an error code")
    request_id = body.get("RequestId") or body.get("requestId")
    retry_after = getattr(error, "retry_after", None)
    return ApiError(
        code,
        redact(str(body.get("Message") or body.get("message") or "")),
        http_status=error.status_code,
        request_id=str(request_id) if request_id else None,
        retry_after_seconds=retry_after / 1000 if isinstance(retry_after, int) else None,
        access_denied=_access_denied(body.get("AccessDeniedDetail") or body.get("accessDeniedDetail")),
    )


def _access_denied(detail: object) -> Denial | None:
    if not isinstance(detail, dict):
        return None
    return Denial(
        auth_action=str(detail.get("AuthAction") or ""),
        no_permission_type=str(detail.get("NoPermissionType") or ""),
        policy_type=str(detail.get("PolicyType") or ""),
        principal_type=str(detail.get("AuthPrincipalType") or ""),
        principal_name=str(detail.get("AuthPrincipalDisplayName") or ""),
        encoded_message=str(detail.get("EncodedDiagnosticMessage") or ""),
    )


TOO_LONG = frozenset({413, 414})
"""A gateway did not take the request in for its length: it was not carried out, and never will be."""


def _without_a_body(error: Any) -> ApiError | NoAnswer:
    """What came that is no answer of the API, or that nothing came at all."""
    context = error.args[0] if error.args else None
    status = getattr(getattr(context, "http_response", None), "status_code", None)
    if status in TOO_LONG:
        return ApiError("RequestTooLarge", f"HTTP {status}", http_status=status)
    return NoAnswer(_told(error.inner_exception))


_SORTS = (
    ("name or service not known", "name_unknown"),
    ("nodename nor servname", "name_unknown"),
    ("name resolution", "name_unknown"),
    ("certificate", "untrusted"),
    ("refused", "refused"),
    ("reset", "cut"),
    ("disconnected", "cut"),
    ("unreachable", "unreachable"),
    ("timed out", "timeout"),
    ("timeout", "timeout"),
    ("proxy", "proxy"),
    ("json", "not_json"),
    ("[ssl", "tls"),
    ("connect", "connect"),
)
"""(part of an error below HTTP in lower case, its sort: the text `no_answer.<sort>` says it)."""


def _told(error: BaseException | None) -> str:
    """The sort of an error below HTTP, never its text: that holds URL, parameters and objects of Python."""
    words = f"{type(error).__name__} {error}".lower()
    return next((sort for part, sort in _SORTS if part in words), "unknown")
