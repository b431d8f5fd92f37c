"""What follows a launch that was refused: what is blamed decides the question, the cloud's own words stand in it."""

from __future__ import annotations

from ecs_dr.domain.disks.model import DiskType, ReplicaDisk
from ecs_dr.domain.disks.plan import ESSD
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.names import replica_name
from ecs_dr.domain.questions import ABORT, PICK_ANOTHER_ZONE, RETRY
from ecs_dr.domain.refusals import OF_A_DISK, Blame, Row, data_disk_number, option_of
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.telling import Telling, Words, item, tell
from ecs_dr.errors import CallBudgetSpent, CloudRefused, InvalidInput, NoCredentials
from ecs_dr.workflow.choices import Choice
from ecs_dr.workflow.explaining import problem_of, row_of_error, said_by, told_problem
from ecs_dr.workflow.memory.chosen import DiskPlan, Target
from ecs_dr.workflow.memory.refusals import Refused, RefusedDisk
from ecs_dr.workflow.mutation import permitted
from ecs_dr.workflow.needs import require_source, require_target
from ecs_dr.workflow.reads.told import reading
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.steps import check_disks, choose_target, prepare_vswitch
from ecs_dr.workflow.steps.launch.billing import KEY as BILLING_KEY
from ecs_dr.workflow.steps.launch.billing import PAY_AS_YOU_GO, read_price, way_of
from ecs_dr.workflow.steps.launch.groups_refused import CHOOSE_GROUP, group_ways, take_new_groups, want_another
from ecs_dr.workflow.steps.launch.image_refused import move_to_zone
from ecs_dr.workflow.steps.launch.ways import (
    ASKED,
    EVERYWHERE,
    LEAVE_OUT,
    OF_THE_TYPE,
    OTHER_CATEGORY,
    all_refused,
    options_for,
)

CONFIRM_KEY = "launch.confirm"
REFUSED_KEY = "launch.refused"
PUBLIC_IP = "internet_max_bandwidth_out"


async def handle(run: Run, refusal: CloudRefused, launch: LaunchRequest) -> Answer | None:
    """Go on where the person can choose; None: ask for the go-ahead again.

    Args:
        run: The call.
        refusal: What the cloud said.
        launch: What was refused.

    Raises:
        Asking: What the person can choose between.
        CloudRefused: Where only the cause can be told, or a permission is missing.
        CallBudgetSpent: Before the person was told: `follow_up` of the next call does.
    """
    try:
        return await _lead_on(run, refusal, launch)
    except (CallBudgetSpent, NoCredentials):
        run.session.refusals.launch = refusal, launch
        raise


async def _lead_on(run: Run, refusal: CloudRefused, launch: LaunchRequest) -> Answer | None:
    session, row = run.session, row_of_error(refusal)
    option = option_of(refusal.code, refusal.message, refusal.missing_permission)
    if option and row.blame is not Blame.OPTION:
        row = Row("code.option_permission", row.kind, Blame.OPTION, option=option)
    session.refusals.latest = Refused(row.blame, refusal.code, option)
    run.problem, run.tells = problem_of(run, refusal), "cause"
    if row.blame in {Blame.DISK_CATEGORY, Blame.DISK_LEVEL} and session.disks is not None:
        session.refusals.disks |= _refused_disks(run, refusal, row.blame, session.disks)
        return await _settle_disks_again(run)
    if row.blame in {Blame.ADDRESSES, Blame.VSWITCH} and session.vswitch is not None:
        session.refusals.note_vswitch(session.vswitch.vswitch)
        session.reopen(Choice.VSWITCH)
        run.reason = told_problem(run.problem, with_actions=False)
        return await prepare_vswitch.run_step(run.becomes("prepare_vswitch"))
    if row.blame is Blame.NAME and launch.instance_name != _safe_name(run):
        run.refuse_typed(CONFIRM_KEY, _refused_name(run, refusal, launch.instance_name))
        session.proposed[CONFIRM_KEY] = _safe_name(run)
        return None
    if row.blame is Blame.IMAGE_NOT_READY and await _is_still_building(run):
        message = tell(told_problem(run.problem, with_actions=False), run.state_of_the_world())
        return run.answer("image_wait", "in_progress", message, following=run.go_to("wait_for_image"))
    if row.blame is Blame.GROUP and (replaced := await take_new_groups(run)):
        run.reason = tell(told_problem(run.problem, with_actions=False), replaced)
        return None
    if row.blame not in ASKED:
        raise refusal
    await _ask(run, refusal, row, launch)
    raise AssertionError("the question was put above")


