"""A source that cannot be read any more: what its images, its snapshots and an earlier report still tell of it.

Nothing here is guessed: a value has a witness, or it is empty. A RAM role and user data are never part of it: what
was written down earlier must not hand out rights or run code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

from ecs_dr.domain.disks.model import Disk, DiskType, kind_name
from ecs_dr.domain.lineage import (
    MAX_VALUE,
    WAS_DISKS,
    WAS_KEY_PAIR,
    WAS_NETWORK,
    WAS_TYPE,
    kinds_of,
    kinds_value,
    tagged,
)
from ecs_dr.domain.model import Model, Tag
from ecs_dr.domain.source import ChargeType, Instance, Source

Origin = Literal["image", "snapshots", "report", "person"]

_CHARGES: Mapping[str, ChargeType] = {"PostPaid": "PostPaid", "PrePaid": "PrePaid"}


class RememberedDisk(Model):
    """A disk as a witness tells of it. Size in GiB; empty or None is not known."""

    device: str = ""
    disk_id: str = ""
    type: DiskType
    size_gib: int | None = None
    category: str = ""
    performance_level: str | None = None
    encrypted: bool = False
    kms_key_id: str = ""

    @property
    def kind(self) -> str:
        """Category and performance level; empty while nobody knows."""
        return kind_name(self.category, self.performance_level) if self.category else ""


class Remembered(Model):
    """What one witness tells of a source; empty: it does not."""

    instance_type: str = ""
    charge_type: str = ""
    zone_id: str = ""
    vpc_id: str = ""
    vswitch_id: str = ""
    security_group_ids: tuple[str, ...] = ()
    key_pair_name: str = ""
    name: str = ""
    resource_group_id: str = ""
    os_type: str = ""
    disks: tuple[RememberedDisk, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it tells nothing at all."""
        return self == Remembered()


class ReportMemory(Model):
    """What an earlier report tells: its file's name, its last moment, its record of the source."""

    name: str
    made_at: datetime
    was: Remembered


FIELDS = tuple(field for field in Remembered.model_fields if field != "disks")

_LEDGER_ROWS: Mapping[str, str] = {"name": "instance_name"}
"""Where a row of the ledger has another name than the field."""


class Recalled(Model):
    """A source put together from its witnesses.

    Attributes:
        values: The values, each of the first witness that knows it.
        origins: By field: which witness that was; `disks` for the disks, `categories` for their categories.
        report: The name of the report that was among the witnesses; empty: there was none.
        refused: Why the source could not be read: a code of the cloud; empty: it is not there.
    """

    values: Remembered
    origins: Mapping[str, Origin] = {}
    report: str = ""
    refused: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """Fields that nobody knows."""
        return tuple(field for field in FIELDS if not getattr(self.values, field))

    @property
    def known_rows(self) -> frozenset[str]:
        """The rows of the ledger in which the source's value is known."""
        known = (_LEDGER_ROWS.get(field, field) for field in FIELDS if field not in self.missing)
        return frozenset((*known, "region_id"))

    def with_value(self, field: str, value: str | tuple[str, ...], origin: Origin) -> Recalled:
        """The same with one value more."""
        values = self.values.model_copy(update={field: value})
        return self.model_copy(update={"values": values, "origins": {**self.origins, field: origin}})

    def with_disks(
        self, disks: tuple[RememberedDisk, ...], origin: Origin, told: Literal["disks", "categories"] = "disks"
    ) -> Recalled:
        """The same with these disks; `told` is what of them comes from that origin."""
        values = self.values.model_copy(update={"disks": disks})
        return self.model_copy(update={"values": values, "origins": {**self.origins, told: origin}})

    def with_category(self, category: str, performance_level: str | None) -> Recalled:
        """The same where every disk of which nobody knew the category has the one that the person named."""
        update = {"category": category, "performance_level": performance_level}
        disks = tuple(disk if disk.category else disk.model_copy(update=update) for disk in self.values.disks)
        return self.with_disks(disks, "person", "categories")


def remember(source: Source) -> Remembered:
    """What is worth writing down of a source that was read."""
    told = {field: getattr(source.instance, field) for field in FIELDS}
    return Remembered(
        **told,
        disks=tuple(
            RememberedDisk(
                device=disk.device,
                disk_id=disk.disk_id,
                type=disk.type,
                size_gib=disk.size_gib,
                category=disk.category,
                performance_level=disk.performance_level,
                encrypted=disk.encrypted,
                kms_key_id=disk.kms_key_id,
            )
            for disk in source.disks
        ),
    )


def merged(witnesses: Iterable[tuple[Origin, Remembered]], report: str, refused: str) -> Recalled:
    """Each value of the first witness that knows it; disks whole, of the first that lists any."""
    found = Recalled(values=Remembered(), report=report, refused=refused)
    for origin, told in witnesses:
        for field in FIELDS:
            value = getattr(told, field)
            if value and not getattr(found.values, field):
                found = found.with_value(field, value, origin)
        if told.disks and not found.values.disks:
            found = found.with_disks(told.disks, origin)
        elif told.disks:
            found = _with_kinds(found, told.disks, origin)
    return found


