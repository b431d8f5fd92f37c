"""The base of every domain model, and the canonical digest that consent and idempotency rest on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self, TypeAlias

from pydantic import BaseModel, ConfigDict, JsonValue

__all__ = ["ROW", "JsonObject", "JsonValue", "Model", "Plain", "Tag", "digest"]

JsonObject: TypeAlias = dict[str, JsonValue]
"""A JSON object; pydantic's own recursive JsonValue, since a model cannot resolve a recursive alias of ours."""


_SETS: dict[frozenset[str], set[str]] = {}
"""Each combination of fields that was ever set, once."""


class Model(BaseModel):
    """A frozen value. Unknown fields are a bug, not data.

    Each model is built on its first use: a start of the server imports all of them and uses few.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    def model_post_init(self, context: object, /) -> None:
        """Share what every object would hold for itself: which fields were set. Many have the same; none changes.

        A finished recovery holds hundreds of values, and half of its memory would be these sets.
        """
        del context
        _share_names(self)

    def model_copy(self, *, update: Mapping[str, object] | None = None, deep: bool = False) -> Self:
        """As pydantic's, which gives each copy a set of its own."""
        copied = super().model_copy(update=update, deep=deep)
        _share_names(copied)
        return copied

    def told(self, always: frozenset[str]) -> JsonObject:
        """The fields as JSON without what is empty or as everywhere, except for those that are always told."""
        return {
            **self.model_dump(mode="json", include=set(always)),
            **self.model_dump(mode="json", exclude_defaults=True),
        }


def _share_names(model: Model) -> None:
    names = frozenset(model.__pydantic_fields_set__)
    shared = _SETS.get(names)
    if shared is None:
        shared = _SETS[names] = set(names)
    object.__setattr__(model, "__pydantic_fields_set__", shared)


ROW = ConfigDict(extra="forbid")
"""Of a frozen dataclass with slots that a model holds by the hundred: a tenth of the memory that a model takes."""

Plain = str | int | bool
"""What an attribute is that is carried as it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A resource tag."""

    __pydantic_config__ = ROW

    key: str
    value: str


def as_parameters(tags: tuple[Tag, ...]) -> list[JsonValue]:
    """Tags as a request names them (`Tag.N.Key`, `Tag.N.Value`)."""
    return [{"Key": tag.key, "Value": tag.value} for tag in tags]


canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
"""A value as the one JSON text, in ASCII, that every equal value has in any process."""


def digest(value: JsonValue) -> str:
    """The SHA-256 (hex) of a value in canonical JSON: equal values have equal digests in any process."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()
