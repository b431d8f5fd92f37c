"""Source, decision and replica side by side: one row an attribute, as the ledger lists them.

What was to be follows the launch, which is what the person saw and confirmed; the source for what the launch does
not say and that must stay (VPC, security groups); the image for the content of a disk. A value that was decided and
cannot be read never matches.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace

from ecs_dr.domain.attributes.model import (
    NOTHING,
    UNREAD,
    AnyAttribute,
    Attribute,
    AttributeText,
    FidelityRow,
    FidelityVerdict,
    label_key,
    manual_key,
)
from ecs_dr.domain.attributes.table import DISKS, INSTANCE
from ecs_dr.domain.disks.model import Disk, ReplicaDisk
from ecs_dr.domain.disks.pairs import pair_disks, same_device
from ecs_dr.domain.images.model import Image
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.model import ROW, JsonObject
from ecs_dr.domain.source import Source

UNKNOWN = NOTHING
"""What a row shows where there is nothing, or nothing could be read."""


ANY = "*"
"""What is decided where the replica must have a value of its own, whichever it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRow:
    """A row of which a page of data tells what says something."""

    __pydantic_config__ = ROW

    def told(self) -> JsonObject:
        """What is compared always, as it has no default; the rest where it is not as everywhere."""
        named = {one.name: (getattr(self, one.name), one.default) for one in fields(self)}
        return {name: value for name, (value, default) in named.items() if value != default}


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskRow(ToldRow):
    """One field of one disk.

    Attributes:
        device: The disk, by its device name in the image.
        field: `device`, `type`, `category`, `performance_level`, `size_gib`, `content` (the snapshot or, where
            the cloud names none, the image that the disk was made from), `encrypted`, `kms_key_id`,
            `delete_with_instance`, `bursting_enabled`, `provisioned_iops` and the rest of the ledger's disk rows.
        expected: What it was to be.
        actual: What the cloud reports; `-` for nothing.
        matches: Whether they are the same, and known.
        decided: Whether the expected value differs from the source's because the person chose so.
        readable: Whether the actual value could be read: one that could not is neither right nor wrong.
    """

    device: str
    field: str
    expected: str
    actual: str
    matches: bool
    decided: bool = False
    readable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeRow(ToldRow):
    """One attribute of the instance; the fields mean what they mean in `DiskRow`."""

    field: str
    expected: str
    actual: str
    matches: bool
    decided: bool = False
    readable: bool = True


def instance_fidelity(source: Source, launch: LaunchRequest, replica: Source) -> tuple[FidelityRow, ...]:
    """Every attribute of the instance."""
    return tuple(_of_instance(row, source, launch, replica) for row in INSTANCE)


def disk_fidelity(source: Source, image: Image, launch: LaunchRequest, replica: Source) -> tuple[FidelityRow, ...]:
    """Every attribute of every disk of the source, of the launch and of the replica: also one missing or too many."""
    sources = {disk.disk_id: disk for disk in source.disks}
    planned = tuple(_with_content(disk, image) for disk in launch.disks)
    found = pair_disks(planned, replica.disks)
    rows: list[FidelityRow] = []
    for disk in planned:
        actual = found.get(disk.source_disk_id)
        if actual is None:
            rows.append(_lone("differs", disk.device, source=disk.device, decided=disk.device))
            continue
        rows += _of_disk(disk, actual, sources.get(disk.source_disk_id), launch)
    paired = {disk.disk_id for disk in found.values()}
    left = [disk for disk in replica.disks if disk.disk_id not in paired]
    planned_ids = {disk.source_disk_id for disk in launch.disks}
    forgotten = [disk for disk in source.disks if disk.disk_id not in planned_ids]
    rows += [_lone("differs", disk.device, source=disk.device, decided=disk.device) for disk in forgotten]
    rows += [_lone("differs", name, replica=name) for name in (disk.handle for disk in left)]
    return tuple(rows)


def attribute_rows(rows: tuple[FidelityRow, ...]) -> tuple[AttributeRow, ...]:
    """What the launch set of the instance, and whatever differs."""
    return tuple(_as_attribute(row) for row in rows if _is_judged(row))


def disk_rows(rows: tuple[FidelityRow, ...]) -> tuple[DiskRow, ...]:
    """What the launch set of the disks, and whatever differs."""
    told = ((row.device, _as_attribute(row)) for row in rows if _is_judged(row))
    return tuple(DiskRow(device=device, **asdict(row)) for device, row in told)


def _is_judged(row: FidelityRow) -> bool:
    return row.blocking or (row.decided != NOTHING and row.verdict in {"matches", "differs_by_decision"})


def _with_content(disk: ReplicaDisk, image: Image) -> ReplicaDisk:
    """The planned disk with the snapshot that the image holds for it."""
    contents = {(mapping.type, mapping.device): mapping.snapshot_id for mapping in image.mappings}
    return disk.model_copy(update={"snapshot_id": contents.get((disk.type, disk.device), "")})


def _of_instance(row: Attribute, source: Source, launch: LaunchRequest, replica: Source) -> FidelityRow:
    before = (row.wanted or row.value)(source) if row.read else None
    after = row.value(replica) if row.read else None
    stays = row.keeps or (row.stays is not None and row.stays(source, launch))
    decided = before if stays else row.decided(launch)
    if row.handling == "cannot":
        wanted = ANY if row.required else None
        found = _row(row, before, wanted, after, _of_what_cannot(row, before, after))
        return _without_address(found, before) if row.of_public_address and not _is_public(launch) else found
    return _row(row, before, decided, after, _judge(row, before, decided, after))


