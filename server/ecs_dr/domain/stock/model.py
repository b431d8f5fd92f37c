"""Stock of instance types per zone, and the facts that make one type a substitute for another."""

from __future__ import annotations

from enum import StrEnum

from ecs_dr.domain.model import Model
from ecs_dr.domain.source import Instance


class Stock(StrEnum):
    """The four levels of `StatusCategory` (DescribeAvailableResource), best first."""

    WITH_STOCK = "WithStock"
    CLOSED_WITH_STOCK = "ClosedWithStock"
    WITHOUT_STOCK = "WithoutStock"
    CLOSED_WITHOUT_STOCK = "ClosedWithoutStock"

    @property
    def buyable(self) -> bool:
        """Whether an instance can be created now: also while low stock is not replenished."""
        return self in {Stock.WITH_STOCK, Stock.CLOSED_WITH_STOCK}


class Charge(Model):
    """How the replica will be paid for: stock is asked about with exactly this."""

    charge_type: str = "PostPaid"
    spot_strategy: str = "NoSpot"


def source_charge(instance: Instance) -> Charge:
    """How the source is paid for: stock differs by charge type."""
    return Charge(charge_type=instance.charge_type, spot_strategy=instance.spot_strategy or "NoSpot")


class ZoneStock(Model):
    """The stock of one instance type in one zone."""

    zone_id: str
    instance_type: str
    stock: Stock


class InstanceTypeFacts(Model):
    """What DescribeInstanceTypes says of a type. Memory in GiB."""

    instance_type: str
    family: str
    cpu: int
    memory_gib: float
    architecture: str
    """`X86` or `ARM`."""
    gpu_count: int = 0
    local_storage_category: str = ""
    nvme_required: bool = False
    boot_modes: tuple[str, ...] = ()
    max_disks: int | None = None
    threads_adjustable: bool = False
    """Whether a launch may say CpuOptions (`CpuOptions.HyperThreadingAdjustable`)."""


class TypeStock(Model):
    """One candidate type in one zone."""

    facts: InstanceTypeFacts
    stock: Stock
