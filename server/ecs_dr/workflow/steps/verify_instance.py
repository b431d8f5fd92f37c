"""Step 6: wait until the replica runs, compare it with the source, and read the source once more."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from ecs_dr.domain.disks.model import Disk
from ecs_dr.domain.images.model import GONE, Image, no_image
from ecs_dr.domain.lineage import belongs_to
from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.pages.verification import (
    EndFacts,
    addresses,
    decided_data,
    todo_data,
    verification_page,
)
from ecs_dr.domain.pages.words import duration, rate
from ecs_dr.domain.source import Instance, Source
from ecs_dr.domain.source_gate import group_warnings
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.telling import NO_WORDS, Words, tell
from ecs_dr.domain.texts.wording import worded_facts
from ecs_dr.domain.uris import report_markdown_uri, report_uri
from ecs_dr.domain.verification.comparison import CONTENT
from ecs_dr.domain.verification.partial import compare_without_source, with_image_rows
from ecs_dr.domain.verification.verdict import ReplicaReads, Verification, compare
from ecs_dr.errors import CloudRefused, InvalidInput, StepOutOfOrder
from ecs_dr.workflow.memory.replica import Replica
from ecs_dr.workflow.memory.sightings import Integrity
from ecs_dr.workflow.reads.console import look_at_console, told_boot
from ecs_dr.workflow.reads.further import FurtherRead, further_reads
from ecs_dr.workflow.reads.image_fit import read_fit
from ecs_dr.workflow.reads.image_watch import ImageWatcher
from ecs_dr.workflow.reads.lineage import find_strays
from ecs_dr.workflow.reads.side_by_side import Read, SideBySide
from ecs_dr.workflow.reads.told import Reading, reading
from ecs_dr.workflow.recall.telling import told_missing
from ecs_dr.workflow.reporting.data import measures
from ecs_dr.workflow.reporting.score import score, told_score
from ecs_dr.workflow.run import Run
from ecs_dr.workflow.session import Session
from ecs_dr.workflow.standing import made_or_in_doubt, told_source
from ecs_dr.workflow.steps.collect_source import read_source
from ecs_dr.workflow.steps.replica_watch import (
    is_up,
    look_again_after,
    may_be_judged,
    missing_disks,
    vanished,
    waited_for,
)

ON_THE_PAGE = frozenset({"criteria", "disks", "addresses", "decided", "todo", "score"})
"""What of the data the page says in words: of criteria and disks that all hold, or which do not and why."""


async def run_step(run: Run, watcher: ImageWatcher) -> Answer:
    """Wait within the call's budget, then judge what is there now: image, replica, disks and source are read anew."""
    session = run.session
    if session.replica is None:
        raise StepOutOfOrder("ReplicaMissing", "replica_missing", next_tool="create_instance")
    if session.verification is not None:
        session.chronicle.reopen()
    replica = session.replica
    missing: tuple[str, ...] = ()
    while True:
        # Some of it may have been read in an earlier call: the verdict is told as of the oldest of it.
        with reading(run.clock.now) as read:
            instance = await run.cloud.describe_instance(run.scope, replica.instance_id)
            status = None if instance is None else instance.status
            sighting = session.sightings.note(replica.instance_id, read.at, status)
            if instance is not None:
                replica.seen = True
                found = await _around(run, watcher, replica, instance, disks_alone=bool(missing))
                missing = missing_disks(replica, found.disks) if is_up(instance) else ()
                if may_be_judged(replica, instance, missing, read.at):
                    evidence = found.evidence or await _evidence(run, watcher, replica.instance_id)
                    if evidence.settled is not None:
                        replica.note_running(instance, read.at)
                        judged = await _judge(run, replica, evidence.settled, instance, found.disks, evidence.reads)
                        session.verification = judged
                        return _answer(run, replica, instance, found.disks, judged, read.at)
            elif sighting.gone_at is not None:
                raise await vanished(run, replica)
        text = waited_for(run, replica, instance, missing)
        await run.progress(0, None, text)
        if not await run.pause(look_again_after(replica, run.clock.now())) or run.budget_left <= 0:
            data: JsonObject = {"instance_id": replica.instance_id, "instance_status": status or "Pending"}
            lines = tell(text, run.news_of_the_world())
            return run.answer("verify", "in_progress", lines, data=data, following=run.go_to("verify_instance"))


@dataclass(frozen=True)
class _Around:
    """What was read of a replica that is up."""

    disks: tuple[Disk, ...]
    evidence: _Evidence | None


