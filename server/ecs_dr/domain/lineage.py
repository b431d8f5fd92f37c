"""Lineage tags: the cloud itself is the record from which a recovery can be taken up again.

What a session creates carries the source's id, the session's id, the step, and, on the replica, the decisions in
which it differs from the source on purpose. Tag keys must not begin with `aliyun` or `acs:`; a value has at most
128 characters (RunInstances, Tag.N).
"""

from __future__ import annotations

from collections.abc import Iterable

from ecs_dr.domain.disks.model import ReplicaDisk
from ecs_dr.domain.model import Tag

SOURCE = "ecs-dr:source"
SESSION = "ecs-dr:session"
STEP = "ecs-dr:step"
DECISIONS = "ecs-dr:decisions"
PREFIX = "ecs-dr:"
DATA_AS_OF = "ecs-dr:data-as-of"
"""On an image of snapshots: the moment of the oldest of them."""
APPLICATION = "ecs-dr:application"
WAVE = "ecs-dr:wave"
MEMBERS = "ecs-dr:members"
WAVES = "ecs-dr:waves"
"""Of what an application makes: its id, the wave, how many members it has, and a digest of all its waves."""
WAS_TYPE = "ecs-dr:was-type"
WAS_NETWORK = "ecs-dr:was-network"
WAS_DISKS = "ecs-dr:was-disks"
WAS_KEY_PAIR = "ecs-dr:was-key-pair"
WAS = (WAS_TYPE, WAS_NETWORK, WAS_DISKS, WAS_KEY_PAIR)
"""On an image: what its source was, should it be gone one day (see `recall`)."""
KEYS = frozenset({SOURCE, SESSION, STEP, DECISIONS, DATA_AS_OF, APPLICATION, WAVE, MEMBERS, WAVES, *WAS})
MAX_VALUE = 128
_NOTES = frozenset({DECISIONS, DATA_AS_OF, *WAS})
"""What makes a taken-up recovery say more, and nothing that it stands on."""

DiskChoice = tuple[str, str | None]


def lineage_tags(session_id: str, source_id: str, step: str) -> tuple[Tag, ...]:
    """Where a created resource comes from."""
    return (Tag(key=SOURCE, value=source_id), Tag(key=SESSION, value=session_id), Tag(key=STEP, value=step))


def decisions_tag(disks: tuple[ReplicaDisk, ...], words: tuple[str, ...] = ()) -> tuple[Tag, ...]:
    """What the person chose: disk substitutions, as `/dev/xvdb=cloud_essd:PL1`, and words such as `ram_role`.

    Too many to fit one value are left out: a later session then reports them as differences instead of decisions.
    """
    substituted = kinds_value(
        (disk.device, disk.category, disk.performance_level) for disk in disks if disk.substituted
    )
    chosen = ";".join(filter(None, (substituted, *words)))
    return (Tag(key=DECISIONS, value=chosen),) if chosen and len(chosen) <= MAX_VALUE else ()


def decided_disks(tags: tuple[Tag, ...]) -> dict[str, DiskChoice]:
    """What `decisions_tag` wrote, by device; a value that it did not write is ignored."""
    return kinds_of(tagged(tags, DECISIONS))


def decided_words(tags: tuple[Tag, ...]) -> frozenset[str]:
    """The words that `decisions_tag` wrote."""
    return frozenset(entry for entry in tagged(tags, DECISIONS).split(";") if entry and "=" not in entry)


def kinds_value(disks: Iterable[tuple[str, str, str | None]]) -> str:
    """Device, category and performance level of disks as one tag's value: `/dev/xvdb=cloud_essd:PL1;…`."""
    return ";".join(f"{device}={category}:{level or ''}" for device, category, level in disks)


def kinds_of(value: str) -> dict[str, DiskChoice]:
    """What `kinds_value` wrote, by device; an entry that it did not write is ignored."""
    kinds: dict[str, DiskChoice] = {}
    for entry in filter(None, value.split(";")):
        device, _, kind = entry.partition("=")
        category, _, level = kind.partition(":")
        if device and category:
            kinds[device] = (category, level or None)
    return kinds


def tagged(tags: Iterable[Tag], key: str) -> str:
    """The value of the tag with that key; empty where there is none."""
    return next((tag.value for tag in tags if tag.key == key), "")


def gives_way(tag: Tag) -> bool:
    """Whether the tag is left out before a user's own is: a recovery can be taken up, and made once, without it."""
    return tag.key in _NOTES


def belongs_to(tags: tuple[Tag, ...], session_id: str, source_id: str) -> bool:
    """Whether a resource was created by that session for that source."""
    found = {tag.key: tag.value for tag in tags}
    return found.get(SESSION) == session_id and found.get(SOURCE) == source_id
