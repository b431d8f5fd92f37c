"""The plan of a recovery: every zone it could go to, what it would cost, what may stand in its way.

Nothing here is a decision. A plan is facts of one moment, ranked; Step 4 and the launch look again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from ecs_dr.domain.disks.model import CategorySupport, Disk, DiskType, ReplicaDisk
from ecs_dr.domain.disks.plan import compatible_categories, plan_disks, unsupported
from ecs_dr.domain.model import JsonValue, Model
from ecs_dr.domain.network.model import VSwitch
from ecs_dr.domain.source import Instance
from ecs_dr.domain.stock.model import Stock, TypeStock

HOURS_A_DAY = 24
DAYS_A_MONTH = 30
SHOWN_ALTERNATIVES = 2

Readiness = Literal["ready", "choices", "impossible"]
PlanVerdict = Literal["ready", "ready_with_choices", "blocked"]
PermissionState = Literal["granted", "missing", "not_known"]
Severity = Literal["blocker", "warning", "note"]

_STOCK_ORDER = {stock: position for position, stock in enumerate(Stock)}


class DiskFit(Model):
    """Whether a zone can take one of the source's disks as it is. Sizes in GiB."""

    device: str
    type: DiskType
    size_gib: int
    category: str
    performance_level: str | None = None
    offered: bool | None = None
    """None: it could not be read."""
    substitute: tuple[str, str | None] | None = None
    """The closest category and PerformanceLevel, where the source's own is not offered."""

    @property
    def is_hopeless(self) -> bool:
        """Whether the zone offers nothing that could take it."""
        return self.offered is False and self.substitute is None


class VSwitchPlan(Model):
    """The VSwitch of a zone: one that can be used as it is, or the CIDR block of the one that would be created."""

    existing: VSwitch | None = None
    cidr_block: str = ""
    readable: bool = True
    """False: the VSwitches or the VPC's blocks could not be read."""

    @property
    def state(self) -> Literal["existing", "create", "none", "unknown"]:
        """What there is to say of it."""
        if self.existing is not None:
            return "existing"
        if self.cidr_block:
            return "create"
        return "none" if self.readable else "unknown"


class Cost(Model):
    """What DescribePrice says, by its own parts. Per hour (pay-as-you-go) or month (subscription)."""

    currency: str
    unit: Literal["hour", "month"]
    instance: float = 0.0
    disks: float = 0.0
    bandwidth: float = 0.0
    other: float = 0.0
    total: float

    @property
    def per_day(self) -> float:
        """The hourly price for 24 hours, in the plan's currency."""
        return self.total * HOURS_A_DAY if self.unit == "hour" else self.total / DAYS_A_MONTH

    @property
    def per_month(self) -> float:
        """The hourly price for 30 days, in the plan's currency."""
        return self.total * HOURS_A_DAY * DAYS_A_MONTH if self.unit == "hour" else self.total


