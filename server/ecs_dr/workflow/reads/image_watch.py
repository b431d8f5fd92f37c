"""Polling of images in the background, between tool calls as well as during them."""

from __future__ import annotations

import logging

import anyio
from anyio.abc import TaskGroup

from ecs_dr.domain.images.model import Image
from ecs_dr.domain.times import seconds_between
from ecs_dr.errors import CloudError, EcsDrError
from ecs_dr.workflow.memory.chosen import ImageState
from ecs_dr.workflow.memory.sightings import LOOK_AGAIN_SECONDS
from ecs_dr.workflow.needs import check_it_would_be_listed
from ecs_dr.workflow.ports import Clock, Cloud, Scope, groups_of
from ecs_dr.workflow.reads.told import reading
from ecs_dr.workflow.session import Session

logger = logging.getLogger(__name__)

SHORTEST_GAP_SECONDS = 3.0
LONGEST_LAST_GAP_SECONDS = 5.0
"""At 99 % of an image that takes hours: its last percent lasts minutes, and is looked at less often."""
LAST_GAP_SHARE = 1 / 800
"""Of the time so far: the gap at 99 %, within these bounds, so that the last percent costs eight looks or so."""


def poll_gap(image: Image | None, elapsed_seconds: float, longest_seconds: float) -> float:
    """How long to wait before the next look, in seconds.

    Half of the least that can be left by the image's own progress, never above `longest_seconds`, and not below 3 s
    (5 s of an image that takes hours) unless `longest_seconds` is lower. Without a progress figure: a tenth of the
    time so far, within the same bounds.
    """
    last = min(max(elapsed_seconds * LAST_GAP_SHARE, SHORTEST_GAP_SECONDS), LONGEST_LAST_GAP_SECONDS)
    shortest = min(last, longest_seconds)
    progress = image.progress if image is not None else None
    if progress is None or progress <= 0:
        wanted = max(elapsed_seconds / 10, shortest)
    else:
        # The figure is rounded down: what is left may be as little as if the next percent were just reached.
        wanted = elapsed_seconds * max(99 - progress, 0) / (progress + 1) / 2
    return min(max(wanted, shortest), longest_seconds)


class ImageWatcher:
    """Looks after the images of all sessions while they are being built."""

    def __init__(self, cloud: Cloud, clock: Clock, poll_seconds: float) -> None:
        self._cloud = cloud
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._tasks: TaskGroup | None = None
        self._watched: set[str] = set()
        self._news: dict[str, anyio.Event] = {}

    def attach(self, tasks: TaskGroup | None) -> None:
        """Where background polling runs; None ends it."""
        self._tasks = tasks

    def watch(self, session: Session) -> bool:
        """Start polling for this session unless it is being done; False when nothing can run in the background."""
        if self._tasks is None:
            return False
        if session.session_id not in self._watched:
            self._watched.add(session.session_id)
            self._tasks.start_soon(self._poll_until_settled, session)
        return True

    async def look(self, session: Session, state: ImageState, scope: Scope) -> None:
        """Read the image once; what was missing often enough is marked as gone.

        Raises:
            CloudRefused: With kind PERMISSION where the list is empty because the identity may see no images.
        """
        # A settled image is read for its presence alone: when the building ended stays when it was first seen.
        settled = state.image is not None and state.image.phase != "building"
        with reading(self._clock.now) as read:
            image = await self._cloud.describe_image(scope, state.image_id)
        now, before = read.at, session.sightings.get(state.image_id)
        if before is not None and before.looked_at is not None and now < before.looked_at:
            return  # kept from an earlier call, and somebody has looked since
        sighting = session.sightings.note(state.image_id, now, None if image is None else image.status)
        state.polled_at, state.poll_error = state.polled_at if settled else now, None
        # Missing once is a delay of the list; `sightings` says when it is more, and then the permission is tried first.
        if image is not None:
            state.image, state.gone, state.name = image, False, image.name or state.name
        elif sighting.gone_at is not None:
            await check_it_would_be_listed(self._cloud.may_describe_images(scope), "ecs:DescribeImages", sighting)
            state.gone = True

    async def _poll_until_settled(self, session: Session) -> None:
        scope = Scope(session.session_id, session.region_id, resource_groups=groups_of(session.resource_group_id))
        # Read anew each time: the image may fail and be replaced by another while this sleeps.
        try:
            while (state := session.image) is not None and not (session.ended or session.quiet):
                try:
                    await self.look(session, state, scope)
                except EcsDrError as error:
                    # Here it is only a missed poll; the next tool call tells the person what lasts.
                    passing = isinstance(error, CloudError) and error.retryable
                    state.poll_error = None if passing else error
                    logger.warning("image poll failed: %s", error)
                if state.gone or (state.image is not None and state.image.phase != "building"):
                    return
                self._tell(session)  # who waits in a call looks at what was read here, and sends nothing of its own
                await self._clock.sleep(self.gap(session, state))
        finally:
            self._watched.discard(session.session_id)
            self._tell(session)

    async def news(self, session: Session) -> None:
        """Return when it was polled for this session; never, where it is not being polled for."""
        if session.session_id not in self._watched:
            await anyio.sleep_forever()
        await self._news.setdefault(session.session_id, anyio.Event()).wait()

    def _tell(self, session: Session) -> None:
        if (waiting := self._news.pop(session.session_id, None)) is not None:
            waiting.set()

    def gap(self, session: Session, state: ImageState) -> float:
        """How long to wait before the next look, in seconds: short while an image that was there is missing."""
        if session.sightings.is_out_of_sight(state.image_id):
            return min(LOOK_AGAIN_SECONDS, self._poll_seconds)
        elapsed = seconds_between(state.started_at, self._clock.now())
        return poll_gap(state.image, elapsed, self._poll_seconds)
