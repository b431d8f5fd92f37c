"""The life of one server process: its background work has a task of its own, so that servers may end in any order."""

from __future__ import annotations

import asyncio

from ecs_dr.workflow.recovery import Recovery


class Life:
    """Begun with the server, ended once."""

    def __init__(self) -> None:
        self._begun = asyncio.Event()
        self._over = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def begin(self, recovery: Recovery) -> None:
        """Let the server run."""
        self._task = asyncio.get_running_loop().create_task(self._run(recovery))
        await self._begun.wait()

    async def end(self) -> None:
        """End it, and all that it does in the background."""
        self._over.set()
        if self._task is not None:
            await self._task
            self._task = None

    async def _run(self, recovery: Recovery) -> None:
        async with recovery.running():
            self._begun.set()
            await self._over.wait()
