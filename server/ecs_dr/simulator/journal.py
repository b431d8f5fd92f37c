"""What was asked of the simulated cloud, in order: the witness that tests and people read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.clock import timestamp

_HIDDEN_PARAMS = frozenset({"Password", "UserData", "SecurityToken", "AccessKeyId", "Signature"})
_SESSION = re.compile(r"AlibabaCloud-Agent-Skills/[^/\s]+/([0-9a-f]{32})")


@dataclass(frozen=True)
class JournalEntry:
    """One request and how it ended.

    Attributes:
        time: Cloud time.
        params: The flattened parameters; a secret's value is replaced by `***`.
        identity: Who asked.
        user_agent: As sent.
        session_id: The recovery session named in the user agent, or the empty string.
        outcome: `OK`, or the code of the refusal.
        http_status: As answered.
        replayed: The answer is that of an earlier request with the same ClientToken.
    """

    time: datetime
    product: str
    action: str
    params: Mapping[str, str]
    identity: str
    user_agent: str
    session_id: str
    outcome: str
    http_status: int
    request_id: str
    replayed: bool = False

    def as_json(self) -> dict[str, Json]:
        """The entry for a person or another process."""
        shown: dict[str, Json] = {**asdict(self), "time": timestamp(self.time), "params": dict(self.params)}
        return shown


def without_secrets(params: Mapping[str, str]) -> dict[str, str]:
    """The parameters with secrets blotted out."""
    return {name: "***" if name in _HIDDEN_PARAMS else value for name, value in params.items()}


def session_of(user_agent: str) -> str:
    """The session id inside a user agent, or the empty string."""
    match = _SESSION.search(user_agent)
    return match[1] if match else ""
