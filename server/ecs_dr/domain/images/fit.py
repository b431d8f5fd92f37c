"""Whether an image that existed before can be of this source and runs on its type: everything that can be compared.

An image made of an instance has its operating system, architecture, boot mode and drivers (DescribeImages); so what
differs means that it is of something else, or of a time before a change. What one side does not tell is not compared,
and is told as such.
"""

from __future__ import annotations

from ecs_dr.domain.images.model import Image
from ecs_dr.domain.source import Source
from ecs_dr.domain.stock.model import InstanceTypeFacts
from ecs_dr.domain.times import parse_time
from ecs_dr.domain.verification.comparison import UNKNOWN, AttributeRow

_ARCHITECTURES = {"x86_64": "X86", "i386": "X86", "arm64": "ARM"}
PREFERS_UEFI = "UEFI-Preferred"


def fit(
    source: Source, image: Image, facts: InstanceTypeFacts | None, source_image: Image | None
) -> tuple[AttributeRow, ...]:
    """One row for each comparison; `matches` also where one side is unknown, which the row then shows.

    Args:
        source: As Step 1 read it.
        image: The one to be used.
        facts: Of the source's type; None: not readable.
        source_image: What the source was made from; None: not readable, or not there any more.
    """
    instance = source.instance
    return (
        _row("image_os_type", instance.os_type, image.os_type),
        _row("image_os_name", _spaced(instance.os_name), _spaced(image.os_name)),
        _architecture(image, facts),
        _boot_mode(image, facts, source_image),
        _nvme(image, facts),
        _age(source, image),
    )


def misfits(rows: tuple[AttributeRow, ...]) -> tuple[AttributeRow, ...]:
    """The comparisons that came out unequal."""
    return tuple(row for row in rows if not row.matches)


def uncompared(rows: tuple[AttributeRow, ...]) -> tuple[AttributeRow, ...]:
    """What could not be compared: of one side nothing is known."""
    return tuple(row for row in rows if UNKNOWN in {row.expected, row.actual})


def _row(field: str, expected: str, actual: str, *, matches: bool | None = None) -> AttributeRow:
    same = expected.casefold() == actual.casefold() if matches is None else matches
    return AttributeRow(
        field=field,
        expected=expected or UNKNOWN,
        actual=actual or UNKNOWN,
        matches=same or not expected or not actual,
    )


def _spaced(name: str) -> str:
    """The API writes the same name with one space or two."""
    return " ".join(name.split())


def _architecture(image: Image, facts: InstanceTypeFacts | None) -> AttributeRow:
    wanted = facts.architecture if facts is not None else ""
    found = _ARCHITECTURES.get(image.architecture, image.architecture)
    return _row("image_architecture", wanted, found)


def _boot_mode(image: Image, facts: InstanceTypeFacts | None, source_image: Image | None) -> AttributeRow:
    """The mode of the source's own image where that is known; at least one that the type can boot in."""
    modes = facts.boot_modes if facts is not None else ()
    if image.boot_mode and modes and image.boot_mode != PREFERS_UEFI and image.boot_mode not in modes:
        return _row("image_boot_mode", ", ".join(modes), image.boot_mode, matches=False)
    return _row("image_boot_mode", source_image.boot_mode if source_image is not None else "", image.boot_mode)


def _nvme(image: Image, facts: InstanceTypeFacts | None) -> AttributeRow:
    """A type that attaches disks by NVMe alone needs an image with that driver; any other type takes either.

    An image that says nothing of its driver is not compared.
    """
    if facts is None:
        return _row("image_nvme_support", "", image.nvme_support)
    if not facts.nvme_required:
        return _row("image_nvme_support", image.nvme_support, image.nvme_support)
    return _row("image_nvme_support", "supported", image.nvme_support)


def _age(source: Source, image: Image) -> AttributeRow:
    """An image is younger than what it is made of."""
    born, made = parse_time(source.instance.creation_time), parse_time(image.creation_time)
    older = born is not None and made is not None and made < born
    expected = f"≥ {source.instance.creation_time}" if born is not None else ""
    return _row("image_creation_time", expected, image.creation_time, matches=not older)
