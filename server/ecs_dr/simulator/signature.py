"""The signature of a request, checked as the cloud checks it: ACS3-HMAC-SHA256, and the older HMAC-SHA1.

The caller hashes a canonical form of the request and signs it with its secret. The same is computed here from what
arrived, so that a client which signs wrongly is refused here as well. Two forms are in use:

- version 3: method, path, sorted query, the headers named in `SignedHeaders`, the hash of the body. Source: the V3
  request syntax and signature page of the OpenAPI documentation, and what the Python SDK sends
  (`alibabacloud_tea_openapi`).
- version 1.0 of the RPC style: method and all parameters, sorted; who signed, when and how are parameters as well.
  Source: the RPC signature page of the OpenAPI documentation, and what `aliyun-python-sdk-core` sends.

Nothing here keeps or prints a secret, a signature or a token.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import quote

from ecs_dr.simulator.errors import Fault

ALGORITHM = "ACS3-HMAC-SHA256"
RPC_ALGORITHM = "HMAC-SHA1"
RPC_VERSION = "1.0"
TIMESTAMP_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
VALIDITY = timedelta(minutes=15)
"""How far the time of a request may be from the server's time, and how long a nonce is remembered."""

_ALWAYS_SIGNED = frozenset(
    {
        "host",
        "x-acs-action",
        "x-acs-content-sha256",
        "x-acs-date",
        "x-acs-signature-nonce",
        "x-acs-version",
    }
)
RPC_PARAMETERS = frozenset(
    {"AccessKeyId", "Action", "SignatureMethod", "SignatureNonce", "SignatureVersion", "Timestamp", "Version"}
)
"""What a request of the older signature must say of itself, beside the parameters of its action."""
_AUTHORIZATION = re.compile(
    rf"^{ALGORITHM}\s+Credential=(?P<key>[^,\s]*),\s*"
    r"SignedHeaders=(?P<headers>[^,\s]*),\s*Signature=(?P<signature>[^,\s]*)$"
)


class SigningKey(Protocol):
    """What the check needs to know of an access key."""

    @property
    def access_key_secret(self) -> str:
        """The secret the request must be signed with."""
        ...

    @property
    def security_token(self) -> str:
        """The session token of temporary (STS) credentials; empty for a long-term key."""
        ...


