"""What follows a launch that was refused: a question where the person can choose a way on, the cause where not."""

from __future__ import annotations

from ecs_dr.domain.disk_plan import ESSD
from ecs_dr.domain.disks import DiskType, ReplicaDisk
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.questions import ABORT, PICK_ANOTHER_ZONE, RETRY
from ecs_dr.domain.source import Instance
from ecs_dr.domain.steps import Answer
from ecs_dr.errors import CloudRefused, ErrorKind
from ecs_dr.redact import safe_display
from ecs_dr.workflow.mutation import permitted
from ecs_dr.workflow.needs import require_source, require_target
from ecs_dr.workflow.refusals import RefusedDisk
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session import Target
from ecs_dr.workflow.steps import check_disks, choose_target, prepare_vswitch
from ecs_dr.workflow.steps.launch.billing import price_line
from ecs_dr.workflow.steps.launch.options import reopen

CONFIRM_KEY = "launch.confirm"
NO_STOCK_KEY = "launch.no_stock"
SHOWN_TYPES = 2
OF_THE_OPTIONS = (
    "PassRole",
    "RamRole",
    "UserData",
    "DeploymentSet",
    "DedicatedHost",
    "AutoSnapshotPolicy",
    "PasswordParam",
    "HostName",
    "HOSTNAME",
    "AutoRelease",
)
"""Parts of codes that refuse what was chosen to be carried along (RunInstances, error codes)."""


async def handle(run: Run, refusal: CloudRefused, launch: LaunchRequest | None) -> Answer:
    """Go on where the person can choose; raise the refusal again where only its cause can be told.

    Args:
        run: The call.
        refusal: What the cloud said.
        launch: What was refused; None when it did not come to a launch.
    """
    session = run.session
    if any(mark in refusal.code for mark in OF_THE_OPTIONS):
        # Whoever may not pass the role on, or has no room in the set, must be able to do without.
        session.book.forget(CONFIRM_KEY)
        reopen(run)
    if refusal.kind is ErrorKind.NO_STOCK:
        session.book.forget(CONFIRM_KEY)
        await _ask_for_another_way(run, refusal, launch)
    if refusal.kind is ErrorKind.DISK and session.disks is not None:
        return await _settle_disks_again(run, refusal)
    if refusal.kind is ErrorKind.ADDRESSES_EXHAUSTED:
        session.vswitch = None
        session.put_anew("vswitch")
        session.notes.append(run.texts("note.addresses_exhausted"))
        return await prepare_vswitch.run_step(run.becomes("prepare_vswitch"))
    raise refusal


async def _ask_for_another_way(run: Run, refusal: CloudRefused, launch: LaunchRequest | None) -> None:
    """Sold out at the last moment: the closest types of this zone, another zone, or once more. Always asks.

    What was refused before in this recovery is not offered again here, and where nothing else is left the question
    says so: stopping is then recommended, as trying the same blindly helps nobody. Whoever chooses to try once more
    has agreed to exactly the launch that was refused, and to nothing else.
    """
    source, target = require_source(run).instance, require_target(run)
    refusals = run.session.refusals
    refusals.note_no_stock(target.zone_id, target.instance_type)
    names = await _other_types(run, source, target)
    leave, again, stop = (
        run.option(PICK_ANOTHER_ZONE, "pick_another_zone"),
        run.option(RETRY, "retry_launch"),
        run.abort_option(),
    )
    key = "question.launch.no_stock"
    if names:
        offered = [run.option(name, "launch_other_type", type=name, zone=target.zone_id) for name in names]
        options = [*offered[:SHOWN_TYPES], leave, stop]
    elif all(zone.zone_id in refusals.left_zones for zone in target.zones):
        key = "question.launch.all_refused"
        options = [stop, again, leave]
    else:
        options = [leave, again, stop]
    text = run.texts(
        key,
        type=target.instance_type,
        zone=target.zone_id,
        code=refusal.code,
        message=safe_display(refusal.message),
        refused=_told(run),
    )
    shown = run.recommend_first(options)
    run.session.book.forget(NO_STOCK_KEY)
    run.decide(
        NO_STOCK_KEY,
        [target.zone_id, target.instance_type] if launch is None else launch.parameters(),
        lambda: run.question(text, shown),
        permits=lambda choice, _: permitted(launch) if launch is not None and choice == RETRY else (),
    )


async def _other_types(run: Run, source: Instance, target: Target) -> list[str]:
    """Types that the zone lists and that no launch was refused for there: the source's own before its substitutes."""
    found = await choose_target.substitutes(run, source, target.zone_id)
    listed = [entry.facts.instance_type for entry in found]
    own = (target.zone_id, source.instance_type)
    if any((zone.zone_id, zone.instance_type) == own and zone.stock.buyable for zone in target.zones):
        listed.insert(0, source.instance_type)
    refused = run.session.refusals.types_in(target.zone_id)
    return [name for name in listed if name not in refused]


