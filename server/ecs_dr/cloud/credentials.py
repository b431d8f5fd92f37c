"""Who signs: the SDK's provider chain, asked once at a time, off the event loop, and waited for over several calls.

A provider may be a program or a metadata service that needs a minute. One run of the chain is under way at most; a
tool call waits for it as long as it can, and the next call goes on waiting for the same run. What a run came to is
kept: a permanent key until it is refused, one with a security token for a while, as it may be renewed elsewhere.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from typing import Protocol

import anyio
import anyio.to_thread

from ecs_dr.cloud.credential_trouble import Trouble, trouble_of
from ecs_dr.environment import is_unexpanded
from ecs_dr.errors import CredentialsPending, NoCredentials

CREDENTIAL_SECONDS = 60.0
"""How long one run of the chain may take: what the SDK and the aliyun CLI allow an external command."""

KEPT_SECONDS = 60.0
"""How long a key with a security token is used before the chain is asked again (providers renew theirs 180 s and more
before they end), and a failure is kept for a caller that could not wait for it."""

_LOOK_SECONDS = 0.02
_GRACE_SECONDS = 0.5
"""What a provider that keeps to the limit by itself may need to say so."""

_SDK_LOGGERS = ("credentials", "darabonba-core", "alibabacloud-tea", "apscheduler")


@dataclass(frozen=True)
class StaticKey:
    """A key that is not from the provider chain: the simulator's, which is worth nothing elsewhere."""

    access_key_id: str = field(repr=False)
    access_key_secret: str = field(repr=False)
    provider: str = "simulator"


class CredentialModel(Protocol):
    """What the SDK signs with (alibabacloud_credentials.models.CredentialModel)."""

    access_key_id: str | None
    access_key_secret: str | None
    security_token: str | None
    provider_name: str | None


class _Chain(Protocol):
    def get_credential(self) -> CredentialModel: ...


@dataclass
class _ChainRun:
    """One run of the chain in a thread of its own, which ends with the process at the latest."""

    began: float
    ended: float | None = None
    model: CredentialModel | None = None
    trouble: Trouble | None = None


class Credentials:
    """What the SDK's clients ask for a credential, for each request.

    Args:
        static: The simulator's key; None: the provider chain.
        limit_seconds: How long one run of the chain may take.
    """

    def __init__(self, static: StaticKey | None, limit_seconds: float = CREDENTIAL_SECONDS) -> None:
        self._static = static
        self._fixed: CredentialModel | None = None
        self._limit_seconds = limit_seconds
        self._chain: _Chain | None = None
        self._lock = threading.Lock()
        self._run: _ChainRun | None = None

    def forget(self) -> None:
        """Ask the chain from its beginning next time: a provider in use keeps what it once read."""
        self._chain = None
        if self._run is not None and self._run.ended is not None:
            self._run = None

    async def ready(self, patience_seconds: float | None = None) -> CredentialModel:
        """The credential, as soon as the chain has one.

        Args:
            patience_seconds: How long this call can wait; None: until the run ends or its time is over.

        Raises:
            CredentialsPending: The run is still under way, and goes on; another call waits for it.
            NoCredentials: No provider has one, or none answered in time; the next call starts another run.
        """
        if self._static is not None:
            if self._fixed is None:
                self._fixed = await anyio.to_thread.run_sync(_static_model, self._static)  # imports the SDK
            return self._fixed
        run = self._current()
        until = time.monotonic() + max(0.0, patience_seconds) if patience_seconds is not None else None
        while run.ended is None:
            now = time.monotonic()
            if now - run.began > self._limit_seconds + _GRACE_SECONDS:
                self._let_go(run)
                raise trouble_of(TimeoutError()).as_error()
            if until is not None and now >= until:
                raise CredentialsPending(now - run.began, self._limit_seconds)
            await anyio.sleep(_LOOK_SECONDS)
        model = run.model
        if model is None or not model.access_key_id or not model.access_key_secret:
            self._let_go(run)
            raise _no_credentials(run)
        return model

    async def get_credential_async(self) -> CredentialModel:
        """The same, under the name by which the SDK asks."""
        return await self.ready()

    def _current(self) -> _ChainRun:
        """The run that is under way, or whose result still counts; else a new one."""
        with self._lock:
            run = self._run
            if run is None or _is_stale(run):
                run = self._run = _ChainRun(time.monotonic())
                threading.Thread(target=self._ask, args=(run,), name="ecs-dr-credentials", daemon=True).start()
            return run

    def _let_go(self, run: _ChainRun) -> None:
        with self._lock:
            if self._run is run:
                self._run = None

    def _ask(self, run: _ChainRun) -> None:
        """In a thread: providers read files, start programs and ask local services."""
        try:
            run.model = self._get_chain().get_credential()
        except Exception as error:  # noqa: BLE001 - providers raise whatever they meet; only its sort is kept
            run.trouble = trouble_of(error)
        finally:
            run.ended = time.monotonic()

    def _get_chain(self) -> _Chain:
        from alibabacloud_credentials.client import Client
        from alibabacloud_credentials.provider.external import ExternalCredentialsProvider

        silence_sdk_loggers()
        _unset_placeholders()
        # The SDK ends the program itself at its own limit: none goes on beside the next.
        ExternalCredentialsProvider.DEFAULT_TIMEOUT = self._limit_seconds
        chain: _Chain | None = self._chain
        if chain is None:
            chain = self._chain = Client()
        return chain


def _is_stale(run: _ChainRun) -> bool:
    """Whether its result counts no longer. A failure that nobody was told yet is told to the next caller."""
    if run.ended is None or (run.model is not None and not run.model.security_token):
        return False
    return time.monotonic() - run.ended > KEPT_SECONDS


def _no_credentials(run: _ChainRun) -> NoCredentials:
    return (run.trouble or Trouble("none", "")).as_error()


def _static_model(key: StaticKey) -> CredentialModel:
    from alibabacloud_credentials.models import CredentialModel as SdkModel

    model: CredentialModel = SdkModel(
        access_key_id=key.access_key_id,
        access_key_secret=key.access_key_secret,
        type="access_key",
        provider_name=key.provider,
    )
    return model


def silence_sdk_loggers() -> None:
    """Their handlers write to stderr whatever they see: tracebacks of the chain, whole requests."""
    for name in _SDK_LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.addHandler(logging.NullHandler())
        logger.propagate = False


def _unset_placeholders() -> None:
    """A host that does not know a variable passes `${ALIBABA_CLOUD_ACCESS_KEY_ID}` on as text: that is "unset".

    The SDK reads the environment once, into this module; nothing else here does.
    """
    from alibabacloud_credentials.utils import auth_util

    for name, value in vars(auth_util).items():
        if name.startswith("environment_") and isinstance(value, str) and is_unexpanded(value):
            flag = name.endswith(("_disabled", "_enable_vpc"))
            setattr(auth_util, name, "false" if flag else None)
            if name in {"environment_oidc_token_file", "environment_role_arn", "environment_oidc_provider_arn"}:
                auth_util.enable_oidc_credential = False