def _is_public(launch: LaunchRequest) -> bool:
    return launch.internet_max_bandwidth_out != 0


def _without_address(row: FidelityRow, before: AttributeText) -> FidelityRow:
    """The replica gets no public address, as decided: nothing that names one is to be changed for it."""
    decided = before and row.verdict == "cannot_be_carried"
    verdict: FidelityVerdict = "differs_by_decision" if decided else row.verdict
    return replace(row, verdict=verdict, manual_key="")


def _of_disk(planned: ReplicaDisk, actual: Disk, source: Disk | None, launch: LaunchRequest) -> Iterator[FidelityRow]:
    for row in DISKS:
        if row.only not in {"", planned.type}:
            continue
        before = None if source is None else row.value(source)
        decided = row.decided(planned)
        if row.of_launch is not None and before:
            decided = row.of_launch(launch)
        after = row.value(actual)
        if row.key == CONTENT:
            decided, after = _content(planned, actual, launch.image_id)
        if row.handling == "cannot":
            yield _row(row, before, None, after, _of_what_cannot(row, before, after), planned.device)
        else:
            yield _row(row, before, decided, after, _judge(row, before, decided, after), planned.device)


def _content(planned: ReplicaDisk, actual: Disk, image_id: str) -> tuple[AttributeText, AttributeText]:
    """What the disk was to be made of and was made of: its snapshot or, where the cloud names none, the image.

    Records show that a system disk of a custom image has an ImageId and no SourceSnapshotId (DescribeDisks). Neither:
    the disk may be blank as well as merely untold, so nothing is claimed of it.
    """
    if actual.source_snapshot_id and planned.snapshot_id:
        return planned.snapshot_id, actual.source_snapshot_id
    if actual.image_id and not actual.source_snapshot_id:
        return image_id, actual.image_id
    return planned.snapshot_id or image_id, None


def _judge(row: AnyAttribute, before: AttributeText, decided: AttributeText, after: AttributeText) -> FidelityVerdict:
    if row.key == DEVICE:
        return _judge_name(before or decided or "", after or "")
    if decided is not None and after is not None and _is_another(row, decided, after):
        return "differs"
    if after is None or (before is None and not decided):
        return "not_readable"
    if before is None or _stands_for(row, before, after):
        return "matches"
    is_lost = row.lost is not None and row.lost(before, after)
    return "cannot_be_carried" if is_lost else "differs_by_decision"


def _is_another(row: AnyAttribute, decided: str, after: str) -> bool:
    if after == decided:
        return not decided and row.key in _NEVER_EMPTY
    return row.alike is None or not row.alike(decided, after)


def _judge_name(before: str, after: str) -> FidelityVerdict:
    """The disk was found by more than its name: another name is the cloud's doing, and told, but no other disk."""
    if not after:
        return "not_readable"
    return "matches" if same_device(before, after) else "cannot_be_carried"


def _stands_for(row: AnyAttribute, before: str, other: str) -> bool:
    return before == other or (row.faithful is not None and row.faithful(before, other))


CONTENT = "content"
DEVICE = "device"
_NEVER_EMPTY = frozenset({CONTENT, "size_gib", "category", "type", "vpc_id", "security_group_ids"})


def _of_what_cannot(row: AnyAttribute, before: AttributeText, after: AttributeText) -> FidelityVerdict:
    if isinstance(row, Attribute):
        if not row.read:
            return "cannot_be_carried"
        if (row.required and not after) or (row.alone and after and not before):
            return "differs"
    if before is None:
        return "not_readable"
    return "cannot_be_carried" if before and before != after else "matches"


def _row(
    row: AnyAttribute,
    before: AttributeText,
    decided: AttributeText,
    after: AttributeText,
    verdict: FidelityVerdict,
    device: str = "",
) -> FidelityRow:
    verifiable = row.verifiable if isinstance(row, Attribute) else True
    unknown = verdict == "not_readable" and bool(decided) and verifiable and row.key != DEVICE
    return FidelityRow(
        key=row.key,
        label_key=label_key(row.key),
        group=row.group,
        source=_shown(before),
        decided=decided or NOTHING,
        replica=_shown(after),
        verdict=verdict,
        device=device,
        handling=row.handling,
        manual_key=manual_key(row.key) if verdict == "cannot_be_carried" else "",
        blocking=unknown or verdict == "differs",
    )


def _lone(
    verdict: FidelityVerdict, device: str, source: str = NOTHING, decided: str = NOTHING, replica: str = NOTHING
) -> FidelityRow:
    return FidelityRow(
        key="device",
        label_key=label_key("device"),
        group="disks",
        source=source,
        decided=decided,
        replica=replica,
        verdict=verdict,
        device=device,
        blocking=True,
    )


def _shown(value: AttributeText) -> str:
    return UNREAD if value is None else value or NOTHING


def _as_attribute(row: FidelityRow) -> AttributeRow:
    return AttributeRow(
        field=row.key,
        expected=row.decided,
        actual=NOTHING if row.replica == UNREAD else row.replica,
        matches=not row.blocking,
        decided=row.verdict == "differs_by_decision",
        readable=row.verdict != "not_readable",
    )
