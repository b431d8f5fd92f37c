"""The page of the launch: everything that is sent, as a person thinks of it, and what is not the source's.

One line a group of facts, one line a disk. The API's own names stay in `data.launch` and in the report. Whatever a
person could have decided stands here; a test takes the parameters that are sent and finds the value of each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ecs_dr.domain import lineage
from ecs_dr.domain.attributes.table import PLAIN
from ecs_dr.domain.disks.model import ReplicaDisk
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.pages.words import disk_kind, login_ways, public_access
from ecs_dr.domain.source import Instance, Source
from ecs_dr.domain.telling import GAP, Part, Table, Telling, Words, item, labelled, said, strong, tell
from ecs_dr.domain.texts import Texts
from ecs_dr.domain.texts.wording import worded_value
from ecs_dr.domain.times import parse_time


@dataclass(frozen=True)
class LaunchFacts:
    """What the launch's own parameters do not say.

    Attributes:
        price: Worded; what it costs, or that it could not be read.
        data_as_of: Worded; the moment of the oldest data, and how long ago that is.
        image_origin: `made`, `adopted` or `snapshots`.
        new_vswitch: The VSwitch was made by this recovery.
        left_out: Options that the source has and the replica will not, each worded.
        refused: Options that the cloud refused and that the person goes on without.
        by_hand: What is left for a person afterwards, each worded.
        notes: Further lines: what was refused, renamed, or has no room.
    """

    price: Words
    data_as_of: Words
    image_origin: str = "made"
    new_vswitch: bool = False
    left_out: tuple[Words, ...] = ()
    refused: tuple[Words, ...] = ()
    by_hand: tuple[Words, ...] = ()
    notes: tuple[Words, ...] = ()


@dataclass(frozen=True)
class LaunchPage:
    """The page in parts, so that the launches of a wave can share one.

    Attributes:
        opening: What is asked, and of which source.
        groups: A label, and everything that belongs to it.
        disks: A row a disk, as in the table.
        closing: Disks' notes, what is left out, what is left to do.
    """

    opening: tuple[Words, ...]
    groups: tuple[tuple[Words, Words], ...]
    disks: tuple[tuple[str, ...], ...]
    closing: tuple[Words, ...]


def launch_page(source: Source, launch: LaunchRequest, facts: LaunchFacts, texts: Texts) -> LaunchPage:
    """Everything that is sent for one launch."""
    instance = source.instance
    name = instance.name or instance.instance_id
    running = ""
    if instance.status == "Running":
        # In a zone that is down nobody knows whether it still runs.
        running = "_listed" if facts.image_origin == "snapshots" else "_running"
    opening = [
        texts("page.launch.ask", price=facts.price),
        texts(f"page.launch.source{running}", name=name, id=instance.instance_id, moment=facts.data_as_of),
    ]
    if launch.auto_release_time:
        opening.append(texts("page.launch.drill", time=texts.moment(parse_time(launch.auto_release_time))))
    return LaunchPage(
        opening=tuple(opening),
        groups=tuple((label, told) for label, told in _groups(instance, launch, facts, texts) if told),
        disks=tuple(_disk_row(disk, texts) for disk in launch.disks),
        closing=(*_disk_notes(launch, texts), *_closing(facts, texts)),
    )


def one_launch(page: LaunchPage, texts: Texts) -> Telling:
    """The page of one launch."""
    return tell(*page.opening, labelled(page.groups), _disk_table(page.disks, texts), *page.closing)


def several_launches(pages: Mapping[str, LaunchPage], texts: Texts) -> Telling:
    """The launches of a wave, by source: once what all have, then what each has of its own, a line a disk."""
    if not pages:
        return Telling()
    first, *others = pages.values()
    common = tuple(group for group in first.groups if all(group in page.groups for page in others))
    parts: list[Part] = [labelled(common)] if common else []
    for source, page in pages.items():
        parts += [GAP, strong(source), *page.opening[1:]]
        own = (
            texts("fact.named", name=name, value=value) for name, value in page.groups if (name, value) not in common
        )
        parts += map(item, (*own, *(_disk_line(row, texts) for row in page.disks), *page.closing))
    return tell(*parts)


def _closing(facts: LaunchFacts, texts: Texts) -> Iterator[Words]:
    comma = texts("page.comma")
    if facts.left_out:
        yield texts("page.launch.left_out", items=comma.join(facts.left_out))
    if facts.refused:
        yield texts("page.launch.refused", items=comma.join(facts.refused))
    if facts.by_hand:
        yield texts("page.launch.by_hand", items=texts("page.semicolon").join(facts.by_hand))
    yield from facts.notes


def _groups(
    instance: Instance, launch: LaunchRequest, facts: LaunchFacts, texts: Texts
) -> Iterator[tuple[Words, Words]]:
    semicolon = texts("page.semicolon")
    for label, parts in (
        ("name", _name(instance, launch, texts)),
        ("type", _type(instance, launch, texts)),
        ("image", iter((texts(f"page.launch.image_{facts.image_origin}", image=launch.image_id),))),
        ("place", _place(instance, launch, facts, texts)),
        ("network", _network(instance, launch, texts)),
        ("billing", _billing(instance, launch, texts)),
        ("login", _login(launch, texts)),
        ("further", _further(launch, texts)),
        ("tags", _tags(launch, texts, ours=False)),
        ("new_tags", _tags(launch, texts, ours=True)),
    ):
        yield texts(f"page.launch.{label}"), semicolon.join(parts)


def _changed(now: str, before: str, texts: Texts) -> Words:
    """A value, and the source's where it is another."""
    return said(now) if not before or now == before else said(now) + texts("page.was", value=before)


