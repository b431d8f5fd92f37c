"""The signature of a request, checked as the cloud checks it: ACS3-HMAC-SHA256.

The caller hashes a canonical form of the request (method, path, sorted query, the headers it names in
`SignedHeaders`, the hash of the body) and signs that hash with its secret. The same is computed here from what
arrived, so that a client which signs wrongly is refused here as well. Source: the V3 request syntax and
signature page of the OpenAPI documentation, and what the Python SDK (`alibabacloud_tea_openapi`) sends.

Nothing here keeps or prints a secret, a signature or a token.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import quote

from ecs_dr.simulator.errors import Fault

ALGORITHM = "ACS3-HMAC-SHA256"
TIMESTAMP_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
VALIDITY = timedelta(minutes=15)
"""How far `x-acs-date` may be from the server's time, and how long a nonce is remembered."""

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
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class _Authorization:
    key_id: str
    signed_headers: tuple[str, ...]
    signature: str


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
        authorization = _parse_authorization(request.headers.get("authorization", ""))
        _require_signed(authorization, request.headers)
        key = self._find_key(authorization.key_id)
        if key is None:
            raise Fault("InvalidAccessKeyId.NotFound", "Specified access key is not found.", 404)
        self._check_time(request.headers["x-acs-date"])
        _check_security_token(key, request.headers)
        expected = signature_of(request, authorization.signed_headers, key.access_key_secret)
        body_hash = hashlib.sha256(request.body).hexdigest()
        if request.headers["x-acs-content-sha256"] != body_hash or not hmac.compare_digest(
            expected.encode(), authorization.signature.encode()
        ):
            raise Fault(
                "SignatureDoesNotMatch",
                "Specified signature is not matched with our calculation. Please check your AccessKeySecret and "
                "the canonical request.",
                400,
            )
        self._remember_nonce(authorization.key_id, request.headers["x-acs-signature-nonce"])
        return authorization.key_id

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


def _parse_authorization(value: str) -> _Authorization:
    found = _AUTHORIZATION.match(value.strip())
    if found is None or not all(found.groups()):
        raise Fault(
            "IncompleteSignature",
            f"The request signature does not conform to the standard: an Authorization header of the form "
            f"'{ALGORITHM} Credential=…,SignedHeaders=…,Signature=…' is expected.",
            400,
        )
    return _Authorization(found["key"], tuple(found["headers"].split(";")), found["signature"])


def _require_signed(authorization: _Authorization, headers: Mapping[str, str]) -> None:
    signed = set(authorization.signed_headers)
    must_be_signed = _ALWAYS_SIGNED | {name for name in headers if name == "x-acs-security-token"}
    missing = sorted(must_be_signed - signed | {name for name in signed if name not in headers})
    if missing:
        raise Fault(
            "IncompleteSignature",
            f"The request signature does not conform to the standard: missing or unsigned {', '.join(missing)}.",
            400,
        )


def _check_security_token(key: SigningKey, headers: Mapping[str, str]) -> None:
    sent = headers.get("x-acs-security-token", "")
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