class ZonePlan(Model):
    """One zone that the replica could go to."""

    zone_id: str
    source_type: str
    stock: Stock | None = None
    """Of the source's type, for the source's way of paying; None: not sold there."""
    on_demand_stock: Stock | None = None
    """The same for pay-as-you-go, where the source is paid for in another way."""
    alternatives: tuple[TypeStock, ...] = ()
    """Types that could take the source's place, closest first."""
    disks: tuple[DiskFit, ...] = ()
    system_categories: tuple[CategorySupport, ...] = ()
    data_categories: tuple[CategorySupport, ...] = ()
    vswitch: VSwitchPlan = VSwitchPlan()
    cost: Cost | None = None

    @classmethod
    def to_rehearse(cls, instance: Instance, vswitch: VSwitch) -> ZonePlan:
        """A place for a dry run of the launch, as far as one names a place: the zone of that VSwitch."""
        return cls(
            zone_id=vswitch.zone_id,
            source_type=instance.instance_type,
            stock=Stock.WITH_STOCK,
            vswitch=VSwitchPlan(existing=vswitch),
        )

    @classmethod
    def where_it_is(cls, instance: Instance, vswitches: Iterable[VSwitch]) -> ZonePlan:
        """The source's own place, where there is no other: a dry run there tells of permissions all the same.

        Args:
            instance: The source.
            vswitches: Of its VPC, as far as they could be read.
        """
        unread = VSwitch(
            vswitch_id=instance.vswitch_id,
            vpc_id=instance.vpc_id,
            zone_id=instance.zone_id,
            cidr_block="",
            status="Available",
            available_ip_count=1,
        )
        return cls.to_rehearse(
            instance, next((one for one in vswitches if one.vswitch_id == instance.vswitch_id), unread)
        )

    @property
    def instance_type(self) -> str:
        """The source's own type while it can be had, else the closest one that can; empty: none."""
        if self.stock is not None and self.stock.buyable:
            return self.source_type
        return self.alternatives[0].facts.instance_type if self.alternatives else ""

    @property
    def type_stock(self) -> Stock | None:
        """The stock of `instance_type`."""
        if self.instance_type == self.source_type:
            return self.stock
        return self.alternatives[0].stock if self.alternatives else None

    @property
    def substitutes_type(self) -> bool:
        """Whether the replica would be of another type."""
        return self.instance_type not in {"", self.source_type}

    @property
    def substitutes_disks(self) -> tuple[DiskFit, ...]:
        """Disks that would be of another category."""
        return tuple(disk for disk in self.disks if disk.offered is False)

    @property
    def keeps_all_disks(self) -> bool:
        """Whether every disk is known to be offered as it is."""
        return bool(self.disks) and all(disk.offered for disk in self.disks)

    @property
    def obstacles(self) -> tuple[str, ...]:
        """Why nothing can be recovered into this zone: `type`, `disks`, `vswitch`."""
        found = {
            "type": not self.instance_type,
            "disks": any(disk.is_hopeless for disk in self.disks),
            "vswitch": self.vswitch.state == "none",
        }
        return tuple(name for name, is_there in found.items() if is_there)

    @property
    def readiness(self) -> Readiness:
        """Whether the recovery can go there as it is, with decisions to take, or not at all."""
        if self.obstacles:
            return "impossible"
        as_it_is = not self.substitutes_type and self.keeps_all_disks and self.vswitch.state == "existing"
        return "ready" if as_it_is else "choices"


class Permission(Model):
    """Whether the identity may do what the recovery needs."""

    action: str
    state: PermissionState
    optional: bool = False
    why: str = ""
    """Key of the text that says why it is not known: `plan.permission.<why>`."""
    said: str = ""
    """The cloud's own code, where that is why."""


PERMISSION_MISSING = "PermissionMissing"
"""The code of a finding, and of a plan that nothing but permissions stands in the way of: they can be granted."""


class PlanFinding(Model):
    """One thing to know before anything is created; its texts are `plan.finding.<key>` and `plan.remedy.<key>`."""

    code: str
    key: str
    severity: Severity
    values: dict[str, str] = Field(default_factory=dict)


def substitution_findings(zone: ZonePlan) -> list[PlanFinding]:
    """What the zone cannot give as the source has it: the type, and categories of disks."""
    findings: list[PlanFinding] = []
    if zone.substitutes_type:
        values = {"zone": zone.zone_id, "type": zone.source_type, "instead": zone.instance_type}
        findings.append(PlanFinding(code="OtherType", key="other_type", severity="warning", values=values))
    if zone.substitutes_disks:
        values = {"zone": zone.zone_id, "disks": ", ".join(disk.device for disk in zone.substitutes_disks)}
        findings.append(PlanFinding(code="OtherDisks", key="other_disks", severity="warning", values=values))
    return findings


class RecoveryPlan(Model):
    """Everything that there is to know before anything is spent."""

    instance_id: str
    source_zone: str
    source_type: str
    image_name: str
    image_id: str = ""
    """The image that this recovery has already; empty: one will be made."""
    snapshot_gib: int
    """What the snapshots hold at most: the disks' sizes, before compression."""
    disk_count: int
    zones: tuple[ZonePlan, ...]
    """Best first."""
    subscription: Cost | None = None
    """A month's subscription in the recommended zone, when the source is one."""
    permissions: tuple[Permission, ...] = ()
    findings: tuple[PlanFinding, ...] = ()
    from_snapshots: bool = False
    """The image is to be made of snapshots that exist: none is made."""

    @property
    def recommended(self) -> ZonePlan | None:
        """The best zone that works."""
        return self.zones[0] if self.zones and self.zones[0].readiness != "impossible" else None

    @property
    def verdict(self) -> PlanVerdict:
        """Whether the recovery can begin."""
        best = self.recommended
        if best is None or any(finding.severity == "blocker" for finding in self.findings):
            return "blocked"
        return "ready" if best.readiness == "ready" else "ready_with_choices"

    @property
    def new_snapshots(self) -> int:
        """How many snapshots the image makes."""
        return 0 if self.image_id or self.from_snapshots else self.disk_count

    @property
    def missing(self) -> tuple[Permission, ...]:
        """Permissions that are known to be missing."""
        return tuple(permission for permission in self.permissions if permission.state == "missing")

    def choice(self) -> JsonValue:
        """What accepting the recommendation decides."""
        best = self.recommended
        if best is None:
            return None
        disks: list[JsonValue] = [
            [disk.device, disk.category, disk.performance_level, disk.offered] for disk in best.disks
        ]
        vswitch = best.vswitch.existing.vswitch_id if best.vswitch.existing is not None else best.vswitch.cidr_block
        snapshots: list[JsonValue] = ["snapshots"] if self.from_snapshots else []
        return [best.zone_id, best.instance_type, vswitch, disks, *snapshots]


