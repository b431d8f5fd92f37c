"""Polling of images in the background, between tool calls as well as during them."""

from __future__ import annotations

import logging

from anyio.abc import TaskGroup

from ecs_dr.domain.image import Image
from ecs_dr.domain.times import seconds_between
from ecs_dr.errors import CloudError, EcsDrError
from ecs_dr.workflow.ports import Clock, Cloud, Scope
from ecs_dr.workflow.session import ImageState, Session

logger = logging.getLogger(__name__)

SHORTEST_GAP_SECONDS = 5.0


def poll_gap(image: Image | None, elapsed_seconds: float, longest_seconds: float) -> float:
    """How long to wait before the next look, in seconds.

    Half of what the image's own progress says is left, never above `longest_seconds`, and not below 5 s unless
    `longest_seconds` is lower. Without a progress figure: a tenth of the time so far, within the same bounds.
    """
    shortest = min(SHORTEST_GAP_SECONDS, longest_seconds)
    progress = image.progress if image is not None else None
    if progress is None or progress <= 0:
        wanted = max(elapsed_seconds / 10, shortest)
    else:
        wanted = elapsed_seconds * (100 - progress) / progress / 2
    return min(max(wanted, shortest), longest_seconds)


class ImageWatcher:
    """Looks after the images of all sessions while they are being built."""

    def __init__(self, cloud: Cloud, clock: Clock, poll_seconds: float) -> None:
        self._cloud = cloud
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._tasks: TaskGroup | None = None
        self._watched: set[str] = set()

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

    async def look(self, state: ImageState, scope: Scope) -> None:
        """Read the image once."""
        image = await self._cloud.describe_image(scope, state.image_id)
        if image is not None:
            state.image = image
        state.polled_at = self._clock.now()
        state.poll_error = None

    async def _poll_until_settled(self, session: Session) -> None:
        scope = Scope(session.session_id, session.region_id)
        try:
            while (state := session.image) is not None and not session.ended:
                try:
                    await self.look(state, scope)
                except EcsDrError as error:
                    # Here it is only a missed poll; the next tool call tells the person what lasts.
                    passing = isinstance(error, CloudError) and error.retryable
                    state.poll_error = None if passing else error
                    logger.warning("image poll failed: %s", error)
                if state.image is not None and state.image.phase != "building":
                    return
                elapsed = seconds_between(state.started_at, self._clock.now())
                await self._clock.sleep(poll_gap(state.image, elapsed, self._poll_seconds))
        finally:
            self._watched.discard(session.session_id)