async def _ask(run: Run, refusal: CloudRefused, row: Row, launch: LaunchRequest) -> None:
    """Remember what was refused, and put what can be chosen. Always asks.

    What was refused before in this recovery is not recommended again, and where nothing else is left the question says
    so: stopping comes first then, as trying the same blindly helps nobody. Whoever chooses to try once more has agreed
    to exactly the launch that was refused, and to nothing else.
    """
    session = run.session
    source, target = require_source(run).instance, require_target(run)
    refusals = session.refusals
    if row.blame in OF_THE_TYPE:
        zones = [zone.zone_id for zone in target.zones] if row.blame in EVERYWHERE else []
        for zone in (*zones, target.zone_id):
            refusals.note_no_stock(zone, target.instance_type)
    elif row.blame in {Blame.ZONE, Blame.IMAGE_NOT_READY}:
        refusals.note_left(target.zone_id)
    elif row.blame in OF_A_DISK and session.disks is not None:
        _blame_disks(run, refusal, row.blame, session.disks)
    elif row.blame is Blame.PUBLIC_ADDRESSES:
        refusals.note_left(target.zone_id)
        refusals.latest = Refused(row.blame, refusal.code, PUBLIC_IP if launch.internet_max_bandwidth_out else "")
    elif row.blame is Blame.TERMS:
        way = way_of(launch)
        refusals.latest = Refused(row.blame, refusal.code, way if way != PAY_AS_YOU_GO else "")
    text = _text(run, refusal, row, target)
    if row.blame is Blame.GROUP:
        options, groups = await group_ways(run, launch)
        text = tell(text, groups)
    else:
        options = await options_for(run, row, source, target)
        if all_refused(run, target, options):
            text = _nothing_left(run, refusal, target)
    shown = run.recommend_first(options)
    session.book.forget(CONFIRM_KEY)
    session.book.forget(REFUSED_KEY)
    run.decide(
        REFUSED_KEY,
        launch.parameters(),
        lambda: run.question(text, shown),
        permits=lambda choice, _: permitted(launch) if choice == RETRY else (),
    )


def _text(run: Run, refusal: CloudRefused, row: Row, target: Target) -> Telling:
    if row.text == "no_stock":
        values = {
            "type": target.instance_type,
            "zone": target.zone_id,
            "code": refusal.code,
            "message": refusal.message,
        }
        run.tells = "nothing"
        return tell(run.texts("question.launch.no_stock", **values))
    problem = run.problem or problem_of(run, refusal)
    is_by_hand = row.blame not in OF_THE_TYPE and row.blame is not Blame.ZONE
    run.tells = "all" if is_by_hand else "cause"
    return tell(told_problem(problem, with_actions=is_by_hand), run.texts("question.refused.same"))


def _nothing_left(run: Run, refusal: CloudRefused, target: Target) -> Telling:
    """Every zone with the types that a launch was refused for there."""
    run.tells = "nothing"
    refusals, separator = run.session.refusals, run.texts("list.separator")
    zones = dict.fromkeys(zone for zone, _ in refusals.types)
    refused = [item(Words(": ").join((zone, separator.join(refusals.types_in(zone))))) for zone in zones]
    values = {"type": target.instance_type, "zone": target.zone_id, "code": refusal.code, "message": refusal.message}
    listed = Words("\n").join(refused or [item(separator.join(refusals.left_zones))])
    return tell(run.texts("question.launch.all_refused", refused=listed, **values))


