"""Source, decision and replica side by side: one row an attribute, as the ledger lists them.

What was to be follows the launch, which is what the person saw and confirmed; the source for what the launch does
not say and that must stay (VPC, security groups); the image for the content of a disk. A value that was decided and
cannot be read never matches.
"""

from __future__ import annotations

from collections.abc import Iterator

from ecs_dr.domain.attributes.model import (
    NOTHING,
    UNREAD,
    AnyAttribute,
    Attribute,
    FidelityRow,
    FidelityVerdict,
    Value,
)
from ecs_dr.domain.attributes.table import DISKS, INSTANCE
from ecs_dr.domain.disks import Disk, ReplicaDisk
from ecs_dr.domain.image import Image
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.model import Model
from ecs_dr.domain.source import Source

UNKNOWN = NOTHING
"""What a row shows where there is nothing, or nothing could be read."""


ANY = "*"
"""What is decided where the replica must have a value of its own, whichever it is."""


class DiskRow(Model):
    """One field of one disk.

    Attributes:
        device: The disk, by its device name in the image.
        field: `device`, `type`, `category`, `performance_level`, `size_gib`, `content` (the snapshot that the disk
            was made from), `encrypted`, `kms_key_id`, `delete_with_instance`, `bursting_enabled`,
            `provisioned_iops` and the rest of the ledger's disk rows.
        expected: What it was to be.
        actual: What the cloud reports; `-` for nothing.
        matches: Whether they are the same, and known.
        decided: Whether the expected value differs from the source's because the person chose so.
    """

    device: str
    field: str
    expected: str
    actual: str
    matches: bool
    decided: bool = False


class AttributeRow(Model):
    """One attribute of the instance; the fields mean what they mean in `DiskRow`."""

    field: str
    expected: str
    actual: str
    matches: bool
    decided: bool = False


def instance_fidelity(source: Source, launch: LaunchRequest, replica: Source) -> tuple[FidelityRow, ...]:
    """Every attribute of the instance."""
    return tuple(_of_instance(row, source, launch, replica) for row in INSTANCE)


def disk_fidelity(source: Source, image: Image, launch: LaunchRequest, replica: Source) -> tuple[FidelityRow, ...]:
    """Every attribute of every disk of the source, of the launch and of the replica: also one missing or too many."""
    sources = {disk.disk_id: disk for disk in source.disks}
    contents = {(mapping.type, mapping.device): mapping.snapshot_id for mapping in image.mappings}
    left = list(replica.disks)
    rows: list[FidelityRow] = []
    for disk in launch.disks:
        actual = next((found for found in left if _is_same(disk, found)), None)
        if actual is None:
            rows.append(_lone("differs", disk.device, source=disk.device, decided=disk.device))
            continue
        left.remove(actual)
        planned = disk.model_copy(update={"snapshot_id": contents.get((disk.type, disk.device), "")})
        rows += _of_disk(planned, actual, sources.get(disk.source_disk_id), launch)
    planned_ids = {disk.source_disk_id for disk in launch.disks}
    forgotten = [disk for disk in source.disks if disk.disk_id not in planned_ids]
    rows += [_lone("differs", disk.device, source=disk.device, decided=disk.device) for disk in forgotten]
    rows += [_lone("differs", name, replica=name) for name in (disk.device or disk.disk_id for disk in left)]
    return tuple(rows)


def attribute_rows(rows: tuple[FidelityRow, ...]) -> tuple[AttributeRow, ...]:
    """What the launch set of the instance, and whatever differs."""
    return tuple(_as_attribute(row) for row in rows if _is_judged(row))


def disk_rows(rows: tuple[FidelityRow, ...]) -> tuple[DiskRow, ...]:
    """What the launch set of the disks, and whatever differs."""
    told = ((row.device, _as_attribute(row)) for row in rows if _is_judged(row))
    return tuple(DiskRow(device=device, **row.model_dump()) for device, row in told)


def _is_judged(row: FidelityRow) -> bool:
    return row.blocking or (row.decided != NOTHING and row.verdict in {"matches", "differs_by_decision"})


