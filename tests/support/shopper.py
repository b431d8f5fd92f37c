"""An application as a host without forms drives it: calls along `next`, answers by preference, everything noted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ecs_dr.domain.questions import PinnedQuestion
from ecs_dr.domain.steps import Answer, ToolName
from tests.support.desk import REGION, Desk

Choose = Callable[[PinnedQuestion], tuple[str, str | None]]


def recommended(pinned: PinnedQuestion) -> tuple[str, str | None]:
    """Whatever is recommended."""
    return pinned.question.options[0].value, None


@dataclass
class Shopper:
    """Drives one application.

    Attributes:
        choose: What is answered.
        asked: Every question that was put, in order.
        until: Where it stops before answering.
    """

    desk: Desk
    choose: Choose = recommended
    called: ToolName | None = None
    """The tool in whose call answers come; None: the one that asked."""
    asked: list[PinnedQuestion] = field(default_factory=list)
    until: Callable[[Answer], bool] = lambda _answer: False
    begun: dict[str, str | None] = field(default_factory=dict)
    """What the plan was asked for with."""

    @property
    def keys(self) -> list[str]:
        return [pinned.key for pinned in self.asked]

    async def plan(self, waves: str, **more: str) -> Answer:
        self.begun = {"region_id": REGION, "waves": waves, **more}
        return await self.desk.recovery.call("plan_application", self.begun)

    async def go_on(self, answer: Answer) -> Answer:
        """To the end, or to where it is to stop."""
        for _ in range(400):
            if self.until(answer):
                return answer
            if answer.question is not None and answer.session_id is not None:
                self.asked.append(answer.question)
                choice, text = self.choose(answer.question)
                question_id = answer.question.question_id
                answer = await self.desk.recovery.answer(
                    answer.session_id, question_id, choice, text, called=self.called
                )
                continue
            if answer.next is None or answer.status in {"stopped", "failed"}:
                return answer
            answer = await self.call(answer)
        raise AssertionError("it does not end")

    async def call(self, answer: Answer) -> Answer:
        """The tool that comes next."""
        assert answer.next is not None
        tool = answer.next.tool
        arguments = self.begun if tool == "plan_application" else {"application_id": answer.session_id}
        return await self.desk.recovery.call(tool, arguments)