def _name(instance: Instance, launch: LaunchRequest, texts: Texts) -> Iterator[Words]:
    yield _changed(launch.instance_name, instance.name, texts)
    if launch.description:
        yield texts("page.launch.description", text=launch.description)


def _type(instance: Instance, launch: LaunchRequest, texts: Texts) -> Iterator[Words]:
    yield _changed(launch.instance_type, instance.instance_type, texts)
    if launch.cpu_options is not None and launch.cpu_options.core_count:
        cpu = launch.cpu_options
        yield texts("page.launch.cpu", cores=cpu.core_count or 0, threads=cpu.threads_per_core or 0)
        if cpu.topology_type:
            yield said(cpu.topology_type)
    if launch.credit_specification:
        yield texts("page.launch.credit", value=worded_value(launch.credit_specification, texts))
    if launch.secure_boot:
        yield texts("page.launch.secure_boot")


def _place(instance: Instance, launch: LaunchRequest, facts: LaunchFacts, texts: Texts) -> Iterator[Words]:
    yield texts("page.launch.zone", region=launch.region_id, zone=_changed(launch.zone_id, instance.zone_id, texts))
    vswitch = _changed(launch.vswitch_id, instance.vswitch_id, texts)
    yield texts("page.launch.vswitch_new" if facts.new_vswitch else "page.launch.vswitch", vswitch=vswitch)
    if launch.deployment_set_id:
        group = launch.deployment_set_group_no
        number = "" if group is None else texts("page.launch.set_group", number=group)
        yield texts("page.launch.deployment_set", set=launch.deployment_set_id) + number
    if launch.tenancy:
        yield texts("page.launch.tenancy", tenancy=worded_value(launch.tenancy, texts))


def _further(launch: LaunchRequest, texts: Texts) -> Iterator[Words]:
    """What is carried as it stands, by the names of the ledger."""
    for row in PLAIN:
        if row.sets in launch.plain:
            label, value = texts(f"ledger.{row.key}.label"), worded_value(str(launch.plain[row.sets]), texts)
            yield texts("page.launch.plain", label=label, value=value)


def _network(instance: Instance, launch: LaunchRequest, texts: Texts) -> Iterator[Words]:
    yield texts("page.launch.groups", groups=texts("page.comma").join(launch.security_group_ids))
    yield public_access(launch, texts)
    if launch.internet_max_bandwidth_in is not None:
        yield texts("page.launch.bandwidth_in", mbps=launch.internet_max_bandwidth_in)
    if launch.internet_max_bandwidth_out == 0 and instance.eip_address:
        yield texts("page.launch.eip_stays", address=instance.eip_address)
    if launch.ipv6_address_count:
        yield texts("page.launch.ipv6", count=launch.ipv6_address_count)


