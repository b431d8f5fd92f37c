"""A recovery service that is put together at its first call: a host that lists the tools waits for no workflow."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread

from ecs_dr.domain.telling import Words
from ecs_dr.domain.texts import Texts

if TYPE_CHECKING:
    from ecs_dr.domain.diagnosis import DiagnosisContext
    from ecs_dr.domain.questions import Road
    from ecs_dr.domain.steps import Answer, ToolName
    from ecs_dr.protocol.service import Dismissal, ShelfService
    from ecs_dr.settings import Settings
    from ecs_dr.workflow.ports import Progress
    from ecs_dr.workflow.recovery import Recovery


class AtFirstCall:
    """Implements `protocol.service.RecoveryService` over Alibaba Cloud.

    The workflow and the cloud's adapter are imported by the first call; the vendor's SDK, a second's work, in a thread
    while the person reads the first question.
    """

    def __init__(self, settings: Settings, *, shared: bool) -> None:
        self.texts = Texts(settings.language)
        self._settings = settings
        self._shared = shared
        self._made: Recovery | None = None
        self._wanted = anyio.Event()
        self._runs = anyio.Event()
        self._warming: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Whoever calls within this context finds a recovery whose background work goes on."""
        host = asyncio.create_task(self._host())
        try:
            yield
        finally:
            for task in (self._warming, host):
                if task is not None:
                    task.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await task

    async def _host(self) -> None:
        await self._wanted.wait()
        async with self._recovery.running():
            self._runs.set()
            await anyio.sleep_forever()

    async def _started(self) -> Recovery:
        if not self._runs.is_set():
            await anyio.to_thread.run_sync(_import_the_workflow)
            self._wanted.set()
            await self._runs.wait()
        return self._recovery

    @property
    def _recovery(self) -> Recovery:
        if self._made is None:
            from ecs_dr.assembling import over_alibaba_cloud

            self._made = over_alibaba_cloud(self._settings, "shared" if self._shared else "assistant").recovery
        return self._made

    def _warm_up(self, answer: Answer) -> None:
        """A question is open: what the next call needs is imported meanwhile."""
        if answer.status == "needs_answer" and self._warming is None:
            from ecs_dr.cloud.sdk import import_products

            work = partial(anyio.to_thread.run_sync, import_products, abandon_on_cancel=True)
            self._warming = asyncio.create_task(work())

    def in_doubt(self) -> Sequence[str]:
        """As `Recovery.in_doubt`."""
        return [] if self._made is None else self._made.in_doubt()

    def tell_what_is_left(self) -> None:
        """As `Recovery.tell_what_is_left`."""
        if self._made is not None:
            self._made.tell_what_is_left()

    def texts_for(self, session: str | None, asked: str | None = None) -> Texts:
        """As `Recovery.texts_for`."""
        return self._recovery.texts_for(session, asked)

    def diagnosis_context(self, session_id: str | None) -> DiagnosisContext:
        """As `Recovery.diagnosis_context`."""
        return self._recovery.diagnosis_context(session_id)

    def standing(self, session_id: str | None) -> Words:
        """As `Recovery.standing`."""
        return self._recovery.standing(session_id)

    def way_on(self, session_id: str | None) -> ToolName | None:
        """As `Recovery.way_on`."""
        return self._recovery.way_on(session_id)

    @property
    def shelf(self) -> ShelfService:
        """As `Recovery.shelf`."""
        return self._recovery.shelf

    def zone_ids(self, region_id: str | None) -> tuple[str, ...]:
        """As `Recovery.zone_ids`; without a call yet there are none."""
        return () if self._made is None else self._made.zone_ids(region_id)

    async def call(
        self, tool: ToolName, arguments: Mapping[str, str | None], on_progress: Progress | None, road: Road
    ) -> Answer:
        """As `Recovery.call`."""
        recovery = await self._started()
        answer = await recovery.call(tool, arguments, on_progress, road)
        self._warm_up(answer)
        return answer

    async def answer(
        self,
        session_id: str,
        question_id: str,
        choice: str,
        text: str | None,
        on_progress: Progress | None,
        *,
        road: Road,
        called: ToolName,
    ) -> Answer:
        """As `Recovery.answer`."""
        recovery = await self._started()
        return await recovery.answer(session_id, question_id, choice, text, on_progress, road=road, called=called)

    def propose(self, session_id: str, question_id: str, choice: str) -> Answer:
        """As `Recovery.propose`."""
        return self._recovery.propose(session_id, question_id, choice)

    async def dismiss(self, session_id: str, question_id: str, how: Dismissal, road: Road, *, key: str) -> Answer:
        """As `Recovery.dismiss`."""
        recovery = await self._started()
        return await recovery.dismiss(session_id, question_id, how, road, key=key)


def _import_the_workflow() -> None:
    with _without_garbage_collection():
        import ecs_dr.assembling  # noqa: F401 - for its own sake


@contextlib.contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Nothing that is imported becomes garbage."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
