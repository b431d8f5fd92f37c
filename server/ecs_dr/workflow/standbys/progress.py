"""How far the reading of a region is, told to whoever waits for it."""

from __future__ import annotations

from typing import Literal

from ecs_dr.domain.texts import Texts
from ecs_dr.workflow.ports import Progress

Stage = Literal["instances", "holdings", "market", "prices"]
_STAGES: tuple[Stage, ...] = ("instances", "holdings", "market", "prices")
_PAGES = 20
"""So many pages fill half of a stage: nobody knows how many there will be, and a bar never goes back."""

_WORDS = {
    "DescribeInstances": "instances",
    "DescribeDisks": "disks",
    "DescribeImages": "images",
    "DescribeSnapshots": "snapshots",
    "DescribeSnapshotGroups": "groups",
}


class RegisterProgress:
    """Counts stages and rows; each report is further than the one before."""

    def __init__(self, region_id: str, texts: Texts, on_progress: Progress | None) -> None:
        self._region_id = region_id
        self._texts = texts
        self.on_progress = on_progress
        """Who waits now; None: nobody."""
        self._stage: Stage = "instances"
        self._pages = 0
        self._read: dict[str, int] = {}

    async def stage(self, stage: Stage, instances: int) -> None:
        """The next stage begins."""
        self._stage, self._pages = stage, 0
        await self._tell(self._texts(f"standby.progress.{stage}", region=self._region_id, count=instances))

    async def rows(self, action: str, count: int) -> None:
        """A list has so many rows by now."""
        if action not in _WORDS:
            return
        self._pages += 1
        self._read[action] = max(count, self._read.get(action, 0))
        read = self._texts("list.separator").join(
            self._texts(f"standby.progress.{_WORDS[name]}", count=rows) for name, rows in self._read.items()
        )
        await self._tell(self._texts("standby.progress.read", region=self._region_id, read=read))

    async def _tell(self, message: str) -> None:
        if self.on_progress is not None:
            done = _STAGES.index(self._stage) + self._pages / (self._pages + _PAGES)
            await self.on_progress(done, len(_STAGES), message)
