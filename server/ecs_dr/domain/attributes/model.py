"""What the fidelity ledger is made of: an attribute, how it is handled, and one row of the comparison."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from ecs_dr.domain.attributes.terms import Terms
from ecs_dr.domain.disks.model import Disk, ReplicaDisk
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.model import ROW, Plain
from ecs_dr.domain.source import Source

Group = Literal["placement", "identity", "compute", "access", "network", "billing", "disks", "outside"]
Handling = Literal["copied", "asked", "offered", "cannot"]
"""copied: without a question. asked: put to the person. offered: on request. cannot: by hand, and why."""

FidelityVerdict = Literal["matches", "differs_by_decision", "differs", "cannot_be_carried", "not_readable"]

AttributeText = str | None
"""An attribute as text, in the cloud's own terms: empty for none, None for unreadable or left to the cloud."""

NOTHING = "-"
"""What is shown where there is no value."""
UNREAD = "?"
"""What is shown where a value could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FidelityRow:
    """One attribute of one recovery: the source, what was decided, and the replica as it is.

    Attributes:
        key: Which attribute (`instance_type`, `category`).
        label_key: The key of its name in the text catalogue.
        group: Where it belongs; `ledger.group.<group>` is its name.
        source: The source's value; `-` for none, `?` where it could not be read.
        decided: What the replica was to have; `-` for none or left to the cloud.
        replica: What the replica has, shown as `source` is.
        verdict: `ledger.verdict.<verdict>` is its name.
        device: For a row of a disk, the disk's device in the image.
        handling: How the attribute is handled; `ledger.handling.<handling>` is its name.
        manual_key: The key of the text that says what to do by hand; empty when there is nothing to do.
        blocking: Whether this row keeps the whole comparison from being a match.
    """

    __pydantic_config__ = ROW

    key: str
    label_key: str
    group: Group
    source: str
    decided: str
    replica: str
    verdict: FidelityVerdict
    device: str = ""
    handling: Handling = "copied"
    manual_key: str = ""
    blocking: bool = False


@cache
def label_key(key: str) -> str:
    """Of an attribute's name: one text for all rows of all recoveries."""
    return f"ledger.{key}.label"


@cache
def manual_key(key: str) -> str:
    """Of what is to be done by hand, likewise."""
    return f"ledger.{key}.manual"


LaunchFields = Mapping[str, object]
"""Fields of a LaunchRequest, by name."""


def _unset(_: object) -> AttributeText:
    return None


def _text(value: object) -> AttributeText:
    """A field as text: flags in small letters, numbers without a fraction that says nothing, empty for none."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, int | float) else None if value is None else str(value)


@dataclass(frozen=True)
class Attribute:
    """One row of the ledger.

    Attributes:
        key: Its name; `ledger.<key>.label` is what a person reads.
        group: Where it belongs.
        handling: What becomes of it.
        read: The path in the API's answer where it stands (DescribeInstances), or the action that tells it; empty when
            no allowed action does.
        sets: The parameter of RunInstances that sets it; empty when there is none.
        plain: Of an attribute that is carried as it stands: what it is. It is read at its path, sent as its parameter,
            shown and compared with no field, and no rule but `when`.
        when: When a plain one is sent; by default always.
        field: The field of `Instance` that is filled with what stands at the path, and nothing else.
        value: It, of the source and of the replica alike; by default the field as text.
        decided: What the launch asks for; None when it leaves it to the cloud.
        carry: The fields of the launch that it decides.
        wanted: What the source has by rule, where that is not simply its value.
        faithful: Whether a decided value stands for the source's; by default when they are equal.
        alike: Whether what the replica has stands for what was decided; by default when they are equal.
        lost: Whether what differs from the source was no decision, but could not be carried.
        numbers: Its places in the published list of fifty attributes.
        keeps: The launch does not say it, and yet it must be as on the source.
        stays: When it is so, where that is not always.
        required: The replica must have some value, though never the source's.
        alone: What the source lacks the replica must lack as well.
        verifiable: Whether the replica can be asked.
        word: By which a person decides about it with the launch, where the source has it; empty: not by a word.
        warned: The finding that tells of it before an image is paid for, where the source has it: `finding.<warned>`.
        of_public_address: It hangs on a public address: a replica that gets none, as decided, leaves nothing to do.
    """

    key: str
    group: Group
    handling: Handling
    read: str
    sets: str
    plain: type[Plain] | None = None
    when: Callable[[Terms], bool] = lambda _: True
    field: str = ""
    value: Callable[[Source], AttributeText] = _unset
    decided: Callable[[LaunchRequest], AttributeText] = lambda _: None
    carry: Callable[[Terms], LaunchFields] | None = None
    wanted: Callable[[Source], AttributeText] | None = None
    faithful: Callable[[str, str], bool] | None = None
    alike: Callable[[str, str], bool] | None = None
    lost: Callable[[str, str], bool] | None = None
    numbers: tuple[int, ...] = ()
    keeps: bool = False
    stays: Callable[[Source, LaunchRequest], bool] | None = None
    required: bool = False
    alone: bool = False
    verifiable: bool = True
    word: str = ""
    warned: str = ""
    of_public_address: bool = False

    def __post_init__(self) -> None:
        """A row with a field and no other rule has the field's value; a plain one what stands there, and goes along."""
        if self.field and self.value is _unset:
            object.__setattr__(self, "value", lambda source: _text(getattr(source.instance, self.field)))
        if self.plain is not None:
            absent = "" if self.plain is str else None
            object.__setattr__(self, "value", lambda source: _text(source.instance.plain.get(self.key, absent)))
            object.__setattr__(self, "decided", lambda launch: _text(launch.plain.get(self.sets)))

    def sent_plainly(self, terms: Terms) -> dict[str, Plain]:
        """The parameter of a plain attribute that the source has and that is to go along."""
        value = terms.instance.plain.get(self.key) if self.plain is not None and self.sets else None
        return {self.sets: value} if value is not None and self.when(terms) else {}


@dataclass(frozen=True)
class DiskAttribute:
    """One row of the ledger that every disk has; the fields mean what they mean in `Attribute`.

    Attributes:
        only: Which disks have it at all; empty: both.
        of_launch: What the launch as a whole asks for, where it is no parameter of a disk.
        carry: What it changes in the plan of a disk, from the source's disk and the person's choices.
    """

    key: str
    handling: Handling
    read: str
    sets: str
    field: str = ""
    value: Callable[[Disk], AttributeText] = _unset
    decided: Callable[[ReplicaDisk], AttributeText] = lambda _: None
    of_launch: Callable[[LaunchRequest], AttributeText] | None = None
    carry: Callable[[Disk, Terms], LaunchFields] | None = None
    faithful: Callable[[str, str], bool] | None = None
    alike: Callable[[str, str], bool] | None = None
    lost: Callable[[str, str], bool] | None = None
    numbers: tuple[int, ...] = ()
    word: str = ""
    warned: str = ""
    only: Literal["system", "data", ""] = ""

    def __post_init__(self) -> None:
        """A row with a field and no other rule has the field's value."""
        if self.field and self.value is _unset:
            object.__setattr__(self, "value", lambda disk: _text(getattr(disk, self.field)))

    @property
    def group(self) -> Group:
        """Every row of a disk stands there."""
        return "disks"


AnyAttribute = Attribute | DiskAttribute
