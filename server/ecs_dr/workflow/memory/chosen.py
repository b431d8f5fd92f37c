"""What of a recovery is decided, and the only ways to decide it: `choose`, and `reopen`.

A step reads `session.target` and cannot assign it. So what rests on a choice goes with it whichever step chooses, and
two steps that run side by side never leave halves of two decisions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ecs_dr.domain.disks.model import Categories, ReplicaDisk
from ecs_dr.domain.images.model import Image
from ecs_dr.domain.network.model import VSwitch
from ecs_dr.domain.snapshots.model import SnapshotSet
from ecs_dr.domain.source import Source
from ecs_dr.domain.stock.model import ZoneStock
from ecs_dr.errors import EcsDrError
from ecs_dr.workflow.choices import Choice, about, resting_on
from ecs_dr.workflow.decisions import DecisionBook
from ecs_dr.workflow.memory.sightings import NEVER_SEEN_IMAGE_SECONDS, Sightings


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
    source_status: str = ""
    """The source's, as it was read just before the image was asked for; empty: nobody knows it here."""
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
    supported: Categories


_CHOICE_OF: Mapping[type[Target | ChosenVSwitch | DiskPlan], Choice] = {
    Target: Choice.TARGET,
    ChosenVSwitch: Choice.VSWITCH,
    DiskPlan: Choice.DISKS,
}


@dataclass(slots=True, kw_only=True)
class Chosen:
    """The choices of a session (`workflow/choices.py` says what rests on what), and what was asked about them."""

    book: DecisionBook
    reconsidered: frozenset[Choice] = frozenset()
    """What the person wants to decide once more without a proposal: asked also where nothing stands against it."""
    unchecked: frozenset[Choice] = frozenset()
    """Accepted with the plan, and not looked at again since."""
    pages: dict[str, int] = field(default_factory=dict)
    """Which page of the candidates of a question is shown."""
    proposed: dict[str, str] = field(default_factory=dict)
    """The value that a question with a free text proposes: kept, so that every round proposes the same."""
    sightings: Sightings = field(default_factory=Sightings)
    failed_images: list[ImageState] = field(default_factory=list)
    """Images of this recovery that failed and were replaced: they exist until somebody deletes them."""
    _source: Source | None = field(default=None, init=False)
    _source_read: tuple[datetime, datetime] | None = field(default=None, init=False)
    _image: ImageState | None = field(default=None, init=False)
    _target: Target | None = field(default=None, init=False)
    _vswitch: ChosenVSwitch | None = field(default=None, init=False)
    _vswitch_aside: ChosenVSwitch | None = field(default=None, init=False)
    _pending_vswitch_id: str | None = field(default=None, init=False)
    _disks: DiskPlan | None = field(default=None, init=False)

    @property
    def source(self) -> Source | None:
        """As it was last read, or put together from witnesses; None while it is not known."""
        return self._source

    @property
    def source_read(self) -> tuple[datetime, datetime] | None:
        """From when to when that reading went: each of its facts was so at some moment between the two."""
        return self._source_read

    @property
    def image(self) -> ImageState | None:
        """The one that the replica will be launched from, whoever made it."""
        return self._image

    @property
    def target(self) -> Target | None:
        """Where the replica goes, once that is decided."""
        return self._target

    @property
    def vswitch(self) -> ChosenVSwitch | None:
        """The VSwitch of the replica, once it is decided."""
        return self._vswitch

    @property
    def vswitch_aside(self) -> ChosenVSwitch | None:
        """The one that was decided on, while another one is being made."""
        return self._vswitch_aside

    @property
    def pending_vswitch_id(self) -> str | None:
        """One that was made, and is not ready yet."""
        return self._pending_vswitch_id

    @property
    def disks(self) -> DiskPlan | None:
        """What the replica's disks will be, once that is decided."""
        return self._disks

    def note_source(self, source: Source | None, first: datetime, last: datetime) -> None:
        """The source as it was read between these two; what a comparison says later holds since then."""
        self._source, self._source_read = source, (first, last)

    def note_image(self, state: ImageState) -> None:
        """The image of this recovery, perhaps in place of one that failed."""
        if self._image is not None and not self._image.adopted and self._image.image_id != state.image_id:
            self.failed_images.append(self._image)
        self._image = state
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
        kept = (self.vswitch, self._vswitch_aside, self.pending_vswitch_id) if is_same_zone else (None, None, None)
        self.reopen(choice)
        if isinstance(value, Target):
            self._target, (self._vswitch, self._vswitch_aside, self._pending_vswitch_id) = value, kept
        elif isinstance(value, ChosenVSwitch):
            self._vswitch = value
        else:
            self._disks = value

    def reopen(self, choice: Choice) -> None:
        """It is decided no longer: it goes, and so does what rests on it, with questions, go-aheads and proposals."""
        for one in (choice, *resting_on(choice)):
            self.withdraw(one)
            if one is Choice.TARGET:
                self._target = None
            elif one is Choice.VSWITCH:
                self._vswitch = self._vswitch_aside = self._pending_vswitch_id = None
            elif one is Choice.DISKS:
                self._disks = None
            self.unchecked -= {one}

    def await_vswitch(self, vswitch_id: str) -> None:
        """One was made for this recovery, and is not ready yet: it will be chosen once it is."""
        self._pending_vswitch_id = vswitch_id

    def set_vswitch_aside(self) -> None:
        """Another one is being made, perhaps over several calls: until it is, no launch may rest on this one."""
        self._vswitch_aside, self._vswitch = self._vswitch or self._vswitch_aside, None

    def put_vswitch_back(self) -> None:
        """Nothing was made: what was set aside is in force again, with all that was asked about it."""
        self._vswitch, self._vswitch_aside = self._vswitch or self._vswitch_aside, None

    def withdraw(self, choice: Choice) -> None:
        """What was asked, answered or proposed about it counts no longer; what was decided stands."""
        self.reconsidered -= {choice}
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
            self.reconsidered -= {dropped}
            self.book.forget_about(dropped)
        else:
            self.reconsidered -= {choice for choice in (about(dropped),) if choice is not None}
            self.book.forget(dropped)
