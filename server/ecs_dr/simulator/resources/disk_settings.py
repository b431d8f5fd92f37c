"""Category, performance level, bursting and IOPS of a disk to be made, with the API's defaults and refusals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from ecs_dr.simulator.actions import Call
from ecs_dr.simulator.errors import Fault
from ecs_dr.simulator.model_catalogue import DISK_CATEGORIES, PERFORMANCE_LEVELS, DiskOffer
from ecs_dr.simulator.params import boolean, integer
from ecs_dr.simulator.resources.disk_limits import provisioned_iops_limit

_BURSTING_ABOVE_GIB = 3


class Place(Protocol):
    """Where a disk is going to be."""

    @property
    def zone_id(self) -> str:
        """The zone."""
        ...

    @property
    def offer(self) -> DiskOffer:
        """What the zone sells with the instance type."""
        ...


@dataclass(frozen=True)
class DiskChoice:
    """What kind of disk it is going to be."""

    category: str
    performance_level: str
    bursting_enabled: bool
    provisioned_iops: int


def choose_category(call: Call, kind: Literal["system", "data"], members: Mapping[str, str], place: Place) -> str:
    """The wanted category, or the default of the site.

    Raises:
        Fault: There is no such category, or it is not sold in this zone or with this type.
    """
    sold = place.offer.system if kind == "system" else place.offer.data
    category = members.get("Category", "") or _default_category(call, kind, sold)
    if category in sold:
        return category
    zone = call.world.disk_support.get(place.zone_id)
    in_zone = zone is not None and category in (zone.system if kind == "system" else zone.data)
    if category in DISK_CATEGORIES and (in_zone or kind == "data"):
        raise Fault(
            "InvalidDiskCategory.NotSupported",
            f"The specified disk category {category} is not supported by the instance type or the zone.",
            403,
        )
    name = "SystemDisk" if kind == "system" else "DataDisk"
    raise Fault(
        f"Invalid{name}Category.ValueNotSupported", f"The specified parameter {name}.Category is not supported."
    )


def _default_category(call: Call, kind: str, sold: list[str]) -> str:
    """Since 2026-01-30 the China site has other defaults than cloud_efficiency."""
    if not call.world.behaviour.china_site:
        return "cloud_efficiency"
    if kind == "data":
        return "cloud_auto" if "cloud_auto" in sold else "cloud_efficiency"
    return "cloud_efficiency" if "cloud_efficiency" in sold else "cloud_essd"


def choose_level(members: Mapping[str, str], category: str, offer: DiskOffer, default: str) -> str:
    """The performance level of a cloud_essd disk, the empty string for every other category.

    Raises:
        Fault: The level is unknown, not sold here, or given for another category.
    """
    asked = members.get("PerformanceLevel", "")
    if asked and asked not in PERFORMANCE_LEVELS:
        raise Fault("InvalidPerformanceLevel.Malformed", "The specified parameter PerformanceLevel is not valid.")
    if category != "cloud_essd":
        if asked:
            raise Fault(
                "InvalidPerformanceLevel.ValueNotSupported",
                f"The specified PerformanceLevel is for cloud_essd alone, not for {category}.",
            )
        return ""
    level = asked or default
    if level not in offer.performance_levels:
        raise Fault(
            "InvalidPerformanceLevel.ValueNotSupported",
            f"The specified PerformanceLevel {level} is not supported in this zone.",
        )
    return level


def choose_performance(
    members: Mapping[str, str], category: str, level: str, size: int, *, bursting: bool
) -> DiskChoice:
    """The rest of what makes a disk fast; `bursting` is what an absent BurstingEnabled means.

    Raises:
        Fault: Bursting or provisioned IOPS for a category or a size that cannot have them.
    """
    bursts = boolean(members, "BurstingEnabled", default=bursting)
    iops = integer(members, "ProvisionedIops", 0)
    if bursts and category != "cloud_auto":
        raise Fault(
            "BurstingEnabledForDiskCategoryUnsupported", "BurstingEnabled is supported by cloud_auto alone.", 403
        )
    if bursts and size <= _BURSTING_ABOVE_GIB and members.get("BurstingEnabled"):
        raise Fault("InvalidBurstingEnabled.DiskSizeTooSmall", "The disk is too small for BurstingEnabled.", 403)
    if iops and category != "cloud_auto":
        raise Fault(
            "ProvisionedIopsForDiskCategoryUnsupported", "ProvisionedIops is supported by cloud_auto alone.", 403
        )
    if not 0 <= iops <= provisioned_iops_limit(size):
        raise Fault("InvalidProvisionedIops.LimitExceed", "The specified ProvisionedIops exceeds the limit.", 403)
    return DiskChoice(category, level, bursts, iops)
