"""The tree of what can go wrong.

```text
EcsDrError                     everything that reaches a person as a `problem`
├── UserError                  said with a text key: what is wrong, why, what to do, what did not happen
│   ├── InvalidInput           an argument or an answer that cannot be used; nothing was sent
│   ├── UnknownSession         no such session in this process
│   ├── StepOutOfOrder         something that an earlier step supplies is missing
│   ├── StaleQuestion          a question that was answered, withdrawn or never asked
│   ├── NoCredentials          the provider chain found no identity; nothing was sent
│   ├── SourceUnusable         the source cannot be recovered this way; nothing was created
│   ├── RecoveryFailed         the cloud ended it: the image failed, the replica vanished
│   └── RunbookImpossible      the plan cannot be exported; nothing was written
├── CallBudgetSpent            a wait before a retry would outlast this tool call: it goes on with the next one
│   └── CredentialsPending     so would the wait for the credential provider; nothing was sent
└── CloudError                 the cloud's own words, classified
    ├── CloudRefused           the API answered, and refused: nothing was done by this request
    └── OutcomeUnknown         no answer: the request may have been carried out
ConsentViolation               a mutating call without a decision on exactly its parameters: a bug, never shown
ActionNotAllowed               a call that is not on the allow-list: a bug, never sent
```
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from ecs_dr.denial import Denial

Outcome = TypeVar("Outcome", bound="CloudError")


def reason(error: Exception) -> str:
    """Why something cannot be used, as the system or the simulator says it."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__


class ErrorKind(StrEnum):
    """What an API error means for the person, and so what to do about it.

    Codes map to kinds in `domain/refusals/`; HTTP statuses are unreliable for this
    (quota comes as 400 and 403, not-found as 400, 403 and 404).
    """

    TRANSIENT = "transient"
    THROTTLED = "throttled"
    TOKEN_BUSY = "token_busy"  # noqa: S105 - a ClientToken, not a secret
    TOKEN_MISMATCH = "token_mismatch"  # noqa: S105 - a ClientToken, not a secret
    DEPENDENCY = "dependency"
    NO_STOCK = "no_stock"
    DISK = "disk"
    ENCRYPTION = "encryption"
    ADDRESSES_EXHAUSTED = "addresses_exhausted"
    QUOTA = "quota"
    BILLING = "billing"
    PERMISSION = "permission"
    CREDENTIALS = "credentials"
    NAME_TAKEN = "name_taken"
    CIDR = "cidr"
    SOURCE_STATE = "source_state"
    REFERENCE = "reference"
    PARAMETER = "parameter"
    DRY_RUN_PASSED = "dry_run_passed"
    INCOMPLETE = "incomplete"
    """A list that goes on beyond what is read of any: a part of it is no answer."""
    UNKNOWN = "unknown"


NO_ANSWER = "NoAnswer"
"""The code of a request that nobody answered."""

RETRYABLE_KINDS = frozenset({ErrorKind.TRANSIENT, ErrorKind.THROTTLED, ErrorKind.TOKEN_BUSY})
"""Kinds for which the same request, with the same ClientToken, may succeed a little later."""
SKIPPABLE_KINDS = frozenset(
    {ErrorKind.PERMISSION, ErrorKind.TRANSIENT, ErrorKind.THROTTLED, ErrorKind.REFERENCE, ErrorKind.INCOMPLETE}
)
"""Kinds for which an optional read may be left out with a note."""


class EcsDrError(Exception):
    """Everything that reaches a person as a `problem`.

    Attributes:
        session_id: The session it happened in, set on the way out; None before there is one.
        step: The step it happened in, set on the way out.
        data: What the step's answer still shows.
    """

    session_id: str | None = None
    step: str | None = None
    data: Mapping[str, str | float | None] = MappingProxyType({})


