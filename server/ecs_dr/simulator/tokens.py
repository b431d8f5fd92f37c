"""ClientToken: the same token with the same parameters gives the same answer, and makes nothing twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.errors import Fault

_NOT_PART_OF_THE_REQUEST = frozenset({"ClientToken", "DryRun"})


@dataclass(frozen=True)
class Remembered:
    """The first answer that a token got."""

    digest: str
    answer: Mapping[str, Json] | None
    fault: Fault | None


@dataclass
class TokenBook:
    """The tokens seen so far, by region, action and token."""

    seen: dict[tuple[str, str, str, str], Remembered] = field(default_factory=dict)

    def recall(self, key: tuple[str, str, str, str], params: Mapping[str, str], mismatch: str) -> Remembered | None:
        """The first answer for this token, or None for a new one.

        Raises:
            Fault: The token is malformed, or was used with other parameters.
        """
        token = key[-1]
        if len(token) > 64 or not token.isascii():
            raise Fault("InvalidClientToken.ValueNotSupported", "The ClientToken provided is invalid.")
        known = self.seen.get(key)
        if known is not None and known.digest != _digest(params):
            raise Fault(mismatch, "The specified ClientToken was used before with different request parameters.")
        return known

    def remember(
        self,
        key: tuple[str, str, str, str],
        params: Mapping[str, str],
        *,
        answer: Mapping[str, Json] | None = None,
        fault: Fault | None = None,
    ) -> None:
        """Keep what this token got."""
        self.seen[key] = Remembered(_digest(params), answer, fault)


def _digest(params: Mapping[str, str]) -> str:
    kept = {name: value for name, value in params.items() if name not in _NOT_PART_OF_THE_REQUEST}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()
