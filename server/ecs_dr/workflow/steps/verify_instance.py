"""Step 6: wait until the replica runs, compare it with the source, and read the source once more."""

from __future__ import annotations

from collections import Counter

from ecs_dr.domain import links
from ecs_dr.domain.disks import Disk
from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.report import report_uri
from ecs_dr.domain.source import Instance, Source
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.texts.wording import field_label, worded_facts, worded_value
from ecs_dr.domain.times import seconds_between
from ecs_dr.domain.verification import ALWAYS_TOLD, CRITERION_TITLES, ReplicaReads, Verification, compare
from ecs_dr.errors import CloudRefused, InvalidInput, RecoveryFailed, StepOutOfOrder
from ecs_dr.workflow.booted import read_boot, told_boot
from ecs_dr.workflow.further_reads import FurtherRead, further_reads
from ecs_dr.workflow.needs import require_source
from ecs_dr.workflow.run import Run, may_be_skipped
from ecs_dr.workflow.session import Replica
from ecs_dr.workflow.steps.collect_source import read_source
from ecs_dr.workflow.steps.resume_session import find_strays

FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 5.0
INVISIBLE_SECONDS = 120.0
"""A new instance may be invisible for some seconds (DescribeInstances); longer than this it is asked after."""
ROW = frozenset({"device", "field", "expected", "actual", "matches"})
"""What a compared field always tells; that it was decided is told where it was."""
VANISHED_EVENT = "SystemFailure.Delete"


async def run_step(run: Run) -> Answer:
    """Wait within the call's budget, then judge."""
    session = run.session
    if session.replica is None:
        raise StepOutOfOrder("ReplicaMissing", "replica_missing", next_tool="create_instance")
    if session.verification is not None:
        replica = session.replica
        if replica.boot is not None and replica.boot.boot == "unknown" and replica.instance is not None:
            replica.boot = await read_boot(run, replica.instance)
        return _answer(run, session.replica, session.verification)
    replica, gap = session.replica, FIRST_WAIT_SECONDS
    while True:
        instance = await run.cloud.describe_instance(run.scope, replica.instance_id)
        if instance is None:
            await _check_it_exists(run, replica)
        else:
            replica.seen = True
            disks = await _disks_when_running(run, instance)
            if _is_complete(replica, disks):
                replica.note_running(instance, run.clock.now())
                await find_strays(run)
                replica.boot = await read_boot(run, instance)
                session.verification = await _judge(run, replica, instance, disks)
                return _answer(run, session.replica, session.verification)
        status = instance.status if instance is not None else "Pending"
        text = run.texts("progress.replica", id=replica.instance_id, status=worded_value(status, run.texts))
        await run.progress(0, None, text)
        if run.budget_left <= 0:
            data: JsonObject = {"instance_id": replica.instance_id, "instance_status": status}
            return run.answer("verify", "in_progress", text, data=data, following=run.go_to("verify_instance"))
        await run.clock.sleep(gap)
        gap = min(gap * 1.5, LONGEST_WAIT_SECONDS)


async def _disks_when_running(run: Run, instance: Instance) -> tuple[Disk, ...]:
    """Its disks; none while it is not Running with an address: they are not looked at before."""
    if instance.status != "Running" or not instance.private_ips:
        return ()
    return await run.cloud.describe_disks(run.scope, instance.instance_id)


def _is_complete(replica: Replica, disks: tuple[Disk, ...]) -> bool:
    attached = [disk for disk in disks if disk.status == "In_use"]
    return len(attached) >= len(replica.launch.disks)


