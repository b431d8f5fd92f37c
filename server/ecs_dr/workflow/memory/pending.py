"""What was sent and is not settled yet."""

from __future__ import annotations

from dataclasses import dataclass

from ecs_dr.domain.images.model import ImageRequest
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.network.model import VSwitchRequest
from ecs_dr.domain.snapshots.model import SnapshotSet


@dataclass(slots=True)
class PendingRequests:
    """Requests of mutating calls whose outcome is not known yet: they are sent again as they were."""

    image: ImageRequest | None = None
    image_set_aside: ImageRequest | None = None
    """It may have been carried out, and is not sent again: an image of snapshots takes its place. It is looked for."""
    source_status: str = ""
    """The source's, as it was read just before an image of it was asked for."""
    origin: SnapshotSet | None = None
    """Of an image of snapshots: which."""
    vswitch: VSwitchRequest | None = None
    launch: LaunchRequest | None = None
