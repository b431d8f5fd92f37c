"""The seal of a report: a chain of SHA-256 digests over its parts, so that a change names itself.

Each part (a field, or one item of a list) is digested together with the digest before it. Whoever changes a part
breaks the chain there; whoever recomputes the whole chain arrives at another head, which the terminal and the answer
of `verify_instance` have told elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import zip_longest
from typing import Literal

from ecs_dr.domain.application.report import ApplicationReport, SealedApplication
from ecs_dr.domain.model import JsonObject, JsonValue, Model, canonical
from ecs_dr.domain.report.model import RecoveryReport, Seal, SealedReport, SealEntry

Link = tuple[str, str]
"""A part, and the digest over it and everything before it."""

Damage = Literal["changed", "missing", "added", "other_head", "no_seal"]


class SealFinding(Model):
    """What is wrong with a report, at the first place where it is.

    Attributes:
        damage: `changed`, `missing` and `added` speak of `part`; `other_head`: the chain holds in itself, and ends
            elsewhere than it says or than was expected; `no_seal`: there is nothing to check.
    """

    damage: Damage
    part: str = ""


Sealed = SealedReport | SealedApplication


def seal(report: RecoveryReport) -> SealedReport:
    """Put a seal on a report."""
    return SealedReport(report=report, seal=_seal_over(report))


def seal_application(report: ApplicationReport) -> SealedApplication:
    """Put a seal on the report of an application."""
    return SealedApplication(report=report, seal=_seal_over(report))


def head_of(report: Model) -> str:
    """The head of the seal alone, without the seal."""
    *_, (_, head) = _chain(report.model_dump(mode="json"))
    return head


def _seal_over(report: Model) -> Seal:
    content: JsonObject = report.model_dump(mode="json")
    entries = tuple(SealEntry(part=part, digest=digest) for part, digest in _chain(content))
    return Seal(entries=entries, head=entries[-1].digest)


def first_break(document: JsonValue, expected_head: str | None = None) -> SealFinding | None:
    """Check a sealed report as it was read from a file; None when it is whole.

    Args:
        document: The parsed JSON. It need not fit today's form: the chain is over whatever it holds.
        expected_head: The head that was noted elsewhere, if it was.
    """
    content = document.get("report") if isinstance(document, dict) else None
    sealed = document.get("seal") if isinstance(document, dict) else None
    entries = sealed.get("entries") if isinstance(sealed, dict) else None
    if not isinstance(content, dict) or not isinstance(sealed, dict) or not isinstance(entries, list) or not entries:
        return SealFinding(damage="no_seal")
    noted = [_entry(entry) for entry in entries]
    found = list(_chain(content))
    for here, there in zip_longest(found, noted):
        if here != there:
            return _broken_link(here, there, {part for part, _ in noted})
    last = found[-1][1]
    if sealed.get("head") != last or (expected_head is not None and expected_head.strip().lower() != last):
        return SealFinding(damage="other_head")
    return None


def _broken_link(found: Link | None, noted: Link | None, known: set[str]) -> SealFinding:
    """The first place where the chain over a report is not the one that was noted."""
    if noted is not None and (found is None or (found[0] != noted[0] and found[0] in known)):
        return SealFinding(damage="missing", part=noted[0])
    if found is not None and (noted is None or found[0] != noted[0]):
        return SealFinding(damage="added", part=found[0])
    return SealFinding(damage="changed", part="" if found is None else found[0])


def _entry(entry: JsonValue) -> Link:
    return (str(entry.get("part")), str(entry.get("digest"))) if isinstance(entry, dict) else ("?", "")


def _chain(content: JsonObject) -> Iterator[Link]:
    digest = ""
    for part, value in _parts(content):
        digest = hashlib.sha256(f"{digest}\n{part}\n{canonical(value)}".encode()).hexdigest()
        yield part, digest


def _parts(content: JsonObject) -> Iterator[tuple[str, JsonValue]]:
    """Every field by name, and every item of a list by itself; an empty list is a part too."""
    for name, value in sorted(content.items()):
        if isinstance(value, list) and value:
            yield from ((f"{name}[{place}]", item) for place, item in enumerate(value))
        else:
            yield name, value
