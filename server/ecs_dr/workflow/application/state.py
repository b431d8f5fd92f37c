"""One application: its waves, its members, and what was decided for all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from ecs_dr.domain.application.page import price_data
from ecs_dr.domain.application.plan import ApplicationPlan, MemberPlan
from ecs_dr.domain.application.waves import Adjustment, Waves
from ecs_dr.domain.images.model import Image
from ecs_dr.domain.model import JsonObject, JsonValue
from ecs_dr.domain.plan.model import ZonePlan
from ecs_dr.domain.questions import PinnedQuestion
from ecs_dr.domain.telling import Words
from ecs_dr.domain.uris import report_uri
from ecs_dr.workflow.planning.surroundings import Surroundings
from ecs_dr.workflow.ports import Cloud
from ecs_dr.workflow.session import Session

MemberStatus = Literal[
    "planned", "impossible", "out", "left_out", "imaging", "image_ready", "launched", "verified", "differs"
]
Excluded = Literal["impossible", "out", "left_out"]


@dataclass
class Failure:
    """Why a member cannot go on, until a person has decided what is to become of it.

    Attributes:
        code: The problem's code.
        text: What is wrong, for a person.
        under_way: Something is still being made: waiting may be enough.
    """

    code: str
    text: Words
    under_way: bool = False


@dataclass
class Member:
    """One source of an application."""

    session: Session
    wave: int
    planned: MemberPlan | None = None
    excluded: Excluded | None = None
    """It is not recovered (any further), and why."""
    failure: Failure | None = None
    wants_snapshots: bool = False
    """A person decided to recover it from snapshots that exist: no image of the source came about."""
    waits_for: str = ""
    """The member's own question whether to wait any longer, while the application's stands for it."""
    lost_images: set[str] = field(default_factory=set)
    """Images that failed, and that the person has decided about."""
    told_failures: set[tuple[str, str]] = field(default_factory=set)
    """What was asked about already: the same once more is nothing to recommend."""
    exceptions_settled: bool = False
    """What has to be decided about this source alone is decided."""

    @property
    def instance_id(self) -> str:
        """The source."""
        return self.session.instance_id

    @property
    def needs_snapshots(self) -> bool:
        """Whether no image can be made of the source now, and its snapshots are what it is recovered from."""
        wanted = self.session.only_imaging_blocked or self.wants_snapshots
        return wanted and (self.session.image is None or self.session.image.has_failed)

    @property
    def is_active(self) -> bool:
        """Whether it is being recovered."""
        return self.excluded is None

    @property
    def is_verified(self) -> bool:
        """Whether its replica is what it is to be."""
        verification = self.session.verification
        return verification is not None and verification.verdict == "match"

    @property
    def status(self) -> MemberStatus:
        """How far it is: the furthest that is known of it, and before all that it is not recovered any further."""
        session = self.session
        if self.excluded is not None:
            return self.excluded
        if session.verification is not None:
            return "verified" if self.is_verified else "differs"
        if session.replica is not None:
            return "launched"
        image = session.image
        if image is not None and image.image is not None and image.image.phase == "ready":
            return "image_ready"
        return "planned" if image is None else "imaging"

    def data(self) -> JsonObject:
        """What an answer says of it."""
        session = self.session
        target = self.planned.target if self.planned is not None else None
        return {
            "instance_id": session.instance_id,
            "session_id": session.session_id,
            "status": self.status,
            "zone_id": session.target.zone_id if session.target else target.zone_id if target else None,
            "instance_type": session.target.instance_type
            if session.target
            else target.instance_type
            if target
            else None,
            "image_id": None if session.image is None else session.image.image_id,
            "replica_id": None if session.replica is None else session.replica.instance_id,
            "verdict": None if session.verification is None else session.verification.verdict,
        }


@dataclass(frozen=True)
class Pending:
    """A question of a member that stands open.

    Attributes:
        shown: What the member's answer carried as data: the request that its go-ahead permits.
    """

    member: Member
    pinned: PinnedQuestion
    shown: JsonObject

    @property
    def stands(self) -> bool:
        """Whether its question is still to be answered."""
        return self.member.session.book.is_open(self.pinned.question_id)


@dataclass
class Looked:
    """What was read of one member."""

    found: Surroundings
    zones: tuple[ZonePlan, ...]
    """Best first."""


@dataclass
class Survey:
    """What has been read so far: a long list takes several calls."""

    cloud: Cloud | None = None
    listed_at: datetime | None = None
    """When the instances themselves were read, all at once."""
    images: tuple[Image, ...] | None = None
    looked: dict[str, Looked] = field(default_factory=dict)


@dataclass
class Application:
    """Several sources, in waves."""

    application_id: str
    region_id: str
    waves: Waves
    members: list[Member]
    target_zone_id: str = ""
    """Proposed for all."""
    changes: dict[str, Adjustment] = field(default_factory=dict)
    """What a person wanted otherwise."""
    survey: Survey = field(default_factory=Survey)
    """What the plan rests on."""
    plan: ApplicationPlan | None = None
    pending: list[Pending] = field(default_factory=list)
    """Questions of members that stand open: the application's own are about these."""
    confirmed: bool = False
    resumed: bool = False
    """Taken up from the cloud."""
    found: bool = False
    """And what it had made has been looked for."""
    expected: int = 0
    """How many members the tags of what was found tell of; 0: nothing was found."""
    finished: bool = False

    @property
    def is_being_read(self) -> bool:
        """Whether its sources are not all read yet."""
        return self.plan is None and not self.confirmed and not self.resumed

    @property
    def is_partial(self) -> bool:
        """Whether it was taken up without its waves, and some members have left no trace."""
        return self.resumed and self.found and len(self.members) < self.expected

    @property
    def active(self) -> list[Member]:
        """Those that are being recovered."""
        return [member for member in self.members if member.is_active]

    def member(self, instance_id: str) -> Member:
        """The member with that source.

        Raises:
            KeyError: There is none.
        """
        return next(member for member in self.members if member.instance_id == instance_id)

    def of_wave(self, number: int) -> list[Member]:
        """The active members of a wave."""
        return [member for member in self.members if member.wave == number and member.is_active]

    @property
    def next_wave(self) -> int | None:
        """The first wave in which somebody is not verified; None when all are."""
        open_waves = [member.wave for member in self.active if not member.is_verified]
        return min(open_waves, default=None)

    def data(self) -> JsonObject:
        """What an answer says of it (contract: application_id, waves, price)."""
        numbers = range(1, max((member.wave for member in self.members), default=0) + 1)
        waves: list[JsonValue] = [
            [member.data() for member in self.members if member.wave == number] for number in numbers
        ]
        cost = self.plan.total_cost if self.plan is not None else None
        uri = report_uri(self.application_id)
        uris: JsonObject = {"report_uri": uri, "report_markdown_uri": f"{uri}/markdown"}
        return {"application_id": self.application_id, "waves": waves, "price": price_data(cost), **uris}