def _is_same(planned: ReplicaDisk, actual: Disk) -> bool:
    """The system disk is the one of its type; a data disk is the one at its device."""
    if planned.type == "system":
        return actual.type == "system"
    return actual.type == "data" and actual.device == planned.device


def _of_instance(row: Attribute, source: Source, launch: LaunchRequest, replica: Source) -> FidelityRow:
    before = (row.wanted or row.value)(source) if row.read else None
    after = row.value(replica) if row.read else None
    decided = before if row.keeps else row.decided(launch)
    if row.handling == "cannot":
        wanted = ANY if row.required else None
        return _row(row, before, wanted, after, _of_what_cannot(row, before, after))
    return _row(row, before, decided, after, _judge(row, before, decided, after))


def _of_disk(planned: ReplicaDisk, actual: Disk, source: Disk | None, launch: LaunchRequest) -> Iterator[FidelityRow]:
    for row in DISKS:
        if row.only not in {"", planned.type}:
            continue
        before = None if source is None else row.value(source)
        decided = row.decided(planned)
        if row.of_launch is not None and before:
            decided = row.of_launch(launch)
        after = row.value(actual)
        if row.handling == "cannot":
            yield _row(row, before, None, after, _of_what_cannot(row, before, after), planned.device)
        else:
            yield _row(row, before, decided, after, _judge(row, before, decided, after), planned.device)


def _judge(row: AnyAttribute, before: Value, decided: Value, after: Value) -> FidelityVerdict:
    if None not in {decided, after} and (after != decided or (not decided and row.key in _NEVER_EMPTY)):
        return "differs"
    if after is None or (before is None and not decided):
        return "not_readable"
    if before is None or _stands_for(row, before, after):
        return "matches"
    return "cannot_be_carried" if row.key == _NEEDS_THE_VSWITCH else "differs_by_decision"


def _stands_for(row: AnyAttribute, before: str, other: str) -> bool:
    return before == other or (row.faithful is not None and row.faithful(before, other))


_NEVER_EMPTY = frozenset({"content", "size_gib", "category", "device", "type", "vpc_id", "security_group_ids"})
_NEEDS_THE_VSWITCH = "ipv6"
"""Addresses that the chosen VSwitch does not have are not a decision about them."""


def _of_what_cannot(row: AnyAttribute, before: Value, after: Value) -> FidelityVerdict:
    if isinstance(row, Attribute):
        if not row.read:
            return "cannot_be_carried"
        if (row.required and not after) or (row.alone and after and not before):
            return "differs"
    if before is None:
        return "not_readable"
    return "cannot_be_carried" if before and before != after else "matches"


def _row(
    row: AnyAttribute, before: Value, decided: Value, after: Value, verdict: FidelityVerdict, device: str = ""
) -> FidelityRow:
    verifiable = row.verifiable if isinstance(row, Attribute) else True
    unknown = verdict == "not_readable" and bool(decided) and verifiable
    return FidelityRow(
        key=row.key,
        label_key=f"ledger.{row.key}.label",
        group=row.group,
        source=_shown(before),
        decided=decided or NOTHING,
        replica=_shown(after),
        verdict=verdict,
        device=device,
        handling=row.handling,
        manual_key=f"ledger.{row.key}.manual" if verdict == "cannot_be_carried" else "",
        blocking=unknown or verdict == "differs",
    )


def _lone(
    verdict: FidelityVerdict, device: str, source: str = NOTHING, decided: str = NOTHING, replica: str = NOTHING
) -> FidelityRow:
    return FidelityRow(
        key="device",
        label_key="ledger.device.label",
        group="disks",
        source=source,
        decided=decided,
        replica=replica,
        verdict=verdict,
        device=device,
        blocking=True,
    )


def _shown(value: Value) -> str:
    return UNREAD if value is None else value or NOTHING


def _as_attribute(row: FidelityRow) -> AttributeRow:
    return AttributeRow(
        field=row.key,
        expected=row.decided,
        actual=NOTHING if row.replica == UNREAD else row.replica,
        matches=not row.blocking,
        decided=row.verdict == "differs_by_decision",
    )
