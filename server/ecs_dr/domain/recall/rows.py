"""The ledger of a source that could not be read: what nobody knows of it is unread, never a match or a difference."""

from __future__ import annotations

from dataclasses import replace

from ecs_dr.domain.attributes.model import NOTHING, UNREAD, FidelityRow
from ecs_dr.domain.recall.model import Recalled
from ecs_dr.domain.verification.comparison import ANY

_OF_DISKS = frozenset({"device", "type", "size_gib", "content"})
"""What is known of every disk that a witness lists."""
_KINDS = frozenset({"category", "performance_level"})


def as_far_as_known(rows: tuple[FidelityRow, ...], recalled: Recalled) -> tuple[FidelityRow, ...]:
    """The rows, with the source's value unread where no witness told it."""
    of_disks = _OF_DISKS | (_KINDS if recalled.origins.get("categories") != "person" else frozenset())
    known = recalled.known_rows
    return tuple(row if row.key in (of_disks if row.device else known) else _unknown(row) for row in rows)


def _unknown(row: FidelityRow) -> FidelityRow:
    """The replica against the decision alone; where there was none, nothing is said."""
    if row.decided == ANY:
        return replace(row, source=UNREAD)
    if row.decided == NOTHING or row.handling == "cannot":
        hand = row.verdict == "cannot_be_carried" and row.source == UNREAD
        verdict = row.verdict if hand else "not_readable"
        hand_text = "" if row.device else row.manual_key
        return replace(row, source=UNREAD, verdict=verdict, blocking=False, manual_key=hand_text)
    verdict = row.verdict if row.blocking else "matches"
    return replace(row, source=UNREAD, verdict=verdict, manual_key="")
