"""Faults on demand: what goes wrong between a client and the cloud, written as data.

A plan is a TOML file of `[[fault]]` tables, used with `ecs-dr simulate --faults file.toml`. Each table says
which calls of which action meet which effect:

    [[fault]]
    action = "ecs:RunInstances"     # product:action; "*" stands for every action
    calls = "2"                     # "1", "2-4", "3-" (the third and later) or "every"; "1" when left out
    effect = "lost_response"
    delay_seconds = 0.5             # of wall-clock time, before the effect; may stand without one

The effects:

| effect              | what the client sees                            | was the request carried out? |
|---------------------|-------------------------------------------------|------------------------------|
| `error`             | the error given by `code`, `message`, `http_status`, `retry_after_seconds` | no |
| `throttle`          | `Throttling.User`, 429, with a retry time       | no                           |
| `reset`             | the connection is reset                         | no                           |
| `lost_response`     | the connection is reset                         | yes                          |
| `gateway_page`      | 502 with an HTML page                           | no                           |
| `gateway_page_after`| 502 with an HTML page                           | yes                          |
| `garbled`           | 200 with a JSON body that ends in the middle    | yes                          |
| (none)              | the true answer, late                           | yes                          |

Calls are counted from 1 for each table, over the calls that its `action` names; where several tables name the
same call the first in the file applies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from ecs_dr.simulator.errors import Fault
from ecs_dr.simulator.toml_files import TomlError, parse, read_text

if TYPE_CHECKING:
    from pathlib import Path

Effect = Literal["none", "error", "throttle", "reset", "lost_response", "gateway_page", "gateway_page_after", "garbled"]

_ACTION = re.compile(r"^(\*|(ecs|vpc):(\*|[A-Z]\w+))$")
_CALLS = re.compile(r"^(?P<first>[1-9]\d{0,8})(?P<open>-(?P<last>[1-9]\d{0,8})?)?$")
MOST_SECONDS = 24 * 3600


class FaultPlanError(Exception):
    """A fault file cannot be used; the text names the table and the key."""


@dataclass
class FaultRule:
    """One table of a plan.

    Attributes:
        action: `product:action`, `product:*` or `*`.
        first_call: The first matching call that the rule applies to, from 1.
        last_call: The last one; None for every later one.
        effect: What happens.
        code: The error code, for `error` and `throttle`.
        message: The error's text.
        http_status: The error's HTTP status.
        retry_after_seconds: Sent as `x-acs-retry-after` (in milliseconds), None for no such header.
        delay_seconds: Wall-clock seconds before anything else happens.
        seen: How many matching calls there were.
        applied: How many of them met the effect.
    """

    action: str
    first_call: int = 1
    last_call: int | None = 1
    effect: Effect = "none"
    code: str = ""
    message: str = ""
    http_status: int = 500
    retry_after_seconds: float | None = None
    delay_seconds: float = 0.0
    seen: int = field(default=0, compare=False)
    applied: int = field(default=0, compare=False)

    @property
    def carried_out(self) -> bool:
        """Whether the request is processed although the client may not learn of it."""
        return self.effect in {"none", "lost_response", "gateway_page_after", "garbled"}

    @property
    def drops_connection(self) -> bool:
        """Whether the client loses its connection instead of getting an answer."""
        return self.effect in {"reset", "lost_response"}

    @property
    def shows_gateway_page(self) -> bool:
        """Whether the client gets a gateway's HTML page instead of an answer."""
        return self.effect in {"gateway_page", "gateway_page_after"}

    @property
    def cuts_the_answer(self) -> bool:
        """Whether the client gets the beginning of the true answer alone."""
        return self.effect == "garbled"

    def error(self) -> Fault | None:
        """Return the error that the client gets, None for the other effects."""
        if self.effect not in {"error", "throttle"}:
            return None
        wait = self.retry_after_seconds
        return Fault(
            self.code, self.message, self.http_status, retry_after_ms=None if wait is None else round(wait * 1000)
        )

    def _names(self, product: str, action: str) -> bool:
        return self.action in {"*", f"{product}:*", f"{product}:{action}"}

    def count(self, product: str, action: str) -> bool:
        """Count a call; True when the rule applies to it."""
        if not self._names(product, action):
            return False
        self.seen += 1
        return self.first_call <= self.seen and (self.last_call is None or self.seen <= self.last_call)


