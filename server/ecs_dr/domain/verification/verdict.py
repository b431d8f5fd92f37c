"""The verdict on a replica: six criteria, a row for each field, and whether the source is still what it was."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Literal

from ecs_dr.domain.attributes.model import FidelityRow, Group
from ecs_dr.domain.disks.model import Disk
from ecs_dr.domain.facts import Attached, Change, Compared, Fact, Named, Value, values
from ecs_dr.domain.images.model import Image
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.model import JsonObject, JsonValue, Model
from ecs_dr.domain.recall.model import Recalled
from ecs_dr.domain.recall.rows import as_far_as_known
from ecs_dr.domain.source import Instance, Source
from ecs_dr.domain.verification.comparison import (
    UNKNOWN,
    AttributeRow,
    DiskRow,
    attribute_rows,
    disk_fidelity,
    disk_rows,
    instance_fidelity,
)
from ecs_dr.domain.verification.observations import observe

__all__ = [
    "AttributeRow",
    "Criterion",
    "CriterionName",
    "DiskRow",
    "FidelityRow",
    "ReplicaReads",
    "Verification",
    "compare",
    "source_changes",
]

CriterionName = Literal[
    "image_creation", "new_instance", "zone_switch", "disk_recovery", "network_billing", "source_integrity"
]

_INSTANCE_FIELDS = frozenset({"status", "instance_type"})
_BANDWIDTH = "internet_max_bandwidth_out"
_BILLING_FIELDS = frozenset({"charge_type", "internet_charge_type", _BANDWIDTH})

RUNNING = "Running"
NOT_THERE = "not_there"
"""What a source was from the beginning that is gone; worded like other values of the cloud."""

_CRITERION_OF: Mapping[Group, CriterionName] = {
    "placement": "zone_switch",
    "identity": "new_instance",
    "compute": "new_instance",
    "access": "new_instance",
    "network": "network_billing",
    "billing": "network_billing",
    "disks": "disk_recovery",
    "outside": "new_instance",
}

_OPTIONAL_READS = frozenset(
    {
        "ram_role_name",
        "has_user_data",
        "auto_renew",
        "instance.metadata_options",
        "instance.cpu_options",
        "instance.login_as_non_root",
        "instance.private_dns",
        "instance.secure_boot",
    }
)
"""What may be unreadable (None) in one reading and readable in the next, without the source having changed."""


class Criterion(Model):
    """One of the six success criteria, with what was to be and what is; `worded_facts` says both to a person."""

    name: CriterionName
    passed: bool
    expected: tuple[Fact, ...]
    actual: tuple[Fact, ...]


class Verification(Model):
    """The whole comparison.

    Attributes:
        verdict: `match` when every criterion is met; a row that does not match fails its criterion.
        criteria: The six, in the order of the workflow.
        disks: A row for each disk and field that was decided.
        instance: A row for each attribute of the instance and its network that was decided.
        rows: The whole ledger: every attribute of the source with what became of it.
        source_changes: What changed about the source meanwhile; empty when it is untouched.
        observations: Which reading of an unsettled fact of the cloud was met, by name (`observations.py`).
    """

    verdict: Literal["match", "differs"]
    criteria: tuple[Criterion, ...]
    disks: tuple[DiskRow, ...]
    instance: tuple[AttributeRow, ...]
    rows: tuple[FidelityRow, ...] = ()
    source_changes: tuple[Change, ...] = ()
    observations: Mapping[str, str] = {}


class ReplicaReads(Model):
    """What further reads tell of the replica; None where nobody looked or was allowed to."""

    ram_role_name: str | None = None
    has_user_data: bool | None = None
    auto_renew: JsonObject | None = None


def compare(
    source_before: Source,
    source_after: Source | None,
    image: Image,
    launch: LaunchRequest,
    replica: Instance,
    replica_disks: tuple[Disk, ...],
    reads: ReplicaReads | None = None,
    *,
    recalled: Recalled | None = None,
) -> Verification:
    """Judge the replica.

    Args:
        source_before: The source as Step 1 recorded it.
        source_after: The source as it is now; None when it is not there any more.
        image: The image, with its mapping.
        launch: What the person confirmed and was sent.
        replica: The new instance as it is now.
        replica_disks: Its disks.
        reads: What further reads tell of it.
        recalled: How the source was put together where it could not be read; None: it was read.
    """
    found = (reads or ReplicaReads()).model_dump()
    copy = Source(instance=replica, disks=replica_disks, **found)
    of_disks = disk_fidelity(source_before, image, launch, copy)
    of_instance = instance_fidelity(source_before, launch, copy)
    if recalled is not None:
        of_instance, of_disks = as_far_as_known(of_instance, recalled), as_far_as_known(of_disks, recalled)
    disks = disk_rows(of_disks)
    own = (status_row(replica), *attribute_rows(tuple(row for row in of_instance if _criterion(row) == "new_instance")))
    network = attribute_rows(tuple(row for row in of_instance if _criterion(row) == "network_billing"))
    changes = source_changes(source_before, source_after) if recalled is None else ()
    criteria = (
        _image_creation(source_before, image, launch),
        _new_instance(own, replica),
        _zone_switch(source_before.instance, launch, replica),
        _disk_recovery(launch, disks),
        _network_billing(network),
        _source_integrity(source_before, changes) if recalled is None else _never_read(source_before, recalled),
    )
    return Verification(
        verdict="match" if all(criterion.passed for criterion in criteria) else "differs",
        criteria=criteria,
        disks=disks,
        instance=(*own, *network),
        rows=(
            *(row for row in of_instance if row.group != "outside"),
            *of_disks,
            *(row for row in of_instance if row.group == "outside"),
        ),
        source_changes=changes,
        observations=observe(source_before, source_after, image, launch, replica, replica_disks),
    )


def status_row(replica: Instance) -> AttributeRow:
    """Whether the replica runs: the source's own status says nothing of it."""
    return AttributeRow(
        field="status", expected=RUNNING, actual=replica.status or UNKNOWN, matches=replica.status == RUNNING
    )


