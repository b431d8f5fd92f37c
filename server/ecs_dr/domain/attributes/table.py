"""The fidelity ledger: one table that says of every attribute of the source what becomes of it on the replica.

It works out the launch, it is what the replica is compared by, and it is what the documentation shows. An attribute
counts as carried when the launch sends it and the comparison checks it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from ecs_dr.domain.attributes.model import AnyAttribute, Attribute, DiskAttribute
from ecs_dr.domain.attributes.rows_access import ACCESS
from ecs_dr.domain.attributes.rows_disks import DISKS
from ecs_dr.domain.attributes.rows_instance import COMPUTE, IDENTITY
from ecs_dr.domain.attributes.rows_network import BILLING, NETWORK, OUTSIDE, PLACEMENT
from ecs_dr.domain.attributes.terms import Terms
from ecs_dr.domain.disks.model import Disk, ReplicaDisk
from ecs_dr.domain.model import Model, Plain
from ecs_dr.domain.source import Source

__all__ = [
    "DISKS",
    "DISK_PATHS",
    "FIFTY",
    "INSTANCE",
    "INSTANCE_PATHS",
    "LEDGER",
    "PLAIN",
    "WORDS",
    "Account",
    "Count",
    "account",
    "count",
    "left_for_a_person",
]

INSTANCE: tuple[Attribute, ...] = (*PLACEMENT, *IDENTITY, *COMPUTE, *ACCESS, *NETWORK, *BILLING, *OUTSIDE)
LEDGER: tuple[AnyAttribute, ...] = (
    *(row for row in INSTANCE if row.group != "outside"),
    *DISKS,
    *OUTSIDE,
)
INSTANCE_PATHS = {row.field: row.read for row in LEDGER if isinstance(row, Attribute) and row.field}
"""Where the reader finds the fields of `Instance` that are filled as they stand (DescribeInstances)."""
PLAIN = tuple(row for row in INSTANCE if row.plain is not None)
"""Those that are carried as they stand."""
DISK_PATHS = {row.field: row.read for row in DISKS if row.field}
"""The same for `Disk` (DescribeDisks)."""
WORDS = {row.key: row.word for row in LEDGER if row.word}
"""By which those are decided that are offered with the launch."""
FIFTY = range(1, 51)
"""The attributes that can be read on an ECS instance and set at launch, as published beside other tools' figures."""

Account = Literal["carried", "asked", "cannot"]


class Count(Model):
    """How many of the fifty attributes are carried, put to the person, or left to be done by hand."""

    carried: int
    asked: int
    cannot: int

    @property
    def total(self) -> int:
        """All that are accounted for."""
        return self.carried + self.asked + self.cannot


def account(number: int) -> Account:
    """What becomes of one of the fifty: the weakest of its rows decides.

    Raises:
        KeyError: No row accounts for it.
    """
    handlings = {row.handling for row in LEDGER if number in row.numbers}
    if not handlings:
        raise KeyError(number)
    if "cannot" in handlings:
        return "cannot"
    return "asked" if handlings & {"asked", "offered"} else "carried"


def count() -> Count:
    """The count over all fifty."""
    found = [account(number) for number in FIFTY]
    return Count(carried=found.count("carried"), asked=found.count("asked"), cannot=found.count("cannot"))


def launch_fields(terms: Terms) -> dict[str, object]:
    """The fields of the launch, as every row of the ledger decides them."""
    plain: dict[str, Plain] = {}
    fields: dict[str, object] = {"disks": tuple(_carried(disk, terms) for disk in terms.disks), "plain": plain}
    for row in INSTANCE:
        if row.key in terms.choices.left_out:
            continue
        plain |= row.sent_plainly(terms)
        if row.carry is not None:
            fields.update(row.carry(terms))
    # The tags of this product are no part of what a person decides about: they stay.
    return fields | ({"tags": terms.lineage} if "tags" in terms.choices.left_out else {})


def _carried(planned: ReplicaDisk, terms: Terms) -> ReplicaDisk:
    source = next((disk for disk in terms.source.disks if disk.disk_id == planned.source_disk_id), None)
    if source is None:
        return planned
    changes: dict[str, object] = {}
    for row in DISKS:
        if row.carry is not None and row.key not in terms.choices.left_out:
            changes.update(row.carry(source, terms))
    return planned.model_copy(update=changes)


def left_for_a_person(source: Source) -> Iterator[tuple[AnyAttribute, str]]:
    """What cannot be carried and this source has, with its values: each is something to do by hand."""
    for row in LEDGER:
        if row.handling != "cannot":
            continue
        if isinstance(row, Attribute):
            value = row.value(source) if row.read else None
        else:
            value = _of_disks(row, source.disks)
        if value:
            yield row, value


def _of_disks(row: DiskAttribute, disks: tuple[Disk, ...]) -> str:
    values = ((disk, row.value(disk)) for disk in disks if row.only in {"", disk.type})
    return ", ".join(f"{disk.device}: {value}" for disk, value in values if value and value != "true")
