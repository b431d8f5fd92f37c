"""The register's tool: one reading for each question, which goes on over several calls and is then told once."""

from __future__ import annotations

from dataclasses import dataclass, field

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from ecs_dr.domain.standby.judge import judge, not_found, worst_first
from ecs_dr.domain.standby.model import Standby
from ecs_dr.domain.standby.page import as_data, page
from ecs_dr.domain.steps import Answer, Next
from ecs_dr.domain.telling import tell
from ecs_dr.domain.texts import Texts
from ecs_dr.errors import EcsDrError
from ecs_dr.workflow.ports import Clock, Cloud, Ids, Progress, Scope
from ecs_dr.workflow.reporting.ports import ReportKeeper
from ecs_dr.workflow.session import Arguments
from ecs_dr.workflow.standbys.progress import RegisterProgress
from ecs_dr.workflow.standbys.reading import Seen, read_register
from ecs_dr.workflow.standbys.wanted import RegisterQuery, register_query


@dataclass
class _Reading:
    """One reading under way, or done and not told yet."""

    asked: RegisterQuery
    progress: RegisterProgress
    done: anyio.Event = field(default_factory=anyio.Event)
    seen: Seen | None = None
    error: EcsDrError | None = None


class Register:
    """Reads standbys. Nothing is kept once it was told: each later call reads anew."""

    def __init__(
        self,
        cloud: Cloud,
        clock: Clock,
        ids: Ids,
        budget_seconds: float,
        keeper: ReportKeeper | None,
        *,
        simulated: bool,
    ) -> None:
        self._cloud = cloud
        self._clock = clock
        self._ids = ids
        self._budget_seconds = budget_seconds
        self._keeper = keeper
        self._simulated = simulated
        self._tasks: TaskGroup | None = None
        self._under_way: dict[RegisterQuery, _Reading] = {}

    def attach(self, tasks: TaskGroup | None) -> None:
        """Where a reading goes on while nobody waits for it."""
        self._tasks = tasks

    async def call(self, arguments: Arguments, texts: Texts, on_progress: Progress | None) -> Answer:
        """Answer with the register, or, at the end of the call's budget, with `in_progress`.

        Raises:
            InvalidInput: An argument cannot be used; nothing was sent.
            CloudError: The instances themselves could not be read.
        """
        asked = register_query(arguments)
        reading = self._under_way.get(asked)
        if reading is None:
            reading = self._under_way[asked] = _Reading(asked, RegisterProgress(asked.region_id, texts, on_progress))
            if self._tasks is not None:
                self._tasks.start_soon(self._read, reading)
            else:
                await self._read(reading)
        reading.progress.on_progress = on_progress
        with anyio.move_on_after(self._budget_seconds):
            await reading.done.wait()
        reading.progress.on_progress = None  # whoever waited has gone
        if not reading.done.is_set():
            again = Next(tool="list_standbys", why=texts("standby.not_yet", region=asked.region_id))
            return Answer(
                session_id=None,
                step="standby",
                status="in_progress",
                telling=tell(again.why),
                next=again,
                language=texts.language,
            )
        self._under_way.pop(asked, None)
        if reading.error is not None:
            raise reading.error
        return self._answer(reading, texts)

    async def rows(self, asked: RegisterQuery, progress: RegisterProgress) -> tuple[tuple[Standby, ...], int]:
        """Every row, the worst first, and how many replicas have none; for the command, which nobody cuts off.

        Raises:
            CloudError: The instances themselves could not be read.
        """
        seen = await self._seen(asked, progress)
        return self._judged(seen, asked), seen.replicas_left_out

    async def _read(self, reading: _Reading) -> None:
        try:
            reading.seen = await self._seen(reading.asked, reading.progress)
        except EcsDrError as error:
            reading.error = error
        finally:
            reading.done.set()

    async def _seen(self, asked: RegisterQuery, progress: RegisterProgress) -> Seen:
        scope = Scope(self._ids.hex32(), asked.region_id)
        # Hundreds of files may be read: that is not for the loop on which every other call waits.
        kept = await anyio.to_thread.run_sync(self._keeper.drills) if self._keeper is not None else {}
        drills = {source: drill for source, drill in kept.items() if drill.simulated == self._simulated}
        return await read_register(self._cloud, scope, asked, drills, progress)

    def _judged(self, seen: Seen, asked: RegisterQuery) -> tuple[Standby, ...]:
        now = self._clock.now()
        rows = [judge(one, now, asked.max_age_hours) for one in seen.sightings]
        return worst_first((*rows, *(not_found(one) for one in seen.missing)))

    def _answer(self, reading: _Reading, texts: Texts) -> Answer:
        asked, seen = reading.asked, reading.seen or Seen(())
        rows = self._judged(seen, asked)
        telling = page(rows, asked.max_age_hours, texts, asked.region_id)
        if seen.replicas_left_out:
            telling = tell(telling, texts("standby.replicas", count=seen.replicas_left_out))
        data = as_data(rows, asked.max_age_hours, texts, asked.region_id)
        return Answer(
            session_id=None, step="standby", status="done", telling=telling, data=data, language=texts.language
        )
