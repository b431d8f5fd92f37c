"""One recovery: everything that is known and decided, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import anyio

from ecs_dr.domain.disks import CategorySupport, ReplicaDisk
from ecs_dr.domain.image import Image, ImageRequest
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.model import JsonObject
from ecs_dr.domain.network import VSwitch, VSwitchRequest
from ecs_dr.domain.source import Source
from ecs_dr.domain.steps import ToolName
from ecs_dr.domain.stock import ZoneStock
from ecs_dr.domain.verification import Verification
from ecs_dr.errors import EcsDrError, UnknownSession
from ecs_dr.workflow.decisions import DecisionBook
from ecs_dr.workflow.ports import Clock, Ids

Arguments = Mapping[str, str | None]


@dataclass
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
    console_opened: bool = False


@dataclass(frozen=True)
class Target:
    """Where the replica goes."""

    zone_id: str
    instance_type: str
    zones: tuple[ZoneStock, ...]


@dataclass(frozen=True)
class ChosenVSwitch:
    """The VSwitch of the replica."""

    vswitch: VSwitch
    created: bool


@dataclass(frozen=True)
class DiskPlan:
    """What the replica's disks will be, before the image's own device names are known."""

    disks: tuple[ReplicaDisk, ...]
    supported: Mapping[str, tuple[CategorySupport, ...]]


@dataclass
class Replica:
    """The new instance."""

    instance_id: str
    launch: LaunchRequest
    launched_at: datetime
    seen: bool = False


@dataclass
class Pending:
    """Requests of mutating calls whose outcome is not known yet: they are sent again as they were."""

    image: ImageRequest | None = None
    vswitch: VSwitchRequest | None = None
    launch: LaunchRequest | None = None


@dataclass
class Session:
    """One recovery."""

    session_id: str
    instance_id: str
    region_id: str
    created_at: datetime
    book: DecisionBook
    last_used: datetime
    source: Source | None = None
    blocked: bool = False
    resumed: bool = False
    """Taken up from the cloud: what an earlier process sent at its end may become visible late."""
    image: ImageState | None = None
    target: Target | None = None
    vswitch: ChosenVSwitch | None = None
    pending_vswitch_id: str | None = None
    rejected_disks: set[tuple[str, str, str | None]] = field(default_factory=set)
    """(type, category, PerformanceLevel) that a launch was refused for."""
    disks: DiskPlan | None = None
    replica: Replica | None = None
    verification: Verification | None = None
    pending: Pending = field(default_factory=Pending)
    asked_by: dict[str, tuple[ToolName, Arguments]] = field(default_factory=dict)
    """Which call put a question: answering it continues there."""
    pages: dict[str, int] = field(default_factory=dict)
    """Which page of the candidates of a question is shown."""
    proposed: dict[str, str] = field(default_factory=dict)
    """The value that a question with a free text proposes: kept, so that every round proposes the same."""
    retries: dict[str, int] = field(default_factory=dict)
    """Retries of each action since the last step that was done or has failed."""
    retry_at: dict[ToolName, datetime] = field(default_factory=dict)
    """When a tool whose retry was put off to its next call may send again."""
    notes: list[str] = field(default_factory=list)
    """What the person should know and no step's answer has said yet (waits before a retry, skipped reads)."""
    locks: dict[str, anyio.Lock] = field(default_factory=dict)

    def lock(self, step: str) -> anyio.Lock:
        """One call of a step at a time; different steps may run side by side."""
        return self.locks.setdefault(step, anyio.Lock())

    def take_notes(self) -> tuple[str, ...]:
        """The notes, once."""
        notes = tuple(dict.fromkeys(self.notes))
        self.notes.clear()
        return notes

    def drop_target(self) -> None:
        """Another zone: everything that hung on the old one goes."""
        self.target = None
        self.vswitch = None
        self.pending_vswitch_id = None
        self.disks = None
        self.rejected_disks.clear()
        for key in ("target", "vswitch", "disks", "launch"):
            self.book.forget(key)

    def summary(self) -> JsonObject:
        """What exists and what is decided, for a person and a model."""
        image = self.image.image if self.image is not None else None
        return {
            "instance_id": self.instance_id,
            "region_id": self.region_id,
            "created_at": self.created_at.isoformat(),
            "source_read": self.source is not None,
            "image_id": None if self.image is None else self.image.image_id,
            "image_name": None if self.image is None else self.image.name,
            "image_status": None if image is None else image.status,
            "zone_id": None if self.target is None else self.target.zone_id,
            "instance_type": None if self.target is None else self.target.instance_type,
            "vswitch_id": None if self.vswitch is None else self.vswitch.vswitch.vswitch_id,
            "vswitch_created": self.vswitch is not None and self.vswitch.created,
            "disks_settled": self.disks is not None,
            "replica_id": None if self.replica is None else self.replica.instance_id,
            "verdict": None if self.verification is None else self.verification.verdict,
            "open_questions": [question.as_data() for question in self.book.open_questions()],
            "decisions": list(self.book.log),
        }


MAX_SESSIONS = 1000


class SessionStore:
    """All sessions of this process: bounded, the one that was idle longest goes first."""

    def __init__(self, clock: Clock, ids: Ids, limit: int = MAX_SESSIONS) -> None:
        self._clock = clock
        self._ids = ids
        self._limit = limit
        self._sessions: dict[str, Session] = {}

    def create(self, instance_id: str, region_id: str, session_id: str | None = None) -> Session:
        """A new session with a fresh id, or with the id under which it was begun elsewhere."""
        while len(self._sessions) >= self._limit:
            idle = min(self._sessions.values(), key=lambda session: session.last_used)
            del self._sessions[idle.session_id]
        session_id = session_id or self._ids.hex32()
        now = self._clock.now()
        session = Session(
            session_id=session_id,
            instance_id=instance_id,
            region_id=region_id,
            created_at=now,
            book=DecisionBook(session_id, self._ids, self._clock),
            last_used=now,
        )
        self._sessions[session_id] = session
        return session

    def get(self, session_id: str) -> Session:
        """The session.

        Raises:
            UnknownSession: None with this id in this process.
        """
        session = self._sessions.get(session_id)
        if session is None:
            raise UnknownSession("UnknownSession", "unknown_session", next_tool="collect_source")
        session.last_used = self._clock.now()
        return session

    def peek(self, session_id: str) -> Session | None:
        """The session, if there is one; looking does not count as use."""
        return self._sessions.get(session_id)

    def all(self) -> tuple[Session, ...]:
        """Every session, the newest first."""
        return tuple(sorted(self._sessions.values(), key=lambda session: session.created_at, reverse=True))
