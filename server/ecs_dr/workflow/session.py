"""One recovery: everything that is known and decided, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import anyio

from ecs_dr.domain.images.model import Image
from ecs_dr.domain.model import JsonObject, Tag
from ecs_dr.domain.pages.launch import LaunchPage
from ecs_dr.domain.recall.model import Recalled, ReportMemory
from ecs_dr.domain.snapshots.model import SnapshotGroup
from ecs_dr.domain.source_gate import Finding
from ecs_dr.domain.steps import Status, ToolName
from ecs_dr.domain.telling import Words
from ecs_dr.domain.texts import Language
from ecs_dr.domain.verification.verdict import Verification
from ecs_dr.workflow.choices import Choice
from ecs_dr.workflow.memory.chosen import Chosen, ImageState
from ecs_dr.workflow.memory.chronicle import Chronicle
from ecs_dr.workflow.memory.kept_reads import KeptReads
from ecs_dr.workflow.memory.pending import PendingRequests
from ecs_dr.workflow.memory.refusals import Refusals
from ecs_dr.workflow.memory.replica import Replica
from ecs_dr.workflow.memory.shown import PlanState, SnapshotOffer
from ecs_dr.workflow.memory.sightings import Integrity, Made, Unproven
from ecs_dr.workflow.ports import Price

if TYPE_CHECKING:
    from ecs_dr.workflow.application.state import Application

Arguments = Mapping[str, str | None]


@dataclass(slots=True, kw_only=True)
class Session(Chosen):
    """One recovery, in memory: what was read, decided and made. What must outlive it is in tags on the cloud."""

    session_id: str
    instance_id: str
    region_id: str
    created_at: datetime
    language: Language | None = None
    """In which the person reads; None: the server's own."""
    owner: str = ""
    """Who began it, where several may call (see `callers`)."""
    recovered_here: tuple[Finding, ...] = ()
    """The caller's other recoveries of the same source in this process, as they stood when the call began."""
    recovered_before: tuple[Finding, ...] = ()
    """Those that tags on the cloud told of in Step 1."""
    blocked: bool = False
    only_imaging_blocked: bool = False
    """What blocks the source forbids making an image of it, and nothing else: one made earlier will do."""
    source_missing: bool = False
    """It was looked for, and not found."""
    source_refused: str = ""
    """The code with which the cloud refused to read it; empty: it did not."""
    report_memory: ReportMemory | None = None
    """What an earlier report tells of it."""
    recalled: Recalled | None = None
    """`source` was put together from witnesses, and the person has seen all of it; None: it was read."""
    may_be_elsewhere: bool = False
    """It was taken up while it lives here: another server may be at work on it, and what that makes is not known."""
    resumed: bool = False
    """Taken up from the cloud: what an earlier process sent at its end may become visible late."""
    plan: PlanState | None = None
    shown_page: LaunchPage | None = None
    """What the go-ahead for the launch is being asked with; None once it is given."""
    shown_price: Price | None = None
    """What stood in the latest question for the go-ahead of the launch; None: no price could be read."""
    untaggable: bool = False
    """This identity may not set tags: none are sent again, so that nothing is refused after the image is paid for."""
    strays: tuple[Made, ...] = ()
    """What another process of this recovery made, and this one does not use."""
    unproven: Unproven | None = None
    """What may be of this recovery, and no tag proves it: looked for where nothing that its tags name was found."""
    integrity: Integrity | None = None
    created_vswitch_ids: list[str] = field(default_factory=list)
    """All that were created, also for a zone that was left again: they exist until somebody deletes them."""
    snapshots_first: bool = False
    """The source's zone sells nothing: no image of the source is proposed, but one of its snapshots."""
    fresh_group: SnapshotGroup | None = None
    """A snapshot group of the source that is fresh enough to be offered beside an image of it."""
    snapshot_offer: SnapshotOffer | None = None
    """The sets of snapshots that the person was shown last."""
    refusals: Refusals = field(default_factory=Refusals)
    replica: Replica | None = None
    lost_replicas: list[str] = field(default_factory=list)
    """Replicas of this recovery that are gone."""
    verification: Verification | None = None
    pending: PendingRequests = field(default_factory=PendingRequests)
    asked_by: dict[str, tuple[ToolName, Arguments]] = field(default_factory=dict)
    """Which call put a question: answering it continues there."""
    target_question: str | None = None
    """The key of the latest question about the target: while that one stands, another target is being chosen."""
    source_image: Image | None = None
    """The image that the source was made from, once it was read."""
    retries: dict[str, int] = field(default_factory=dict)
    """By action: the retries so far of a request that was put off to the next call."""
    paused_for: dict[str, str] = field(default_factory=dict)
    """By the key of a pause: what it paused for last (a permission, or a code)."""
    retry_at: dict[ToolName, datetime] = field(default_factory=dict)
    """When a tool whose retry was put off to its next call may send again."""
    last_told: str = ""
    """How things stood, but for times, when a person who reads every answer was told last."""
    notes: list[Words] = field(default_factory=list)
    """What the person should know and no step's answer has said yet (waits before a retry, skipped reads)."""
    chronicle: Chronicle = field(default_factory=Chronicle)
    kept_reads: dict[ToolName, KeptReads] = field(default_factory=dict)
    """What a tool has read whose call was over before its reads were."""
    further_tags: tuple[Tag, ...] = ()
    """What its resources are tagged with beside its own lineage: the application that it belongs to."""
    templates: dict[str, str] = field(default_factory=dict)
    """The runbooks that were exported of it, by name."""
    application: Application | None = None
    """Of the session that an application has for its own questions."""
    quiet: bool = False
    """The person stopped it: nothing is sent for it until one of its tools is called again."""
    ended: bool = False
    """No call reaches it any more: what runs for it in the background stops."""
    locks: dict[str, anyio.Lock] = field(default_factory=dict)

    def lock(self, step: str) -> anyio.Lock:
        """One call of a step at a time; different steps may run side by side."""
        return self.locks.setdefault(step, anyio.Lock())

    def rest(self) -> None:
        """A call is over. What the next one makes anew is not kept: a thousand sessions rest most of the time."""
        for step, lock in [*self.locks.items()]:
            if not lock.locked() and not lock.statistics().tasks_waiting:
                del self.locks[step]
        if not self.locks:
            self.kept_reads = {tool: kept for tool, kept in self.kept_reads.items() if not kept.is_empty}

    @property
    def is_busy(self) -> bool:
        """Whether a call is under way."""
        return any(lock.locked() for lock in self.locks.values())

    def goes_on_with(self, tool: ToolName) -> bool:
        """Whether a call of that tool ended before its work did."""
        kept = self.kept_reads.get(tool)
        return tool in self.retry_at or (kept is not None and kept.begun is not None)

    @property
    def is_shared(self) -> bool:
        """Whether another process may have made something of it that is not known here: it is looked for first."""
        return self.resumed or self.may_be_elsewhere

    @property
    def has_made_something(self) -> bool:
        """Whether something that costs money was created for it, or may have been."""
        return bool(self.made) or self.resumed or bool(self.book.in_doubt())

    @property
    def made(self) -> tuple[Made, ...]:
        """Everything that this recovery is known to have made, whatever became of it."""
        replicas = [] if self.replica is None else [self.replica.instance_id]
        return (
            *(("image", state.image_id) for state in self.own_images),
            *(("vswitch", vswitch_id) for vswitch_id in self.own_vswitch_ids),
            *(("replica", replica_id) for replica_id in (*replicas, *self.lost_replicas)),
            *self.strays,
        )

    def take_notes(self) -> tuple[Words, ...]:
        """What the next answer is to say first; taken, so that nothing is told twice."""
        notes = tuple(dict.fromkeys(self.notes))
        self.notes.clear()
        return notes

    @property
    def cannot_read_source(self) -> bool:
        """Whether it was looked for, and could not be read: there is a road without it."""
        return self.source is None and (self.source_missing or bool(self.source_refused))

    @property
    def resource_group_id(self) -> str:
        """The source's resource group; empty while it is not known, or where it has none."""
        return "" if self.source is None else self.source.instance.resource_group_id

    @property
    def own_images(self) -> tuple[ImageState, ...]:
        """Every image that this recovery made, the one in use first."""
        in_use = () if self.image is None or self.image.adopted else (self.image,)
        return (*in_use, *self.failed_images)

    @property
    def own_vswitch_ids(self) -> tuple[str, ...]:
        """Every VSwitch that this recovery made."""
        chosen = self.vswitch.vswitch.vswitch_id if self.vswitch is not None and self.vswitch.created else None
        ids = (*self.created_vswitch_ids, chosen, self.pending_vswitch_id)
        return tuple(dict.fromkeys(one for one in ids if one is not None))

    def leave_zone(self) -> None:
        """The person wants another zone than the chosen one: it is not recommended again while others are untried."""
        if self.target is not None:
            self.refusals.note_left(self.target.zone_id)
        self.reopen(Choice.TARGET)

    def note_asker(self, question_id: str, tool: ToolName, arguments: Arguments) -> None:
        """Which call a question belongs to; questions that are no longer open are forgotten here."""
        self.asked_by = {asked: call for asked, call in self.asked_by.items() if self.book.is_open(asked)}
        self.asked_by.setdefault(question_id, (tool, arguments))

    def asking_tool(self) -> ToolName | None:
        """The tool that put the latest question that is still open; None where there is none."""
        return next((tool for asked, (tool, _) in reversed(self.asked_by.items()) if self.book.is_open(asked)), None)

    def note_passed(self, pause: str, status: Status) -> None:
        """A step that had paused for something is done: a later pause is a new one."""
        if status == "done":
            self.paused_for.pop(pause, None)

    def summary(self, *, may_answer: bool = False) -> JsonObject:
        """What exists and what is decided, for a person and a model.

        Args:
            may_answer: Whether an open question is told in full, with the id that an answer names.
        """
        image = self.image.image if self.image is not None else None
        return {
            "instance_id": self.instance_id,
            "region_id": self.region_id,
            "created_at": self.created_at.isoformat(),
            "source_read": self.source is not None,
            "image_id": None if self.image is None else self.image.image_id,
            "image_name": None if self.image is None else self.image.name,
            "image_status": None if image is None else image.status,
            "failed_image_ids": [failed.image_id for failed in self.failed_images],
            "zone_id": None if self.target is None else self.target.zone_id,
            "instance_type": None if self.target is None else self.target.instance_type,
            "vswitch_id": None if self.vswitch is None else self.vswitch.vswitch.vswitch_id,
            "vswitch_created": self.vswitch is not None and self.vswitch.created,
            "created_vswitch_ids": list(self.created_vswitch_ids),
            "outcome_unknown": list(self.book.in_doubt()),
            "disks_settled": self.disks is not None,
            "replica_id": None if self.replica is None else self.replica.instance_id,
            "verdict": None if self.verification is None else self.verification.verdict,
            "open_questions": [
                {"key": one.key, **(one.answerable() if may_answer else {})} for one in self.book.open_questions()
            ],
            "decisions": [*self.book.log],
        }
