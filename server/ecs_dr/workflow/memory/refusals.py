"""What was refused and which zones were left, for the whole session: nothing is recommended in a circle.

Stock is a figure of the moment and reserves nothing (DescribeAvailableResource), and so is a VSwitch's count of free
addresses: what is listed may be refused all the same. It stays possible to choose it again; it is not recommended, nor
taken without a question, while the facts stand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ecs_dr.domain.disks.model import DiskType, ReplicaDisk
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.network.model import VSwitch
from ecs_dr.domain.refusals import Blame
from ecs_dr.errors import CloudRefused


@dataclass(frozen=True, slots=True)
class RefusedDisk:
    """A disk that a launch was refused for.

    Attributes:
        zone_id: Where.
        instance_type: With which type: what a zone sells differs by type.
        disk_type: As system or as data disk.
        category: The refused category.
        performance_level: The refused level of it; None when the category itself was refused.
        device: The one disk that was named; empty: every disk like it.
        said: The reason, with the cloud's own code and words.
    """

    zone_id: str
    instance_type: str
    disk_type: DiskType
    category: str
    performance_level: str | None = None
    device: str = ""
    said: str = field(default="", compare=False)

    def covers(self, category: str, performance_level: str | None, device: str = "") -> bool:
        """Whether a disk of that kind is what was refused."""
        same = self.category == category and self.performance_level in {None, performance_level}
        return same and self.device in {"", device}


@dataclass(frozen=True, slots=True)
class Refused:
    """What the latest refusal blamed: what "without it" would leave out."""

    blame: Blame
    code: str = ""
    option: str = ""
    devices: tuple[str, ...] = ()
    disks: frozenset[RefusedDisk] = frozenset()
    """What another category would stand in for."""
    groups: tuple[str, ...] = ()
    """The security groups of the launch that are still there."""


@dataclass(slots=True)
class Refusals:
    """Everything of one session, in the order in which it happened."""

    types: list[tuple[str, str]] = field(default_factory=list)
    """Zone and instance type that were refused when the launch asked for it."""
    disks: frozenset[RefusedDisk] = frozenset()
    left_zones: list[str] = field(default_factory=list)
    """Zones that the person left for another one, or where a launch found no stock; the latest last."""
    vswitches: dict[str, int] = field(default_factory=dict)
    """VSwitches that were refused, with the free addresses that were listed then."""
    blocks: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    image: CloudRefused | None = None
    """Of the image of the source, until the person has chosen a way on."""
    launch: tuple[CloudRefused, LaunchRequest] | None = None
    """Of a launch, where the call ended before the person was told."""
    left_out: frozenset[str] = frozenset()
    """Attributes that were refused and that the person goes on without."""
    groups: tuple[str, ...] = ()
    """Security groups that the person chose in place of refused ones."""
    terms: frozenset[str] = frozenset()
    """Ways to pay that were refused and that the person goes on without."""
    latest: Refused | None = None
    retried: frozenset[str] = frozenset()
    """Codes after which the same launch was sent once more."""

    def note_no_stock(self, zone_id: str, instance_type: str) -> None:
        """A launch was refused for this type."""
        if (zone_id, instance_type) not in self.types:
            self.types.append((zone_id, instance_type))
        self.note_left(zone_id)

    def note_left(self, zone_id: str) -> None:
        """The zone led nowhere, for whatever reason."""
        if zone_id in self.left_zones:
            self.left_zones.remove(zone_id)
        self.left_zones.append(zone_id)

    def types_in(self, zone_id: str) -> tuple[str, ...]:
        """Types that were refused in that zone."""
        return tuple(instance_type for zone, instance_type in self.types if zone == zone_id)

    def untried_first(self, zone_ids: Iterable[str]) -> list[str]:
        """The same zones: as given those that were not left, then the others, the one left longest ago first."""
        return sorted(zone_ids, key=lambda zone: self.left_zones.index(zone) + 1 if zone in self.left_zones else 0)

    def disks_in(self, zone_id: str, instance_type: str, disk_type: DiskType) -> tuple[RefusedDisk, ...]:
        """Refused disks of that kind, in a fixed order."""
        wanted = (zone_id, instance_type, disk_type)
        found = [one for one in self.disks if (one.zone_id, one.instance_type, one.disk_type) == wanted]
        return tuple(sorted(found, key=lambda one: (one.category, one.performance_level or "", one.device)))

    def of_disk(self, zone_id: str, instance_type: str, disk: ReplicaDisk) -> tuple[RefusedDisk, ...]:
        """What was refused of this disk as it is."""
        found = self.disks_in(zone_id, instance_type, disk.type)
        return tuple(one for one in found if one.covers(disk.category, disk.performance_level, disk.device))

    def forgive_disks(self, zone_id: str, instance_type: str, disk_type: DiskType) -> None:
        """The person wants to try the refused disks once more."""
        self.disks -= set(self.disks_in(zone_id, instance_type, disk_type))

    def note_vswitch(self, vswitch: VSwitch) -> None:
        """A launch was refused for this VSwitch."""
        self.vswitches[vswitch.vswitch_id] = vswitch.available_ip_count

    def is_refused(self, vswitch: VSwitch) -> bool:
        """Whether it was refused, and nothing has become free in it since."""
        return vswitch.available_ip_count <= self.vswitches.get(vswitch.vswitch_id, -1)
