"""How long a replica is waited for, and what is said of it meanwhile: no wait is without an end."""

from __future__ import annotations

from datetime import datetime, timedelta

from ecs_dr.domain.disks.model import Disk
from ecs_dr.domain.disks.pairs import pair_disks
from ecs_dr.domain.source import Instance
from ecs_dr.domain.telling import Words
from ecs_dr.domain.texts.wording import worded_value
from ecs_dr.domain.times import seconds_between
from ecs_dr.errors import RecoveryFailed
from ecs_dr.workflow.choices import Choice
from ecs_dr.workflow.memory.replica import Replica
from ecs_dr.workflow.memory.sightings import GONE_AFTER_READS, GONE_AFTER_SECONDS
from ecs_dr.workflow.needs import check_it_would_be_listed
from ecs_dr.workflow.reads.optional import if_permitted
from ecs_dr.workflow.run import Run

DISKS_SECONDS = 150.0
"""A replica that runs has its disks; one that is not there after so long was never attached, or was taken away."""
STOPPED_SECONDS = 180.0
"""A new instance passes through Stopped; one that stays there so long was stopped by somebody."""
START_SECONDS = 900.0
"""Any other status that is not Running for so long."""
LOOK_SECONDS = 2.5
"""Between two looks at a replica."""
LOOK_WHEN_DUE_SECONDS = 1.0
DUE_SECONDS = (12.0, 60.0)
"""When after its launch a new instance is most likely to start running: it is looked at more often then."""
VANISHED_EVENT = "SystemFailure.Delete"


def look_again_after(replica: Replica, now: datetime) -> float:
    """How long to wait before the next look at it, in seconds."""
    earliest, latest = DUE_SECONDS
    is_due = earliest <= seconds_between(replica.launched_at, now) < latest
    return LOOK_WHEN_DUE_SECONDS if is_due else LOOK_SECONDS


def missing_disks(replica: Replica, disks: tuple[Disk, ...]) -> tuple[str, ...]:
    """Devices of the launch that no attached disk has; counted where the cloud names them in another way."""
    attached = [disk for disk in disks if disk.status == "In_use"]
    if len(attached) >= len(replica.launch.disks):
        return ()
    found = pair_disks(replica.launch.disks, attached)
    return tuple(disk.device for disk in replica.launch.disks if disk.source_disk_id not in found)


def may_be_judged(replica: Replica, instance: Instance, missing: tuple[str, ...], now: datetime) -> bool:
    """Whether it is complete, or has been waited for long enough to be judged as it is, at the time of that reading."""
    if is_up(instance) and not missing:
        replica.unready_since, replica.unready_reads = None, 0
        return True
    replica.unready_since = replica.unready_since or now
    replica.unready_reads += replica.unready_at != now
    replica.unready_at = now
    return replica.unready_reads >= GONE_AFTER_READS and now >= _judged_at(replica, instance)


def is_up(instance: Instance) -> bool:
    """Running, with an address: before that its disks are not looked at."""
    return instance.status == "Running" and bool(instance.private_ips)


def _judged_at(replica: Replica, instance: Instance) -> datetime:
    """When the wait ends: soon for what was complete once, later for what is still starting."""
    if replica.running_at is not None:
        seconds = GONE_AFTER_SECONDS
    elif is_up(instance):
        seconds = DISKS_SECONDS
    else:
        seconds = STOPPED_SECONDS if instance.status == "Stopped" else START_SECONDS
    return (replica.unready_since or replica.launched_at) + timedelta(seconds=seconds)


def waited_for(run: Run, replica: Replica, instance: Instance | None, missing: tuple[str, ...]) -> Words:
    """What is waited for, and until when."""
    values = {"id": replica.instance_id}
    if instance is None:
        return run.texts("progress.replica_unseen", **values)
    status = worded_value(instance.status, run.texts)
    told = run.texts("progress.replica", status=status, **values)
    if replica.unready_since is None:
        return told
    until = run.texts.moment(_judged_at(replica, instance), near=run.clock.now())
    if missing and is_up(instance):
        devices = run.texts("list.separator").join(missing)
        return told + run.texts("progress.replica_disks", devices=devices, until=until)
    return told + run.texts("progress.replica_until", until=until)


async def vanished(run: Run, replica: Replica) -> RecoveryFailed:
    """It was accepted and is not there: taken back because the stock failed after acceptance, or released.

    It is not created anew silently; whoever wants another decides on it again.

    Raises:
        CloudRefused: With kind PERMISSION where the empty list hides a missing permission.
    """
    session = run.session
    sighting = session.sightings.get(replica.instance_id)
    await check_it_would_be_listed(run.cloud.may_describe_instances(run.scope), "ecs:DescribeInstances", sighting)
    events = await if_permitted(lambda: run.cloud.describe_history_events(run.scope, replica.instance_id)) or ()
    seen = sighting.seen_at if sighting is not None else None
    values = {
        "id": replica.instance_id,
        "events": ", ".join(events) or "-",
        "seen": run.texts.moment(seen),
        "waited": f"{seconds_between(replica.launched_at, run.clock.now()):.0f}",
    }
    session.lost_replicas.append(replica.instance_id)
    session.replica, session.verification = None, None
    for choice in (Choice.LAUNCH, Choice.OPTIONS):
        session.book.forget_about(choice)
    code = "ReplicaReleased" if VANISHED_EVENT in events else "ReplicaVanished"
    return RecoveryFailed(code, "replica_vanished", values, next_tool="create_instance")