def _with_kinds(found: Recalled, told: Sequence[RememberedDisk], origin: Origin) -> Recalled:
    """What a further witness knows of the same disks: their categories and performance levels."""
    if all(disk.category for disk in found.values.disks):
        return found
    by_device = {disk.device: disk for disk in told if disk.device}
    by_id = {disk.disk_id: disk for disk in told if disk.disk_id}
    disks = []
    for disk in found.values.disks:
        other = by_id.get(disk.disk_id) or by_device.get(disk.device)
        known = {} if other is None or disk.category or other.type != disk.type else _kind_of(other)
        disks.append(disk.model_copy(update=known))
    if tuple(disks) == found.values.disks:
        return found
    return found.with_disks(tuple(disks), origin, "categories")


def _kind_of(disk: RememberedDisk) -> dict[str, str | None]:
    return {"category": disk.category, "performance_level": disk.performance_level}


def tags_of(source: Source) -> tuple[Tag, ...]:
    """What an image is tagged with, so that it can tell what its source was; what does not fit whole is left out."""
    told = remember(source)
    disks = kinds_value((disk.device, disk.category, disk.performance_level) for disk in told.disks)
    values = {
        WAS_TYPE: f"{told.instance_type};{told.charge_type};{told.zone_id}",
        WAS_NETWORK: ";".join((told.vpc_id, told.vswitch_id, *told.security_group_ids)),
        WAS_DISKS: disks,
        WAS_KEY_PAIR: told.key_pair_name,
    }
    return tuple(Tag(key=key, value=value) for key, value in values.items() if value and len(value) <= MAX_VALUE)


def told_by_tags(tags: Iterable[Tag]) -> Remembered:
    """What `tags_of` wrote; a value that it did not write tells nothing."""
    found = {tag.key: tag.value for tag in tags}
    instance_type, charge_type, zone_id = _split(found.get(WAS_TYPE, ""), 3)
    vpc_id, vswitch_id, *groups = [*found.get(WAS_NETWORK, "").split(";"), ""]
    return Remembered(
        instance_type=instance_type,
        charge_type=_CHARGES.get(charge_type, ""),
        zone_id=zone_id,
        vpc_id=vpc_id,
        vswitch_id=vswitch_id,
        security_group_ids=tuple(filter(None, groups)),
        key_pair_name=found.get(WAS_KEY_PAIR, ""),
    )


def kinds_by_tags(tags: Iterable[Tag]) -> Mapping[str, tuple[str, str | None]]:
    """By device: category and performance level, as `tags_of` wrote them."""
    return kinds_of(tagged(tags, WAS_DISKS))


def _split(value: str, count: int) -> list[str]:
    parts = value.split(";")
    return parts if len(parts) == count else [""] * count


def source_of(recalled: Recalled, instance_id: str, region_id: str, cpu: int, memory_mib: int) -> Source:
    """The source as far as it is known, for every step that needs one.

    Args:
        recalled: With type, charge type, security groups, VPC and a category for every disk.
        instance_id: The source.
        region_id: Its region.
        cpu: Of its type.
        memory_mib: Of its type.
    """
    values = recalled.values
    told = {field: getattr(values, field) for field in FIELDS if field != "charge_type"}
    charge: ChargeType = _CHARGES.get(values.charge_type, "PostPaid")
    instance = Instance(
        **told,
        instance_id=instance_id,
        region_id=region_id,
        status="",
        charge_type=charge,
        cpu=cpu,
        memory_mib=memory_mib,
    )
    disks = tuple(
        Disk(
            disk_id=disk.disk_id or disk.device,
            type=disk.type,
            device=disk.device,
            category=disk.category,
            performance_level=disk.performance_level,
            size_gib=disk.size_gib or 0,
            status="",
            encrypted=disk.encrypted,
            kms_key_id=disk.kms_key_id,
        )
        for disk in values.disks
    )
    return Source(instance=instance, disks=disks)


def with_devices(disks: Sequence[RememberedDisk]) -> tuple[RememberedDisk, ...]:
    """Each with a device name: the system disk first, those without a name in the order of their ids.

    CreateImage gives names in order where none are sent (DiskDeviceMapping.N.Device); these are shown before it is.
    """
    in_order = sorted(disks, key=lambda disk: (disk.type != "system", not disk.device, disk.device, disk.disk_id))
    taken = {disk.device for disk in disks}
    free = iter(f"/dev/xvd{letter}" for letter in "bcdefghijklmnopqrstuvwxyz" if f"/dev/xvd{letter}" not in taken)
    named = []
    for disk in in_order:
        device = disk.device or ("/dev/xvda" if disk.type == "system" else next(free, ""))
        named.append(disk.model_copy(update={"device": device}))
    return tuple(named)
