"""What a criterion expects or has found, as values; `texts/wording` chooses the words where a person reads them."""

from __future__ import annotations

import json
from typing import TypeAlias

from ecs_dr.domain.model import JsonValue, Model


class Value(Model):
    """A value that explains itself: an id, a status, `5 Mbps`."""

    value: str


class Named(Model):
    """A value behind the name of its field."""

    field: str
    value: str


class Attached(Model):
    """How many disks are attached."""

    count: int


class Compared(Model):
    """A disk of the replica, with the fields that are not as decided, and those that could not be read."""

    device: str
    unlike: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


class Change(Model):
    """What became of one fact of the source between two readings; None: it is not there.

    Attributes:
        owner: `instance`, a disk's id, or nothing for a fact of the source as a whole.
        field: Which; nothing where the owner itself came or went.
    """

    owner: str
    field: str
    before: JsonValue
    after: JsonValue

    @property
    def name(self) -> str:
        """As it travels: `instance.status`, `d-2ze1.size_gib`, `i-2ze1`."""
        return ".".join(filter(None, (self.owner, self.field)))

    def __str__(self) -> str:
        """As it travels, in no language: `instance.status: "Running" -> "Stopped"`."""
        return f"{self.name}: {_json(self.before)} -> {_json(self.after)}"


Fact: TypeAlias = Value | Named | Attached | Compared | Change


def _json(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False)


def values(*told: str) -> tuple[Fact, ...]:
    """Values that explain themselves."""
    return tuple(Value(value=one) for one in told)