def _criterion(row: FidelityRow) -> CriterionName:
    """Which criterion an attribute of the instance belongs to: an address is what makes an instance one."""
    if row.key == "private_ip":
        return "new_instance"
    return _CRITERION_OF[row.group]


def source_changes(before: Source, after: Source | None) -> tuple[Change, ...]:
    """What changed between two readings of the source.

    Returns:
        Such as `instance.status: "Running" -> "Stopped"` or `d-2ze1.size_gib: 40 -> 60`; a disk that came is
        `d-2ze1: null -> "attached"`; empty when it is untouched. A value that one of the readings was not allowed to
        see is no change. A source that is gone: `i-2ze1: "present" -> null`.
    """
    if after is None:
        return (gone(before.instance.instance_id),)
    old, new = dict(_flat(_facts(before))), dict(_flat(_facts(after)))
    moved = {disk.disk_id for disk in before.disks} ^ {disk.disk_id for disk in after.disks}
    changes = (
        Change(owner=owner, field=field, before=old.get((owner, field)), after=new.get((owner, field)))
        for owner, field in dict.fromkeys((*old, *new))
        if old.get((owner, field)) != new.get((owner, field)) and not (field and owner in moved)
    )
    return tuple(change for change in changes if not _is_blind(change))


def _is_blind(change: Change) -> bool:
    """Whether one of the readings was not allowed to see it."""
    return change.name in _OPTIONAL_READS and (change.before is None or change.after is None)


def gone(source_id: str) -> Change:
    """The source is not there any more."""
    return Change(owner=source_id, field="", before="present", after=None)


def _facts(source: Source) -> JsonObject:
    """Everything but what is no fact of the source's own, with the disks by id and every list as the set that it is."""
    facts: JsonObject = source.model_dump(mode="json", exclude={"disks", "unread", "threads_adjustable"})
    # In which group a list showed a disk follows from the identity's rights, which may be widened meanwhile.
    facts["disks"] = {disk.disk_id: disk.model_dump(mode="json", exclude={"shown_in_group"}) for disk in source.disks}
    return {name: _as_set(value) for name, value in facts.items()}


def _as_set(value: JsonValue) -> JsonValue:
    """The same with lists in one order: the API promises none, for groups, tags, addresses and interfaces alike."""
    if isinstance(value, dict):
        return {name: _as_set(item) for name, item in value.items()}
    return sorted((_as_set(item) for item in value), key=_short) if isinstance(value, list) else value


def _flat(facts: JsonObject) -> Iterator[tuple[tuple[str, str], JsonValue]]:
    """Each value with its owner and field; a disk as a whole has no field, a fact of the source as a whole no owner."""
    for name, value in facts.items():
        if name == "instance" and isinstance(value, dict):
            yield from (((name, field), item) for field, item in value.items())
        elif name == "disks" and isinstance(value, dict):
            for disk_id, disk in value.items():
                yield (disk_id, ""), "attached"
                if isinstance(disk, dict):
                    yield from (((disk_id, field), item) for field, item in disk.items())
        else:
            yield ("", name), value


