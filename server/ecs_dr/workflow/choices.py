"""What of a recovery is chosen, and what rests on what: the one place that knows.

Steps run side by side, and a step runs again from its top after each answer. So nothing that a step found out earlier
may be taken for what is decided now: what rests on something goes as soon as that is put anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

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


class Asked(NamedTuple):
    """What a question is there for.

    Attributes:
        choice: What it decides.
        way: By which way. Two ways of deciding the same are rivals: of the plan and Step 4a only one is open.
        home: The tool that puts it wherever a step was led to it from; None where the calling step does.
    """

    choice: Choice
    way: str
    home: ToolName | None = None


QUESTIONS: Mapping[str, Asked] = {
    "source.confirm": Asked(Choice.SOURCE, "read"),
    "resume.confirm": Asked(Choice.SOURCE, "resume"),
    "image.name": Asked(Choice.IMAGE, "new"),
    "image.refused": Asked(Choice.IMAGE, "new"),
    "snapshots.set": Asked(Choice.IMAGE, "snapshots"),
    "image.adopt": Asked(Choice.IMAGE, "adopt"),
    "image.adopt_which": Asked(Choice.IMAGE, "adopt_which"),
    "plan.accept": Asked(Choice.TARGET, "plan"),
    "target.zone": Asked(Choice.TARGET, "target", "choose_target"),
    "target.type": Asked(Choice.TARGET, "target", "choose_target"),
    "target.near": Asked(Choice.TARGET, "target", "choose_target"),
    "target.substitute": Asked(Choice.TARGET, "target", "choose_target"),
    "vswitch.pick": Asked(Choice.VSWITCH, "vswitch", "prepare_vswitch"),
    "vswitch.create": Asked(Choice.VSWITCH, "vswitch", "prepare_vswitch"),
    "disks.system": Asked(Choice.DISKS, "disks", "check_disks"),
    "disks.data": Asked(Choice.DISKS, "disks", "check_disks"),
    "launch.billing": Asked(Choice.OPTIONS, "billing"),
    "launch.options": Asked(Choice.OPTIONS, "options"),
    "launch.groups": Asked(Choice.OPTIONS, "groups"),
    "launch.disks": Asked(Choice.LAUNCH, "disks"),
    "launch.change": Asked(Choice.LAUNCH, "change"),
    "launch.confirm": Asked(Choice.LAUNCH, "launch"),
    "launch.refused": Asked(Choice.LAUNCH, "launch"),
}
"""Every question that decides something of the recovery, by the two words that its key begins with. What stands after
them says of which one it is (`disks.data.cloud_auto`). Others decide nothing of it (keep waiting, a permission)."""


def asked(key: str) -> Asked | None:
    """What the question with that key is there for; None where it decides nothing of the recovery."""
    return QUESTIONS.get(".".join(key.split(".")[:2]))


def home_of(key: str) -> ToolName | None:
    """The tool that puts this question wherever a step was led to it from; None where the calling step does."""
    found = asked(key)
    return None if found is None else found.home


def about(key: str) -> Choice | None:
    """Which choice a question belongs to; None for one that decides nothing of the recovery."""
    found = asked(key)
    return None if found is None else found.choice


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
    one, theirs = asked(key), asked(other)
    if one is None or theirs is None:
        return False
    return theirs.choice in resting_on(one.choice) or (theirs.choice is one.choice and theirs.way != one.way)
