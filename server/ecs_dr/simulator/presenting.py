"""How an answer is written, where the real cloud's own ways differ: order, empty containers, unknown fields, groups."""

from __future__ import annotations

import random
from collections.abc import Mapping

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.model_catalogue import Identity
from ecs_dr.simulator.ram import forbidden
from ecs_dr.simulator.world import World

_GROUPED = frozenset(
    {"DescribeDisks", "DescribeImages", "DescribeInstances", "DescribeSnapshots", "DescribeSecurityGroups"}
    | {"DescribeSnapshotGroups", "DescribeVSwitches", "DescribeVpcs"}
)
"""List actions that take a ResourceGroupId."""
_REFUSED_WITHOUT_A_GROUP = frozenset({"DescribeDisks", "DescribeImages", "DescribeSnapshots", "DescribeSnapshotGroups"})
_BY_ID = {"DescribeInstances": "InstanceIds"}
"""What is seen without a group when it is asked for by its id: an instance tells its group itself."""
_ROWS = 2
"""A list's rows stand two levels down: `Disks`, `Disk`."""


def check_group(action: str, params: Mapping[str, str], who: Identity, world: World) -> None:
    """Refuse a list that names no group, where the identity's rights are those of one.

    Raises:
        Fault: `Forbidden.RAM`.
    """
    asked = params.get("ResourceGroupId")
    if world.variants["group_scope"] == "denied" and action in _REFUSED_WITHOUT_A_GROUP and not asked:
        raise forbidden(world, who, f"ecs:{action}")


def check_tags(product: str, params: Mapping[str, str], who: Identity, world: World) -> None:
    """Refuse a creating request with tags, where the identity may not set any.

    Raises:
        Fault: `Forbidden.RAM`.
    """
    has_tags = any(name.startswith("Tag.") for name in params)
    is_trial = params.get("DryRun", "").lower() == "true"
    reading = world.variants["tags"]
    refused = reading == "refused" or (reading == "refused_when_made" and not is_trial)
    if has_tags and refused:
        raise forbidden(world, who, f"{product}:TagResources")


def present(
    action: str, params: Mapping[str, str], answer: Mapping[str, Json], readings: Mapping[str, str], seed: int
) -> Mapping[str, Json]:
    """The answer of a describing action as this cloud writes it."""
    if not action.startswith("Describe"):
        return answer
    written: Json = dict(answer)
    by_id = params.get(_BY_ID.get(action, ""))
    if readings["group_scope"] != "everything" and action in _GROUPED and not (params.get("ResourceGroupId") or by_id):
        written = _without_groups(written, _ROWS)
    if readings["list_order"] == "shuffled":
        written = _shuffled(written, random.Random(seed))  # noqa: S311 - an order, not a secret
    if readings["containers"] != "empty":
        written = _emptied(written, readings["containers"])
    if readings["unknown_fields"] == "everywhere":
        written = _with_more(written)
    return written if isinstance(written, dict) else answer


def _without_groups(value: Json, depth: int) -> Json:
    """The same without rows that belong to a group."""
    if isinstance(value, dict) and depth:
        return {name: _without_groups(item, depth - 1) for name, item in value.items()}
    if isinstance(value, list):
        return [row for row in value if not (isinstance(row, dict) and row.get("ResourceGroupId"))]
    return value


def _shuffled(value: Json, order: random.Random) -> Json:
    if isinstance(value, dict):
        return {name: _shuffled(item, order) for name, item in value.items()}
    if isinstance(value, list):
        items = [_shuffled(item, order) for item in value]
        order.shuffle(items)
        return items
    return value


def _emptied(value: Json, way: str) -> Json:
    """The same with each empty list, and the container of one, written in that way."""
    if isinstance(value, list):
        return [_emptied(item, way) for item in value]
    if not isinstance(value, dict):
        return value
    written: dict[str, Json] = {}
    for name, item in value.items():
        if not _is_empty(item):
            written[name] = _emptied(item, way)
        elif way != "missing":
            written[name] = None if way == "null" else ""
    return written


def _is_empty(value: Json) -> bool:
    return value == [] or (isinstance(value, dict) and bool(value) and all(item == [] for item in value.values()))


def _with_more(value: Json) -> Json:
    if isinstance(value, list):
        return [_with_more(item) for item in value]
    if isinstance(value, dict):
        return {**{name: _with_more(item) for name, item in value.items()}, "AddedLater": {"Kind": ["x", 1, None]}}
    return value
