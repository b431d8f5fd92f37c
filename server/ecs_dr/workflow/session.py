"""One recovery: everything that is known and decided, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import anyio

from ecs_dr.domain.disks.model import CategorySupport, ReplicaDisk
from ecs_dr.domain.images.model import Image, ImageRequest
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.model import JsonObject, Tag
from ecs_dr.domain.network.model import VSwitch, VSwitchRequest
from ecs_dr.domain.pages.launch import LaunchPage
from ecs_dr.domain.recall.model import Recalled, ReportMemory
from ecs_dr.domain.snapshots.model import SnapshotGroup, SnapshotSet
from ecs_dr.domain.source import Source
from ecs_dr.domain.source_gate import Finding
from ecs_dr.domain.steps import Status, ToolName
from ecs_dr.domain.stock.model import ZoneStock
from ecs_dr.domain.telling import Words
from ecs_dr.domain.texts import Language
from ecs_dr.domain.verification.verdict import Verification
from ecs_dr.errors import EcsDrError
from ecs_dr.workflow.choices import Choice, about, resting_on
from ecs_dr.workflow.decisions import DecisionBook
from ecs_dr.workflow.memory.chronicle import Chronicle
from ecs_dr.workflow.memory.kept_reads import KeptReads
from ecs_dr.workflow.memory.refusals import Refusals
from ecs_dr.workflow.memory.replica import Replica
from ecs_dr.workflow.memory.shown import PlanState, SnapshotOffer
from ecs_dr.workflow.memory.sightings import NEVER_SEEN_IMAGE_SECONDS, Integrity, Sightings, Stray
from ecs_dr.workflow.ports import Price

if TYPE_CHECKING:
    from ecs_dr.workflow.application.state import Application
    from ecs_dr.workflow.reads.unproven import Unproven

Arguments = Mapping[str, str | None]


@dataclass(slots=True)
class ImageState:
    """The image of this recovery."""

    image_id: str
    name: str
    started_at: datetime
    image: Image | None = None
    """As last read; None until it is visible."""
    polled_at: datetime | None = None
    poll_error: EcsDrError | None = None
    """Why the last poll in the background failed, when the next one will not help: told to the next tool call."""
    asked_spans: int = 0
    """How often the person was asked whether to keep waiting."""
    adopted: bool = False
    """It existed before this recovery."""
    origin: SnapshotSet | None = None
    """The snapshots that it was asked for; None: it was made of the instance, or nobody knows any more."""
    data_as_of: datetime | None = None
    """The moment of the oldest of these; None: the image is as old as it is."""

    gone: bool = False
    """It was there, or was said to be, and several reads did not find it any more."""

    @property
    def is_building(self) -> bool:
        """Whether it may still become ready, as far as it was read."""
        return not self.gone and (self.image is None or self.image.phase == "building")

    @property
    def has_failed(self) -> bool:
        """Whether it will never be ready."""
        return self.gone or (self.image is not None and self.image.phase == "failed")


@dataclass(frozen=True, slots=True)
class Target:
    """Where the replica goes."""

    zone_id: str
    instance_type: str
    zones: tuple[ZoneStock, ...]


@dataclass(frozen=True, slots=True)
class ChosenVSwitch:
    """The VSwitch of the replica."""

    vswitch: VSwitch
    created: bool


@dataclass(frozen=True, slots=True)
class DiskPlan:
    """What the replica's disks will be, before the image's own device names are known."""

    disks: tuple[ReplicaDisk, ...]
    supported: Mapping[str, tuple[CategorySupport, ...]]


_CHOICE_OF: Mapping[type[Target | ChosenVSwitch | DiskPlan], Choice] = {
    Target: Choice.TARGET,
    ChosenVSwitch: Choice.VSWITCH,
    DiskPlan: Choice.DISKS,
}


@dataclass(slots=True)
class PendingRequests:
    """Requests of mutating calls whose outcome is not known yet: they are sent again as they were."""

    image: ImageRequest | None = None
    image_set_aside: ImageRequest | None = None
    """It may have been carried out, and is not sent again: an image of snapshots takes its place. It is looked for."""
    origin: SnapshotSet | None = None
    """Of an image of snapshots: which."""
    vswitch: VSwitchRequest | None = None
    launch: LaunchRequest | None = None


@dataclass(slots=True)
class Session:
    """One recovery, in memory: what was read, decided and made. What must outlive it is in tags on the cloud."""

    session_id: str
    instance_id: str
    region_id: str
    created_at: datetime
    book: DecisionBook
    language: Language | None = None
    """In which the person reads; None: the server's own."""
    owner: str = ""
    """Who began it, where several may call (see `callers`)."""
    reconsidered: set[Choice] = field(default_factory=set)
    """What the person wants to decide once more without a proposal: asked also where nothing stands against it."""
    recovered_here: tuple[Finding, ...] = ()
    """The caller's other recoveries of the same source in this process, as they stood when the call began."""
    recovered_before: tuple[Finding, ...] = ()
    """Those that tags on the cloud told of in Step 1."""
    source: Source | None = None
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
    resumed: bool = False
    """Taken up from the cloud: what an earlier process sent at its end may become visible late."""
    plan: PlanState | None = None
    shown_page: LaunchPage | None = None
    """What the go-ahead for the launch is being asked with; None once it is given."""
    shown_price: Price | None = None
    """What stood in the latest question for the go-ahead of the launch; None: no price could be read."""
    unchecked: set[Choice] = field(default_factory=set)
    """Accepted with the plan, and not looked at again since."""
    image: ImageState | None = None
    target: Target | None = None
    vswitch: ChosenVSwitch | None = None
    pending_vswitch_id: str | None = None
    untaggable: bool = False
    """This identity may not set tags: none are sent again, so that nothing is refused after the image is paid for."""
    strays: tuple[Stray, ...] = ()
    """What another process of this recovery made, and this one does not use."""
    sightings: Sightings = field(default_factory=Sightings)
    unproven: Unproven | None = None
    """What may be of this recovery, and no tag proves it: looked for where nothing that its tags name was found."""
    source_read: tuple[datetime, datetime] | None = None
    """From when to when the source was read: each of its facts was so at some moment between the two."""
    """When the reading that `source` holds was taken."""
    integrity: Integrity | None = None
    created_vswitch_ids: list[str] = field(default_factory=list)
    """All that were created, also for a zone that was left again: they exist until somebody deletes them."""
    failed_images: list[ImageState] = field(default_factory=list)
    """Images of this recovery that failed and were replaced: they exist until somebody deletes them."""
    snapshots_first: bool = False
    """The source's zone sells nothing: no image of the source is proposed, but one of its snapshots."""
    fresh_group: SnapshotGroup | None = None
    """A snapshot group of the source that is fresh enough to be offered beside an image of it."""
    snapshot_offer: SnapshotOffer | None = None
    """The sets of snapshots that the person was shown last."""
    refusals: Refusals = field(default_factory=Refusals)
    disks: DiskPlan | None = None
    replica: Replica | None = None
    lost_replicas: list[str] = field(default_factory=list)
    """Replicas of this recovery that are gone."""
    verification: Verification | None = None
    pending: PendingRequests = field(default_factory=PendingRequests)
    asked_by: dict[str, tuple[ToolName, Arguments]] = field(default_factory=dict)
    """Which call put a question: answering it continues there."""
    pages: dict[str, int] = field(default_factory=dict)
    """Which page of the candidates of a question is shown."""
    proposed: dict[str, str] = field(default_factory=dict)
    """The value that a question with a free text proposes: kept, so that every round proposes the same."""
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
    def has_made_something(self) -> bool:
        """Whether something that costs money was created for it, or may have been."""
        made = bool(self.own_images or self.own_vswitch_ids or self.replica or self.strays)
        return made or self.resumed or bool(self.book.in_doubt())

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

    def take_source(self, source: Source | None, first: datetime, last: datetime) -> None:
        """The source as it was read between these two; what a comparison says later holds since then."""
        self.source, self.source_read = source, (first, last)

    def take_image(self, state: ImageState) -> None:
        """The image of this recovery, perhaps in place of one that failed."""
        if self.image is not None and not self.image.adopted and self.image.image_id != state.image_id:
            self.failed_images.append(self.image)
        self.image = state
        self.sightings.accepted(state.image_id, state.started_at, NEVER_SEEN_IMAGE_SECONDS)

    def choose(self, value: Target | ChosenVSwitch | DiskPlan) -> None:
        """It is decided: nothing is asked about it any more, and what rested on another decision goes.

        Another type in the same zone keeps the VSwitch; the same decision once more changes nothing that rests on it.
        """
        choice = _CHOICE_OF[type(value)]
        if value in (self.target, self.vswitch, self.disks):
            self.withdraw(choice)
            return
        is_same_zone = isinstance(value, Target) and self.target is not None and self.target.zone_id == value.zone_id
        kept = (self.vswitch, self.pending_vswitch_id) if is_same_zone else (None, None)
        self.reopen(choice)
        if isinstance(value, Target):
            self.target, (self.vswitch, self.pending_vswitch_id) = value, kept
        elif isinstance(value, ChosenVSwitch):
            self.vswitch = value
        else:
            self.disks = value

    def reopen(self, choice: Choice) -> None:
        """It is decided no longer: it goes, and so does what rests on it, with questions, go-aheads and proposals."""
        for one in (choice, *resting_on(choice)):
            self.withdraw(one)
            if one is Choice.TARGET:
                self.target = None
            elif one is Choice.VSWITCH:
                self.vswitch = self.pending_vswitch_id = None
            elif one is Choice.DISKS:
                self.disks = None
            self.unchecked.discard(one)

    def withdraw(self, choice: Choice) -> None:
        """What was asked, answered or proposed about it counts no longer; what was decided stands."""
        self.reconsidered.discard(choice)
        self.book.forget_about(choice)
        if choice is not Choice.LAUNCH:  # the name that was proposed for the replica suits it wherever it goes
            self.forget_proposals(choice)

    def forget_proposals(self, choice: Choice) -> None:
        """It is put from the first page, without what was proposed before."""
        for store in (self.proposed, self.pages):
            for key in [key for key in store if about(key) is choice]:
                del store[key]

    def drop(self, dropped: str | Choice) -> None:
        """The person turned a question down, or all about a choice: nothing is open about it by wish alone."""
        if isinstance(dropped, Choice):
            self.reconsidered.discard(dropped)
            self.book.forget_about(dropped)
        else:
            self.reconsidered -= {choice for choice in (about(dropped),) if choice is not None}
            self.book.forget(dropped)

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
