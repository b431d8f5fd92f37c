"""What the person was shown before deciding: kept, so that every round shows the same."""

from __future__ import annotations

from dataclasses import dataclass

from ecs_dr.domain.plan.model import RecoveryPlan
from ecs_dr.domain.snapshots.sets import Findings
from ecs_dr.domain.stock.model import ZoneStock


@dataclass
class PlanState:
    """The plan that the person was shown."""

    plan: RecoveryPlan
    stocks: tuple[ZoneStock, ...]
    """Of the source's type, as Step 4a would have read them."""
    settled: bool = False
    """The person has said what is to follow."""
    wanted: str | None = None
    """The zone that was proposed for it."""
    accepted_as: tuple[str, str] | None = None
    """The zone and the type of the recommendation that was accepted."""


@dataclass(frozen=True)
class SnapshotOffer:
    """The sets of snapshots that an image can be made of, as they were read."""

    findings: Findings