def rank_plans(zones: tuple[ZonePlan, ...], wanted: str | None = None) -> tuple[ZonePlan, ...]:
    """The best zone first; where it works, the one that is wanted.

    What works comes before what does not; then the source's own type, the better stock, fewer disks of another
    category, a VSwitch that exists already, the lower price, the name.
    """

    def order(zone: ZonePlan) -> tuple[bool, bool, bool, int, int, int, float, str]:
        vswitches = ("existing", "create", "unknown", "none")
        return (
            zone.readiness == "impossible",
            zone.zone_id != wanted,
            zone.substitutes_type,
            _STOCK_ORDER[zone.type_stock] if zone.type_stock is not None else len(_STOCK_ORDER),
            len(zone.substitutes_disks),
            vswitches.index(zone.vswitch.state),
            zone.cost.total if zone.cost is not None else float("inf"),
            zone.zone_id,
        )

    return tuple(sorted(zones, key=order))


def substitute_of(
    disk: ReplicaDisk, supported: tuple[CategorySupport, ...], instance_type: str
) -> tuple[str, str | None] | None:
    """The closest category that takes the disk; None when there is none."""
    family = ".".join(instance_type.split(".")[:2])
    fitting = compatible_categories(disk, supported, family)
    return fitting[0] if fitting else None


def system_category(disks: tuple[Disk, ...], system: tuple[CategorySupport, ...], instance_type: str) -> str:
    """Beside which system disk category the data disks are asked about: the source's, or its substitute."""
    planned = next(disk for disk in plan_disks(disks, {}) if disk.type == "system")
    if not unsupported((planned,), system, ()):
        return planned.category
    substitute = substitute_of(planned, system, instance_type)
    return substitute[0] if substitute is not None else planned.category


def fit_disks(
    disks: tuple[Disk, ...],
    system: tuple[CategorySupport, ...],
    data: tuple[CategorySupport, ...],
    instance_type: str,
) -> tuple[DiskFit, ...]:
    """How each disk of the source would fare with a type in a zone.

    Args:
        disks: As Step 1 read them.
        system: What the zone offers for a system disk of that type.
        data: What it offers beside the system disk that the replica would have.
        instance_type: The type; some categories are for some families alone.
    """
    planned = plan_disks(disks, {})
    lacking = {disk.device for disk in unsupported(planned, system, data)}
    return tuple(
        DiskFit(
            device=disk.device,
            type=disk.type,
            size_gib=disk.size_gib,
            category=disk.category,
            performance_level=disk.performance_level,
            offered=disk.device not in lacking,
            substitute=substitute_of(disk, system if disk.type == "system" else data, instance_type)
            if disk.device in lacking
            else None,
        )
        for disk in planned
    )


def split_cost(
    currency: str, unit: Literal["hour", "month"], total: float, details: tuple[tuple[str, float], ...]
) -> Cost:
    """The parts of a price by the resources that DescribePrice names: InstanceType, SystemDisk, DataDisk, bandwidth."""
    parts = {"instance": 0.0, "disks": 0.0, "bandwidth": 0.0, "other": 0.0}
    for resource, amount in details:
        name = resource.lower()
        if "disk" in name:
            parts["disks"] += amount
        elif "bandwidth" in name:
            parts["bandwidth"] += amount
        elif "instance" in name:
            parts["instance"] += amount
        else:
            parts["other"] += amount
    return Cost(
        currency=currency,
        unit=unit,
        total=total,
        instance=parts["instance"],
        disks=parts["disks"],
        bandwidth=parts["bandwidth"],
        other=parts["other"],
    )
