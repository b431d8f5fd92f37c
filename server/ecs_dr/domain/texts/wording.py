"""From what travels in an answer's data, in the cloud's own terms, to what a person reads."""

from __future__ import annotations

import json

from ecs_dr.domain.facts import Attached, Change, Compared, Fact, Named, Value
from ecs_dr.domain.model import JsonValue
from ecs_dr.domain.texts import Texts
from ecs_dr.redact import safe_display


def worded_value(value: str, texts: Texts) -> str:
    """A single value: the cloud's term in the person's language, anything else as it is."""
    key = f"value.{value}"
    return texts(key) if texts.has(key) else value


def field_label(field: str, texts: Texts) -> str:
    """What a field is called; its own name where it has no other."""
    keys = (f"terminal.field.{field}", f"ledger.{field}.label")
    return next((texts(key) for key in keys if texts.has(key)), field)


def worded_facts(told: tuple[Fact, ...], texts: Texts) -> str:
    """What a criterion expects or has found, as one line for a person."""
    return texts("list.separator").join(_worded_fact(fact, texts) for fact in told)


def _worded_fact(fact: Fact, texts: Texts) -> str:
    match fact:
        case Value(value=value):
            return worded_value(value, texts)
        case Named(field=field, value=value):
            return texts("fact.named", name=field_label(field, texts), value=worded_value(safe_display(value), texts))
        case Attached(count=count):
            return texts("fact.disks_attached", count=count)
        case Compared(device=device, unlike=unlike, unread=unread):
            marked = (*(("≠", field) for field in unlike), *(("?", field) for field in unread))
            wrong = ", ".join(f"{mark} {field_label(field, texts)}".strip() for mark, field in marked)
            return f"{device} ({wrong})" if wrong else device
        case Change(owner=owner, field=field, before=before, after=after):
            label = field_label(field, texts) if field else ""
            name = " ".join(filter(None, ("" if owner == "instance" else owner, label)))
            return texts("fact.changed", name=name, before=_plain(before, texts), after=_plain(after, texts))


def _plain(value: JsonValue, texts: Texts) -> str:
    """A value that others may have written: a text without its quotes, anything else as JSON."""
    if value is None:
        return "—"
    return worded_value(safe_display(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)), texts)
