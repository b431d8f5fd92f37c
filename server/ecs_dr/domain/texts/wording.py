"""From what travels in an answer's data, in the cloud's own terms, to what a person reads."""

from __future__ import annotations

import re

from ecs_dr.domain.texts import Texts

FACTS = "; "
"""What stands between the facts of a criterion (`Criterion.expected`, `Criterion.actual`)."""

_NAMED = re.compile(r"(?P<name>[a-z][a-z0-9_]*)=(?P<value>.*)", re.ASCII)
_CHANGED = re.compile(r"(?P<name>\S+): (?P<before>.+) -> (?P<after>.+)")
_ATTACHED = re.compile(r"(?P<count>\d+) × In_use")
_WRONG = re.compile(r"(?P<mark>[≠?]) (?P<field>[a-z_]+)(?=[,)])")


def worded_value(value: str, texts: Texts) -> str:
    """A single value: the cloud's term in the person's language, anything else as it is."""
    key = f"value.{value}"
    return texts(key) if texts.has(key) else value


def field_label(field: str, texts: Texts) -> str:
    """What a field is called; its own name where it has no other."""
    keys = (f"terminal.field.{field}", f"ledger.{field}.label")
    return next((texts(key) for key in keys if texts.has(key)), field)


def worded_facts(told: str, texts: Texts) -> str:
    """What a criterion expects or has found, as one line for a person."""
    return texts("list.separator").join(_worded_fact(fact, texts) for fact in told.split(FACTS))


def _worded_fact(fact: str, texts: Texts) -> str:
    if attached := _ATTACHED.fullmatch(fact):
        return texts("fact.disks_attached", count=attached["count"])
    if named := _NAMED.fullmatch(fact):
        value = worded_value(named["value"], texts)
        return texts("fact.named", name=field_label(named["name"], texts), value=value)
    if changed := _CHANGED.fullmatch(fact):
        before, after = (_plain(changed[part], texts) for part in ("before", "after"))
        return texts("fact.changed", name=_subject(changed["name"], texts), before=before, after=after)
    return _WRONG.sub(lambda wrong: f"{wrong['mark']} {field_label(wrong['field'], texts)}", worded_value(fact, texts))


def _subject(name: str, texts: Texts) -> str:
    """`instance.status` is the status, `d-2ze1.size_gib` the size of that disk."""
    owner, _, field = name.rpartition(".")
    if not owner:
        return field_label(field, texts)
    label = field_label(field, texts)
    return label if owner == "instance" else f"{owner} {label}"


def _plain(value: str, texts: Texts) -> str:
    """A JSON value without its quotes."""
    return "—" if value == "null" else worded_value(value.strip('"'), texts)
