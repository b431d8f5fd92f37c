"""A source's own words that a template must not carry: what OOS would take for a reference, and what looks secret."""

from __future__ import annotations

from ecs_dr.domain.disks.model import Disk
from ecs_dr.domain.model import Tag
from ecs_dr.domain.runbook.language import REFERENCE_MARKS
from ecs_dr.domain.source import Source
from ecs_dr.redact import redact

WORDS = "words"
"""Under this name the runbook tells that something of the kind was left out."""


def is_portable(text: str) -> bool:
    """Whether it means in a template what it means here, and may be read by whoever reads the template."""
    return not any(mark in text for mark in REFERENCE_MARKS) and redact(text) == text


def portable(source: Source) -> Source:
    """The source without names, descriptions and tags that are not."""
    instance = source.instance
    update = {
        "name": instance.name if is_portable(instance.name) else "",
        "description": instance.description if is_portable(instance.description) else "",
        "host_name": instance.host_name if is_portable(instance.host_name) else "",
        "tags": _tags(instance.tags),
    }
    disks = tuple(_disk(disk) for disk in source.disks)
    return source.model_copy(update={"instance": instance.model_copy(update=update), "disks": disks})


def _disk(disk: Disk) -> Disk:
    update = {
        "name": disk.name if is_portable(disk.name) else "",
        "description": disk.description if is_portable(disk.description) else "",
        "tags": _tags(disk.tags),
    }
    return disk.model_copy(update=update)


def _tags(tags: tuple[Tag, ...]) -> tuple[Tag, ...]:
    return tuple(tag for tag in tags if is_portable(f"{tag.key}={tag.value}") and is_portable(tag.value))