async def _check_it_exists(run: Run, replica: Replica) -> None:
    """It was accepted and is not there: not visible yet, or taken back because the stock failed after acceptance.

    Raises:
        RecoveryFailed: It is gone (api: RunInstances, SystemFailure.Delete); it is not created anew silently.
    """
    waited = seconds_between(replica.launched_at, run.clock.now())
    if not replica.seen and waited < INVISIBLE_SECONDS:
        return
    events: tuple[str, ...] = ()
    try:
        events = await run.cloud.describe_history_events(run.scope, replica.instance_id)
    except CloudRefused as refusal:
        if not may_be_skipped(refusal.kind):
            raise
    values = {
        "id": replica.instance_id,
        "events": ", ".join(events) or "-",
        "link": links.instance_list(run.session.region_id),
    }
    code = "ReplicaReleased" if VANISHED_EVENT in events else "ReplicaVanished"
    raise RecoveryFailed(code, "replica_vanished", values)


async def _judge(run: Run, replica: Replica, instance: Instance, disks: tuple[Disk, ...]) -> Verification:
    before = require_source(run)
    after = await _source_now(run)
    image = run.session.image.image if run.session.image is not None else None
    if image is None:
        raise StepOutOfOrder("ImageMissing", "image_missing", next_tool="create_image")
    reads = await _reads(run, before, replica.instance_id)
    return compare(before, after, image, replica.launch, instance, disks, reads)


async def _source_now(run: Run) -> Source | None:
    """The source as it is; None when it is gone, which is no reason to leave the replica unjudged."""
    try:
        return await read_source(run)
    except InvalidInput:
        return None


async def _reads(run: Run, source: Source, instance_id: str) -> ReplicaReads:
    """The same further reads as of the source, where they were possible there."""
    wanted: set[FurtherRead] = set()
    if source.ram_role_name is not None:
        wanted.add("ram_role_name")
    if source.has_user_data is not None:
        wanted.add("has_user_data")
    if source.auto_renew is not None:
        wanted.add("auto_renew")
    found, _ = await further_reads(run, instance_id, wanted)
    return ReplicaReads.model_validate(found)


def _fidelity(verification: Verification) -> dict[str, int]:
    """How many rows of the ledger have which verdict."""
    counted = Counter(row.verdict for row in verification.rows)
    return {
        "total": len(verification.rows),
        "matches": counted["matches"],
        "decided": counted["differs_by_decision"],
        "differs": counted["differs"],
        "cannot": counted["cannot_be_carried"],
        "unread": counted["not_readable"],
    }


def _answer(run: Run, replica: Replica, verification: Verification) -> Answer:
    data: JsonObject = {
        "verdict": verification.verdict,
        "criteria": [
            {"id": criterion.name, **criterion.model_dump(mode="json"), "name": CRITERION_TITLES[criterion.name]}
            for criterion in verification.criteria
        ],
        "disks": [row.told(ROW) for row in verification.disks],
        "instance": [
            row.told(ROW) for row in verification.instance if row.field in ALWAYS_TOLD or row.decided or not row.matches
        ],
        "report_uri": report_uri(run.session.session_id),
    }
    counted = _fidelity(verification)
    data["fidelity"] = {**counted}
    data["source_changes"] = list(verification.source_changes)
    if replica.boot is not None:
        data["boot"] = replica.boot.boot
    failed = [criterion for criterion in verification.criteria if not criterion.passed]
    lines = [run.texts(f"step.verify.{verification.verdict}", id=replica.instance_id)]
    lines += [
        run.texts(
            "step.verify.criterion_failed",
            name=run.texts(f"criterion.{criterion.name}"),
            expected=worded_facts(criterion.expected, run.texts),
            actual=worded_facts(criterion.actual, run.texts),
        )
        for criterion in failed
    ]
    different = [row for row in verification.disks if not row.matches]
    lines += [
        run.texts(
            "step.verify.disk_differs",
            device=row.device,
            field=field_label(row.field, run.texts),
            expected=worded_value(row.expected, run.texts),
            actual=worded_value(row.actual, run.texts),
        )
        for row in different
    ]
    lines.append(run.texts("ledger.verify.count", **counted))
    if replica.boot is not None:
        lines.append(told_boot(run, replica.boot))
    lines.append(run.state_of_the_world())
    lines.append(run.texts("step.verify.afterwards"))
    return run.answer("verify", "done", "\n".join(lines), data=data)