async def follow_up(run: Run) -> Answer | None:
    """Tell of a refusal that nobody was told of, or carry out what the person chose after one; None: go on."""
    session = run.session
    untold, session.refusals.launch = session.refusals.launch, None
    if untold is not None and _is_meant(run, untold[1]):
        return await handle(run, *untold)
    if session.book.choice(REFUSED_KEY) == RETRY:
        if session.refusals.latest is not None:
            session.refusals.retried |= {session.refusals.latest.code}
        return None
    said = session.book.use_up(REFUSED_KEY)
    return None if said is None else await _carry_out(run, said.choice)


def _is_meant(run: Run, launch: LaunchRequest) -> bool:
    """Whether nothing else was chosen since that launch was refused."""
    target, vswitch = run.session.target, run.session.vswitch
    same_place = target is not None and (target.zone_id, target.instance_type) == (launch.zone_id, launch.instance_type)
    return same_place and (vswitch is None or vswitch.vswitch.vswitch_id == launch.vswitch_id)


async def _carry_out(run: Run, choice: str) -> Answer | None:
    session, latest = run.session, run.session.refusals.latest
    if choice == ABORT:
        return run.aborted("instance", Choice.LAUNCH, Choice.OPTIONS)
    if choice == PICK_ANOTHER_ZONE:
        session.leave_zone()
        return await choose_target.run_step(run.becomes("choose_target"))
    if choice == OTHER_CATEGORY and latest is not None:
        session.refusals.disks |= latest.disks
        return await _settle_disks_again(run)
    if choice in {LEAVE_OUT, CHOOSE_GROUP}:
        (_leave_out if choice == LEAVE_OUT else want_another)(run)
        return None
    if move_to_zone(run, require_target(run), choice):
        return await _take_zone(run)
    return await _take_type(run, choice)


async def _take_zone(run: Run) -> Answer | None:
    """The VSwitch and the disks of the zone that was moved to."""
    moved = await prepare_vswitch.run_step(run.becomes("prepare_vswitch"))
    if moved.status != "done":
        return moved
    settled = await check_disks.run_step(run.becomes("check_disks"))
    return None if settled.status == "done" else settled


async def _take_type(run: Run, instance_type: str) -> Answer | None:
    """Another type in the same zone, with the disks that it takes."""
    session, old = run.session, require_target(run)
    if (old.zone_id, old.instance_type) not in session.refusals.types:
        session.refusals.types.append((old.zone_id, old.instance_type))
    session.choose(Target(zone_id=old.zone_id, instance_type=instance_type, zones=old.zones))
    settled = await check_disks.run_step(run.becomes("check_disks"))
    return None if settled.status == "done" else settled


def _leave_out(run: Run) -> None:
    """The launch goes without what was refused."""
    session, latest = run.session, run.session.refusals.latest
    if latest is None:
        return
    if latest.blame in {Blame.DISK_IOPS, Blame.DISK_BURST} and session.disks is not None:
        field = {"provisioned_iops": None} if latest.blame is Blame.DISK_IOPS else {"bursting_enabled": False}
        disks = tuple(
            disk.model_copy(update=field) if disk.device in latest.devices else disk for disk in session.disks.disks
        )
        session.choose(DiskPlan(disks=disks, supported=session.disks.supported))
    elif latest.blame is Blame.GROUP:
        session.refusals.groups = latest.groups
    elif latest.blame is Blame.TERMS:
        session.refusals.terms |= {latest.option}
        session.book.forget(BILLING_KEY)
    elif latest.option:
        session.refusals.left_out |= {latest.option}


async def is_agreed_again(run: Run, launch: LaunchRequest) -> bool:
    """Whether the person chose to send the refused launch once more, and this is the same one at the same price.

    Otherwise that choice counts no longer: the launch is asked about anew.
    """
    book = run.session.book
    if book.choice(REFUSED_KEY) != RETRY:
        return False
    price = await read_price(run, launch)
    agreed = price == run.session.shown_price and book.stands(REFUSED_KEY, launch.parameters())
    if not agreed:
        book.forget(REFUSED_KEY)
    return agreed


