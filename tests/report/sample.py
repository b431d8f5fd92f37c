"""Recoveries to report on, through the real workflow on a stepped clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import anyio

from ecs_dr.domain.report.model import RecoveryReport
from ecs_dr.domain.steps import Answer
from ecs_dr.domain.texts import Language
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.desk import Desk


class SlowDesk(Desk):
    """A person who takes a while over each question."""

    def __init__(self, world: str = "healthy", language: Language = "en", think_seconds: float = 20) -> None:
        super().__init__(world, RecoveryOptions(simulated=True, language=language))
        self.think_seconds = think_seconds

    async def answer(self, question: Answer, choice: str, text: str | None = None) -> Answer:
        self.clock.advance(self.think_seconds)
        return await super().answer(question, choice, text)

    @property
    def report(self) -> RecoveryReport:
        return self.recovery.report(self.session_id)


@dataclass(frozen=True)
class Outcome:
    """What became of a recovery."""

    answer: Answer
    report: RecoveryReport


async def recovered(
    world: str = "healthy", language: Language = "en", choices: Mapping[str, str] | None = None
) -> Outcome:
    desk = SlowDesk(world, language)
    async with desk.open():
        answer = await desk.recover(choices)
        return Outcome(answer, desk.report)


@cache
def sample(world: str = "healthy", language: Language = "en") -> RecoveryReport:
    """A finished recovery, made once."""
    return anyio.run(recovered, world, language).report
