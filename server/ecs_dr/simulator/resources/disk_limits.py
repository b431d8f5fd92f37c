"""Sizes and performance levels of cloud disks (ECS API, RunInstances, SystemDisk and DataDisk parameters)."""

from __future__ import annotations

from collections.abc import Sequence

_SYSTEM_MAX = 2048
_ESSD_MINIMUM = {"PL0": 1, "PL1": 20, "PL2": 461, "PL3": 1261}
_ESSD_MAXIMUM = 65_536
_DATA = {
    "cloud": (5, 2000),
    "cloud_efficiency": (20, 32_768),
    "cloud_ssd": (20, 32_768),
    "cloud_auto": (1, 65_536),
    "cloud_essd_entry": (10, 32_768),
}
_SYSTEM = {"cloud": (20, 500), "cloud_auto": (1, _SYSTEM_MAX)}


def size_range(kind: str, category: str, levels: Sequence[str] = ("PL0",)) -> tuple[int, int]:
    """Smallest and largest size in GiB of a `system` or `data` disk of a category, over the given levels."""
    if category == "cloud_essd":
        smallest = min((_ESSD_MINIMUM[level] for level in levels), default=20)
        return smallest, _SYSTEM_MAX if kind == "system" else _ESSD_MAXIMUM
    if kind == "system":
        return _SYSTEM.get(category, (20, _SYSTEM_MAX))
    return _DATA.get(category, (20, 32_768))


def provisioned_iops_limit(size: int) -> int:
    """The most IOPS that can be provisioned on a cloud_auto disk of `size` GiB."""
    baseline = min(1800 + 50 * size, 50_000)
    return max(0, min(50_000, 1000 * size - baseline))