def _safe_name(run: Run) -> str:
    return replica_name("", run.session.instance_id)


def _refused_name(run: Run, refusal: CloudRefused, name: str) -> InvalidInput:
    values = {"name": name, "code": refusal.code, "reason": said_by(run, refusal)}
    return InvalidInput("InstanceNameRefused", "instance_name_refused", values)


async def _is_still_building(run: Run) -> bool:
    """Whether the image is not ready after all, as the cloud says: read anew."""
    state = run.session.image
    if state is None:
        return False
    with reading(run.clock.now) as read:
        image = await run.cloud.describe_image(run.scope, state.image_id)
    if image is not None:
        run.session.sightings.note(state.image_id, read.at, image.status)
        state.image = image
    return image is not None and image.phase == "building"


async def _settle_disks_again(run: Run) -> Answer:
    """The zone lists the disks, and the launch refuses them all the same: Step 4c, for exactly those."""
    run.session.reopen(Choice.DISKS)
    return await check_disks.run_step(run.becomes("check_disks"))


def _blame_disks(run: Run, refusal: CloudRefused, blame: Blame, plan: DiskPlan) -> None:
    """Which disks an attribute was refused of. Another category is offered once for each, not one after another."""
    blamed = _blamed(refusal, blame, plan.disks)
    tried = blame is Blame.DISK_SIZE and any(disk.substituted for disk in blamed)
    devices = () if tried else tuple(disk.device for disk in blamed)
    run.session.refusals.latest = Refused(blame, refusal.code, "", devices, _refused_disks(run, refusal, blame, plan))


def _blamed(refusal: CloudRefused, blame: Blame, disks: tuple[ReplicaDisk, ...]) -> tuple[ReplicaDisk, ...]:
    """Of those that have the attribute at all; a number counts all data disks that were sent."""
    if blame is Blame.DISK_IOPS and data_disk_number(refusal.message) is None:
        disks = tuple(disk for disk in disks if disk.provisioned_iops is not None) or disks
    if blame is Blame.DISK_BURST and data_disk_number(refusal.message) is None:
        disks = tuple(disk for disk in disks if disk.bursting_enabled) or disks
    return blamed_disks(refusal.code, refusal.message, disks)


def _refused_disks(run: Run, refusal: CloudRefused, blame: Blame, plan: DiskPlan) -> frozenset[RefusedDisk]:
    target, said = require_target(run), said_by(run, refusal)
    is_of_the_kind = blame in {Blame.DISK_CATEGORY, Blame.DISK_LEVEL} and data_disk_number(refusal.message) is None
    return frozenset(
        RefusedDisk(
            target.zone_id,
            target.instance_type,
            disk.type,
            disk.category,
            disk.performance_level if blame is Blame.DISK_LEVEL else None,
            "" if is_of_the_kind else disk.device,
            said,
        )
        for disk in _blamed(refusal, blame, plan.disks)
    )


def blamed_disks(code: str, message: str, disks: tuple[ReplicaDisk, ...]) -> tuple[ReplicaDisk, ...]:
    """The disks that are not launched like this again (RunInstances, error codes).

    `DataDisk.N` is the Nth data disk that was sent. Without a number: all of one kind and shape. Where code and message
    leave several to choose from, one is blamed at a time, so that no more is substituted than necessary: those that
    are as on the source before substitutes, the system disk first. The next refusal blames the next.

    Args:
        code: It may name the kind of disk, a category, or the performance level, which cloud_essd alone has.
        message: It may name the number, or the kind of disk where the code does not.
        disks: As they were to be launched.
    """
    number, data = data_disk_number(message), [disk for disk in disks if disk.type == "data"]
    if number is not None and 1 <= number <= len(data):
        return (data[number - 1],)
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
