"""The part of the OOS template language that a runbook uses (format OOS-2019-06-01), and how it is written down.

References are `{{ task.output }}`; a value that is nothing but one reference keeps its type. Functions are mappings of
one key. ECS and VPC parameters are spelled as OOS spells them: flat (`SystemDiskCategory`), lists in the plural
(`DataDisks`, `Tags`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from ecs_dr.domain.model import JsonObject, JsonValue
from ecs_dr.domain.texts import Texts

FORMAT = "OOS-2019-06-01"
MAX_BYTES = 65536
"""OOS CreateTemplate: Content, 64 KB."""

EXECUTION = "{{ ACS::ExecutionId }}"
ITEM = "{{ ACS::TaskLoopItem }}"
REFERENCE_MARKS = ("{{", "}}")
"""A value of the source that holds one of them would be read as a reference."""

_PLURAL = {"DataDisk": "DataDisks", "Tag": "Tags"}
_GROUPS = frozenset({"SystemDisk", "CpuOptions", "ImageOptions", "SecurityOptions", "PrivateDnsNameOptions"})

_EN, _ZH = Texts("en"), Texts("zh")


def both(key: str, **values: str | float) -> JsonObject:
    """A text in both languages, as Label and Description take it."""
    return {"en": _EN(key, **values), "zh-cn": _ZH(key, **values)}


def select(key: str, source: JsonValue) -> JsonObject:
    """One entry of a mapping, by its key, when the template runs."""
    return {"Fn::Select": [key, source]}


def spelled(parameters: JsonObject) -> JsonObject:
    """Parameters of a request as ExecuteAPI takes them."""
    found: JsonObject = {}
    for name, value in parameters.items():
        if name in _GROUPS and isinstance(value, dict):
            found.update({f"{name}{inner}": worth for inner, worth in value.items()})
        else:
            found[_PLURAL.get(name, name)] = value
    return found


def one_value(values: Mapping[str, JsonValue]) -> JsonValue:
    """One value for a loop over sources: literal where all have the same, else chosen by the source of the round.

    Args:
        values: By source, at least one.
    """
    first, *others = values.values()
    if all(value == first for value in others):
        return first
    if all(value == source for source, value in values.items()):
        return ITEM
    if isinstance(first, dict) and all(isinstance(one, dict) and one.keys() == first.keys() for one in others):
        rows = {source: value for source, value in values.items() if isinstance(value, dict)}
        return {name: one_value({source: row[name] for source, row in rows.items()}) for name in first}
    if isinstance(first, list) and all(isinstance(one, list) and len(one) == len(first) for one in others):
        lists = {source: value for source, value in values.items() if isinstance(value, list)}
        return [one_value({source: row[at] for source, row in lists.items()}) for at in range(len(first))]
    return select(ITEM, dict(values))


def template_text(template: JsonObject) -> str:
    """The template as it is handed to OOS: JSON, the same bytes for the same plan."""
    return json.dumps(template, ensure_ascii=False, indent=1) + "\n"
