"""A source that cannot be read, told to a person: every value with its witness, and what nobody knows."""

from __future__ import annotations

from collections.abc import Iterable

from ecs_dr.domain.pages.words import kind
from ecs_dr.domain.recall.model import Recalled, Remembered
from ecs_dr.domain.telling import NO_WORDS, Part, Table, Telling, Words, tell
from ecs_dr.domain.texts import Texts
from ecs_dr.domain.texts.wording import worded_value
from ecs_dr.workflow.recall.witnesses import RecalledSource
from ecs_dr.workflow.run import Run


def told_recalled(run: Run, found: RecalledSource) -> Telling:
    """Every value with its witness and what the cloud still tells of it; and what nobody knows."""
    recalled, texts = found.recalled, run.texts
    why = f"recall.why_{'unreadable' if recalled.refused else 'gone'}"
    parts: list[Part] = [texts(why, instance=run.session.instance_id, code=recalled.refused)]
    if "report" in recalled.origins.values():
        parts.append(texts("recall.from_report", report=recalled.report))
    head = tuple(texts(f"recall.column_{name}") for name in ("field", "value", "witness", "now"))
    parts.append(Table(tuple(_rows(run, found)), head))
    parts += filter(None, (told_missing(texts, recalled), texts("recall.never")))
    return tell(*parts)


def told_as_recalled(run: Run) -> Telling:
    """That the source is known by its witnesses alone, and what is missing."""
    recalled = run.session.recalled
    lines = [run.texts("recall.taken", instance=run.session.instance_id)]
    if recalled is not None and (missing := told_missing(run.texts, recalled)):
        lines.append(missing)
    return tell(*lines)


def told_missing(texts: Texts, recalled: Recalled) -> Words:
    """What nobody knows of the source, in one line; empty where everything is known."""
    missing = [texts(_label(field)) for field in recalled.missing if field != "os_type"]
    return texts("recall.unknown", fields=texts("list.separator").join(missing)) if missing else NO_WORDS


def _rows(run: Run, found: RecalledSource) -> Iterable[tuple[str, ...]]:
    recalled, texts = found.recalled, run.texts
    comma = texts("list.separator")

    def row(label: str, value: str, origin: str, check: str) -> tuple[str, ...]:
        now = texts(check) if check else "-"
        return label, value, texts(f"recall.origin_{origin}"), now

    for name in Remembered.model_fields:
        value = getattr(recalled.values, name)
        if name in {"disks", "os_type"} or not value:
            continue
        values = value if isinstance(value, tuple) else (str(value),)
        told = comma.join(worded_value(one, texts) for one in values)
        origin = recalled.origins[name]
        yield row(texts(_label(name)), told, origin, "" if origin == "person" else found.checks.get(name, ""))
    for disk in recalled.values.disks:
        size = "?" if disk.size_gib is None else f"{disk.size_gib} GiB"
        by_person = "categories" in recalled.origins and recalled.origins["categories"] == "person"
        origin = "person" if by_person else recalled.origins.get("categories", recalled.origins["disks"])
        category = kind(disk.category, disk.performance_level, texts) if disk.category else NO_WORDS
        yield row(disk.device, comma.join(filter(None, (disk.disk_id, size, category))), origin, "")


def _label(field_name: str) -> str:
    return f"ledger.{'instance_name' if field_name == 'name' else field_name}.label"
