"""What a recovery leaves behind, and what it leaves to be done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ecs_dr.domain import links
from ecs_dr.domain.attributes.model import UNREAD
from ecs_dr.domain.pages.verification import lacking, pressing
from ecs_dr.domain.report.model import LAUNCH, FidelityEntry, Leftover, LeftoverKind, RequestRecord, Todo
from ecs_dr.domain.texts import Texts
from ecs_dr.workflow.session import Session
from ecs_dr.workflow.standing import told_state

CREATE_IMAGE = "ecs:CreateImage"
CREATING = frozenset({CREATE_IMAGE, "vpc:CreateVSwitch", LAUNCH})
_NOT_REFUSED = frozenset({"OK", "DryRunOperation", "NoAnswer", "Cancelled"})
"""Results of a request that say nothing against it: it went through, or nobody knows."""


def leftovers(session: Session, texts: Texts) -> Iterable[Leftover]:
    """Every resource that this recovery created, and every request of which nobody knows what it created.

    Also what is not in use: images that failed, VSwitches of zones that were left, and what an earlier process of this
    recovery made and nobody found in time.
    """
    for one in (*_replicas(session), *_images(session), *_vswitches(session), *_unknown(session)):
        label, note = texts(f"report.leftover.{one.kind}"), texts(f"report.leftover.{one.kind}_note")
        yield Leftover(
            kind=one.kind,
            label=label,
            id=one.id,
            name=one.name,
            link=one.link,
            note=note,
            state=_state(session, texts, one),
        )


class _Found(NamedTuple):
    kind: LeftoverKind
    id: str
    link: str
    """To the console."""
    name: str
    image_id: str = ""
    """Of a snapshot: the image that it was read with."""


def _state(session: Session, texts: Texts, one: _Found) -> str:
    """As it was last read; a snapshot as its image was, since that is where it was read."""
    if one.kind == "unknown":
        return ""
    if one.kind != "snapshot":
        return told_state(session, texts, one.id)
    return texts("report.leftover.of_image", image=one.image_id, state=told_state(session, texts, one.image_id))


def _replicas(session: Session) -> Iterable[_Found]:
    region, replica = session.region_id, session.replica
    if replica is not None:
        link = links.instance(region, replica.instance_id)
        yield _Found("instance", replica.instance_id, link, replica.launch.instance_name)
    for lost in session.lost_replicas:
        yield _Found("instance", lost, links.instance(region, lost), "")
    for kind, stray in session.strays:
        if kind == "replica":
            yield _Found("instance", stray, links.instance(region, stray), "")


def _images(session: Session) -> Iterable[_Found]:
    """Images with their snapshots; one that was adopted is used, and listed like one that was made."""
    region = session.region_id
    adopted = (session.image,) if session.image is not None and session.image.adopted else ()
    for state in (*adopted, *session.own_images):
        yield _Found("image", state.image_id, links.image_list(region), state.name)
        # What it was made of existed before: the source's backups are nothing that this recovery leaves behind.
        for mapping in state.image.mappings if state.image is not None and state.data_as_of is None else ():
            if mapping.snapshot_id:
                yield _Found(
                    "snapshot", mapping.snapshot_id, links.snapshot_list(region), mapping.device, state.image_id
                )
    for kind, stray in session.strays:
        if kind == "image":
            yield _Found("image", stray, links.image_list(region), "")


def _vswitches(session: Session) -> Iterable[_Found]:
    chosen = session.vswitch.vswitch if session.vswitch is not None else None
    for vswitch_id in session.own_vswitch_ids:
        block = chosen.cidr_block if chosen is not None and chosen.vswitch_id == vswitch_id else ""
        yield _Found("vswitch", vswitch_id, links.vswitch(session.region_id, vswitch_id), block)
    for kind, stray in session.strays:
        if kind == "vswitch":
            yield _Found("vswitch", stray, links.vswitch(session.region_id, stray), "")


def _unknown(session: Session) -> Iterable[_Found]:
    region = session.region_id
    unanswered = {
        "image": (CREATE_IMAGE, links.image_list(region)),
        "snapshots": (CREATE_IMAGE, links.image_list(region)),
        "vswitch": ("vpc:CreateVSwitch", links.vswitch_list(region)),
        "instance": (LAUNCH, links.instance_list(region)),
    }
    for step, (action, link) in unanswered.items():
        if step in session.book.in_doubt():
            yield _Found("unknown", action, link, "")


def refused_last(requests: tuple[RequestRecord, ...]) -> RequestRecord | None:
    """The last request for something that is created, a trial of one too, where the cloud refused it."""
    for record in reversed(requests):
        if record.action in CREATING:
            return None if record.result in _NOT_REFUSED else record
    return None


def todo(
    session: Session, rows: tuple[FidelityEntry, ...], requests: tuple[RequestRecord, ...], texts: Texts
) -> Iterable[Todo]:
    """What a person still has to do, the most pressing first."""
    for row in rows:
        if row.verdict == "differs":
            text = texts("report.todo.differs", decided=row.decided, replica=row.replica)
            yield Todo(subject=_subject(row), text=text, value=row.source)
    if session.replica is None or session.verification is None:
        refused, image = refused_last(requests), session.image
        key = "report.todo.resume" if image is not None or session.has_made_something else "report.todo.begin"
        if image is not None and image.has_failed:
            ended = "gone" if image.gone else "failed"
            yield Todo(subject=texts("report.todo.failed_subject"), text=texts(f"report.todo.image_{ended}"))
        elif refused is not None and session.replica is None:
            text = texts("report.todo.refused", action=refused.action, code=refused.result)
            yield Todo(subject=texts("report.todo.failed_subject"), text=text)
        yield Todo(subject=texts("report.todo.resume_subject"), text=texts(key), value=session.session_id)
    else:
        yield Todo(subject=texts("report.todo.data_subject"), text=texts("report.todo.data"))
        is_public = session.replica.launch.internet_max_bandwidth_out != 0
        key = "report.todo.traffic" if is_public else "report.todo.traffic_private"
        yield Todo(subject=texts("report.todo.traffic_subject"), text=texts(key))
    for row in sorted(rows, key=lambda one: (one.source == UNREAD, pressing(one))):
        if row.manual and row.verdict != "differs":
            yield Todo(subject=_subject(row), text=row.manual, value=lacking(row))
    if session.image is not None:
        yield Todo(subject=texts("report.todo.cleanup_subject"), text=texts("report.todo.cleanup"))


def _subject(row: FidelityEntry) -> str:
    return f"{row.label} ({row.device})" if row.device else row.label
