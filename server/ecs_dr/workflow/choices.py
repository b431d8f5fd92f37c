"""What of a recovery is chosen, and what rests on what: the one place that knows.

Steps run side by side, and a step runs again from its top after each answer. So nothing that a step found out earlier
may be taken for what is decided now: what rests on something goes as soon as that is put anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from ecs_dr.domain.steps import ToolName


class Choice(Enum):
    """Something that a person decides once, and may decide anew."""

    SOURCE = "source"
    IMAGE = "image"
    TARGET = "target"
    VSWITCH = "vswitch"
    DISKS = "disks"
    OPTIONS = "options"
    LAUNCH = "launch"


RESTS_ON: Mapping[Choice, frozenset[Choice]] = {
    Choice.SOURCE: frozenset(),
    Choice.IMAGE: frozenset({Choice.SOURCE}),
    Choice.TARGET: frozenset({Choice.SOURCE}),
    Choice.VSWITCH: frozenset({Choice.TARGET}),
    Choice.DISKS: frozenset({Choice.TARGET}),
    Choice.OPTIONS: frozenset({Choice.SOURCE}),
    Choice.LAUNCH: frozenset({Choice.IMAGE, Choice.TARGET, Choice.VSWITCH, Choice.DISKS, Choice.OPTIONS}),
}
"""Directly; `resting_on` follows it to the end. What is carried along is a matter of the source: it is not asked again
for another zone."""

_ABOUT: Mapping[str, Choice] = {
    "source": Choice.SOURCE,
    "resume": Choice.SOURCE,
    "image": Choice.IMAGE,
    "snapshots": Choice.IMAGE,
    "image.adopt": Choice.IMAGE,
    "image.adopt_which": Choice.IMAGE,
    "plan": Choice.TARGET,
    "target": Choice.TARGET,
    "vswitch": Choice.VSWITCH,
    "disks": Choice.DISKS,
    "launch.billing": Choice.OPTIONS,
    "launch.options": Choice.OPTIONS,
    "launch.groups": Choice.OPTIONS,
    "launch.change": Choice.LAUNCH,
    "launch": Choice.LAUNCH,
}
"""By the beginning of a question's key (the longest that fits), which is also its family: families are rivals."""

_HOMES: Mapping[str, ToolName] = {"target": "choose_target", "vswitch": "prepare_vswitch", "disks": "check_disks"}


def home_of(key: str) -> ToolName | None:
    """The tool that puts this question wherever a step was led to it from; None where the calling step does."""
    return _HOMES.get(family(key) or "")


def family(key: str) -> str | None:
    """The beginning of a key that says what the question is about; None where it decides nothing of the recovery."""
    words = key.split(".")
    beginnings = (".".join(words[:count]) for count in range(len(words), 0, -1))
    return next((name for name in beginnings if name in _ABOUT), None)


def about(key: str) -> Choice | None:
    """Which choice a question belongs to; None for one that decides nothing of it (keep waiting, a permission)."""
    name = family(key)
    return None if name is None else _ABOUT[name]


def resting_on(choice: Choice) -> frozenset[Choice]:
    """All that rests on it, directly or through something else."""
    found: set[Choice] = set()
    for one in Choice:  # in the order of the graph: what something rests on comes before it
        if RESTS_ON[one] & {choice, *found}:
            found.add(one)
    return frozenset(found)


def displaced_by(key: str, other: str) -> bool:
    """Whether a question on `other` counts no longer once one on `key` is put.

    What rests on the same choice does, and so does a rival: another way to decide it (the plan and Step 4a, a new
    image and an existing one).
    """
    choice, theirs = about(key), about(other)
    if choice is None or theirs is None:
        return False
    return theirs in resting_on(choice) or (theirs is choice and family(key) != family(other))
