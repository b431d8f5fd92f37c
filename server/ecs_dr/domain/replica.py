"""What the replica is to be: the source's own values where they carry over safely, the person's choices elsewhere."""

from __future__ import annotations

from ecs_dr.domain.attributes.table import launch_fields
from ecs_dr.domain.attributes.terms import (
    Billing,
    LaunchChoices,
    Placement,
    Terms,
    bandwidth_out,
)
from ecs_dr.domain.disks.model import ReplicaDisk
from ecs_dr.domain.images.model import Image
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.model import JsonObject, JsonValue, Tag
from ecs_dr.domain.source import Source

__all__ = [
    "Billing",
    "LaunchChoices",
    "Placement",
    "bandwidth_out",
    "flatten",
    "plan_launch",
]


def plan_launch(
    source: Source,
    image: Image,
    placement: Placement,
    disks: tuple[ReplicaDisk, ...],
    billing: Billing,
    name: str,
    lineage: tuple[Tag, ...] = (),
    choices: LaunchChoices | None = None,
) -> LaunchRequest:
    """Every parameter of the launch, explicit, as the ledger decides each of them.

    A drill ends whole: a data disk that outlives its instance would stay and be billed (DataDisk.N.DeleteWithInstance).
    """
    if choices is not None and choices.release_time:
        disks = tuple(disk.model_copy(update={"delete_with_instance": True}) for disk in disks)
    terms = Terms(source, image, placement, disks, billing, choices or LaunchChoices(), name, lineage)
    return LaunchRequest.model_validate(launch_fields(terms))


def flatten(parameters: JsonObject, prefix: str = "") -> tuple[tuple[str, str], ...]:
    """The parameters as the API's own flat names (`SystemDisk.Category`, `DataDisk.1.Device`), for a person to read."""
    rows: list[tuple[str, str]] = []
    for name, value in parameters.items():
        rows += _flat_value(f"{prefix}{name}", value)
    return tuple(rows)


def _flat_value(name: str, value: JsonValue) -> tuple[tuple[str, str], ...]:
    if isinstance(value, dict):
        return flatten(value, f"{name}.")
    if isinstance(value, list):
        return tuple(row for number, item in enumerate(value, 1) for row in _flat_value(f"{name}.{number}", item))
    if isinstance(value, bool):
        return ((name, str(value).lower()),)
    return ((name, "" if value is None else str(value)),)
