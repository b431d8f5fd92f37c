"""Somebody else at the same cloud: what others may do to source, image, network and replica between two calls.

Every deed changes the simulator's own state and nothing else, so that an oracle can read there what is true. A deed
takes two seconds, before and after: a moment that an answer names in whole seconds lies on one side of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ecs_dr.cloud.adapter import AlibabaCloud
from ecs_dr.cloud.retry import RetryPolicy
from ecs_dr.domain.lineage import PREFIX, SESSION
from ecs_dr.domain.questions import PinnedQuestion
from ecs_dr.domain.steps import ToolName
from ecs_dr.simulator.model_compute import Disk, Image, Instance
from ecs_dr.simulator.model_network import SecurityGroup
from ecs_dr.workflow.recovery import Recovery
from ecs_dr.workflow.run import RecoveryOptions
from tests.faults.life import Life
from tests.faults.rig import Rig
from tests.support.desk import SOURCE
from tests.support.ids import CountedIds

DENIABLE = (
    "ecs:DescribeInstances",
    "ecs:DescribeImages",
    "ecs:DescribeDisks",
    "vpc:DescribeVSwitches",
    "ecs:CreateImage",
    "ecs:RunInstances",
)
ADDRESSES_OF_A_BLOCK = 60_000
"""More than any VSwitch of the worlds has: it is full."""


@dataclass
class Seat:
    """One server on the session, with what its host was at."""

    recovery: Recovery
    life: Life
    question: PinnedQuestion | None = None
    next_tool: ToolName | None = None
    crashed: bool = True
    """Not taken up yet."""
    finished: bool = False


@dataclass
class Somebody:
    """The deeds, over one rig; which it has done, and when."""

    rig: Rig
    done: list[tuple[datetime, str]] = field(default_factory=list)
    sources: list[tuple[datetime, list[str]]] = field(default_factory=list)
    """How the source was from each moment on."""
    copies: list[tuple[datetime, dict[str, str]]] = field(default_factory=list)
    """How every replica was from each moment on, by its id."""
    stripped: set[str] = field(default_factory=set)
    """Replicas whose tags of their recovery somebody took away."""
    other: Seat | None = None

    def __post_init__(self) -> None:
        self.sources.append((self.rig.clock.now(), self.rig.source_state()))

    async def do(self, number: int) -> str | None:
        """One deed, if there is anything to do it to; its name."""
        name = NAMES[number % len(NAMES)]
        self.copies.append((self.rig.clock.now(), self.copies_now()))
        self.rig.clock.advance(2)
        happened = DEEDS[name](self, number)
        if happened:
            self.done.append((self.rig.clock.now(), name))
            self.sources.append((self.rig.clock.now(), self.rig.source_state()))
            self.copies.append((self.rig.clock.now(), self.copies_now()))
            self.rig.accept_source()
        self.rig.clock.advance(2)
        return name if happened else None

    def sources_between(self, first: datetime, last: datetime) -> list[list[str]]:
        """How the source was from one moment to another; each way that it was."""
        before = [state for since, state in self.sources if since <= first][-1]
        return [before, *(state for since, state in self.sources if first < since <= last)]

    def copies_now(self) -> dict[str, str]:
        """Everything about each replica that only somebody can change, in words; without what tells its recovery."""
        world = self.rig.world
        return {
            one: repr(
                (
                    world.instances[one].instance_name,
                    world.instances[one].instance_type,
                    sorted(tag for tag in world.instances[one].tags.items() if not tag[0].startswith(PREFIX)),
                    sorted(disk.device for disk in world.disks.values() if disk.instance_id == one),
                )
            )
            for one in self.rig.made("RunInstances")
        }

    def copy_at(self, instance_id: str, moment: datetime) -> str | None:
        """How a replica was at a moment, or when it was launched if that was later; None where it was gone."""
        known = [(since, states) for since, states in self.copies if since > moment and instance_id in states]
        before = [states for since, states in self.copies if since <= moment]
        if before and instance_id in before[-1]:
            return before[-1][instance_id]
        if any(instance_id in states for states in before):
            return None
        return known[0][1][instance_id] if known else self.copies_now().get(instance_id)

    async def another_server(self) -> None:
        """Whoever sits at the session changes to another server: the first time it has to take the session up."""
        rig = self.rig
        if not rig.session_id:
            return
        here = Seat(rig.recovery, rig.life, rig.question, rig.next_tool, rig.crashed, rig.finished)
        there = self.other or await self._new_seat()
        self.other = here
        rig.recovery, rig.life, rig.crashed, rig.finished = there.recovery, there.life, there.crashed, there.finished
        rig.question, rig.next_tool = there.question, there.next_tool

    async def _new_seat(self) -> Seat:
        rig = self.rig
        cloud = AlibabaCloud(rig.line, rig.clock, RetryPolicy(wait_seconds=15, attempts=3))
        options = RecoveryOptions(simulated=True, profile_tags=rig.tags, zone=UTC)
        recovery = Recovery(cloud, rig.clock, CountedIds(500_000), options)
        life = Life()
        await life.begin(recovery)
        return Seat(recovery, life)

    async def leave(self) -> None:
        """The other server ends."""
        if self.other is not None:
            await self.other.life.end()
            self.other = None

    # -- what there is to do it to -----------------------------------------------------------------------------

    @property
    def source(self) -> Instance | None:
        return self.rig.world.instances.get(SOURCE)

    @property
    def image(self) -> Image | None:
        return next((self.rig.world.images[one] for one in sorted(self.rig.made("CreateImage"))), None)

    @property
    def replica(self) -> Instance | None:
        return next((self.rig.world.instances[one] for one in sorted(self.rig.made("RunInstances"))), None)

    def data_disk(self, instance: Instance | None) -> Disk | None:
        owner = instance.instance_id if instance is not None else "-"
        disks = (disk for disk in self.rig.world.disks.values() if disk.instance_id == owner and disk.type == "data")
        return max(disks, key=lambda disk: disk.device, default=None)


Deed = Callable[[Somebody, int], bool]
"""Does it; False where there is nothing to do it to. The number says which of several."""


def _source_deed(change: Callable[[Instance, int], None]) -> Deed:
    def deed(who: Somebody, number: int) -> bool:
        if who.source is not None:
            change(who.source, number)
        return who.source is not None

    return deed


def _rename(instance: Instance, number: int) -> None:
    instance.instance_name = f"renamed-{number}-{instance.instance_name}"[:64]


def _stop(instance: Instance, _: int) -> None:
    instance.status = "Running" if instance.status == "Stopped" else "Stopped"


def _resize_type(instance: Instance, _: int) -> None:
    instance.instance_type = "ecs.g7.2xlarge" if instance.instance_type != "ecs.g7.2xlarge" else "ecs.g7.xlarge"


def _lock(instance: Instance, _: int) -> None:
    instance.lock_reasons = [] if instance.lock_reasons else ["financial"]


def _retag(instance: Instance, number: int) -> None:
    instance.tags = {**instance.tags, "team": f"team-{number}"}


def _release_source(who: Somebody, _: int) -> bool:
    if who.source is None:
        return False
    _release(who.rig, SOURCE)
    return True


def _release(rig: Rig, instance_id: str) -> None:
    for disk_id in [disk.disk_id for disk in rig.world.disks.values() if disk.instance_id == instance_id]:
        del rig.world.disks[disk_id]
    del rig.world.instances[instance_id]


def _attach(who: Somebody, number: int) -> bool:
    source, disk_id = who.source, f"d-2zesomebody{number:03d}"
    if source is None or disk_id in who.rig.world.disks:
        return False
    device = f"/dev/xvd{chr(ord('k') + number % 10)}"
    zone = source.zone_id
    disk = Disk(instance_id=SOURCE, type="data", category="cloud_essd", size=20, device=device, zone_id=zone)
    disk.disk_id, disk.performance_level = disk_id, "PL1"
    who.rig.world.disks[disk_id] = disk
    return True


def _detach(who: Somebody, _: int) -> bool:
    return _take_disk(who, who.source)


def _take_disk(who: Somebody, instance: Instance | None) -> bool:
    disk = who.data_disk(instance)
    if disk is None:
        return False
    del who.rig.world.disks[disk.disk_id]
    return True


def _resize_disk(who: Somebody, _: int) -> bool:
    disk = who.data_disk(who.source)
    if disk is not None:
        disk.size += 10
    return disk is not None


def _delete_image(who: Somebody, _: int) -> bool:
    if who.image is None:
        return False
    del who.rig.world.images[who.image.image_id]
    return True


def _fail_image(who: Somebody, _: int) -> bool:
    if who.image is None:
        return False
    who.image.outcome = "CreateFailed" if who.image.started_at is not None else "UnAvailable"
    who.image.seconds = 0
    return True


def _delete_vswitch(who: Somebody, number: int) -> bool:
    world = who.rig.world
    used = {one.vswitch_id for one in world.instances.values()}
    free = sorted(set(world.vswitches) - used)
    if not free:
        return False
    del world.vswitches[free[number % len(free)]]
    return True


def _fill_vswitch(who: Somebody, number: int) -> bool:
    found = sorted(who.rig.world.vswitches)
    if not found:
        return False
    who.rig.world.vswitches[found[number % len(found)]].used_addresses = ADDRESSES_OF_A_BLOCK
    return True


def _replace_groups(who: Somebody, number: int) -> bool:
    """The source gets another group, and the old ones are deleted."""
    source, groups = who.source, who.rig.world.security_groups
    if source is None or not source.security_group_ids:
        return False
    old = groups.get(source.security_group_ids[0])
    if old is None:
        return False
    made = SecurityGroup(vpc_id=old.vpc_id, security_group_id=f"sg-2zesomebody{number:03d}")
    if made.security_group_id in groups:
        return False  # the same number drawn again would replace it by itself
    used = {one for each in who.rig.world.instances.values() if each is not source for one in each.security_group_ids}
    gone = [one for one in source.security_group_ids if one not in used]
    groups[made.security_group_id] = made
    source.security_group_ids = (made.security_group_id,)
    for one in gone:
        groups.pop(one, None)
    return True


def _withdraw_type(who: Somebody, number: int) -> bool:
    zones = sorted(who.rig.world.stock)
    stock = who.rig.world.stock[zones[number % len(zones)]]
    return stock.pop("ecs.g7.xlarge", None) is not None


def _close_zone(who: Somebody, number: int) -> bool:
    zones = sorted(who.rig.world.stock)
    who.rig.world.stock[zones[number % len(zones)]] = {}
    return True


def _revoke(who: Somebody, number: int) -> bool:
    denied = who.rig.world.identities[who.rig.world.default_identity].denied
    action = DENIABLE[number % len(DENIABLE)]
    if action in denied:
        denied.remove(action)
    else:
        denied.append(action)
    return True


def _grant(who: Somebody, _: int) -> bool:
    who.rig.world.identities[who.rig.world.default_identity].denied.clear()
    return True


def _change_prices(who: Somebody, _: int) -> bool:
    prices = who.rig.world.prices
    prices.instance_hour = {name: price * 1.5 for name, price in prices.instance_hour.items()}
    return True


def _replica_deed(change: Callable[[Instance, int], None]) -> Deed:
    def deed(who: Somebody, number: int) -> bool:
        if who.replica is not None:
            change(who.replica, number)
        return who.replica is not None

    return deed


def _release_replica(who: Somebody, _: int) -> bool:
    if who.replica is None:
        return False
    _release(who.rig, who.replica.instance_id)
    return True


def _strip(who: Somebody, _: int) -> bool:
    if who.replica is None:
        return False
    if SESSION in who.replica.tags:
        who.stripped.add(who.replica.instance_id)
    who.replica.tags = {}
    return True


DEEDS: Mapping[str, Deed] = {
    "source renamed": _source_deed(_rename),
    "source stopped": _source_deed(_stop),
    "source resized": _source_deed(_resize_type),
    "source locked": _source_deed(_lock),
    "source retagged": _source_deed(_retag),
    "source released": _release_source,
    "source disk attached": _attach,
    "source disk detached": _detach,
    "source disk resized": _resize_disk,
    "source groups replaced": _replace_groups,
    "image deleted": _delete_image,
    "image failed": _fail_image,
    "vswitch deleted": _delete_vswitch,
    "vswitch filled": _fill_vswitch,
    "type withdrawn": _withdraw_type,
    "zone closed": _close_zone,
    "permission revoked": _revoke,
    "permissions granted": _grant,
    "prices changed": _change_prices,
    "replica renamed": _replica_deed(_rename),
    "replica stopped": _replica_deed(_stop),
    "replica stripped": _strip,
    "replica released": _release_replica,
    "replica disk gone": lambda who, _: _take_disk(who, who.replica),
}
NAMES = tuple(DEEDS)


def carries(tags: Mapping[str, str], session_id: str) -> bool:
    """Whether the session can be recognised by these tags."""
    return tags.get(SESSION) == session_id