def _billing(instance: Instance, launch: LaunchRequest, texts: Texts) -> Iterator[Words]:
    if launch.charge_type == "PrePaid":
        yield texts("page.launch.prepaid", months=launch.period or 1)
        renewal = launch.auto_renew_months
        yield texts("page.launch.no_renewal") if renewal is None else texts("page.launch.renewal", months=renewal)
    elif launch.spot_strategy not in {"", "NoSpot"}:
        limit = (
            "" if launch.spot_price_limit is None else texts("page.launch.spot_limit", limit=launch.spot_price_limit)
        )
        yield texts("page.launch.spot", strategy=worded_value(launch.spot_strategy, texts)) + limit
        if launch.spot_duration is not None:
            yield texts("page.launch.spot_hours", hours=launch.spot_duration)
        if launch.spot_interruption_behavior:
            yield worded_value(launch.spot_interruption_behavior, texts)
    else:
        was = "prepaid" if instance.charge_type == "PrePaid" else "spot" if instance.is_spot else ""
        before = texts("page.was", value=texts(f"page.launch.was_{was}")) if was else ""
        yield texts("page.launch.postpaid") + before
    if launch.resource_group_id:
        yield texts("page.launch.resource_group", group=launch.resource_group_id)
    if launch.deletion_protection:
        yield texts("page.launch.protected")
    elif instance.deletion_protection:
        yield texts("page.launch.unprotected")


def _login(launch: LaunchRequest, texts: Texts) -> Iterator[Words]:
    yield from login_ways(launch, texts)
    if launch.host_name:
        yield texts("page.launch.host_name", name=launch.host_name)
    if launch.ram_role_name:
        yield texts("page.launch.ram_role", role=launch.ram_role_name)
    if launch.user_data_from:
        yield texts("page.launch.user_data", id=launch.user_data_from)
    options = launch.metadata_options
    if options is not None and (options.http_endpoint or options.http_tokens):
        yield texts(
            "page.launch.metadata",
            endpoint=worded_value(options.http_endpoint or "-", texts),
            tokens=worded_value(options.http_tokens or "-", texts),
        )
    if launch.private_dns is not None:
        dns = launch.private_dns
        names = (("A (IP)", dns.ip_a), ("PTR", dns.ip_ptr), ("A (ID)", dns.id_a), ("AAAA (ID)", dns.id_aaaa))
        records = texts("page.comma").join(name for name, on in names if on) or "-"
        yield texts(
            "page.launch.private_dns",
            kind=worded_value(dns.hostname_type or "Custom", texts),
            records=records,
        )


def _tags(launch: LaunchRequest, texts: Texts, *, ours: bool) -> Iterator[Words]:
    tags = [tag for tag in launch.tags if (tag.key in lineage.KEYS) == ours]
    if tags:
        yield texts("page.comma").join(f"{tag.key}={tag.value}" for tag in tags)


def _disk_table(rows: tuple[tuple[str, ...], ...], texts: Texts) -> Table:
    return Table(rows, tuple(texts(f"page.launch.{name}") for name in ("device", "size", "kind", "disk_name", "goes")))


def _disk_line(row: tuple[str, ...], texts: Texts) -> Words:
    """A row of the table as a line: the last cell says nothing without its head."""
    *cells, goes = row
    return texts("page.comma").join(
        [*filter(None, cells), texts("fact.named", name=texts("page.launch.goes"), value=goes)]
    )


def _disk_row(disk: ReplicaDisk, texts: Texts) -> tuple[str, ...]:
    where = texts(f"page.launch.{disk.type}_disk", device=disk.device)
    return where, f"{disk.size_gib} GiB", disk_kind(disk, texts), disk.name, _goes(disk, texts)


def _goes(disk: ReplicaDisk, texts: Texts) -> Words:
    if disk.type == "system":
        return texts("page.launch.goes_default")
    return texts("page.launch.goes_yes" if disk.delete_with_instance else "page.launch.goes_no")


def _disk_notes(launch: LaunchRequest, texts: Texts) -> Iterator[Words]:
    """What has no column: descriptions, keys, policies, and that a disk outlives its instance."""
    semicolon = texts("page.semicolon")
    for disk in launch.disks:
        parts = []
        if disk.description:
            parts.append(texts("page.launch.description", text=disk.description))
        if disk.encrypted and disk.kms_key_id:
            parts.append(texts("page.launch.kms_key", id=disk.kms_key_id))
        if disk.auto_snapshot_policy_id:
            parts.append(texts("page.launch.policy", policy=disk.auto_snapshot_policy_id))
        if disk.type == "data" and not disk.delete_with_instance:
            parts.append(texts("page.launch.stays"))
        if parts:
            yield texts("page.launch.disk_note", device=disk.device, note=semicolon.join(parts))
