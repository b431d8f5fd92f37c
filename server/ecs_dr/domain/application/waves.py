"""Waves as a person writes them: `i-1,i-2|i-3`, and changes to a plan: `i-1 zone=cn-hangzhou-i; i-3 out`."""

from __future__ import annotations

import re
from typing import Literal

from ecs_dr.domain.model import Model
from ecs_dr.domain.names import is_instance_id, is_instance_type, is_zone_id
from ecs_dr.errors import InvalidInput

MAX_INSTANCES = 100
LONGEST_TEXT = 8192
"""Characters of `waves`: a hundred ids of the longest kind fit."""

Waves = tuple[tuple[str, ...], ...]

_WAVE = re.compile(r"[|｜]")
_COMMA = re.compile(r"[,，]")
_CHANGES = re.compile(r"[;；\n]")


def parse_waves(text: str) -> Waves:
    """The ids of each wave, in their order.

    Raises:
        InvalidInput: Nothing, an empty wave, something that is no id, an id twice, or more than 100.
    """
    if not text.strip():
        raise InvalidInput("WavesMissing", "waves_missing")
    waves = tuple(tuple(part.strip() for part in _COMMA.split(wave)) for wave in _WAVE.split(text))
    seen: dict[str, int] = {}
    for number, wave in enumerate(waves, 1):
        if wave == ("",):
            raise InvalidInput("EmptyWave", "waves_empty", {"wave": str(number)})
        for one in wave:
            if not is_instance_id(one):
                shown = one[:48] or "-"
                raise InvalidInput("InvalidInstanceId", "waves_no_id", {"id": shown, "wave": str(number)})
            if one in seen:
                values = {"id": one, "first": str(seen[one]), "second": str(number)}
                raise InvalidInput("DoubledInstance", "waves_doubled", values)
            seen[one] = number
    if len(seen) > MAX_INSTANCES:
        raise InvalidInput("TooManyInstances", "waves_too_many", {"count": str(len(seen)), "limit": str(MAX_INSTANCES)})
    return waves


def waves_text(waves: Waves) -> str:
    """The same as text."""
    return "|".join(",".join(wave) for wave in waves)


class Adjustment(Model):
    """What a person wants otherwise about one source of a plan; empty: as it was planned."""

    out: bool = False
    zone_id: str = ""
    instance_type: str = ""


def parse_changes(text: str, known: frozenset[str]) -> dict[str, Adjustment]:
    """Changes as they were typed: entries separated by `;`, each an id with `zone=…`, `type=…` or `out`.

    Raises:
        InvalidInput: An entry that is none, or is about something that is not in the plan.
    """
    changes: dict[str, Adjustment] = {}
    for entry in filter(None, (part.strip() for part in _CHANGES.split(text))):
        source, *words = entry.split()
        if source not in known:
            raise InvalidInput("UnknownInstance", "changes_unknown", {"id": source[:48]})
        fields: dict[str, str | bool] = {}
        for word in words:
            name, value = _word(word)
            fields[name] = value
        if not fields:
            raise InvalidInput("UnknownWords", "changes_words", {"words": entry[:80]})
        changes[source] = changes.get(source, Adjustment()).model_copy(update=fields)
    if not changes:
        raise InvalidInput("UnknownWords", "changes_words", {"words": text[:80]})
    return changes


def _word(word: str) -> tuple[Literal["out", "zone_id", "instance_type"], str | bool]:
    name, _, value = word.partition("=")
    if word == "out":
        return "out", True
    if name == "zone" and is_zone_id(value):
        return "zone_id", value
    if name == "type" and is_instance_type(value):
        return "instance_type", value
    raise InvalidInput("UnknownWords", "changes_words", {"words": word[:80]})