@dataclass(frozen=True)
class HttpRequest:
    """The parts of a request that are signed, as they arrived.

    Attributes:
        method: `GET` or `POST`.
        path: The path, `/` for the RPC style.
        query: The decoded query parameters.
        headers: The headers, names in lower case.
        body: The raw body.
        form: The decoded parameters of a body that is a form; the older signature covers them as well.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def parameters(self) -> dict[str, str]:
        """What the query and the form say together."""
        return {**self.query, **self.form}

    @property
    def is_signed_by_parameters(self) -> bool:
        """The request carries the older signature, of version 1.0."""
        return "authorization" not in self.headers and "Signature" in self.parameters


@dataclass(frozen=True)
class _Signed:
    """Who signed a request, when, and what the signature should be: the same of both forms."""

    key_id: str
    sent_at: str
    nonce: str
    security_token: str
    signature: str
    expected: Callable[[str], str]
    what_was_signed: str = "Please check your AccessKeySecret and the canonical request."
    is_body_as_named: bool = True


class SignatureChecker:
    """Checks the signature, the time and the nonce of each request.

    The time is the wall clock of this machine and not the simulated one: clients stamp requests with the time
    they know.

    Args:
        find_key: Looks an access key id up, None when there is none.
        now: The present time, aware.
    """

    def __init__(
        self,
        find_key: Callable[[str], SigningKey | None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._find_key = find_key
        self._now = now
        self._nonces: OrderedDict[str, datetime] = OrderedDict()

    def check(self, request: HttpRequest) -> str:
        """Check a request and return the access key id that signed it.

        Raises:
            Fault: `IncompleteSignature`, `InvalidAccessKeyId.NotFound`, `SignatureDoesNotMatch`,
                `InvalidTimeStamp.Format`, `InvalidTimeStamp.Expired`, `SignatureNonceUsed`, or one of
                `MissingSecurityToken` and `InvalidSecurityToken.*`.
        """
        signed = _signed_by_parameters(request) if request.is_signed_by_parameters else _signed_by_headers(request)
        key = self._find_key(signed.key_id)
        if key is None:
            raise Fault("InvalidAccessKeyId.NotFound", "Specified access key is not found.", 404)
        self._check_time(signed.sent_at)
        _check_security_token(key, signed.security_token)
        expected = signed.expected(key.access_key_secret)
        if not signed.is_body_as_named or not hmac.compare_digest(expected.encode(), signed.signature.encode()):
            message = f"Specified signature is not matched with our calculation. {signed.what_was_signed}"
            raise Fault("SignatureDoesNotMatch", message, 400)
        self._remember_nonce(signed.key_id, signed.nonce)
        return signed.key_id

    def forget_nonces(self) -> None:
        """Accept every nonce again, as after a restart."""
        self._nonces.clear()

    def _check_time(self, stamp: str) -> None:
        try:
            sent_at = datetime.strptime(stamp, TIMESTAMP_FORMAT).replace(tzinfo=UTC)
        except ValueError:
            raise Fault(
                "InvalidTimeStamp.Format", f"Specified time stamp or date value is not well formatted: {stamp}", 400
            ) from None
        if abs(self._now() - sent_at) > VALIDITY:
            raise Fault("InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.", 400)

    def _remember_nonce(self, key_id: str, nonce: str) -> None:
        now = self._now()
        while self._nonces and now - next(iter(self._nonces.values())) > VALIDITY:
            self._nonces.popitem(last=False)
        entry = f"{key_id}/{nonce}"
        if entry in self._nonces:
            raise Fault("SignatureNonceUsed", "Specified signature nonce was used already.", 400)
        self._nonces[entry] = now


def signature_of(request: HttpRequest, signed_headers: tuple[str, ...], secret: str) -> str:
    """Return the signature that a request must carry, in lower-case hexadecimal."""
    canonical = "\n".join(
        (
            request.method,
            quote(request.path or "/", safe="/~"),
            _canonical_query(request.query),
            "".join(f"{name}:{request.headers.get(name, '').strip()}\n" for name in signed_headers),
            ";".join(signed_headers),
            request.headers.get("x-acs-content-sha256", ""),
        )
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return hmac.new(secret.encode(), f"{ALGORITHM}\n{digest}".encode(), hashlib.sha256).hexdigest()


def _canonical_query(query: Mapping[str, str]) -> str:
    return "&".join(f"{quote(name, safe='~')}={quote(query[name], safe='~')}" for name in sorted(query))


def rpc_signature_of(request: HttpRequest, secret: str) -> str:
    """Return the signature of version 1.0 that a request must carry, in Base64."""
    text = _rpc_string_to_sign(request)
    return base64.b64encode(hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha1).digest()).decode()


def _rpc_string_to_sign(request: HttpRequest) -> str:
    named = {name: value for name, value in request.parameters.items() if name != "Signature"}
    return f"{request.method}&%2F&{quote(_canonical_query(named), safe='~')}"


def _signed_by_headers(request: HttpRequest) -> _Signed:
    headers = request.headers
    found = _AUTHORIZATION.match(headers.get("authorization", "").strip())
    if found is None or not all(found.groups()):
        raise _incomplete(
            f"an Authorization header of the form '{ALGORITHM} Credential=…,SignedHeaders=…,Signature=…' is expected"
        )
    signed_headers = tuple(found["headers"].split(";"))
    _require_signed(signed_headers, headers)
    return _Signed(
        key_id=found["key"],
        sent_at=headers["x-acs-date"],
        nonce=headers["x-acs-signature-nonce"],
        security_token=headers.get("x-acs-security-token", ""),
        signature=found["signature"],
        expected=lambda secret: signature_of(request, signed_headers, secret),
        is_body_as_named=headers["x-acs-content-sha256"] == hashlib.sha256(request.body).hexdigest(),
    )


def _signed_by_parameters(request: HttpRequest) -> _Signed:
    given = request.parameters
    missing = sorted(name for name in RPC_PARAMETERS if not given.get(name))
    if missing:
        raise _incomplete(f"missing {', '.join(missing)}")
    if (given["SignatureMethod"], given["SignatureVersion"]) != (RPC_ALGORITHM, RPC_VERSION):
        raise _incomplete(f"SignatureMethod {RPC_ALGORITHM} and SignatureVersion {RPC_VERSION} are expected")
    return _Signed(
        key_id=given["AccessKeyId"],
        sent_at=given["Timestamp"],
        nonce=given["SignatureNonce"],
        security_token=given.get("SecurityToken", ""),
        signature=given["Signature"],
        expected=lambda secret: rpc_signature_of(request, secret),
        # `aliyun-python-sdk-core` compares what follows the colon with its own, and then blames the secret.
        what_was_signed=f"server string to sign is:{_rpc_string_to_sign(request)}",
    )


def _incomplete(why: str) -> Fault:
    return Fault("IncompleteSignature", f"The request signature does not conform to the standard: {why}.", 400)


def _require_signed(signed_headers: tuple[str, ...], headers: Mapping[str, str]) -> None:
    signed = set(signed_headers)
    must_be_signed = _ALWAYS_SIGNED | {name for name in headers if name == "x-acs-security-token"}
    missing = sorted(must_be_signed - signed | {name for name in signed if name not in headers})
    if missing:
        raise _incomplete(f"missing or unsigned {', '.join(missing)}")


def _check_security_token(key: SigningKey, sent: str) -> None:
    if key.security_token and not sent:
        raise Fault("MissingSecurityToken", "SecurityToken is mandatory for this action.", 400)
    if sent and not key.security_token:
        raise Fault(
            "InvalidSecurityToken.MismatchWithAccessKey",
            "Specified SecurityToken mismatch with the AccessKey.",
            400,
        )
    if not hmac.compare_digest(sent.encode(), key.security_token.encode()):
        raise Fault("InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.", 400)
