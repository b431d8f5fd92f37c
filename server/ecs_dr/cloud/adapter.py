"""The port `Cloud` on the real API: both products over one transport, behind the allow-list."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from ecs_dr.cloud.allowlist import AllowListTransport
from ecs_dr.cloud.calls import Caller
from ecs_dr.cloud.console import ConsoleOperations
from ecs_dr.cloud.ecs import EcsOperations
from ecs_dr.cloud.journal import JournalTransport
from ecs_dr.cloud.limiter import LimitedTransport
from ecs_dr.cloud.register import RegisterOperations
from ecs_dr.cloud.retry import Retrier, RetryPolicy
from ecs_dr.cloud.security_groups import SecurityGroupOperations
from ecs_dr.cloud.snapshots import SnapshotOperations
from ecs_dr.cloud.transport import Transport
from ecs_dr.cloud.vpc import VpcOperations
from ecs_dr.domain.report.model import RequestRecord
from ecs_dr.workflow.ports import Clock, Identity


@runtime_checkable
class Identifies(Protocol):
    """A transport that signs with an identity, and can say which provider it came from."""

    async def identity(self, patience_seconds: float | None = None) -> Identity:
        """Resolve the identity.

        Raises:
            NoCredentials: There is none.
        """
        ...


class AlibabaCloud(
    EcsOperations,
    VpcOperations,
    ConsoleOperations,
    SnapshotOperations,
    SecurityGroupOperations,
    RegisterOperations,
):
    """Implements `workflow.ports.Cloud`.

    Everything it sends passes the allow-list, and every creating call needs an `Attempt` on exactly its parameters.
    """

    def __init__(self, transport: Transport, clock: Clock, policy: RetryPolicy) -> None:
        self._transport = transport
        self._journal = JournalTransport(transport, clock)
        retrier = Retrier(AllowListTransport(LimitedTransport(self._journal, clock)), clock, policy)
        EcsOperations.__init__(self, Caller("ecs", retrier))
        VpcOperations.__init__(self, Caller("vpc", retrier))
        ConsoleOperations.__init__(self, Caller("ecs", retrier))
        RegisterOperations.__init__(self, Caller("ecs", retrier))
        SnapshotOperations.__init__(self, Caller("ecs", retrier))
        SecurityGroupOperations.__init__(self, Caller("ecs", retrier))

    def requests(self, session_id: str) -> tuple[RequestRecord, ...]:
        """What was sent for a session so far, in order, without parameters."""
        return self._journal.requests(session_id)

    async def identity(self, patience_seconds: float | None = None) -> Identity:
        """Which credential provider answers; an in-process transport signs nothing and needs none.

        Raises:
            NoCredentials: The provider chain found no identity. Nothing was sent.
            CredentialsPending: It has not answered yet.
        """
        if isinstance(self._transport, Identifies):
            return await self._transport.identity(patience_seconds)
        return Identity(provider="in-process", identity_type="none")
