"""How the operations of both products send: requests built, retried, paged, and permits checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ecs_dr.cloud.allowlist import check
from ecs_dr.cloud.fields import Fields
from ecs_dr.cloud.retry import Retrier
from ecs_dr.cloud.transport import API_VERSIONS, ApiRequest, Json, Product
from ecs_dr.domain.model import JsonObject, digest
from ecs_dr.errors import CloudRefused, ConsentViolation, ErrorKind, StillReading
from ecs_dr.workflow.ports import Attempt, Scope

LONGEST_CLIENT_TOKEN = 64
"""ASCII characters (RunInstances, CreateImage: ClientToken)."""


@dataclass(frozen=True)
class Caller:
    """Sends one product's requests: reads as they are, creating ones under a permit alone."""

    product: Product
    retrier: Retrier

    async def read(self, scope: Scope, action: str, params: Mapping[str, Json]) -> Fields:
        """Send a reading action.

        Raises:
            CloudRefused: The API refused.
            OutcomeUnknown: No answer after the retries.
        """
        if check(self.product, action).mutating:
            raise ConsentViolation(f"{self.product}:{action} creates something and needs a decision")
        return await self._look(scope, action, {"RegionId": scope.region_id, **params})

    async def mutate(
        self,
        scope: Scope,
        action: str,
        params: JsonObject,
        attempt: Attempt,
        sealed: Mapping[str, Json] | None = None,
    ) -> Fields:
        """Send a creating action: exactly the parameters that were decided on, and the attempt's ClientToken.

        Args:
            scope: For whom, and where.
            action: What to do.
            params: As decided on.
            attempt: The permit.
            sealed: Contents that nobody is shown, by the name of the parameter that stands for them in `params`;
                a name that does not stand there is no part of the decision.

        Raises:
            ConsentViolation: The parameters are not those of the decision, or the token cannot be sent.
            CloudRefused: The API refused; nothing was created by this request.
            OutcomeUnknown: It may have been carried out.
            StillReading: Not sent: the reads before it took the whole call. The next call sends it.
        """
        if digest(params) != attempt.parameters_digest:
            raise ConsentViolation(f"{self.product}:{action}: the decision covers other parameters; not sent")
        token = attempt.client_token
        if not token or len(token) > LONGEST_CLIENT_TOKEN or not token.isascii() or not token.isprintable():
            raise ConsentViolation(f"{self.product}:{action}: a ClientToken is 1 to 64 ASCII characters; not sent")
        contents = sealed or {}
        if not contents.keys() <= params.keys():
            raise ConsentViolation(f"{self.product}:{action}: a content that was not decided on; not sent")
        if scope.time_left is not None and scope.time_left() <= 0:
            raise StillReading(f"{self.product}:{action}", in_doubt=attempt.in_doubt)
        sent = {**params, **contents, "ClientToken": token}
        return await self._send(scope, action, sent, mutating=True, in_doubt=attempt.in_doubt)

    async def rehearse(self, scope: Scope, action: str, params: JsonObject) -> Fields:
        """Send a creating action with DryRun: everything is checked, nothing is created.

        Without a ClientToken: the real request differs in DryRun, and the same token with other parameters is
        a mismatch.

        Raises:
            CloudRefused: Always: code DryRunOperation (kind DRY_RUN_PASSED) when the request would pass.
            OutcomeUnknown: No answer after the retries.
        """
        check(self.product, action)
        return await self._look(scope, action, {**params, "DryRun": True})

    async def _look(self, scope: Scope, action: str, params: Mapping[str, Json]) -> Fields:
        """Send what creates nothing, within the call's budget; what an earlier call of the tool has read is there."""
        if scope.reads is None:
            return await self._send(scope, action, params, mutating=False)

        async def send() -> Fields | CloudRefused:
            try:
                return await self._send(scope, action, params, mutating=False)
            except CloudRefused as refused:
                if params.get("DryRun") is True:
                    return refused  # that is how a dry run answers
                raise

        answer = await scope.reads.answer(f"{self.product}:{action}", params, send)
        if isinstance(answer, CloudRefused):
            raise answer
        return answer

    async def _send(
        self, scope: Scope, action: str, params: Mapping[str, Json], *, mutating: bool, in_doubt: bool = False
    ) -> Fields:
        request = ApiRequest(
            product=self.product,
            version=API_VERSIONS[self.product],
            action=action,
            region_id=scope.region_id,
            params=params,
            session_id=scope.session_id,
            background=scope.on_retry is None,
            patience_seconds=None if scope.time_left is None else scope.time_left(),
        )
        answer = await self.retrier.send(request, mutating=mutating, notify=scope.on_retry, in_doubt=in_doubt)
        return Fields(answer)


async def may_read(caller: Caller, scope: Scope, action: str, params: Mapping[str, Json]) -> bool:
    """Whether the identity may use a reading action, if only for a group of the scope: its DryRun tells what is hidden.

    Raises:
        CloudRefused: For another reason than a missing permission.
        OutcomeUnknown: No answer after the retries.
    """
    try:
        await caller.read(scope, action, {**params, "DryRun": True})
    except CloudRefused as refused:
        if refused.kind is ErrorKind.DRY_RUN_PASSED:
            return True
        if refused.kind is not ErrorKind.PERMISSION:
            raise
        if params.get("ResourceGroupId"):
            return False
        for group in scope.resource_groups:
            if await may_read(caller, scope, action, {**params, "ResourceGroupId": group}):
                return True
        return False
    return True