class UserError(EcsDrError):
    """An error of ours, told through the text catalogue in the session's language.

    Attributes:
        code: A stable CamelCase name, the `problem.code` of the answer.
        key: The entry in the catalogue: `error.<key>.message`, `.cause` and `.actions`.
        values: What the texts name, already safe to show.
        next_tool: The tool that supplies what is missing, when there is one.
        standing: How things stand, where the message says it: the text names it as `world`.
    """

    def __init__(
        self,
        code: str,
        key: str,
        values: Mapping[str, str] | None = None,
        *,
        next_tool: str | None = None,
        standing: str | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.key = key
        self.values = {**(values or {}), **({} if standing is None else {"world": standing})}
        self.next_tool = next_tool
        self.standing = standing


class InvalidInput(UserError):  # noqa: N818 - reads as what it is
    """An argument or an answer that cannot be used. Nothing was sent."""


class UnknownSession(UserError):  # noqa: N818 - reads as what it is
    """No such session in this process."""


class StepOutOfOrder(UserError):  # noqa: N818 - reads as what it is
    """Something that an earlier step supplies is missing."""


class StaleQuestion(UserError):  # noqa: N818 - reads as what it is
    """A question that was answered, withdrawn or never asked."""


class NoCredentials(UserError):  # noqa: N818 - reads as what it is
    """The credential provider chain found no identity. Nothing was sent.

    Attributes:
        in_doubt: Whether an earlier send of the same request may have been carried out.
    """

    in_doubt = False


class SourceUnusable(UserError):  # noqa: N818 - reads as what it is
    """The source cannot be recovered this way. Nothing was created."""


class RecoveryFailed(UserError):  # noqa: N818 - reads as what it is
    """The cloud ended the recovery: the image failed, or the replica vanished."""


class RunbookImpossible(UserError):  # noqa: N818 - reads as what it is
    """The plan cannot be exported as a runbook. Nothing was written."""


class CallBudgetSpent(EcsDrError):  # noqa: N818 - reads as what it is
    """A wait before a retry would outlast the tool call. Nothing is lost: calling the tool again goes on with it."""

    def __init__(self, action: str, code: str, *, creates: bool = False) -> None:
        super().__init__(f"{action}: {code}")
        self.action = action
        self.code = code
        self.creates = creates
        self.in_doubt = True
        """Whether a request that creates something may have been carried out before the wait."""


class StillReading(CallBudgetSpent):
    """The call has lasted long enough. What it has read is kept, and the next call goes on from there."""

    def __init__(self, action: str, *, in_doubt: bool = False) -> None:
        super().__init__(action, "StillReading")
        self.in_doubt = in_doubt


class CredentialsPending(CallBudgetSpent):
    """The credential provider has not answered yet. Its run goes on, and the next call waits for the same one.

    Attributes:
        seconds: How long it has been at it.
        limit_seconds: How long it may take.
    """

    def __init__(self, seconds: float, limit_seconds: float) -> None:
        super().__init__("credentials", "CredentialsPending")
        self.seconds = seconds
        self.limit_seconds = limit_seconds
        self.in_doubt = False


class CloudError(EcsDrError):
    """The cloud's own words, classified.

    Attributes:
        action: What was called, as `ecs:RunInstances`.
        kind: What the code means.
        code: The API's code, or `NoAnswer`.
        message: The API's text, redacted.
        http_status: The HTTP status, when there was one.
        request_id: For a support ticket.
        missing_permission: The RAM action that the identity lacks (`AccessDeniedDetail.AuthAction`, else `action`).
        denial: What the cloud says of a missing permission, where it does.
    """

    def __init__(
        self,
        action: str,
        kind: ErrorKind,
        code: str,
        message: str,
        *,
        http_status: int | None = None,
        request_id: str | None = None,
        missing_permission: str | None = None,
        denial: Denial | None = None,
    ) -> None:
        super().__init__(f"{action}: {code}")
        self.action = action
        self.denial = denial
        self.kind = kind
        self.code = code
        self.message = message
        self.http_status = http_status
        self.request_id = request_id
        self.missing_permission = missing_permission

    @property
    def retryable(self) -> bool:
        """Whether the same request may succeed a little later."""
        return self.kind in RETRYABLE_KINDS

    @property
    def may_be_skipped(self) -> bool:
        """Whether an optional read that ended so may be left out."""
        return self.kind in SKIPPABLE_KINDS

    def seen_as(self, outcome: type[Outcome]) -> Outcome:
        """The same words of the cloud, once more is known about what they mean."""
        return outcome(
            self.action,
            self.kind,
            self.code,
            self.message,
            http_status=self.http_status,
            request_id=self.request_id,
            missing_permission=self.missing_permission,
            denial=self.denial,
        )


class CloudRefused(CloudError):  # noqa: N818 - reads as what it is
    """The API answered, and refused: this request did nothing."""

    after_doubt = False
    """An earlier send of the same request got no answer: what it made, if anything, is looked for first. The refusal
    may even come of it (the last of a quota or of a stock)."""


class OutcomeUnknown(CloudError):  # noqa: N818 - reads as what it is
    """No usable answer, also after the retries with the same ClientToken: the request may have been carried out."""

    creates = True
    """Not so of a read, and of a trial of a request: whether that was carried out is all the same."""

    @property
    def retryable(self) -> bool:
        """The same ClientToken may be sent again: it finds what the first send made, if it made anything."""
        return True


class ConsentViolation(Exception):  # noqa: N818 - a bug, never part of the tree a person sees
    """A mutating call without a decision on exactly its parameters."""


class ActionNotAllowed(Exception):  # noqa: N818 - a bug, never part of the tree a person sees
    """A call that is not on the allow-list. It was not sent."""
