"""The page of the end: what the replica is, where it is reached, what differs from the source, and what is billed.

Everything that fails comes first. The rest is one table, a fact a row, so that it fits a screen: what is left for a
person stands before what was decided, each with its values, and what ends the bill comes last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ecs_dr.domain import links
from ecs_dr.domain.attributes.model import NOTHING, UNREAD, FidelityRow
from ecs_dr.domain.attributes.values import items_of
from ecs_dr.domain.disks.model import Disk
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.pages.words import login_ways, told_value
from ecs_dr.domain.report.model import FidelityEntry
from ecs_dr.domain.source import Instance
from ecs_dr.domain.telling import NO_WORDS, Telling, Words, labelled, tell
from ecs_dr.domain.texts import Texts
from ecs_dr.domain.texts.wording import field_label, worded_facts, worded_value
from ecs_dr.domain.times import parse_time
from ecs_dr.domain.verification.comparison import CONTENT
from ecs_dr.domain.verification.verdict import Verification

_SAID_BY_OTHERS = frozenset({"public_ip"})
"""Its address is a row of its own."""
_FIRST_TO_DO = ("public_address", "private_ip")
_FIRST_TO_CHECK = ("memory_state", "load_balancers", "nat_entries", "dns_records", "monitoring", "automation")
_DISK_KIND = frozenset({"category", "performance_level", "size_gib"})


@dataclass(frozen=True)
class EndFacts:
    """What neither the launch nor the comparison says; all of it worded but the ids.

    Attributes:
        source: What was read of the source at the end.
        data: The moment of the data, with RPO and RTO.
        disks: The replica's, as they were read.
        price: What the replica costs; empty where it could not be read.
        boot: What its console said; empty where nobody looked.
        hangs: The console shows that it did not start.
        image_id: What the disks were made of.
        adopted: That image existed before this recovery.
        snapshots: How many the image holds.
        of_snapshots: It was made of the source's backups, which are not to be deleted with it.
        vswitches: Those that this recovery made.
        others: Whatever else of this recovery exists, or may.
        notes: Further lines.
    """

    source: Words
    data: Words
    price: Words
    boot: Words
    image_id: str
    disks: tuple[Disk, ...] = ()
    adopted: bool = False
    snapshots: int = 0
    of_snapshots: bool = False
    hangs: bool = False
    vswitches: tuple[str, ...] = ()
    others: tuple[Words, ...] = ()
    notes: tuple[Words, ...] = ()


def verification_page(
    found: Verification, launch: LaunchRequest, replica: Instance, facts: EndFacts, texts: Texts
) -> Telling:
    """The whole page."""
    rows = decided_rows(found)
    headline = "hangs" if facts.hangs and found.verdict == "match" else found.verdict
    groups = (
        ("replica", _replica(launch, replica, texts)),
        ("addresses", _addresses(launch, replica, texts)),
        ("login", _login(launch, replica, texts)),
        ("boot", facts.boot),
        ("disks", _disks(found, launch, facts, texts)),
        ("data", facts.data),
    )
    ending = (
        ("decided", _decided(rows, texts)),
        ("check", _to_check(found, texts)),
        ("billed", _billed(found, replica, facts, texts)),
        ("ending", _ending(replica, facts, texts)),
    )
    others = texts("page.verify.others", items=texts("page.comma").join(facts.others)) if facts.others else NO_WORDS
    return tell(
        texts(f"page.verify.{headline}", count=len(rows)),
        *what_differs(found, texts),
        facts.source,
        # Not in the table: a link that is broken at the edge of a cell leads nowhere.
        texts("page.verify.console", link=links.instance(launch.region_id, replica.instance_id)),
        labelled((*_named(groups, texts), *_by_hand(found, texts), *_named(ending, texts))),
        others,
        *facts.notes,
    )


def addresses(replica: Instance) -> JsonObject:
    """Where the replica is reached, as `data.addresses`."""
    public = (*replica.public_ips, *([replica.eip_address] if replica.eip_address else []))
    return {"private": [*replica.private_ips], "public": [*public]}


def decided_rows(found: Verification) -> tuple[FidelityRow, ...]:
    """What differs from the source because the person chose so."""
    return tuple(row for row in found.rows if row.verdict == "differs_by_decision" and row.key not in _SAID_BY_OTHERS)


def rows_by_hand(found: Verification) -> tuple[FidelityRow, ...]:
    """What is left for a person, that which was read first: each has its source's value."""
    left = sorted((row for row in found.rows if row.manual_key), key=pressing)
    return (*(row for row in left if row.source != UNREAD), *(row for row in left if row.source == UNREAD))


