"""What follows a launch that was refused: a question where the person can choose a way on, the cause where not."""

from __future__ import annotations

from ecs_dr.domain.disks import DiskType
from ecs_dr.domain.questions import ABORT, PICK_ANOTHER_ZONE, RETRY, Option
from ecs_dr.domain.steps import Answer
from ecs_dr.errors import CloudRefused, ErrorKind
from ecs_dr.redact import safe_display
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session import Target
from ecs_dr.workflow.steps import check_disks, choose_target, launch_options, prepare_vswitch
from ecs_dr.workflow.steps.create_image import require_source

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


async def handle(run: Run, refusal: CloudRefused) -> Answer:
    """Go on where the person can choose; raise the refusal again where only its cause can be told."""
    session = run.session
    if any(mark in refusal.code for mark in OF_THE_OPTIONS):
        # Whoever may not pass the role on, or has no room in the set, must be able to do without.
        session.book.forget("launch.confirm")
        launch_options.reopen(run)
    if refusal.kind is ErrorKind.NO_STOCK:
        session.book.forget("launch.confirm")
        await _ask_for_another_way(run, refusal)
    if refusal.kind is ErrorKind.DISK and session.disks is not None:
        return await _settle_disks_again(run, refusal)
    if refusal.kind is ErrorKind.ADDRESSES_EXHAUSTED:
        session.vswitch = None
        session.book.forget("vswitch")
        session.notes.append(run.texts("note.addresses_exhausted"))
        return await prepare_vswitch.run_step(run.becomes("prepare_vswitch"))
    raise refusal


async def _ask_for_another_way(run: Run, refusal: CloudRefused) -> None:
    """Sold out at the last moment: the closest types of this zone, another zone, or once more. Always asks."""
    source, target = require_source(run).instance, prepare_vswitch.require_target(run)
    found = await choose_target.substitutes(run, source, target.zone_id)
    names = [entry.facts.instance_type for entry in found if entry.facts.instance_type != target.instance_type]
    options: list[Option] = [
        run.option(name, "launch_other_type", type=name, zone=target.zone_id) for name in names[:SHOWN_TYPES]
    ]
    options.append(run.option(PICK_ANOTHER_ZONE, "pick_another_zone"))
    if not names:
        options.append(run.option(RETRY, "retry_launch"))
    options.append(run.abort_option())
    text = run.texts(
        "question.launch.no_stock",
        type=target.instance_type,
        zone=target.zone_id,
        code=refusal.code,
        message=safe_display(refusal.message),
    )
    shown = run.recommend_first(options)
    run.session.book.forget(NO_STOCK_KEY)
    run.decide(NO_STOCK_KEY, [target.zone_id, target.instance_type], lambda: run.question(text, shown))


async def resume(run: Run) -> Answer | None:
    """Carry out what the person chose after a refusal; None: go on with the launch."""
    session = run.session
    said = session.book.take(NO_STOCK_KEY)
    if said is None or said.choice == RETRY:
        return None
    if said.choice == ABORT:
        return run.aborted("instance", "launch")
    if said.choice == PICK_ANOTHER_ZONE:
        session.drop_target()
        return await choose_target.run_step(run.becomes("choose_target"))
    old = prepare_vswitch.require_target(run)
    session.target = Target(zone_id=old.zone_id, instance_type=said.choice, zones=old.zones)
    session.disks = None
    session.rejected_disks.clear()
    session.book.forget("disks")
    settled = await check_disks.run_step(run.becomes("check_disks"))
    return None if settled.status == "done" else settled


async def _settle_disks_again(run: Run, refusal: CloudRefused) -> Answer:
    """The zone lists the category, and the launch refuses it all the same: Step 4c, without what was refused."""
    session = run.session
    plan = session.disks
    if plan is not None:
        kinds = _kinds(refusal.code)
        session.rejected_disks |= {
            (disk.type, disk.category, disk.performance_level) for disk in plan.disks if disk.type in kinds
        }
    session.disks = None
    session.book.forget("disks")
    session.book.forget("launch.confirm")
    session.notes.append(run.texts("note.disk_refused", code=refusal.code, message=safe_display(refusal.message)))
    return await check_disks.run_step(run.becomes("check_disks"))


def _kinds(code: str) -> frozenset[DiskType]:
    """Which disks a refusal speaks of; both when the code does not say."""
    if "SystemDisk" in code:
        return frozenset({"system"})
    if "DataDisk" in code:
        return frozenset({"data"})
    return frozenset({"system", "data"})
