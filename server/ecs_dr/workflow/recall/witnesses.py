"""A source that cannot be read: asked of its witnesses, held against the cloud, and what nobody knows of the person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from ecs_dr.domain.disks.model import DiskMapping
from ecs_dr.domain.images.adoption import provenance
from ecs_dr.domain.images.model import Image
from ecs_dr.domain.network.model import SecurityGroup
from ecs_dr.domain.recall.model import (
    Recalled,
    Remembered,
    RememberedDisk,
    kinds_by_tags,
    merged,
    source_of,
    told_by_tags,
    with_devices,
)
from ecs_dr.domain.snapshots.model import Snapshot
from ecs_dr.domain.source import Source
from ecs_dr.domain.stock.model import InstanceTypeFacts
from ecs_dr.domain.times import parse_time
from ecs_dr.errors import SourceUnusable, StepOutOfOrder
from ecs_dr.workflow.following import next_tool
from ecs_dr.workflow.reads.optional import if_permitted
from ecs_dr.workflow.recall.questions import ask_charge, ask_disks, ask_group, ask_type
from ecs_dr.workflow.run import Run

_MIB = 1024


@dataclass(frozen=True)
class RecalledSource:
    """The source as far as it is known, and how each value was held against the cloud."""

    recalled: Recalled
    source: Source
    checks: dict[str, str]
    """By field: the key of the text that says what the cloud still tells of it."""


@dataclass
class _Remains:
    """What there is to go by."""

    images: tuple[Image, ...]
    found: dict[str, Snapshot] = field(default_factory=dict)
    """By id: every snapshot that was seen."""


async def source_as_known(run: Run) -> RecalledSource | Source:
    """The source that was read, or where it could not be, the one that its witnesses tell of.

    Raises:
        Asking: Something that nobody knows.
        LeftAlone: The person stopped there.
        StepOutOfOrder: Nobody has looked for it yet.
        SourceUnusable: Nothing is known of its disks.
    """
    session = run.session
    if session.source is not None and session.recalled is None:
        return session.source
    if session.source is not None and session.recalled is not None:
        return RecalledSource(session.recalled, session.source, {})
    if not session.cannot_read_source:
        raise StepOutOfOrder("SourceMissing", "source_missing", next_tool=next_tool(session))
    return await recall(run)


def take_as_known(run: Run, found: RecalledSource | Source) -> None:
    """The person has seen all of it and gone on: from now on it is the source."""
    if isinstance(found, RecalledSource) and run.session.source is None:
        run.session.recalled = found.recalled
        now = run.clock.now()
        run.session.note_source(found.source, now, now)


async def recall(run: Run, image: Image | None = None) -> RecalledSource:
    """Put the source together.

    Args:
        run: The call.
        image: An image whose disks are those that count; None: those that the snapshots tell of.

    Raises:
        Asking: Something that nobody knows.
        LeftAlone: The person stopped there.
    """
    evidence = _Remains(await _images(run, image))
    await _look_for_snapshots(run, evidence)
    recalled = _merge(run, evidence, image)
    if not recalled.values.disks:
        values = {"instance": run.session.instance_id, "region": run.session.region_id}
        raise SourceUnusable("NothingKnown", "nothing_known", values, next_tool="adopt_image")
    recalled, checks, own = await _held_against_the_cloud(run, recalled)
    recalled = ask_type(run, recalled)
    recalled = await ask_group(run, recalled)
    recalled = ask_charge(run, recalled)
    recalled = ask_disks(run, recalled)
    if recalled.origins.get("instance_type") == "person":
        own = next(iter(await _type_named(run, recalled.values.instance_type) or ()), None)
    cpu, memory = (own.cpu, round(own.memory_gib * _MIB)) if own is not None else (0, 0)
    session = run.session
    source = source_of(recalled, session.instance_id, session.region_id, cpu, memory)
    return RecalledSource(recalled, source, checks)


async def _images(run: Run, image: Image | None) -> tuple[Image, ...]:
    """The image itself, and those that their tags prove to be of this source, the newest first."""
    others = await run.cloud.own_images(run.scope)
    mine = [one for one in others if provenance(one, run.session.instance_id).by_tags]
    mine.sort(key=lambda one: one.creation_time, reverse=True)
    first = (image,) if image is not None else ()
    return (*first, *(one for one in mine if image is None or one.image_id != image.image_id))


async def _look_for_snapshots(run: Run, evidence: _Remains) -> None:
    """By the instance, by its groups, and those that its images are made of: each may tell of disks."""
    instance_id = run.session.instance_id
    of_instance = await if_permitted(lambda: run.cloud.snapshots_of_instance(run.scope, instance_id))
    groups = await if_permitted(lambda: run.cloud.snapshot_groups(run.scope, instance_id)) or ()
    _note(evidence, of_instance or ())
    named = [snapshot_id for group in groups for snapshot_id in group.snapshot_ids]
    named += [mapping.snapshot_id for image in evidence.images for mapping in image.mappings if mapping.snapshot_id]
    wanted = tuple(dict.fromkeys(one for one in named if one not in evidence.found))
    if wanted:
        _note(evidence, await if_permitted(lambda: run.cloud.snapshots(run.scope, wanted)) or ())


def _note(evidence: _Remains, snapshots: Iterable[Snapshot]) -> None:
    evidence.found |= {one.snapshot_id: one for one in snapshots}


def _merge(run: Run, evidence: _Remains, image: Image | None) -> Recalled:
    """The image that is to be used first; else what is the newer of an image's and the report's knowledge."""
    session, report = run.session, run.session.report_memory
    of_images = [("image", _told_by_image(one, evidence)) for one in evidence.images]
    of_report = [("report", report.was)] if report is not None else []
    newest = next((parse_time(one.creation_time) for one in evidence.images), None)
    report_is_newer = report is not None and newest is not None and report.made_at > newest
    in_order = [*of_report, *of_images] if image is None and report_is_newer else [*of_images, *of_report]
    of_snapshots = Remembered(disks=_disks_by_snapshots(evidence.found.values()))
    witnesses = [*in_order, ("snapshots", of_snapshots)]
    name = report.name if report is not None else ""
    recalled = merged(witnesses, name, session.source_refused)  # type: ignore[arg-type] # the literals of Origin
    if image is None:
        since = report.made_at if report is not None and recalled.origins.get("disks") == "report" else newest
        recalled = _with_later_disks(recalled, evidence, since)
    return recalled.with_disks(with_devices(recalled.values.disks), recalled.origins.get("disks", "snapshots"))


def _told_by_image(image: Image, evidence: _Remains) -> Remembered:
    kinds = kinds_by_tags(image.tags)

    def disk(mapping: DiskMapping) -> RememberedDisk:
        snapshot = evidence.found.get(mapping.snapshot_id)
        category, level = kinds.get(mapping.device, ("", None))
        return RememberedDisk(
            device=mapping.device,
            disk_id=snapshot.disk_id if snapshot is not None else mapping.snapshot_id,
            type=mapping.type,
            size_gib=mapping.size_gib,
            category=category,
            performance_level=level,
            encrypted=mapping.encrypted,
        )

    disks = tuple(disk(mapping) for mapping in image.mappings)
    return told_by_tags(image.tags).model_copy(update={"disks": disks, "os_type": image.os_type})


def _disks_by_snapshots(snapshots: Iterable[Snapshot]) -> tuple[RememberedDisk, ...]:
    """One for each disk of which there is a snapshot; of several system disks the one with the newest."""
    newest: dict[str, Snapshot] = {}
    for one in sorted(snapshots, key=lambda one: (one.created_at is not None, one.created_at, one.snapshot_id)):
        newest[one.disk_id] = one
    systems = [one for one in newest.values() if one.disk_type == "system"]
    data = [one for one in newest.values() if one.disk_type == "data"]
    return tuple(
        RememberedDisk(disk_id=one.disk_id, type=one.disk_type, size_gib=one.size_gib, encrypted=one.encrypted)
        for one in (*systems[-1:], *sorted(data, key=lambda one: one.disk_id))
    )


def _with_later_disks(recalled: Recalled, evidence: _Remains, since: datetime | None) -> Recalled:
    """With disks that came after the witness: there is a younger snapshot of them."""
    if since is None or recalled.origins.get("disks") == "snapshots":
        return recalled
    known = {disk.disk_id for disk in recalled.values.disks}
    later = [one for one in evidence.found.values() if one.created_at is not None and one.created_at > since]
    added = [disk for disk in _disks_by_snapshots(later) if disk.disk_id not in known and disk.type == "data"]
    return recalled.with_disks((*recalled.values.disks, *added), recalled.origins["disks"]) if added else recalled


async def _held_against_the_cloud(
    run: Run, recalled: Recalled
) -> tuple[Recalled, dict[str, str], InstanceTypeFacts | None]:
    """What is not there any more is known no longer; what could not be looked up says so. Also what its type is."""
    values, checks = recalled.values, {"key_pair_name": "recall.check_at_launch"}
    types: tuple[InstanceTypeFacts, ...] | None = None
    if values.security_group_ids:
        wanted = values.security_group_ids
        groups = await if_permitted(lambda: run.cloud.security_groups(run.scope, wanted))
        recalled = _with_groups(run, recalled, groups)
        checks["security_group_ids"] = _seen(groups is not None)
    if recalled.values.instance_type:
        own = recalled.values.instance_type
        types = await _type_named(run, own)
        checks["instance_type"] = _seen(types is not None)
        if types == ():
            run.session.notes.append(run.texts("recall.type_gone", type=own))
            recalled = recalled.with_value("instance_type", "", "person")
    vpc_id, vswitch_id = recalled.values.vpc_id, recalled.values.vswitch_id
    if vpc_id and vswitch_id:
        found = await if_permitted(lambda: run.cloud.describe_vswitches(run.scope, vpc_id, vswitch_id=vswitch_id))
        checks["vswitch_id"] = _seen(found is not None) if found is None or found else "recall.check_gone"
        checks["vpc_id"] = "recall.check_exists" if found else "recall.check_unread"
    return recalled, checks, next(iter(types or ()), None)


async def _type_named(run: Run, instance_type: str) -> tuple[InstanceTypeFacts, ...] | None:
    """What the cloud says of a type; empty where it knows none of that name, None where it was not read."""
    found = await if_permitted(lambda: run.cloud.instance_types(run.scope, (instance_type,)))
    return None if found is None else tuple(one for one in found if one.instance_type == instance_type)


def _seen(is_read: bool) -> str:  # noqa: FBT001 - the one thing it is about
    return "recall.check_exists" if is_read else "recall.check_unread"


def _with_groups(run: Run, recalled: Recalled, groups: tuple[SecurityGroup, ...] | None) -> Recalled:
    if groups is None:
        return recalled
    values, origin = recalled.values, recalled.origins["security_group_ids"]
    there = {group.group_id: group for group in groups}
    left = tuple(one for one in values.security_group_ids if one in there)
    lost = [one for one in values.security_group_ids if one not in there]
    if lost:
        told = run.texts("list.separator").join(lost)
        run.session.notes.append(run.texts("recall.group_gone", groups=told))
    recalled = recalled.with_value("security_group_ids", left, origin)
    vpc_id = there[left[0]].vpc_id if left else ""
    if vpc_id and vpc_id != values.vpc_id:
        recalled = recalled.with_value("vpc_id", vpc_id, origin)
    return recalled
