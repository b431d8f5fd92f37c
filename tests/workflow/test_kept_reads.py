"""Reads of one call that run side by side: what is read to its end, and what the call's budget cuts off."""

from __future__ import annotations

from datetime import UTC, datetime

import anyio

from ecs_dr.errors import StillReading
from ecs_dr.workflow.memory.kept_reads import CallReads, KeptReads


async def test_a_read_to_its_end_takes_no_other_with_it_and_is_cut_off_by_none() -> None:
    reads = CallReads(KeptReads(), lambda: 0.0, None, lambda: datetime.now(UTC))
    inside, over = anyio.Event(), anyio.Event()
    told: list[str] = []

    async def ask(name: str) -> None:
        async def send() -> str:
            return name

        try:
            told.append(await reads.answer(name, {}, send))
        except StillReading:
            told.append(f"{name} cut off")

    async def settle() -> None:
        with reads.to_their_end():
            inside.set()
            await over.wait()
            await ask("settles")

    async def another() -> None:
        with reads.to_their_end():
            await inside.wait()

    async def beside() -> None:
        await inside.wait()
        await anyio.lowlevel.checkpoint()
        await ask("beside")
        over.set()

    await ask("first")
    async with anyio.create_task_group() as tasks:
        for one in (settle, another, beside):
            tasks.start_soon(one)
    assert told == ["first", "beside cut off", "settles"]
