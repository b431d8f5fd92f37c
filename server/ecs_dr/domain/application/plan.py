"""The plan of an application: one zone for all where it can hold all, otherwise the fewest, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Literal

from ecs_dr.domain.model import JsonValue, Model
from ecs_dr.domain.network.cidr import propose_cidrs
from ecs_dr.domain.network.model import Vpc, VSwitch
from ecs_dr.domain.plan.model import Cost, PlanFinding, ZonePlan

RESERVED_ADDRESSES = 4
"""The first and the last three of each VSwitch are the cloud's own (CreateVSwitch, CidrBlock)."""

MOST_ZONES = 4
"""More zones than that are not tried together: then each source goes where it fits best."""

Why = Literal["one", "asked", "fewest", "own", "decided", "none"]


class Room(Model):
    """Where the replicas of one VPC can get addresses in one zone."""

    vpc_id: str
    zone_id: str
    existing: tuple[VSwitch, ...] = ()
    """Best first."""
    new_block: str = ""
    """A free block for a new VSwitch; empty: the VPC has none, or its blocks cannot be read."""

    def holds(self, count: int) -> bool:
        """Whether so many replicas get an address."""
        return bool(self.new_block) or sum(one.available_ip_count for one in self.existing) >= count


class NewBlock(Model):
    """A VSwitch that is made for all who need it."""

    vpc_id: str
    zone_id: str
    cidr_block: str


class MemberPlan(Model):
    """What is planned for one source."""

    instance_id: str
    name: str = ""
    wave: int
    source_zone: str = ""
    source_type: str = ""
    vpc_id: str = ""
    disk_count: int = 0
    snapshot_gib: int = 0
    zones: tuple[ZonePlan, ...] = ()
    """Every zone it could go to, best first."""
    target: ZonePlan | None = None
    vswitch: VSwitch | None = None
    new_block: NewBlock | None = None
    cost: Cost | None = None
    exceptions: tuple[str, ...] = ()
    """Texts are `application.exception.<name>`."""
    obstacles: tuple[PlanFinding, ...] = ()
    """Why it cannot be recovered."""
    out: bool = False
    """A person took it out."""
    replica_id: str = ""
    """It exists already: an earlier process of this application made it."""

    @property
    def is_in(self) -> bool:
        """Whether it is going to be recovered."""
        return not self.out and (bool(self.replica_id) or self.is_launched)

    @property
    def is_launched(self) -> bool:
        """Whether a replica is going to be made."""
        return not self.out and not self.replica_id and not self.obstacles and self.target is not None

    @property
    def _block(self) -> str:
        return self.new_block.cidr_block if self.new_block is not None else ""

    def place(self) -> ZonePlan:
        """The zone as it is planned for this member, with its own VSwitch.

        Raises:
            ValueError: It goes nowhere.
        """
        if self.target is None:
            raise ValueError(self.instance_id)
        vswitch = self.target.vswitch.model_copy(update={"existing": self.vswitch, "cidr_block": self._block})
        return self.target.model_copy(update={"vswitch": vswitch})

    def choice(self) -> JsonValue:
        """What accepting its plan decides."""
        target = self.target
        if not self.is_launched or target is None:
            return [self.instance_id, self.wave, self.replica_id or "out"]
        vswitch = self.vswitch.vswitch_id if self.vswitch is not None else ""
        disks: list[JsonValue] = [[disk.device, *(disk.substitute or ())] for disk in target.substitutes_disks]
        return [self.instance_id, self.wave, target.zone_id, target.instance_type, vswitch, self._block, disks]


class Trial(Model):
    """A dry run of as many launches of one type in one zone as the plan has: it shows quotas, and holds nothing."""

    zone_id: str
    instance_type: str
    count: int
    result: str
    """`passed`, `not_tried`, or the cloud's own code."""
    said: str = ""
    blocks: bool = False


class ApplicationPlan(Model):
    """Everything that there is to know before anything is spent."""

    region_id: str
    members: tuple[MemberPlan, ...]
    why: Why
    trials: tuple[Trial, ...] = ()
    image_count: int | None = None
    """Images that the account has in the region; None where it could not be read."""
    findings: tuple[PlanFinding, ...] = ()

    @property
    def included(self) -> tuple[MemberPlan, ...]:
        """Those that are going to be recovered."""
        return tuple(member for member in self.members if member.is_in)

    @property
    def launched(self) -> tuple[MemberPlan, ...]:
        """Those of which a replica is going to be made."""
        return tuple(member for member in self.members if member.is_launched)

    @property
    def zone_ids(self) -> tuple[str, ...]:
        """The zones that its members are to go to, each once."""
        return tuple(sorted({one.target.zone_id for one in self.launched if one.target is not None}))

    @property
    def new_blocks(self) -> tuple[NewBlock, ...]:
        """Every VSwitch that is to be made."""
        return tuple(dict.fromkeys(one.new_block for one in self.launched if one.new_block is not None))

    @property
    def total_cost(self) -> Cost | None:
        """What all replicas cost together; None where one of the prices is not known, or they have no common unit."""
        costs = [member.cost for member in self.launched]
        known = [cost for cost in costs if cost is not None]
        if not known or len(known) != len(costs) or len({(one.currency, one.unit) for one in known}) != 1:
            return None
        return known[0].model_copy(update={"total": sum(one.total for one in known)})

    def choice(self) -> JsonValue:
        """What accepting it decides."""
        return [member.choice() for member in self.members]


