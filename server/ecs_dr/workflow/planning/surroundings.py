"""What a plan is made of: the region as it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ecs_dr.domain.images.model import Image
from ecs_dr.domain.network.model import Vpc, VSwitch
from ecs_dr.domain.stock.model import InstanceTypeFacts, ZoneStock
from ecs_dr.errors import CloudError


@dataclass
class Surroundings:
    """What was found, and which optional reads have no answer."""

    stocks: tuple[ZoneStock, ...]
    on_demand: tuple[ZoneStock, ...]
    sizes: tuple[ZoneStock, ...]
    facts: Mapping[str, InstanceTypeFacts]
    vswitches: tuple[VSwitch, ...] | None
    """None: not readable."""
    vpc: Vpc | None
    source_image: Image | None
    same_name: tuple[Image, ...]
    """Images that have the name which would be proposed."""
    hidden: tuple[str, ...]
    """Actions whose empty list means a missing permission, as their dry run told."""
    left_out: dict[str, CloudError] = field(default_factory=dict)