def _told(run: Run) -> str:
    """Every zone with the types that a launch was refused for there."""
    refusals, separator = run.session.refusals, run.texts("list.separator")
    zones = dict.fromkeys(zone for zone, _ in refusals.types)
    return "\n".join(f"- {zone}: {separator.join(refusals.types_in(zone))}" for zone in zones)


async def follow_up(run: Run) -> Answer | None:
    """Carry out what the person chose after a refusal; None: go on with the launch."""
    session = run.session
    if session.book.choice(NO_STOCK_KEY) == RETRY:
        return None
    said = session.book.use_up(NO_STOCK_KEY)
    if said is None:
        return None
    if said.choice == ABORT:
        return run.aborted("instance", "launch")
    if said.choice == PICK_ANOTHER_ZONE:
        session.leave_zone()
        return await choose_target.run_step(run.becomes("choose_target"))
    old = require_target(run)
    session.target = Target(zone_id=old.zone_id, instance_type=said.choice, zones=old.zones)
    session.disks = None
    session.book.forget("disks")
    settled = await check_disks.run_step(run.becomes("check_disks"))
    return None if settled.status == "done" else settled


async def is_agreed_again(run: Run, launch: LaunchRequest) -> bool:
    """Whether the person chose to send the refused launch once more, and this is the same one at the same price.

    Otherwise that choice counts no longer: the launch is asked about anew.
    """
    book = run.session.book
    if book.choice(NO_STOCK_KEY) != RETRY:
        return False
    price = await price_line(run, launch)
    confirmed = next((entry.text for entry in reversed(book.history) if entry.key == CONFIRM_KEY), "")
    agreed = price in confirmed and book.stands(NO_STOCK_KEY, launch.parameters())
    if not agreed:
        book.forget(NO_STOCK_KEY)
    return agreed


async def _settle_disks_again(run: Run, refusal: CloudRefused) -> Answer:
    """The zone lists the disks, and the launch refuses them all the same: Step 4c, without what was refused."""
    session = run.session
    target, plan = require_target(run), session.disks
    if plan is not None:
        session.refusals.disks |= {
            RefusedDisk(target.zone_id, target.instance_type, disk.type, disk.category, _refused_level(refusal, disk))
            for disk in blamed_disks(refusal.code, refusal.message, plan.disks)
        }
    session.disks = None
    session.book.forget("disks")
    session.book.forget(CONFIRM_KEY)
    session.notes.append(run.texts("note.disk_refused", code=refusal.code, message=safe_display(refusal.message)))
    return await check_disks.run_step(run.becomes("check_disks"))


def _refused_level(refusal: CloudRefused, disk: ReplicaDisk) -> str | None:
    """The refused level alone where it is not the category as a whole that the zone refuses."""
    return None if "Category" in refusal.code or "CloudSSD" in refusal.code else disk.performance_level


def blamed_disks(code: str, message: str, disks: tuple[ReplicaDisk, ...]) -> tuple[ReplicaDisk, ...]:
    """The disks that are not launched like this again (RunInstances, error codes): all of one kind and shape.

    Where code and message leave several to choose from, one is blamed at a time, so that no more is substituted than
    necessary: those that are as on the source before substitutes, the system disk first. The next refusal blames the
    next.

    Args:
        code: It may name the kind of disk, a category, or the performance level, which cloud_essd alone has.
        message: It may name the kind of disk where the code does not.
        disks: As they were to be launched.
    """
    kinds = _kinds(code) or _kinds(message.title().replace(" ", ""))
    suspects = tuple(disk for disk in disks if not kinds or disk.type in kinds) or disks
    for mark, category in (("PerformanceLevel", ESSD), ("CloudSSD", "cloud_ssd")):
        if mark in code:
            suspects = tuple(disk for disk in suspects if disk.category == category) or suspects
    first = min(suspects, key=lambda disk: (disk.substituted, disk.type != "system"))
    return tuple(disk for disk in suspects if _shape(disk) == _shape(first))


def _shape(disk: ReplicaDisk) -> tuple[DiskType, str, str | None]:
    return disk.type, disk.category, disk.performance_level


def _kinds(words: str) -> frozenset[DiskType]:
    """The kinds of disk that are named."""
    kinds: dict[str, DiskType] = {"SystemDisk": "system", "DataDisk": "data"}
    return frozenset(kind for name, kind in kinds.items() if name in words)
