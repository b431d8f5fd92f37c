"""What was read of an instance for the register, and the row that it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import Field

from ecs_dr.domain.disks.model import Disk
from ecs_dr.domain.model import JsonObject, Model
from ecs_dr.domain.report.model import Verdict
from ecs_dr.domain.source import Instance

PointKind = Literal["image", "snapshots"]
Tier = Literal["T0", "T1", "T2", "T3", "T4", "unknown"]
"""`T0` nothing usable. `T1` a usable image or snapshot set, but older than wanted or launchable nowhere now. `T2`
fresh, and launchable in another zone now. `T3` the same with its image Available (not snapshots alone) and a VSwitch
there. `T4` a replica of it is Running. `unknown`: something that decides could not be read."""

FindingCode = Literal[
    "nothing",
    "stale",
    "incomplete",
    "spoilt_set",
    "image_building",
    "not_launchable",
    "no_vswitch",
    "snapshots_only",
    "not_one_moment",
    "cannot_be_imaged",
    "superseded",
    "drill",
    "drill_failed",
    "not_found",
    "unread",
]


class Point(Model):
    """Something from which the instance could be recovered: complete, and usable now.

    Attributes:
        ids: The image, or the snapshots of the set, the system disk's first.
        data_as_of: The oldest moment of its data.
        available: An image that can be launched now; False for snapshots, of which one is still to be made.
        consistent: Whether the snapshots are of one moment across the disks: a snapshot group, or one disk alone.
            None: not known, of an image or where the groups could not be read.
        spread_seconds: From the oldest snapshot of a set to the newest.
    """

    kind: PointKind
    ids: tuple[str, ...]
    data_as_of: datetime
    available: bool = False
    consistent: bool | None = None
    spread_seconds: float = 0.0

    @property
    def is_of_unknown_moment(self) -> bool:
        """Snapshots of several disks of which nobody could say whether they are a group."""
        return self.kind == "snapshots" and self.consistent is None


class Spoilt(Model):
    """Something newer, or something at all, that cannot be used, and why."""

    code: FindingCode
    id: str
    what: str = ""


class ZoneOffer(Model):
    """One other zone, for the instance's own type and disks.

    Attributes:
        sells_disks: Whether all disks can be had with the type; None: not read.
        vswitch_id: A VSwitch of the instance's VPC that has addresses left; empty: none, None: not read.
        price: Per hour (or month of a subscription), with the currency; None: not read.
    """

    zone_id: str
    sells_type: bool
    sells_disks: bool | None = None
    vswitch_id: str | None = None
    price: str | None = None


class Drill(Model):
    """The last recovery of the instance that a kept report tells of, if it was verified or at least made something.

    Attributes:
        report: The name of the file.
        simulated: A practised one says nothing of the real instance of that id.
    """

    ended_at: datetime
    verdict: Verdict
    report: str
    simulated: bool = False


class StandbyReading(Model):
    """Everything that was read about one instance.

    Attributes:
        disks: None: not read.
        points: Complete and usable ones, the newest data first; None: neither images nor snapshots could be read.
        zones: None: the stock could not be read.
        replicas: Running replicas of it; None: not read.
        superseded: Older images and snapshots of it that are still billed.
        unread: The actions that were refused (`ecs:DescribeSnapshots`).
    """

    instance: Instance
    disks: tuple[Disk, ...] | None = None
    points: tuple[Point, ...] | None = None
    spoilt: tuple[Spoilt, ...] = ()
    zones: tuple[ZoneOffer, ...] | None = None
    replicas: tuple[str, ...] | None = ()
    superseded: tuple[str, ...] = ()
    drill: Drill | None = None
    unread: tuple[str, ...] = ()


class StandbyFinding(Model):
    """What is to be known of a row, said by `standby.finding.<code>`, and remedied by `standby.remedy.<code>`."""

    code: FindingCode
    values: Mapping[str, str] = Field(default_factory=dict)


class Standby(Model):
    """One row of the register.

    Attributes:
        newest: None: nothing usable.
        fresh: Whether the newest is younger than wanted; None: not known.
        launchable_in: The other zones that sell type and disks now.
    """

    instance_id: str
    name: str = ""
    zone_id: str = ""
    instance_type: str = ""
    newest: Point | None = None
    age_hours: float | None = None
    fresh: bool | None = None
    launchable_in: tuple[str, ...] = ()
    tier: Tier
    findings: tuple[StandbyFinding, ...] = ()
    zones: tuple[ZoneOffer, ...] = ()
    superseded: tuple[str, ...] = ()
    drill: Drill | None = None

    @property
    def good(self) -> bool:
        """Fresh, and launchable in another zone now."""
        return self.fresh is True and bool(self.launchable_in)

    @property
    def unknown(self) -> bool:
        """Something that decides could not be read."""
        return self.tier == "unknown" or any(finding.code == "unread" for finding in self.findings)

    def newest_as_data(self) -> JsonObject | None:
        """The newest as the public face has it."""
        if self.newest is None:
            return None
        return {
            "kind": self.newest.kind,
            "ids": list(self.newest.ids),
            "data_as_of": self.newest.data_as_of.isoformat().replace("+00:00", "Z"),
            "age_hours": self.age_hours,
            "consistent": self.newest.consistent,
            "spread_seconds": self.newest.spread_seconds,
        }