async def _around(
    run: Run, watcher: ImageWatcher, replica: Replica, instance: Instance, *, disks_alone: bool
) -> _Around:
    """Its disks, what its console says and, unless disks were missing the last time, everything it is judged by."""
    if not is_up(instance):
        return _Around((), None)
    reads = SideBySide()
    disks = reads.read(lambda: run.cloud.describe_disks(run.scope, instance.instance_id))
    reads.read(lambda: look_at_console(run, replica, instance))
    evidence: Read[_Evidence] = Read()
    if not disks_alone:
        evidence = reads.read(lambda: _evidence(run, watcher, replica.instance_id))
    await reads.finish()
    return _Around(disks.value, evidence.or_none)


@dataclass(frozen=True)
class _Evidence:
    """What a replica is judged by, beside itself."""

    settled: Settled | None
    reads: ReplicaReads


async def _evidence(run: Run, watcher: ImageWatcher, replica_id: str) -> _Evidence:
    """Image, source, the replica's further reads, and what else carries this recovery's tags."""
    reads = SideBySide()
    settled = reads.read(lambda: _settled(run, watcher))
    further = reads.read(lambda: _reads(run, replica_id))
    reads.read(lambda: find_strays(run))
    await reads.finish()
    return _Evidence(settled.value, further.value)


@dataclass(frozen=True)
class Settled:
    """Image and source as they are now."""

    image: Image
    source: Source | None
    """None: it is gone, which is no reason to leave the replica unjudged."""
    source_read: Reading
    """Of which time the source's reading tells."""


async def _settled(run: Run, watcher: ImageWatcher) -> Settled | None:
    """Both read anew; None while one of them is missing and not yet missing for long enough to be gone.

    Raises:
        StepOutOfOrder: There is a replica and no image that it came of: nothing of this product makes that.
    """
    session, state = run.session, run.session.image
    if state is None:
        raise StepOutOfOrder("ImageMissing", "image_missing", next_tool="create_image")
    reads = SideBySide()
    if not state.gone:
        reads.read(lambda: watcher.look(session, state, run.scope))
    now = reads.read(lambda: _source_now(run))
    await reads.finish()
    source, source_read = now.value
    session.sightings.note(session.instance_id, source_read.at, None if source is None else source.instance.status)
    if source is None and session.recalled is None and session.sightings.gone_at(session.instance_id) is None:
        return None
    if state.gone or state.image is None:
        return Settled(no_image(state.image_id), source, source_read) if state.gone else None
    sighting = session.sightings.get(state.image_id)
    return None if sighting is not None and sighting.is_missing else Settled(state.image, source, source_read)


async def _source_now(run: Run) -> tuple[Source | None, Reading]:
    """The source as it is, None where it is not found; and of which time that tells."""
    # One that could not be read from the beginning is no reason to leave the replica unjudged.
    passes = (InvalidInput,) if run.session.recalled is None else (InvalidInput, CloudRefused)
    source: Source | None = None
    with reading(run.clock.now) as read, suppress(*passes):
        source = await read_source(run)
    return source, read


async def _judge(
    run: Run,
    replica: Replica,
    settled: Settled,
    instance: Instance,
    disks: tuple[Disk, ...],
    reads: ReplicaReads,
) -> Verification:
    session, after, read = run.session, settled.source, settled.source_read
    before, at = session.source, (read.at, read.until or read.at)
    since = session.source_read or (session.created_at, session.created_at)
    if before is None:
        is_gone = after is None
        session.integrity = Integrity(since, at, has_changed=is_gone, is_gone=is_gone)
        return compare_without_source(
            session.instance_id, settled.image, replica.launch, instance, disks, is_gone=is_gone
        )
    verification = compare(
        before, after, settled.image, replica.launch, instance, disks, reads, recalled=session.recalled
    )
    if session.image is not None and session.image.adopted and settled.image.status != GONE:
        verification = with_image_rows(verification, await read_fit(run, before, settled.image))
    changed = bool(verification.source_changes)
    if session.recalled is None:
        session.integrity = Integrity(since, at, has_changed=changed, is_gone=after is None)
    return verification


async def _reads(run: Run, instance_id: str) -> ReplicaReads:
    """The same further reads as of the source, where they were possible there."""
    source, wanted = run.session.source, set[FurtherRead]()
    if source is None:
        return ReplicaReads()
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


