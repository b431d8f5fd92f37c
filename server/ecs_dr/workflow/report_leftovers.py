"""What a recovery leaves behind, and what it leaves to be done."""

from __future__ import annotations

from collections.abc import Iterable

from ecs_dr.domain import links
from ecs_dr.domain.report import FidelityEntry, Leftover, Todo
from ecs_dr.domain.texts import Texts
from ecs_dr.workflow.session import Session


def leftovers(session: Session, texts: Texts) -> Iterable[Leftover]:
    """Every resource that this recovery created, and every request of which nobody knows what it created."""
    region, image, replica = session.region_id, session.image, session.replica

    def left(kind: str, number: str, link: str, name: str = "") -> Leftover:
        label, note = texts(f"report.leftover.{kind}"), texts(f"report.leftover.{kind}_note")
        return Leftover.model_validate(
            {"kind": kind, "label": label, "id": number, "name": name, "link": link, "note": note}
        )

    if replica is not None:
        link = links.instance(region, replica.instance_id)
        yield left("instance", replica.instance_id, link, replica.launch.instance_name)
    if image is not None:
        yield left("image", image.image_id, links.image_list(region), image.name)
        for mapping in image.image.mappings if image.image is not None else ():
            if mapping.snapshot_id:
                yield left("snapshot", mapping.snapshot_id, links.snapshot_list(region), mapping.device)
    if session.vswitch is not None and session.vswitch.created:
        vswitch = session.vswitch.vswitch
        yield left("vswitch", vswitch.vswitch_id, links.vswitch(region, vswitch.vswitch_id), vswitch.cidr_block)
    elif session.pending_vswitch_id is not None:
        yield left("vswitch", session.pending_vswitch_id, links.vswitch(region, session.pending_vswitch_id))
    unanswered = {
        "image": ("ecs:CreateImage", links.image_list(region)),
        "vswitch": ("vpc:CreateVSwitch", links.vswitch_list(region)),
        "instance": ("ecs:RunInstances", links.instance_list(region)),
    }
    for step, (action, link) in unanswered.items():
        if session.book.open_attempt(step) is not None:
            yield left("unknown", action, link)


def todo(session: Session, rows: tuple[FidelityEntry, ...], texts: Texts) -> Iterable[Todo]:
    """What a person still has to do, the most pressing first."""
    for row in rows:
        if row.verdict == "differs":
            text = texts("report.todo.differs", decided=row.decided, replica=row.replica)
            yield Todo(subject=_subject(row), text=text, value=row.source)
    if session.replica is None or session.verification is None:
        key = "report.todo.resume" if session.image is not None else "report.todo.begin"
        yield Todo(subject=texts("report.todo.resume_subject"), text=texts(key), value=session.session_id)
    else:
        yield Todo(subject=texts("report.todo.data_subject"), text=texts("report.todo.data"))
        yield Todo(subject=texts("report.todo.traffic_subject"), text=texts("report.todo.traffic"))
    for row in rows:
        if row.manual and row.verdict != "differs":
            yield Todo(subject=_subject(row), text=row.manual, value=row.source)
    if session.image is not None:
        yield Todo(subject=texts("report.todo.cleanup_subject"), text=texts("report.todo.cleanup"))


def _subject(row: FidelityEntry) -> str:
    return f"{row.label} ({row.device})" if row.device else row.label