def _short(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False)


def _image_creation(source: Source, image: Image, launch: LaunchRequest) -> Criterion:
    """Available, and a mapping of the right type and size for each disk of the source."""
    planned = {disk.source_disk_id for disk in launch.disks}
    wanted = [(disk.device, disk.type, disk.size_gib) for disk in launch.disks]
    wanted += [(disk.device, disk.type, disk.size_gib) for disk in source.disks if disk.disk_id not in planned]
    wanted.sort()
    mapped = sorted((mapping.device, mapping.type, mapping.size_gib) for mapping in image.mappings)
    return Criterion(
        name="image_creation",
        passed=image.phase == "ready" and image.image_id == launch.image_id and wanted == mapped,
        expected=values(launch.image_id, "Available", *_disk_list(wanted)),
        actual=values(image.image_id, _state(image), *_disk_list(mapped)),
    )


def _state(image: Image) -> str:
    return f"{image.status}, Usable=false" if image.usable is False else image.status


def _disk_list(disks: list[tuple[str, Literal["system", "data"], int]]) -> list[str]:
    return [f"{device} {size} GiB" for device, _, size in disks] or ["-"]


def _new_instance(rows: tuple[AttributeRow, ...], replica: Instance) -> Criterion:
    shown = [row for row in rows if row.field in _INSTANCE_FIELDS or not row.matches]
    address = values(", ".join(replica.private_ips)) if replica.private_ips else ()
    return Criterion(
        name="new_instance",
        passed=all(row.matches for row in rows),
        expected=_told(shown, actual=False),
        actual=(*_told(shown, actual=True), *address),
    )


def _zone_switch(source: Instance, launch: LaunchRequest, replica: Instance) -> Criterion:
    return Criterion(
        name="zone_switch",
        passed=replica.region_id == source.region_id
        and replica.zone_id == launch.zone_id
        and replica.zone_id not in {"", source.zone_id},
        expected=values(source.region_id, f"{launch.zone_id} (≠ {source.zone_id or '?'})"),
        actual=values(replica.region_id or "-", replica.zone_id or "-"),
    )


def _disk_recovery(launch: LaunchRequest, rows: tuple[DiskRow, ...]) -> Criterion:
    """Every row of every disk matches; what does not is named behind its device."""
    found = [
        Compared(
            device=device,
            unlike=tuple(row.field for row in rows if row.device == device and not row.matches and row.readable),
            unread=tuple(row.field for row in rows if row.device == device and not (row.matches or row.readable)),
        )
        for device in dict.fromkeys(row.device for row in rows)
    ]
    return Criterion(
        name="disk_recovery",
        passed=bool(rows) and all(row.matches for row in rows),
        expected=values(*(disk.device for disk in launch.disks)) or values("-"),
        actual=tuple(found) or values("-"),
    )


def _network_billing(rows: tuple[AttributeRow, ...]) -> Criterion:
    shown = [row for row in rows if row.field in _BILLING_FIELDS or not row.matches]
    return Criterion(
        name="network_billing",
        passed=all(row.matches for row in rows),
        expected=_told(shown, actual=False),
        actual=_told(shown, actual=True),
    )


def _told(rows: list[AttributeRow], *, actual: bool) -> tuple[Fact, ...]:
    return tuple(_fact(row.field, row.actual if actual else row.expected) for row in rows)


def _fact(field: str, value: str) -> Fact:
    """A value that explains itself stands alone, any other behind the name of its field."""
    if field == _BANDWIDTH:
        return Value(value=f"{value} Mbps")
    is_plain = field in _INSTANCE_FIELDS | _BILLING_FIELDS
    return Value(value=value or "-") if is_plain else Named(field=field, value=value)


def _source_integrity(before: Source, changes: tuple[Change, ...]) -> Criterion:
    expected = (*values(before.instance.instance_id, before.instance.status), Attached(count=len(before.disks)))
    return Criterion(
        name="source_integrity",
        passed=not changes,
        expected=expected,
        actual=changes or expected,
    )


def _never_read(before: Source, recalled: Recalled) -> Criterion:
    """A source that was not there from the beginning has nothing left to keep; one that was hidden is not compared."""
    told = values(before.instance.instance_id, recalled.refused or NOT_THERE)
    return Criterion(name="source_integrity", passed=not recalled.refused, expected=told, actual=told)