def _answer(
    run: Run,
    replica: Replica,
    instance: Instance,
    disks: tuple[Disk, ...],
    verification: Verification,
    read_at: datetime,
) -> Answer:
    data: JsonObject = {
        "verdict": verification.verdict,
        "criteria": [
            {
                "id": criterion.name,
                "name": run.texts(f"criterion.{criterion.name}"),
                "passed": criterion.passed,
                "expected": worded_facts(criterion.expected, run.texts),
                "actual": worded_facts(criterion.actual, run.texts),
            }
            for criterion in verification.criteria
        ],
        "disks": [row.told() for row in verification.disks if row.field == CONTENT or row.decided or not row.matches],
        "instance": [row.told() for row in verification.instance if not row.matches],
        "addresses": addresses(instance),
        "decided": [*decided_data(verification)],
        "todo": [*todo_data(verification)],
        "fidelity": {**_fidelity(verification)},
        "source_changes": [str(change) for change in verification.source_changes],
        "report_uri": report_uri(run.session.session_id),
        "report_markdown_uri": report_markdown_uri(run.session.session_id),
    }
    data["boot"] = "unknown" if replica.boot is None else replica.boot.boot
    if run.session.recalled is not None:
        data["not_known"] = [*run.session.recalled.missing]
    if run.options.simulated:
        data["score"] = score(run.session)
    page = verification_page(verification, replica.launch, instance, _facts(run, replica, disks, read_at), run.texts)
    return run.answer("verify", "done", page, data=data, in_words=ON_THE_PAGE)


def _facts(run: Run, replica: Replica, disks: tuple[Disk, ...], read_at: datetime) -> EndFacts:
    """What the page says beside the comparison."""
    session, texts, image = run.session, run.texts, run.session.image
    found = measures(session)
    notes = _since_when(run, replica, read_at)
    if run.options.simulated:
        notes.append(told_score(session, texts))
    price = session.shown_price
    mapped = () if image is None or image.image is None else image.image.mappings
    image_id = "" if image is None or image.gone else image.image_id
    ids = {replica.instance_id, *session.own_vswitch_ids, *([image_id] if image_id else ())}
    return EndFacts(
        source=told_source(session, texts, just_compared=run.has_just_compared),
        data=texts(
            "page.verify.measured",
            moment=texts.moment(found.snapshot_at),
            rpo=duration(found.rpo_seconds, texts),
            rto=duration(found.rto_seconds, texts),
        ),
        price=NO_WORDS if price is None else rate(price.total, price.currency, price.unit, texts),
        boot=NO_WORDS if replica.boot is None else told_boot(texts, replica.boot),
        hangs=replica.boot is not None and replica.boot.boot in {"emergency", "panic"},
        image_id=image_id,
        disks=disks,
        adopted=image is not None and image.adopted,
        snapshots=sum(bool(mapping.snapshot_id) for mapping in mapped),
        of_snapshots=image is not None and image.data_as_of is not None,
        vswitches=session.own_vswitch_ids,
        others=tuple(made_or_in_doubt(session, texts, run.clock.now(), but=ids)),
        notes=tuple(notes),
    )


def _has_lost_its_tags(session: Session, replica: Replica) -> bool:
    """Whether it was launched with the tags of its recovery, and somebody took them away.

    Nobody decides about them, so that the verdict is none on them; a recovery that is taken up stands on them.
    """
    ids = (session.session_id, session.instance_id)
    had = belongs_to(replica.launch.tags, *ids)
    return had and replica.instance is not None and not belongs_to(replica.instance.tags, *ids)


def _since_when(run: Run, replica: Replica, read_at: datetime) -> list[Words]:
    """What the comparison does not cover: before the recovery was taken up, and after the first of the reads."""
    session = run.session
    hidden = () if session.source is None else group_warnings(session.source)
    lines = [run.texts("step.verify.one_group", **finding.values) for finding in hidden]
    if session.resumed and session.source_read is not None:
        lines.append(run.texts("step.verify.taken_up", since=run.texts.moment(session.source_read[1])))
    if _has_lost_its_tags(session, replica):
        lines.append(run.texts("step.verify.untagged", id=replica.instance_id))
    if replica.taken_up_at is not None:
        since = run.texts.moment(replica.taken_up_at)
        lines.append(run.texts("step.verify.replica_taken_up", id=replica.instance_id, since=since))
    if session.recalled is not None:
        lines += filter(None, (run.texts("recall.verified"), told_missing(run.texts, session.recalled)))
    if read_at < run.began_at:
        lines.append(run.texts("step.verify.read_before", at=run.texts.moment(read_at)))
    return lines
