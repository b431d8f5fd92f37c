"""The order in which zones and substitute types are offered to the person."""

from __future__ import annotations

import re

from ecs_dr.domain.stock.model import InstanceTypeFacts, Stock, TypeStock, ZoneStock

_STOCK_ORDER = {stock: position for position, stock in enumerate(Stock)}

_ARCHITECTURES = {"x86_64": "X86", "i386": "X86", "arm64": "ARM"}
"""An image's Architecture (DescribeImages) to the CpuArchitecture it needs (DescribeInstanceTypes)."""

_BOOT_MODES = {"BIOS": {"BIOS"}, "UEFI": {"UEFI"}, "UEFI-Preferred": {"UEFI", "BIOS"}}
"""An image's BootMode to the modes of a type that can boot it."""

_FAMILY = re.compile(r"ecs\.([a-z]+)(\d*)(.*)", re.ASCII)

_SHARED_SERIES = frozenset({"e", "mn", "n", "s", "sn", "t", "u", "xn"})
"""Series that share CPUs with neighbours or are an older entry level: the last choice for another series."""


def rank_zones(
    stocks: tuple[ZoneStock, ...], source_zone: str, zones_with_vswitch: frozenset[str] = frozenset()
) -> tuple[ZoneStock, ...]:
    """All zones but the source's: best stock first, then those that have a VSwitch already, then by name.

    Args:
        stocks: One entry a zone (DescribeAvailableResource); of a zone that appears twice the better one counts.
        source_zone: Left out: the copy is there to survive that zone.
        zones_with_vswitch: Zones in which the VPC has a VSwitch that can be used.
    """

    def order(entry: ZoneStock) -> tuple[int, bool, str]:
        return _STOCK_ORDER[entry.stock], entry.zone_id not in zones_with_vswitch, entry.zone_id

    best: dict[str, ZoneStock] = {}
    for entry in sorted(stocks, key=order):
        if entry.zone_id != source_zone:
            best.setdefault(entry.zone_id, entry)
    return tuple(best.values())


def rank_substitutes(
    source: InstanceTypeFacts,
    candidates: tuple[TypeStock, ...],
    image_architecture: str = "",
    *,
    image_boot_mode: str = "",
    image_nvme_support: str = "",
    disk_count: int = 0,
) -> tuple[TypeStock, ...]:
    """Types that can take the source's place, closest first. Never chosen for the person, only offered.

    Left out: what is sold out; another CPU architecture; fewer vCPUs or less memory; another number of GPUs; other
    local storage (its disks would be empty and take up device names); a boot mode or an NVMe driver that the image
    lacks; too few disks. Exactly the same size comes first, then the same series and the nearest generation (of two
    equally near ones the newer), then the better stock, then the name.

    Args:
        source: The source's type.
        candidates: Types of the target zone; the source's own is left out.
        image_architecture: `x86_64`, `i386` or `arm64`, once the image is known.
        image_boot_mode: `BIOS`, `UEFI` or `UEFI-Preferred`. While unknown, a mode in common with the source's type
            is enough, and types that know all its modes are preferred.
        image_nvme_support: `supported` lets types in that attach disks by NVMe alone. While unknown, only a source
            of that kind does.
        disk_count: Disks of the replica, the system disk included.
    """
    architecture = _ARCHITECTURES.get(image_architecture, source.architecture)
    nvme_works = source.nvme_required or image_nvme_support == "supported"

    def can_replace(candidate: TypeStock) -> bool:
        facts = candidate.facts
        return (
            candidate.stock.buyable
            and facts.instance_type != source.instance_type
            and facts.architecture == architecture
            and facts.cpu >= source.cpu
            and facts.memory_gib >= source.memory_gib
            and facts.gpu_count == source.gpu_count
            and facts.local_storage_category == source.local_storage_category
            and (nvme_works or not facts.nvme_required)
            and _boots(source, facts, image_boot_mode)
            and (facts.max_disks is None or facts.max_disks >= disk_count)
        )

    fitting = [candidate for candidate in candidates if can_replace(candidate)]
    return tuple(sorted(fitting, key=lambda candidate: _distance(source, candidate)))


def _boots(source: InstanceTypeFacts, facts: InstanceTypeFacts, image_boot_mode: str) -> bool:
    if not facts.boot_modes:
        return True
    needed = _BOOT_MODES.get(image_boot_mode) or set(source.boot_modes) or set(facts.boot_modes)
    return not needed.isdisjoint(facts.boot_modes)


class _Family:
    """A family's name taken apart: `ecs.g8i` is series g, generation 8, variant i."""

    def __init__(self, facts: InstanceTypeFacts) -> None:
        shape = _FAMILY.match(facts.family or facts.instance_type.rpartition(".")[0])
        self.series = shape[1] if shape else ""
        self.generation = int(shape[2] or 0) if shape else 0
        self.variant = shape[3] if shape else ""


def _distance(source: InstanceTypeFacts, candidate: TypeStock) -> tuple[float | bool | str, ...]:
    facts = candidate.facts
    ours, theirs = _Family(source), _Family(facts)
    return (
        facts.cpu - source.cpu,
        facts.memory_gib - source.memory_gib,
        not set(source.boot_modes) <= set(facts.boot_modes or source.boot_modes),
        ours.series != theirs.series,
        ours.series != theirs.series and theirs.series in _SHARED_SERIES,
        abs(ours.generation - theirs.generation),
        theirs.generation < ours.generation,
        ours.variant != theirs.variant,
        _STOCK_ORDER[candidate.stock],
        facts.instance_type,
    )