def decided_data(found: Verification) -> list[JsonObject]:
    """`data.decided`: in the cloud's own terms; a disk by its device."""
    return [
        {
            "field": row.key,
            **({"device": row.device} if row.device else {}),
            "source": row.source,
            "replica": row.replica,
        }
        for row in decided_rows(found)
    ]


def todo_data(found: Verification) -> list[JsonObject]:
    """`data.todo`, in the cloud's own terms: with values where they were read; the page says what to do about each."""
    return [
        {
            "field": row.key,
            **({"device": row.device} if row.device else {}),
            **({} if row.source == UNREAD else {"source": lacking(row), "replica": row.replica}),
        }
        for row in rows_by_hand(found)
    ]


def subject(row: FidelityRow, texts: Texts) -> Words:
    """What a row is about: the attribute, and of a disk which one."""
    label = texts(row.label_key)
    return texts("page.verify.of_disk", label=label, device=row.device) if row.device else label


def lacking(row: FidelityRow | FidelityEntry) -> str:
    """What the source has; of tags those alone that the replica is without."""
    if row.key != "tags":
        return row.source
    return ", ".join(sorted(items_of(row.source) - items_of(row.replica)))


def what_differs(found: Verification, texts: Texts) -> Iterator[Words]:
    """The criteria that do not hold, and the disks that are not as they were decided, a line each."""
    for criterion in found.criteria:
        if not criterion.passed:
            yield texts(
                "step.verify.criterion_failed",
                name=texts(f"criterion.{criterion.name}"),
                expected=worded_facts(criterion.expected, texts),
                actual=worded_facts(criterion.actual, texts),
            )
    for row in found.disks:
        if not row.matches:
            yield texts(
                "step.verify.disk_differs",
                device=row.device,
                field=field_label(row.field, texts),
                expected=told_value(row.field, row.expected, texts),
                actual=told_value(row.field, row.actual, texts),
            )


def _named(groups: tuple[tuple[str, Words], ...], texts: Texts) -> Iterator[tuple[Words, Words]]:
    return ((texts(f"page.verify.{label}"), told) for label, told in groups)


def _replica(launch: LaunchRequest, replica: Instance, texts: Texts) -> Words:
    name = Words(" ").join((replica.name or launch.instance_name, replica.instance_id))
    parts = (name, worded_value(replica.status, texts), replica.instance_type, replica.zone_id)
    return texts("page.semicolon").join(part for part in parts if part)


def _addresses(launch: LaunchRequest, replica: Instance, texts: Texts) -> Words:
    private = texts("page.verify.private", address=texts("page.comma").join(replica.private_ips) or NOTHING)
    return texts("page.semicolon").join((private, _public(launch, replica, texts)))


def _public(launch: LaunchRequest, replica: Instance, texts: Texts) -> Words:
    if replica.public_ips:
        return texts("page.verify.public", address=texts("page.comma").join(replica.public_ips))
    return texts("page.verify.public_missing" if launch.internet_max_bandwidth_out else "page.no_public_ip")


def _login(launch: LaunchRequest, replica: Instance, texts: Texts) -> Words:
    """As it was read; a password, of which no answer tells, and where it is not told who logs in: as it was sent."""
    non_root = launch.login_as_non_root if replica.login_as_non_root is None else replica.login_as_non_root
    read = launch.model_copy(update={"key_pair_name": replica.key_pair_name, "login_as_non_root": non_root})
    return texts("page.semicolon").join(login_ways(read, texts)) or texts("page.verify.no_login")


def _disks(found: Verification, launch: LaunchRequest, facts: EndFacts, texts: Texts) -> Words:
    wrong = {row.field for row in found.disks if not row.matches}
    decided = any(disk.substituted for disk in launch.disks)
    key = "wrong" if wrong & _DISK_KIND else "decided" if decided else "same"
    size = sum(disk.size_gib for disk in facts.disks)
    told = [texts("page.verify.disk_count", count=len(facts.disks), size=size), texts(f"page.verify.disks_{key}")]
    if found.disks and CONTENT not in wrong:
        told.append(texts("page.verify.content"))
    return texts("page.semicolon").join(told)