class Wish(Model):
    """One source, with the zones that it could go to, best first."""

    instance_id: str
    vpc_id: str
    zones: tuple[str, ...]
    forced: str = ""


def choose_zones(
    wishes: Sequence[Wish], rooms: Mapping[tuple[str, str], Room], busy: frozenset[str]
) -> tuple[dict[str, str], Why]:
    """A zone for each source: the same for all if one can hold all, otherwise the fewest zones.

    Args:
        wishes: Those that can go anywhere at all.
        rooms: By VPC and zone.
        busy: Zones in which sources stand: of two that would do, another one is better.

    Returns:
        By source; and why so: one zone, the fewest, or each its own best.
    """
    if not wishes:
        return {}, "none"
    asked = all(wish.forced for wish in wishes)
    zones = sorted({wish.forced or zone for wish in wishes for zone in ((wish.forced,) if wish.forced else wish.zones)})
    for size in range(1, min(len(zones), MOST_ZONES) + 1):
        found = [
            (_order(chosen, wishes, busy), chosen)
            for group in combinations(zones, size)
            if (chosen := _within(group, wishes, rooms)) is not None
        ]
        if found:
            why: Why = "asked" if asked else "one" if size == 1 else "fewest"
            return min(found, key=lambda entry: entry[0])[1], why
    return {wish.instance_id: wish.forced or wish.zones[0] for wish in wishes}, "own"


def _within(
    group: tuple[str, ...], wishes: Sequence[Wish], rooms: Mapping[tuple[str, str], Room]
) -> dict[str, str] | None:
    chosen: dict[str, str] = {}
    counted: dict[tuple[str, str], int] = {}
    for wish in wishes:
        fitting = (wish.forced,) if wish.forced else tuple(zone for zone in wish.zones if zone in group)
        for zone in fitting:
            place = (wish.vpc_id, zone)
            if zone in group and place in rooms and rooms[place].holds(counted.get(place, 0) + 1):
                counted[place] = counted.get(place, 0) + 1
                chosen[wish.instance_id] = zone
                break
        else:
            return None
    return chosen


def _order(chosen: Mapping[str, str], wishes: Sequence[Wish], busy: frozenset[str]) -> tuple[int, int, tuple[str, ...]]:
    used = tuple(sorted(set(chosen.values())))
    ranks = sum(wish.zones.index(chosen[wish.instance_id]) for wish in wishes if chosen[wish.instance_id] in wish.zones)
    return (sum(zone in busy for zone in used), ranks, used)


def block_for(vpc: Vpc | None, vswitches: tuple[VSwitch, ...], like: str, count: int) -> str:
    """A free block for so many replicas, of the size of `like` where that is enough; empty: there is none."""
    if vpc is None:
        return ""
    address, _, mask = like.partition("/")
    prefix = int(mask) if mask.isdigit() else 24
    while prefix > 16 and 2 ** (32 - prefix) - RESERVED_ADDRESSES < count:
        prefix -= 1
    wanted = f"{address}/{prefix}" if address else None
    proposals = propose_cidrs(vpc, vswitches, like=wanted, count=1)
    if not proposals or 2 ** (32 - int(proposals[0].partition("/")[2])) - RESERVED_ADDRESSES < count:
        return ""
    return proposals[0]


def share_out(members: Sequence[str], room: Room) -> dict[str, VSwitch | NewBlock]:
    """An address for each: all in one VSwitch where one has room for all, else filled one by one, else a new block."""
    for vswitch in room.existing:
        if vswitch.available_ip_count >= len(members):
            return dict.fromkeys(members, vswitch)
    given: dict[str, VSwitch | NewBlock] = {}
    waiting = list(members)
    for vswitch in room.existing:
        taken, waiting = waiting[: vswitch.available_ip_count], waiting[vswitch.available_ip_count :]
        given.update(dict.fromkeys(taken, vswitch))
    if waiting and room.new_block:
        block = NewBlock(vpc_id=room.vpc_id, zone_id=room.zone_id, cidr_block=room.new_block)
        given.update(dict.fromkeys(waiting, block))
    return given
