"""From what travels in an answer's data, in the cloud's own terms, to what a person reads."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ecs_dr.domain.facts import Attached, Change, Compared, Fact, Named, Value
from ecs_dr.domain.model import JsonValue
from ecs_dr.domain.telling import Words, said
from ecs_dr.domain.texts import Texts
from ecs_dr.domain.times import parse_time

_TIMES = frozenset({"expired_time", "time"})
"""The values of findings that are times, as the API writes them."""


def worded_value(value: str, texts: Texts) -> Words:
    """A single value: the cloud's term in the person's language, anything else as it is."""
    key = f"value.{value}"
    return texts(key) if texts.has(key) else said(value)


def told_moment(value: str, texts: Texts) -> str:
    """A time as the API writes it, in the person's zone and with its offset; what is no time stands as it is."""
    when = parse_time(value) or parse_time(f"{value}Z")  # a row holds it to the minute, without the letter
    return value if when is None else texts.moment(when)


def told_finding(key: str, values: Mapping[str, str], texts: Texts) -> Words:
    """What was found about a source or an image, in a sentence."""
    told = {name: told_moment(value, texts) if name in _TIMES else value for name, value in values.items()}
    return texts(f"finding.{key}", **told)


def field_label(field: str, texts: Texts) -> Words:
    """What a field is called; its own name where it has no other."""
    keys = (f"terminal.field.{field}", f"ledger.{field}.label")
    return next((texts(key) for key in keys if texts.has(key)), said(field))


def worded_facts(told: tuple[Fact, ...], texts: Texts) -> Words:
    """What a criterion expects or has found, as one line for a person."""
    return texts("list.separator").join(_worded_fact(fact, texts) for fact in told)


def _worded_fact(fact: Fact, texts: Texts) -> Words:
    match fact:
        case Value(value=value):
            return worded_value(value, texts)
        case Named(field=field, value=value):
            return texts("fact.named", name=field_label(field, texts), value=worded_value(value, texts))
        case Attached(count=count):
            return texts("fact.disks_attached", count=count)
        case Compared(device=device, unlike=unlike, unread=unread):
            marked = (*(("≠", field) for field in unlike), *(("?", field) for field in unread))
            wrong = Words(", ").join(Words(f"{mark} {field_label(field, texts)}") for mark, field in marked)
            return Words(f"{said(device)} ({wrong})") if wrong else said(device)
        case Change(owner=owner, field=field, before=before, after=after):
            label = field_label(field, texts) if field else ""
            name = Words(" ").join(filter(None, ("" if owner == "instance" else owner, label)))
            return texts("fact.changed", name=name, before=_plain(before, texts), after=_plain(after, texts))


def _plain(value: JsonValue, texts: Texts) -> Words:
    """A value that others may have written: a text without its quotes, anything else as JSON."""
    if value is None:
        return Words("—")
    return worded_value(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), texts)