def _billed(found: Verification, replica: Instance, facts: EndFacts, texts: Texts) -> Words:
    parts = [
        texts("page.verify.replica_billed", price=facts.price) if facts.price else texts("page.verify.replica_too")
    ]
    if replica.charge_type == "PrePaid":
        renews = next((row.replica for row in found.rows if row.key == "auto_renew"), UNREAD)
        renewed = {NOTHING: "not_renewed", UNREAD: "not_told"}.get(renews, "renewed")
        until = texts.moment(parse_time(replica.expired_time))
        parts = [texts(f"page.verify.prepaid_{renewed}", until=until)]
    if facts.snapshots:
        key = "snapshots_before" if facts.of_snapshots else "snapshots"
        parts.append(texts(f"page.verify.{key}", count=facts.snapshots, image=facts.image_id))
    return texts("page.semicolon").join(parts)


def _ending(replica: Instance, facts: EndFacts, texts: Texts) -> Words:
    """What must happen, in that order, before nothing is billed any more."""
    steps = []
    if replica.auto_release_time:
        time = texts.moment(parse_time(replica.auto_release_time))
        steps.append(texts("page.verify.released", time=time))
    else:
        if replica.deletion_protection:
            steps.append(texts("page.verify.unprotect"))
        steps.append(texts("page.verify.release"))
    staying = [disk.handle for disk in facts.disks if disk.type == "data" and not disk.delete_with_instance]
    if staying:
        steps.append(texts("page.verify.release_disks", disks=texts("page.comma").join(staying)))
    if facts.image_id:
        kind = "of_snapshots" if facts.of_snapshots else "adopted" if facts.adopted else "image"
        steps.append(texts(f"page.verify.delete_{kind}", image=facts.image_id))
    if facts.vswitches:
        steps.append(texts("page.verify.delete_vswitch", ids=texts("page.comma").join(facts.vswitches)))
    return texts("page.semicolon").join(steps)


def _decided(rows: tuple[FidelityRow, ...], texts: Texts) -> Words:
    parts = [_change(row, texts) for row in rows if row.replica not in {NOTHING, UNREAD}]
    without = [_lost(row, texts) for row in rows if row.replica in {NOTHING, UNREAD}]
    if without:
        parts.append(texts("page.verify.left_out", items=texts("page.comma").join(without)))
    return texts("page.semicolon").join(parts)


def _by_hand(found: Verification, texts: Texts) -> Iterator[tuple[Words, Words]]:
    """What was read of the source and could not be given to the replica, a row each."""
    read = (row for row in rows_by_hand(found) if row.source != UNREAD)
    for number, row in enumerate(read, start=1):
        told = texts("page.verify.by_hand_item", change=_change(row, texts), manual=texts(row.manual_key))
        yield texts("page.verify.by_hand", number=number), told


def _to_check(found: Verification, texts: Texts) -> Words:
    """What no reading tells."""
    unread = [row for row in rows_by_hand(found) if row.source == UNREAD]
    if not unread:
        return NO_WORDS
    items = texts("page.comma").join(texts(row.label_key) for row in unread)
    return texts("page.verify.check_items", count=len(unread), items=items)


def pressing(row: FidelityRow | FidelityEntry) -> int:
    """What a person does first, and the rest as the ledger lists it."""
    order = (*_FIRST_TO_DO, *_FIRST_TO_CHECK)
    return order.index(row.key) if row.key in order else len(order)


def _change(row: FidelityRow, texts: Texts) -> Words:
    before, after = (_value(row.key, value, texts) for value in (lacking(row), row.replica))
    return texts("page.verify.change", subject=subject(row, texts), before=before, after=after)


def _lost(row: FidelityRow, texts: Texts) -> Words:
    value = "" if row.source == "present" else _value(row.key, row.source, texts)
    return texts("page.item", label=subject(row, texts), value=value) if value else subject(row, texts)


def _value(key: str, value: str, texts: Texts) -> Words:
    return texts("page.verify.none") if value == NOTHING else told_value(key, value, texts)
