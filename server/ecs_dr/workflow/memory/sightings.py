"""When each resource of a recovery was last read, and when its absence is more than a delay.

Lists of the cloud are eventually consistent: what was created a moment ago may be missing, and what exists may be
missing from one answer. So a single empty answer is no fact. What was seen once and is then missing in several reads
over a while is gone; what was never seen is waited for longer, and not without an end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from ecs_dr.domain.images.model import Image
from ecs_dr.domain.source import Instance

GONE_AFTER_READS = 3
GONE_AFTER_SECONDS = 15.0
"""Missing in so many reads over so long, after it was seen: somebody deleted it."""
LOOK_AGAIN_SECONDS = 8.0
"""The gap between two reads of what was missing in the last one: three of them fit well into a minute."""
NEVER_SEEN_SECONDS = 120.0
"""An instance that was accepted and never listed for so long will not come any more."""
NEVER_SEEN_IMAGE_SECONDS = 900.0
"""The same for an image: longer, as giving one up costs another. The person is asked long before."""


Made = tuple[Literal["image", "vswitch", "replica"], str]
"""Something that a recovery made, by its kind and id."""


@dataclass
class Unproven:
    """The newest images of the source, and what was launched from them."""

    read_at: datetime
    images: tuple[Image, ...] = ()
    replicas: tuple[Instance, ...] = ()
    declined: bool = field(default=False)
    """The person was asked about the images, and adopted none."""


@dataclass(slots=True)
class Sighting:
    """What the reads of one resource have shown."""

    expected_at: datetime
    """When it was accepted, or first looked for."""
    patience_seconds: float = NEVER_SEEN_SECONDS
    """How long it may stay unseen."""
    seen_at: datetime | None = None
    """The last read that showed it."""
    status: str = ""
    """As that read told it."""
    missing_since: datetime | None = None
    looked_at: datetime | None = None
    missing_reads: int = 0

    def note_seen(self, now: datetime, status: str = "") -> None:
        """A read showed it; one that is older than the last look says nothing new."""
        if self.looked_at is not None and now < self.looked_at:
            return
        self.seen_at, self.status, self.looked_at = now, status, now
        self.missing_since, self.missing_reads = None, 0

    def note_missing(self, now: datetime) -> None:
        """A read that would have shown it did not; the same read counts once, however often it is told."""
        if self.looked_at is not None and now <= self.looked_at:
            return
        self.missing_since = self.missing_since or now
        self.looked_at = now
        self.missing_reads += 1

    def forget_absence(self) -> None:
        """It was not looked for: the identity may not see such resources."""
        self.missing_since, self.missing_reads = None, 0

    @property
    def is_missing(self) -> bool:
        """Whether the last read did not show it."""
        return self.missing_reads > 0

    @property
    def gone_at(self) -> datetime | None:
        """The read that settled that it is gone, or never came; None while it is there, or that is not clear."""
        if self.missing_since is None or self.looked_at is None or self.missing_reads < GONE_AFTER_READS:
            return None
        since, least = self.missing_since, GONE_AFTER_SECONDS
        if self.seen_at is None:
            since, least = min(self.expected_at, self.missing_since), self.patience_seconds
        return self.looked_at if (self.looked_at - since).total_seconds() >= least else None


@dataclass(slots=True)
class Sightings:
    """The sightings of all resources of one session, by id."""

    of: dict[str, Sighting] = field(default_factory=dict)

    def accepted(self, resource_id: str, now: datetime, patience_seconds: float = NEVER_SEEN_SECONDS) -> None:
        """The cloud said that it made it; nobody has read it yet."""
        self.of.setdefault(resource_id, Sighting(now, patience_seconds))

    def note(self, resource_id: str, now: datetime, status: str | None) -> Sighting:
        """What a read showed: its status (empty where it has none), or None where it was missing."""
        sighting = self.of.setdefault(resource_id, Sighting(now))
        if status is None:
            sighting.note_missing(now)
        else:
            sighting.note_seen(now, status)
        return sighting

    def get(self, resource_id: str) -> Sighting | None:
        """What is known of it; None where it was never looked at."""
        return self.of.get(resource_id)

    def gone_at(self, resource_id: str) -> datetime | None:
        """When it was found to be gone; None where it was not."""
        sighting = self.of.get(resource_id)
        return None if sighting is None else sighting.gone_at

    def is_out_of_sight(self, resource_id: str) -> bool:
        """Whether it was there, and the last read did not show it."""
        sighting = self.of.get(resource_id)
        return sighting is not None and sighting.is_missing and sighting.seen_at is not None


@dataclass(frozen=True, slots=True)
class Integrity:
    """What the last comparison of the source with its first reading said, and of which time.

    Attributes:
        since: From when to when it was read first: what its several answers tell was so at some moment of that.
        at: From when to when it was read for the comparison.
        has_changed: Whether the two differ.
        is_gone: Whether it was not there any more.
    """

    since: tuple[datetime, datetime]
    at: tuple[datetime, datetime]
    has_changed: bool
    is_gone: bool = False