class FaultPlan:
    """The rules in force, with their counters."""

    def __init__(self, rules: list[FaultRule] | None = None) -> None:
        self.rules = rules if rules is not None else []

    @classmethod
    def from_toml(cls, source: Path | str) -> FaultPlan:
        """Read a plan from a file, or from TOML text.

        Raises:
            FaultPlanError: The text is no plan; the message names the table and the key.
        """
        try:
            document = parse(source if isinstance(source, str) else read_text(source))
        except TomlError as error:
            raise FaultPlanError(str(error)) from None
        unknown = sorted(set(document) - {"fault"})
        if unknown:
            raise FaultPlanError(f"unknown key {unknown[0]!r}: a plan holds [[fault]] tables alone")
        tables = document.get("fault", [])
        if not isinstance(tables, list):
            raise FaultPlanError("write [[fault]], with two brackets, for each fault")
        return cls([_rule(number, table) for number, table in enumerate(tables, 1)])

    def next_call(self, product: str, action: str) -> FaultRule | None:
        """Count a call of an action and return the rule that applies to it, if any does."""
        applicable = [rule for rule in self.rules if rule.count(product, action)]
        if not applicable:
            return None
        applicable[0].applied += 1
        return applicable[0]

    def hits(self) -> dict[str, int]:
        """Return how often each rule applied, by a readable name of the rule."""
        return {f"{number}. {rule.action} {rule.effect}": rule.applied for number, rule in enumerate(self.rules, 1)}

    def reset(self) -> None:
        """Count from the beginning again."""
        for rule in self.rules:
            rule.seen = rule.applied = 0


class _Table:
    """One table being read; every complaint names it."""

    def __init__(self, number: int, values: Mapping[str, object]) -> None:
        self._where = f"fault {number}"
        self._values = values

    def complain(self, what: str) -> FaultPlanError:
        return FaultPlanError(f"{self._where}: {what}")

    def require_known(self, known: frozenset[str]) -> None:
        unknown = sorted(set(self._values) - known)
        if unknown:
            raise self.complain(f"unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}")

    def text(self, key: str, default: str) -> str:
        value = self._values.get(key, default)
        if not isinstance(value, str):
            raise self.complain(f"{key} must be a text in quotes")
        return value

    def seconds(self, key: str) -> float | None:
        value = self._values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_SECONDS:
            raise self.complain(f"{key} must be a number of seconds from 0 to {MOST_SECONDS:g}")
        return float(value)

    def http_status(self, default: int) -> int:
        value = self._values.get("http_status", default)
        if not isinstance(value, int) or not 400 <= value <= 599:
            raise self.complain("http_status must be between 400 and 599")
        return value


_KEYS = frozenset(
    {
        "action",
        "calls",
        "effect",
        "code",
        "message",
        "http_status",
        "retry_after_seconds",
        "delay_seconds",
    }
)


def _rule(number: int, values: object) -> FaultRule:
    if not isinstance(values, dict):
        raise FaultPlanError("write [[fault]], with two brackets, for each fault")
    table = _Table(number, values)
    table.require_known(_KEYS)
    action = table.text("action", "")
    if not _ACTION.match(action):
        raise table.complain('action must be like "ecs:RunInstances", "vpc:*" or "*"')
    effect = _effect(table)
    first, last = _calls(table)
    throttled = effect == "throttle"
    code = table.text("code", "Throttling.User" if throttled else "")
    if effect == "error" and not code:
        raise table.complain('effect = "error" needs a code, for example "InternalError"')
    retry_after = table.seconds("retry_after_seconds")
    return FaultRule(
        action=action,
        first_call=first,
        last_call=last,
        effect=effect,
        code=code,
        message=table.text("message", "Request was denied due to user flow control." if throttled else code),
        http_status=table.http_status(429 if throttled else 500),
        retry_after_seconds=1.0 if throttled and retry_after is None else retry_after,
        delay_seconds=table.seconds("delay_seconds") or 0.0,
    )


def _effect(table: _Table) -> Effect:
    wanted = table.text("effect", "none")
    known: tuple[Effect, ...] = get_args(Effect)
    for effect in known:
        if effect == wanted:
            return effect
    raise table.complain(f"unknown effect {wanted!r}; known are {', '.join(known)}")


def _calls(table: _Table) -> tuple[int, int | None]:
    wanted = table.text("calls", "1")
    if wanted == "every":
        return 1, None
    found = _CALLS.match(wanted)
    if found is None:
        raise table.complain(f'calls must be like "1", "2-4", "3-" or "every", not {wanted!r}')
    first = int(found["first"])
    if found["open"] is None:
        return first, first
    last = int(found["last"]) if found["last"] else None
    if last is not None and last < first:
        raise table.complain(f"calls {wanted!r} ends before it begins")
    return first, last
